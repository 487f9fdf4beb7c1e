//! The public address: is it one that WeChat calls, does it lead to this installation, and is the echo as WeChat wants it?
//!
//! The check goes out and comes back in, as WeChat's does: through DNS, the proxy, and whatever stands in front.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Response, StatusCode, Url, header::LOCATION, redirect};
use secrecy::ExposeSecret;

use super::{Finding, Mistake, Words, way_in, words};
use crate::{
    clock,
    config::{Account, Config, MAIN_ACCOUNT},
    wechat::envelope::signature,
};

/// Longer than WeChat waits, so that a proxy which gives up before WeChat does is seen to do so.
const TIMEOUT: Duration = Duration::from_secs(8);

/// The longest answer worth reading; the right one has 19 bytes.
const MAX_BODY: usize = 4096;

const NAME: &str = "public address";

/// The public address, and each account's door behind it. `living` are the processes that use this database.
pub(super) async fn examine(config: &Config, living: Option<&[String]>) -> Vec<Finding> {
    let Some(public_url) = &config.public_url else {
        let detail = words!(
            "没有设 PUBLIC_URL：回答没有网页，入口也无从检查",
            "PUBLIC_URL is not set: answers have no page, and the way in cannot be examined"
        );
        return vec![Finding::skipped(NAME, detail)];
    };
    let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build();
    let (Ok(url), Ok(client)) = (Url::parse(public_url), client) else {
        return vec![Finding::skipped(NAME, words!("PUBLIC_URL 不是地址", "PUBLIC_URL is not an address"))];
    };
    let reach = reach(&url);
    let mut findings = vec![address(&url, &reach)];
    let mut is_open = false;
    for account in &config.accounts {
        let finding = verification(&client, &url, account).await;
        is_open |= finding.mistake().is_none();
        findings.push(finding);
    }
    if is_open {
        let door = way_in::Door { client: &client, public_url: &url, account: &config.accounts[0] };
        findings.extend(way_in::examine(&door, config.reply.patience, living).await);
    }
    if reach != Reach::ThisMachine {
        findings.extend(metrics(&client, &url).await);
    }
    findings
}

/// Who can call an address, as far as it shows.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    WeChat,
    ThisMachine,
    OtherPort(u16),
}

fn reach(url: &Url) -> Reach {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    match (is_loopback, url.port_or_known_default()) {
        (true, _) => Reach::ThisMachine,
        (false, Some(port)) if port != 80 && port != 443 => Reach::OtherPort(port),
        (false, _) => Reach::WeChat,
    }
}

fn address(public_url: &Url, reach: &Reach) -> Finding {
    let shown = shown(public_url);
    match reach {
        Reach::ThisMachine => Finding::skipped(NAME, words!("{shown} 只有本机能访问", "{shown}: only this machine can reach it")),
        Reach::OtherPort(port) => Finding::fault(
            NAME,
            Mistake::PublicUrlPort,
            words!("{shown} 在端口 {port}，微信不会来这里", "{shown} is on port {port}, which WeChat does not call"),
            words!(
                "用 80（http）或 443（https），例如经反向代理",
                "use port 80 (http) or 443 (https), for example through a proxy"
            ),
        ),
        Reach::WeChat if public_url.scheme() == "http" => Finding::warning(
            NAME,
            Mistake::PublicUrlUnencrypted,
            words!(
                "{shown} 不加密：回答的网页和它的链接在路上谁都能读",
                "{shown} is not encrypted: the pages of answers, and their links, can be read on the way"
            ),
            words!("给反向代理配证书，PUBLIC_URL 改为 https://…", "give the proxy a certificate and set PUBLIC_URL=https://…"),
        ),
        Reach::WeChat => Finding::ok(NAME, words!("{shown} 是微信会访问的地址", "{shown} is an address that WeChat calls")),
    }
}

/// The query of a request that is signed as WeChat signs, for `account`.
pub(super) fn sign(url: &mut Url, account: &Account) {
    let (timestamp, nonce) = ((clock::now_ms() / 1000).to_string(), "19700101");
    url.query_pairs_mut()
        .append_pair("signature", &signature(&[account.token.expose_secret(), &timestamp, nonce]))
        .append_pair("timestamp", &timestamp)
        .append_pair("nonce", nonce);
}

/// Where the account's pushes arrive.
pub(super) fn path(account: &Account) -> String {
    if account.name == MAIN_ACCOUNT { "/wechat".to_owned() } else { format!("/wechat/{}", account.name) }
}

pub(super) fn below(public_url: &Url, path: &str) -> Url {
    let mut url = public_url.clone();
    url.set_path(&format!("{}{path}", public_url.path().trim_end_matches('/')));
    url
}

