//! What a proxy does to requests on their way in: who gets them, how large they may be, how long they may take, and whether an
//! answer arrives piece by piece.
//!
//! The server at the other end answers these questions to whoever knows an account's Token (`http::probe`).

use std::time::{Duration, Instant};

use reqwest::{Client, Response, StatusCode, Url};

use super::{
    Finding, Mistake,
    public::{below, path, reason, sign, unreachable_fix},
    words,
};
use crate::{
    config::Account,
    http::probe::{EVENTS, HEADER, Kind, PAUSE, Report, STREAM_TOKEN, occupant},
};

/// A little more than the 64 KiB that some proxies stop at; WeChat's pushes may have as much.
const LARGE_BODY: usize = 100 * 1024;

const NAME: &str = "way in";

/// An account's door, from outside.
pub(super) struct Door<'a> {
    pub client: &'a Client,
    pub public_url: &'a Url,
    pub account: &'a Account,
}

/// Who stands at the other end, and what comes through.
pub(super) async fn examine(door: &Door<'_>, patience: Duration, living: Option<&[String]>) -> Vec<Finding> {
    let (body, wait, stream) = tokio::join!(large_body(door, living), long_wait(door, patience), stream(door));
    let mut findings = body;
    findings.extend([wait, stream]);
    findings
}

async fn probe(door: &Door<'_>, kind: Kind, body: Vec<u8>) -> reqwest::Result<Response> {
    let mut url = below(door.public_url, &path(door.account));
    sign(&mut url, door.account);
    door.client.post(url).header(HEADER, kind.as_str()).body(body).send().await
}

/// Whether a large push arrives whole, and at whose door.
async fn large_body(door: &Door<'_>, living: Option<&[String]>) -> Vec<Finding> {
    let kilobytes = LARGE_BODY / 1024;
    let cut = |what: String| {
        Finding::fault(
            NAME,
            Mistake::ProxyCutsBodies,
            words!("一个 {kilobytes} KiB 的推送没有完整到达：{what}", "a push of {kilobytes} KiB does not arrive whole: {what}"),
            words!(
                "让代理放行 1 MiB 的请求体（nginx：client_max_body_size 1m）",
                "let the proxy pass bodies of 1 MiB (nginx: client_max_body_size 1m)"
            ),
        )
    };
    let response = match probe(door, Kind::Body, vec![b'x'; LARGE_BODY]).await {
        Ok(response) => response,
        Err(error) => return vec![cut(reason(error).english)],
    };
    let status = response.status();
    match response.json::<Report>().await {
        Ok(report) if report.bytes == LARGE_BODY => {
            let large = words!("{kilobytes} KiB 的推送完整到达", "a push of {kilobytes} KiB arrives whole");
            vec![Finding::ok(NAME, large), at_the_other_end(&report, living)]
        }
        Ok(report) => vec![cut(format!("{} B", report.bytes))],
        Err(_) => vec![cut(status.to_string())],
    }
}

/// Whether the server that answered uses the same database as we do.
fn at_the_other_end(report: &Report, living: Option<&[String]>) -> Finding {
    const NAME: &str = "installation";
    match living {
        None => {
            Finding::skipped(NAME, words!("数据库读不到，无从比较", "the database cannot be read, so nothing can be compared"))
        }
        Some(living) if living.iter().any(|holder| occupant(holder) == report.occupant) => {
            Finding::ok(NAME, words!("PUBLIC_URL 通到用着这个数据库的 huixin", "PUBLIC_URL leads to a huixin on this database"))
        }
        Some(_) => Finding::fault(
            NAME,
            Mistake::OtherInstallation,
            words!(
                "PUBLIC_URL 通到另一套 huixin，它用的不是这个数据库",
                "PUBLIC_URL leads to another huixin, which uses another database"
            ),
            words!(
                "旧服务器还在运行，或测试与正式环境混了：改 DNS 或代理，或用那一套的 DATABASE_URL",
                "an old server is still running, or staging and production are mixed up: mend DNS or the proxy, or use the other one's DATABASE_URL"
            ),
        ),
    }
}

/// Whether an answer may take as long as WeChat waits for it.
async fn long_wait(door: &Door<'_>, patience: Duration) -> Finding {
    let begun = Instant::now();
    let outcome = probe(door, Kind::Patience, Vec::new()).await;
    let waited = begun.elapsed().as_secs_f32();
    match outcome {
        Ok(response) if response.status() == StatusCode::OK => {
            Finding::ok(NAME, words!("应答等了 {waited:.1} 秒也送达了", "an answer that took {waited:.1} s arrived"))
        }
        outcome => {
            let what = outcome.map_or_else(|error| reason(error).english, |response| response.status().to_string());
            let patience = patience.as_secs_f32();
            Finding::fault(
                NAME,
                Mistake::ProxyImpatient,
                words!(
                    "代理等了 {waited:.1} 秒就放弃了（{what}）；微信会等 {patience:.0} 秒",
                    "the proxy gave up after {waited:.1} s ({what}); WeChat waits for {patience:.0} s"
                ),
                words!(
                    "让代理至少等 10 秒（nginx：proxy_read_timeout 15s）",
                    "let the proxy wait for 10 s at least (nginx: proxy_read_timeout 15s)"
                ),
            )
        }
    }
}

/// Whether the events of an answer's page come one by one.
async fn stream(door: &Door<'_>) -> Finding {
    const NAME: &str = "answer pages";
    let path = format!("/a/{STREAM_TOKEN}/events");
    let mut url = below(door.public_url, &path);
    sign(&mut url, door.account);
    url.query_pairs_mut().append_pair("account", &door.account.name);
    let mut response = match door.client.get(url).send().await {
        Ok(response) => response,
        Err(error) => return Finding::fault(NAME, Mistake::PublicUrlUnreachable, reason(error), unreachable_fix()),
    };
    let status = response.status();
    if status != StatusCode::OK {
        return Finding::fault(
            NAME,
            Mistake::PublicUrlElsewhere,
            words!("在 /a/ 应答的不是 huixin（{status}）", "what answers at /a/ is not huixin ({status})"),
            words!("让代理把 /a/ 和 /assets/ 也转给 huixin", "let the proxy pass /a/ and /assets/ to huixin, too"),
        );
    }
    let mut first = None;
    while let Ok(Some(_)) = response.chunk().await {
        first.get_or_insert_with(Instant::now);
    }
    let spread = first.map_or(Duration::ZERO, |first| first.elapsed());
    // Half of the time between the first event and the last leaves room for a busy machine.
    if spread >= PAUSE * (EVENTS as u32 - 1) / 2 {
        return Finding::ok(NAME, words!("回答的网页逐段到达", "the pages of answers arrive piece by piece"));
    }
    Finding::fault(
        NAME,
        Mistake::ProxyBuffers,
        words!("代理把回答的网页攒在一起才放行", "the proxy holds the pages of answers back and lets them go in one piece"),
        words!(
            "对 /a/*/events 关掉缓冲和压缩（nginx：proxy_buffering off; gzip off）",
            "switch buffering and compression off for /a/*/events (nginx: proxy_buffering off; gzip off)"
        ),
    )
}
