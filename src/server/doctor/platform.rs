//! WeChat's side: is it reachable, do the clocks agree, does it hand out a token, is this address allowed, may it push.

use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Finding, Mistake, Words, words};
use crate::{
    clock,
    config::{Account, Config, Language, ReplyMode},
    wechat::{
        client::{Client, Connections, Request},
        customer::{self, Typing},
        error::{Error, WechatError},
        token::{Refresh, stable_token},
    },
};

/// Beyond this, the timestamps in pushes and mass sends on time are no longer to be trusted.
const MAX_SKEW_MS: i64 = 30 * 1000;

/// The errcodes by which WeChat refuses an address.
const ADDRESS_REFUSALS: [i64; 6] = [40164, 45035, 61004, 89503, 89506, 89507];

/// The token endpoint's words for a wrong secret and a wrong appid.
const WRONG_SECRET: [i64; 2] = [40001, 40125];
const WRONG_APP_ID: i64 = 40013;

/// `callback/check`: the console has no URL for the message push.
const NO_CALLBACK_URL: i64 = 40201;

/// The account may not call this API.
const NOT_AUTHORISED: i64 = 48001;

/// No follower has this openid; WeChat looks at the account's rights before it looks for the follower.
const NOBODY: &str = "oNobody0000000000000000000000";

/// Every check that asks WeChat.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let client = match config.wechat_api_url.parse::<Url>().map(|url| Client::new(url, Connections::Kept)) {
        Ok(Ok(client)) => client,
        Ok(Err(error)) => return vec![unreachable("WeChat", error.to_string())],
        Err(error) => return vec![unreachable("WeChat", format!("WECHAT_API_URL: {error}"))],
    };
    let (clock, is_reachable) = clock(&client).await;
    let mut findings = vec![clock];
    for account in &config.accounts {
        if is_reachable {
            findings.extend(of_account(config, &client, account).await);
        } else {
            findings.push(Finding::skipped(token_name(account), words!("连不上微信", "WeChat cannot be reached")));
        }
    }
    findings
}

fn unreachable(name: impl Into<String>, reason: String) -> Finding {
    Finding::fault(
        name,
        Mistake::WechatUnreachable,
        Words::foreign(reason),
        words!(
            "让本机能访问 WECHAT_API_URL：查 DNS、出站防火墙，有代理时查 HTTPS_PROXY",
            "let this machine reach WECHAT_API_URL: DNS, the outgoing firewall, and HTTPS_PROXY if there is a proxy"
        ),
    )
}

/// Compares the clocks; every answer of WeChat has a date, whatever else it says.
async fn clock(client: &Client) -> (Finding, bool) {
    const NAME: &str = "clock";
    let before = clock::now_ms();
    let theirs = match client.platform_time().await {
        Ok(theirs) => theirs,
        Err(error) => return (unreachable("WeChat", error.to_string()), false),
    };
    let ours = i64::midpoint(before, clock::now_ms());
    let Some(skew) = theirs.map(|theirs| ours - theirs) else {
        return (Finding::skipped(NAME, words!("应答里没有时间可比", "the answer has no date to compare with")), true);
    };
    let seconds = skew.abs() / 1000;
    let finding = if skew.abs() <= MAX_SKEW_MS {
        let within = seconds + 1;
        Finding::ok(NAME, words!("与微信相差不到 {within} 秒", "within {within} s of WeChat's"))
    } else {
        let (chinese, english) = if skew > 0 { ("快", "ahead of") } else { ("慢", "behind") };
        Finding::fault(
            NAME,
            Mistake::Clock,
            words!(
                "比微信{chinese} {seconds} 秒：推送会被当作过期而拒收，定时任务不准",
                "{seconds} s {english} WeChat's: pushes will be refused as stale, sends will miss their time"
            ),
            words!(
                "校准本机时钟（timedatectl set-ntp true，或 chrony）",
                "synchronise this machine's clock (timedatectl set-ntp true, or chrony)"
            ),
        )
    };
    (finding, true)
}