/// Plays WeChat's GET with our own signature.
async fn verification(client: &Client, public_url: &Url, account: &Account) -> Finding {
    let (name, path) = (format!("verification [{}]", account.name), path(account));
    let echostr = format!("{:019}", clock::now_ms());
    let mut url = below(public_url, &path);
    sign(&mut url, account);
    url.query_pairs_mut().append_pair("echostr", &echostr);
    let response = match client.get(url).send().await {
        Ok(response) => response,
        Err(error) => return Finding::fault(name, Mistake::PublicUrlUnreachable, reason(error), unreachable_fix()),
    };
    let (status, location) = (response.status(), location(&response));
    let body = read(response).await;
    match status {
        StatusCode::OK if body == echostr.as_bytes() => {
            Finding::ok(name, words!("{path} 答出了微信的验证", "{path} answers WeChat's question"))
        }
        StatusCode::OK if String::from_utf8_lossy(&body).contains(&echostr) => {
            let more = body.len() - echostr.len();
            Finding::fault(
                name,
                Mistake::EchostrChanged,
                words!("{path} 的应答在 echostr 之外多了 {more} 字节", "{path} answers with {more} bytes around the echostr"),
                words!(
                    "微信只要原样的 echostr：让代理什么都别加（BOM、换行、HTML）",
                    "WeChat wants the bare echostr: let the proxy add nothing (no BOM, line break, HTML)"
                ),
            )
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Finding::fault(
            name,
            Mistake::TokenDiffers,
            words!(
                "{path} 拒绝了用这个 WECHAT_TOKEN 做的签名（{status}）",
                "{path} refuses a signature made with this WECHAT_TOKEN ({status})"
            ),
            words!(
                "用这份配置重启 huixin；仍然如此，就是防火墙拦了，或两边时钟不一致",
                "restart huixin with this configuration; if it persists, a firewall refuses, or the clocks differ"
            ),
        ),
        status if status.is_redirection() => Finding::fault(
            name,
            Mistake::PublicUrlRedirects,
            words!("{path} 重定向到 {location}（{status}）", "{path} redirects to {location} ({status})"),
            words!(
                "微信不跟随重定向：让代理把 /wechat 原样转给 huixin，或直接填最终的地址",
                "WeChat follows no redirect: let the proxy pass /wechat on as it is, or give the final address"
            ),
        ),
        status => Finding::fault(
            name,
            Mistake::PublicUrlElsewhere,
            words!("在 {path} 应答的不是 huixin（{status}）", "what answers at {path} is not huixin ({status})"),
            words!(
                "看看那里是谁：域名解析、虚拟主机、防火墙的拦截页；让代理把 /wechat 转给 BIND_ADDR 上的 huixin",
                "see what answers there: the name's address, the virtual host, a firewall's page; let the proxy pass /wechat to huixin on BIND_ADDR"
            ),
        ),
    }
}

/// Whether strangers may read the metrics.
async fn metrics(client: &Client, public_url: &Url) -> Option<Finding> {
    let response = client.get(below(public_url, "/metrics")).send().await.ok()?;
    let is_shown = response.status() == StatusCode::OK && String::from_utf8_lossy(&read(response).await).contains("huixin_");
    is_shown.then(|| {
        Finding::fault(
            "metrics",
            Mistake::MetricsOpen,
            words!("任何人都能经 PUBLIC_URL 看到 /metrics", "everybody can read /metrics through PUBLIC_URL"),
            words!(
                "设 METRICS_TOKEN，并让代理只放行 /wechat、/a/ 和 /assets/",
                "set METRICS_TOKEN, and let the proxy pass on /wechat, /a/ and /assets/ only"
            ),
        )
    })
}

pub(super) fn unreachable_fix() -> Words {
    words!(
        "先启动 huixin（serve），再查 DNS、防火墙和前面的代理",
        "start huixin (serve), then check DNS, the firewall and the proxy in front of it"
    )
}

/// The beginning of the body; what cannot be read is no echostr either.
async fn read(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < MAX_BODY {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        body.extend_from_slice(&chunk);
    }
    body
}

/// The address without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Where a redirect leads, without its query, which repeats our signature.
fn location(response: &Response) -> String {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok()).unwrap_or_default();
    location.split(['?', '#']).next().unwrap_or_default().to_owned()
}

pub(super) fn reason(error: reqwest::Error) -> Words {
    Words::foreign(format!("{:#}", anyhow::Error::from(error.without_url())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wechat_calls_ports_80_and_443_of_other_machines() {
        let reach = |url: &str| reach(&Url::parse(url).unwrap());
        assert_eq!(reach("https://bot.example"), Reach::WeChat);
        assert_eq!(reach("http://203.0.113.9:443"), Reach::WeChat);
        assert_eq!(reach("https://bot.example:8443"), Reach::OtherPort(8443));
        assert_eq!(reach("http://[::1]:8080"), Reach::ThisMachine);
        assert_eq!(reach("http://localhost"), Reach::ThisMachine);
    }
}
