//! WeChat's side: is it reachable, do the clocks agree, does it hand out a token, is this address allowed, does it push.

use reqwest::Url;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::Finding;
use crate::{
    clock,
    config::{Account, Config},
    wechat::{
        client::{Client, Connections, Request},
        error::{Error, WechatError},
        token::{Refresh, stable_token},
    },
};

/// Beyond this, the timestamps in pushes and mass sends on time are no longer to be trusted.
const MAX_SKEW_MS: i64 = 30 * 1000;

/// The errcodes by which WeChat refuses an address.
const ADDRESS_REFUSALS: [i64; 6] = [40164, 45035, 61004, 89503, 89506, 89507];

/// `callback/check`: the console has no URL for the message push.
const NO_CALLBACK_URL: i64 = 40201;

const UNREACHABLE_FIX: &str =
    "let this machine reach WECHAT_API_URL: DNS, the outgoing firewall, and HTTPS_PROXY if there is a proxy";

/// Every check that asks WeChat.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let client = match config.wechat_api_url.parse::<Url>().map(|url| Client::new(url, Connections::Kept)) {
        Ok(Ok(client)) => client,
        Ok(Err(error)) => return vec![Finding::fault("WeChat", error.to_string(), UNREACHABLE_FIX)],
        Err(_) => return vec![Finding::fault("WeChat", "WECHAT_API_URL is not an address", "write it as https://host")],
    };
    let (clock, is_reachable) = clock(&client).await;
    let mut findings = vec![clock];
    for account in &config.accounts {
        if is_reachable {
            findings.extend(of_account(config, &client, account).await);
        } else {
            findings.push(Finding::skipped(token_name(account), "WeChat cannot be reached"));
        }
    }
    findings
}

/// Compares the clocks; every answer of WeChat has a date, whatever else it says.
async fn clock(client: &Client) -> (Finding, bool) {
    const NAME: &str = "clock";
    let before = clock::now_ms();
    let theirs = match client.platform_time().await {
        Ok(theirs) => theirs,
        Err(error) => return (Finding::fault("WeChat", error.to_string(), UNREACHABLE_FIX), false),
    };
    let ours = i64::midpoint(before, clock::now_ms());
    let finding = match theirs.map(|theirs| ours - theirs) {
        None => Finding::skipped(NAME, "the answer has no date to compare with"),
        Some(skew) if skew.abs() <= MAX_SKEW_MS => Finding::ok(NAME, format!("within {} s of WeChat's", skew.abs() / 1000 + 1)),
        Some(skew) => {
            let direction = if skew > 0 { "ahead of" } else { "behind" };
            let detail = format!(
                "{} s {direction} WeChat's: pushes will be refused as stale, sends will miss their time",
                skew.abs() / 1000
            );
            Finding::fault(NAME, detail, "synchronise this machine's clock (timedatectl set-ntp true, or chrony)")
        }
    };
    (finding, true)
}

async fn of_account(config: &Config, client: &Client, account: &Account) -> Vec<Finding> {
    let name = token_name(account);
    let Some(secret) = &account.app_secret else {
        return vec![Finding::skipped(name, "no app secret: huixin answers passively and makes no call to WeChat")];
    };
    let allow_list = format!("IP allow list [{}]", account.name);
    match stable_token(client, &account.app_id, secret, Refresh::Normal).await {
        Ok(token) => vec![
            Finding::ok(name, format!("WeChat hands out an access token, valid for {} s", token.expires_in.as_secs())),
            Finding::ok(allow_list, "this machine's address may call"),
            message_push(config, client, account, &token.value).await,
        ],
        Err(Error::Refused(refusal)) if ADDRESS_REFUSALS.contains(&refusal.errcode) => vec![
            Finding::skipped(name, "not to be had before the address is allowed"),
            Finding::fault(allow_list, said(&refusal), refusal.advice(config.reply.language)),
        ],
        Err(Error::Refused(refusal)) => vec![Finding::fault(name, said(&refusal), refusal.advice(config.reply.language))],
        Err(error) => vec![Finding::fault(name, error.to_string(), UNREACHABLE_FIX)],
    }
}

/// Asks WeChat to look at the URL that the console has for the message push.
async fn message_push(config: &Config, client: &Client, account: &Account, token: &SecretString) -> Finding {
    let name = format!("message push [{}]", account.name);
    let body = json!({"action": "dns", "check_operator": "DEFAULT"});
    match client.call(token, &Request::<Value>::post("/cgi-bin/callback/check", body)).await {
        Ok(_) => Finding::ok(name, "the console has a URL, and WeChat resolves its name"),
        Err(Error::Refused(refusal)) if refusal.errcode == NO_CALLBACK_URL => {
            Finding::fault(name, said(&refusal), refusal.advice(config.reply.language))
        }
        Err(error) => Finding::skipped(name, format!("WeChat does not say: {}", error.label())),
    }
}

fn token_name(account: &Account) -> String {
    format!("access token [{}]", account.name)
}

/// What WeChat said, without the advice, which stands on its own line.
fn said(refusal: &WechatError) -> String {
    let rid = refusal.rid.as_ref().map_or_else(String::new, |rid| format!(" [rid {rid}]"));
    format!("{} {} ({}){rid}", refusal.errcode, refusal.name(), refusal.message)
}