async fn of_account(config: &Config, client: &Client, account: &Account) -> Vec<Finding> {
    let name = token_name(account);
    let Some(secret) = &account.app_secret else {
        let detail = words!(
            "没有 AppSecret：只被动回复，不调用微信",
            "no app secret: huixin answers passively and makes no call to WeChat"
        );
        return vec![Finding::skipped(name, detail)];
    };
    let allow_list = format!("IP allow list [{}]", account.name);
    let token = match stable_token(client, &account.app_id, secret, Refresh::Normal).await {
        Ok(token) => token,
        Err(Error::Refused(refusal)) if ADDRESS_REFUSALS.contains(&refusal.errcode) => {
            let waits = words!("等地址放行后再看", "not to be had before the address is allowed");
            return vec![Finding::skipped(name, waits), refused(allow_list, Mistake::AddressNotAllowed, &refusal)];
        }
        Err(Error::Refused(refusal)) => return vec![refused(name, mistake(refusal.errcode), &refusal)],
        Err(error) => return vec![unreachable(name, error.to_string())],
    };
    let seconds = token.expires_in.as_secs();
    vec![
        Finding::ok(
            name,
            words!("拿到了 access token，{seconds} 秒内有效", "WeChat hands out an access token, valid for {seconds} s"),
        ),
        Finding::ok(allow_list, words!("本机地址可以调用", "this machine's address may call")),
        message_push(client, account, &token.value).await,
        pushing(config, client, account, &token.value).await,
    ]
}

fn mistake(errcode: i64) -> Mistake {
    match errcode {
        WRONG_APP_ID => Mistake::AppId,
        errcode if WRONG_SECRET.contains(&errcode) => Mistake::AppSecret,
        _ => Mistake::WechatRefuses,
    }
}

/// Asks WeChat to look at the URL that the console has for the message push.
async fn message_push(client: &Client, account: &Account, token: &SecretString) -> Finding {
    let name = format!("message push [{}]", account.name);
    let body = json!({"action": "dns", "check_operator": "DEFAULT"});
    match client.call(token, &Request::<Value>::post("/cgi-bin/callback/check", body)).await {
        Ok(_) => {
            Finding::ok(name, words!("后台填了 URL，微信能解析它的域名", "the console has a URL, and WeChat resolves its name"))
        }
        Err(Error::Refused(refusal)) if refusal.errcode == NO_CALLBACK_URL => refused(name, Mistake::CallbackUrl, &refusal),
        Err(error) => silent(name, &error),
    }
}

/// Whether customer-service messages are granted, asked with a sign that reaches nobody.
async fn pushing(config: &Config, client: &Client, account: &Account, token: &SecretString) -> Finding {
    let name = format!("customer service [{}]", account.name);
    let allowed = words!("可以主动推送迟到的回答", "late answers can be pushed");
    let result = client.call(token, &customer::typing(NOBODY, Typing::Typing)).await;
    match (result, config.reply.mode) {
        (Err(Error::Refused(refusal)), ReplyMode::Push) if refusal.errcode == NOT_AUTHORISED => Finding::fault(
            name,
            Mistake::PushNotAuthorised,
            said(&refusal),
            words!(
                "REPLY_MODE 改为 auto：回答随下一次回复和网页送达；要推送须先做微信认证",
                "set REPLY_MODE=auto: answers come by the next reply and the page; to push, the account has to be verified (微信认证)"
            ),
        ),
        (Err(Error::Refused(refusal)), ReplyMode::Auto | ReplyMode::Passive) if refusal.errcode == NOT_AUTHORISED => Finding::ok(
            name,
            words!(
                "本账号不能主动推送：迟到的回答随下一次回复和网页送达",
                "this account may not push: late answers come by the next reply and the page"
            ),
        ),
        // It complains of the follower, so the right is there.
        (Ok(_) | Err(Error::Refused(_)), _) => Finding::ok(name, allowed),
        (Err(error), _) => silent(name, &error),
    }
}

fn silent(name: String, error: &Error) -> Finding {
    let label = error.label();
    Finding::skipped(name, words!("微信没有说：{label}", "WeChat does not say: {label}"))
}

fn token_name(account: &Account) -> String {
    format!("access token [{}]", account.name)
}

fn refused(name: String, mistake: Mistake, refusal: &WechatError) -> Finding {
    let fix = Words { chinese: refusal.advice(Language::Chinese), english: refusal.advice(Language::English) };
    Finding::fault(name, mistake, said(refusal), fix)
}

/// What WeChat said, without the advice, which stands on its own line.
fn said(refusal: &WechatError) -> Words {
    let rid = refusal.rid.as_ref().map_or_else(String::new, |rid| format!(" [rid {rid}]"));
    Words::foreign(format!("{} {} ({}){rid}", refusal.errcode, refusal.name(), refusal.message))
}
