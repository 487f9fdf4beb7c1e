//! What the running server has met so far: pushes that it refuses say how the console and the configuration differ.
//!
//! Nothing else can: WeChat tells nobody what its console holds.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use secrecy::ExposeSecret;

use super::{Finding, Mistake, Words, words};
use crate::config::Config;

/// The server is on this machine.
const TIMEOUT: Duration = Duration::from_secs(3);

const NAME: &str = "pushes so far";

/// Reads the counters of the server on `BIND_ADDR`.
pub(super) async fn examine(config: &Config) -> Finding {
    let Some(metrics) = metrics(config).await else {
        return Finding::skipped(NAME, words!("本机没有运行中的 huixin 可问", "no running huixin on this machine can be asked"));
    };
    let accepted = counts(&metrics, "huixin_messages_total", "kind");
    let accepted: u64 = accepted.iter().filter(|(kind, _)| **kind != "not_stored").map(|(_, count)| count).sum();
    let refused = counts(&metrics, "huixin_refusals_total", "reason");
    let all: u64 = refused.values().sum();
    // Strangers are refused every day; what tells is that nobody was let in.
    let most =
        refused.iter().filter_map(|(reason, count)| Some((difference(reason)?, *reason, *count))).max_by_key(|most| most.2);
    match most {
        Some(((mistake, fix), reason, count)) if accepted == 0 => Finding::fault(
            NAME,
            mistake,
            words!(
                "启动以来一个也没接受，{count} 个因 {reason} 被拒收",
                "none was accepted since the start, {count} were refused: {reason}"
            ),
            fix,
        ),
        _ => Finding::ok(NAME, words!("接受 {accepted} 个，拒收 {all} 个", "{accepted} accepted, {all} refused")),
    }
}

/// What a reason for refusal says about the console.
fn difference(reason: &str) -> Option<(Mistake, Words)> {
    Some(match reason {
        "signature" | "msg_signature" => (
            Mistake::ConsoleToken,
            words!(
                "WECHAT_TOKEN 与后台的 Token 不同：两处填成一样（没有空格），再重启",
                "WECHAT_TOKEN differs from the console's Token: enter the same in both places, without spaces, and restart"
            ),
        ),
        "base64" | "padding" | "length" | "no_key" => (
            Mistake::ConsoleAesKey,
            words!(
                "WECHAT_ENCODING_AES_KEY 与后台不同（是别的账号的，或已更换）：重新复制 43 个字符；更换期间旧的填 WECHAT_ENCODING_AES_KEY_PREVIOUS",
                "WECHAT_ENCODING_AES_KEY differs from the console's (another account's, or it was rotated): copy the 43 characters again; during a rotation the old one goes to WECHAT_ENCODING_AES_KEY_PREVIOUS"
            ),
        ),
        "appid" => (
            Mistake::ConsoleAppId,
            words!(
                "推送是发给另一个 AppID 的：核对 WECHAT_APP_ID，以及后台里填的 URL 属于哪个账号",
                "the pushes are for another AppID: check WECHAT_APP_ID, and which account has this URL in its console"
            ),
        ),
        "plaintext" => (
            Mistake::ConsolePlaintext,
            words!(
                "后台是明文模式：改成安全模式；测试号没有别的办法，设 WECHAT_ALLOW_PLAINTEXT=true",
                "the console is in 明文模式: switch it to 安全模式; a sandbox account has no other way, so set WECHAT_ALLOW_PLAINTEXT=true"
            ),
        ),
        _ => return None,
    })
}

async fn metrics(config: &Config) -> Option<String> {
    let mut address = config.bind_addr;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    let client = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build().ok()?;
    let mut request = client.get(format!("http://{address}/metrics"));
    if let Some(token) = &config.metrics_token {
        request = request.bearer_auth(token.expose_secret());
    }
    let text = request.send().await.ok()?.error_for_status().ok()?.text().await.ok()?;
    text.contains("huixin_build").then_some(text)
}

/// The sums of a counter by one of its labels.
fn counts<'a>(metrics: &'a str, name: &str, label: &str) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for line in metrics.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('{')) {
        let Some((labels, value)) = line.rsplit_once("} ") else { continue };
        let found = labels.split(',').find_map(|pair| pair.strip_prefix(label)?.strip_prefix("=\"")?.strip_suffix('"'));
        if let (Some(found), Ok(value)) = (found, value.parse::<u64>()) {
            *counts.entry(found).or_default() += value;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_summed_by_one_label() {
        let text = "# HELP a b\na_total{account=\"x\",kind=\"text\"} 2\na_total{account=\"y\",kind=\"text\"} 3\nb_total{kind=\"text\"} 9\n";
        assert_eq!(counts(text, "a_total", "kind"), BTreeMap::from([("text", 5)]));
    }
}
