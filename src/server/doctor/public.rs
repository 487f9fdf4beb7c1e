//! The way in: does `PUBLIC_URL` lead to this installation, and would WeChat accept its answer.
//!
//! The check goes out and comes back in, as WeChat's does: through DNS, the proxy, and whatever stands in front.

use std::{net::IpAddr, time::Duration};

use reqwest::{Client, Response, StatusCode, Url, header::LOCATION, redirect};
use secrecy::ExposeSecret;

use super::Finding;
use crate::{
    clock,
    config::{Account, Config, MAIN_ACCOUNT},
    wechat::envelope::signature,
};

/// WeChat itself gives up after 5 s.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The longest answer worth reading; the right one has 19 bytes.
const MAX_BODY: usize = 4096;

const NAME: &str = "public address";

const NOT_REACHED_FIX: &str = "start huixin (serve), then check DNS, the firewall and the proxy in front of it";

/// Whether the public address answers, and each account's verification succeeds there.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let Some(public_url) = &config.public_url else {
        return vec![Finding::skipped(NAME, "PUBLIC_URL is not set: answers have no page, and the way in cannot be examined")];
    };
    let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build();
    let (Ok(url), Ok(client)) = (Url::parse(public_url), client) else {
        return vec![Finding::fault(NAME, "PUBLIC_URL is not an address", "write it as https://host")];
    };
    let response = match client.get(below(&url, "/healthz")).send().await {
        Ok(response) => response,
        Err(error) => return vec![Finding::fault(NAME, reason(error), NOT_REACHED_FIX)],
    };
    let mut findings = vec![address(&url, &response)];
    for account in &config.accounts {
        findings.push(verification(&client, &url, account).await);
    }
    findings
}

fn address(public_url: &Url, healthz: &Response) -> Finding {
    let answers = format!("huixin answers at {}", shown(public_url));
    match (healthz.status(), reach(public_url)) {
        (StatusCode::OK, Reach::WeChat) => Finding::ok(NAME, answers),
        (StatusCode::OK, Reach::ThisMachine) => Finding::skipped(NAME, format!("{answers}, which only this machine can reach")),
        (StatusCode::OK, Reach::OtherPort(port)) => Finding::fault(
            NAME,
            format!("{answers}, but WeChat does not call port {port}"),
            "use port 80 (http) or 443 (https), for example through a proxy",
        ),
        (status, _) => Finding::fault(NAME, format!("/healthz answers {status}{}", redirected(healthz)), NOT_REACHED_FIX),
    }
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

/// Plays WeChat's GET with our own signature.
async fn verification(client: &Client, public_url: &Url, account: &Account) -> Finding {
    let name = format!("verification [{}]", account.name);
    let path = if account.name == MAIN_ACCOUNT { "/wechat".to_owned() } else { format!("/wechat/{}", account.name) };
    let timestamp = (clock::now_ms() / 1000).to_string();
    let (nonce, echostr) = ("19700101", format!("{:019}", clock::now_ms()));
    let mut url = below(public_url, &path);
    url.query_pairs_mut()
        .append_pair("signature", &signature(&[account.token.expose_secret(), &timestamp, nonce]))
        .append_pair("timestamp", &timestamp)
        .append_pair("nonce", nonce)
        .append_pair("echostr", &echostr);
    let response = match client.get(url).send().await {
        Ok(response) => response,
        Err(error) => return Finding::fault(name, reason(error), NOT_REACHED_FIX),
    };
    let (status, redirected) = (response.status(), redirected(&response));
    let body = read(response).await;
    match status {
        StatusCode::OK if body == echostr.as_bytes() => Finding::ok(name, format!("{path} answers WeChat's question")),
        StatusCode::OK if String::from_utf8_lossy(&body).contains(&echostr) => Finding::fault(
            name,
            format!("{path} answers with {} bytes around the echostr", body.len() - echostr.len()),
            "WeChat wants the bare echostr: let the proxy add nothing (no BOM, line break, HTML)",
        ),
        StatusCode::OK => Finding::fault(
            name,
            format!("{path} answers something else than the echostr"),
            "see what answers there; it is not huixin",
        ),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Finding::fault(
            name,
            format!("{path} refuses a signature made with this WECHAT_TOKEN ({status})"),
            "restart huixin with this configuration; if it persists, a firewall refuses, or the clocks differ",
        ),
        status => Finding::fault(
            name,
            format!("{path} answers {status}{redirected}"),
            "let the proxy pass /wechat to huixin as it is; WeChat follows no redirect",
        ),
    }
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

fn below(public_url: &Url, path: &str) -> Url {
    let mut url = public_url.clone();
    url.set_path(&format!("{}{path}", public_url.path().trim_end_matches('/')));
    url
}

/// The address without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Where a redirect leads, without its query, which repeats our signature.
fn redirected(response: &Response) -> String {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    location.map_or_else(String::new, |location| {
        format!(" and redirects to {}", location.split(['?', '#']).next().unwrap_or_default())
    })
}

fn reason(error: reqwest::Error) -> String {
    format!("{:#}", anyhow::Error::from(error.without_url()))
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
