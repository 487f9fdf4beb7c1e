//! `huixin doctor` and `huixin call`: each way in which an installation can be ill is told by name, and no secret is.

use huixin::{
    config::{Config, Values},
    server::{
        call::{ApiCall, call},
        doctor::{Finding, State, examine, is_healthy},
    },
    wechat::client::Method,
};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use serde_json::json;
use tempfile::TempDir;

use super::fake::{Answer, Fake, Seen, response};

/// Something between WeChat and the webhook.
type Proxy = Box<dyn Fn(&Seen) -> Answer + Send + Sync>;

/// Every secret of the configuration ends like this.
const CANARY: &str = "CANARY0123456789";

fn values(fake: &Fake, folder: &TempDir) -> Values {
    let url = fake.base_url.as_str().trim_end_matches('/');
    Values::default()
        .with("DATABASE_URL", format!("sqlite://{}/huixin.db", folder.path().display()))
        .with("PUBLIC_URL", url)
        .with("WECHAT_API_URL", url)
        .with("WECHAT_APP_ID", "wx0123456789abcdef")
        .with("WECHAT_APP_SECRET", format!("app-secret-{CANARY}"))
        .with("WECHAT_TOKEN", format!("token{CANARY}"))
        .with("WECHAT_ENCODING_AES_KEY", format!("abcdefghijklmnopqrstuvwxyzA{CANARY}"))
        .with("LLM_BASE_URL", format!("{url}/v1"))
        .with("LLM_API_KEY", format!("key-{CANARY}"))
        .with("LLM_MODEL", "demo")
        .with("REPLY_LANGUAGE", "en")
}

/// What a healthy world answers.
fn healthy(seen: &Seen, skew: SignedDuration) -> Answer {
    let path = seen.line.split([' ', '?']).nth(1).unwrap();
    match path {
        "/cgi-bin/stable_token" => Answer::Json(json!({"access_token": CANARY, "expires_in": 7200})),
        "/v1/chat/completions" => response(
            "content-type: text/event-stream\r\n",
            b"data: {\"choices\":[{\"delta\":{\"content\":\"pong\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
        ),
        "/wechat" => response("content-type: text/plain\r\n", echostr(seen).as_bytes()),
        _ => {
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + skew)).unwrap();
            response(&format!("date: {date}\r\n"), b"{}")
        }
    }
}

fn echostr(seen: &Seen) -> String {
    seen.line.split("echostr=").nth(1).unwrap().split([' ', '&']).next().unwrap().to_owned()
}

/// The findings where `ill` answers some requests, and a healthy world the others.
async fn findings(ill: impl Fn(&Seen) -> Option<Answer> + Send + Sync + 'static) -> Vec<Finding> {
    let fake = Fake::start(move |seen, _| ill(seen).unwrap_or_else(|| healthy(seen, SignedDuration::ZERO))).await;
    let folder = tempfile::tempdir().unwrap();
    examined(&values(&fake, &folder)).await
}

async fn examined(values: &Values) -> Vec<Finding> {
    let findings = examine(values).await;
    for finding in &findings {
        let shown = format!("{finding} {finding:?}");
        assert!(!shown.contains("CANARY"), "{shown}");
        assert_eq!(finding.fix.is_some(), finding.state == State::Fault, "a fault has a fix, and nothing else has: {finding}");
    }
    findings
}

fn fault<'a>(findings: &'a [Finding], name: &str) -> &'a Finding {
    let found = findings.iter().find(|finding| finding.name.starts_with(name) && finding.state == State::Fault);
    found.unwrap_or_else(|| panic!("no fault of {name} in {findings:#?}"))
}

#[tokio::test]
async fn a_healthy_installation_has_no_fault() {
    let findings = findings(|_| None).await;
    assert!(is_healthy(&findings), "{findings:#?}");
    let skipped: Vec<_> = findings.iter().filter(|finding| finding.state == State::Skipped).collect();
    assert!(skipped.len() == 1 && skipped[0].detail.contains("only this machine"), "{skipped:#?}");
    assert_eq!(findings.len(), 10);
}

#[tokio::test]
async fn every_problem_of_the_configuration_is_a_finding() {
    let findings = examined(&Values::default().with("LLM_TEMPERATURE", "9")).await;
    assert!(findings.len() >= 3 && findings.iter().all(|finding| finding.state == State::Fault), "{findings:#?}");
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_named_with_the_one_to_add() {
    let refusal =
        json!({"errcode": 40164, "errmsg": "invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 1-2"});
    let findings = findings(move |seen| seen.line.contains("stable_token").then(|| Answer::Json(refusal.clone()))).await;
    let fault = fault(&findings, "IP allow list [main]");
    assert!(fault.fix.as_ref().unwrap().contains("To add: 203.0.113.9."), "{fault}");
    assert!(findings.iter().any(|finding| finding.name == "access token [main]" && finding.state == State::Skipped));
}

#[tokio::test]
async fn a_refused_secret_and_an_absent_callback_url_are_explained() {
    let wrong = json!({"errcode": 40001, "errmsg": format!("invalid credential app-secret-{CANARY} rid: 1-2")});
    let refused = findings(move |seen| seen.line.contains("stable_token").then(|| Answer::Json(wrong.clone()))).await;
    assert!(fault(&refused, "access token").fix.as_ref().unwrap().contains("WECHAT_APP_SECRET"));
    let absent = json!({"errcode": 40201, "errmsg": "invalid callback url"});
    let absent = findings(move |seen| seen.line.contains("callback/check").then(|| Answer::Json(absent.clone()))).await;
    fault(&absent, "message push [main]");
}

#[tokio::test]
async fn a_wrong_clock_is_named() {
    for (skew, word) in [(-45, "ahead of"), (45, "behind")] {
        let fake = Fake::start(move |seen, _| healthy(seen, SignedDuration::from_secs(skew))).await;
        let folder = tempfile::tempdir().unwrap();
        let findings = examined(&values(&fake, &folder)).await;
        assert!(fault(&findings, "clock").detail.contains(word), "{findings:#?}");
    }
}

#[tokio::test]
async fn whatever_stands_before_the_webhook_is_seen() {
    let with_newline = |seen: &Seen| response("", format!("{}\n", echostr(seen)).as_bytes());
    let raw = |head: &str| Answer::Raw(format!("HTTP/1.1 {head}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").into_bytes());
    let cases: [(Proxy, &str); 4] = [
        (Box::new(with_newline), "1 bytes around the echostr"),
        (
            Box::new(move |_| raw("301 Moved\r\nlocation: https://elsewhere/wechat/?signature=1")),
            "redirects to https://elsewhere/wechat/",
        ),
        (Box::new(move |_| raw("403 Forbidden")), "refuses a signature"),
        (Box::new(|_| response("", b"<html>waf</html>")), "something else than the echostr"),
    ];
    for (proxy, expected) in cases {
        let findings = findings(move |seen| seen.line.starts_with("GET /wechat?").then(|| proxy(seen))).await;
        let fault = fault(&findings, "verification [main]");
        assert!(fault.detail.contains(expected) && !fault.detail.contains("signature=1"), "{fault}");
    }
}

#[tokio::test]
async fn a_model_that_is_not_there_and_a_key_that_is_refused_are_told_apart() {
    for (status, code, fix) in [(401, "invalid_api_key", "LLM_API_KEY"), (404, "model_not_found", "LLM_MODEL")] {
        let body = json!({"error": {"code": code, "message": format!("no: key-{CANARY}")}}).to_string();
        let answer = format!("HTTP/1.1 {status} No\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let ill = move |seen: &Seen| seen.line.contains("/v1/").then(|| Answer::Raw(answer.clone().into_bytes()));
        let findings = findings(ill).await;
        assert!(fault(&findings, "model demo").fix.as_ref().unwrap().contains(fix), "{findings:#?}");
    }
}

#[tokio::test]
async fn what_cannot_be_reached_is_said_of_each() {
    let fake = Fake::start(|_, _| Answer::Reset).await;
    let folder = tempfile::tempdir().unwrap();
    let nowhere = "http://127.0.0.1:1";
    let values = values(&fake, &folder)
        .with("DATABASE_URL", format!("postgres://huixin:{CANARY}@127.0.0.1:1/huixin"))
        .with("WECHAT_API_URL", nowhere)
        .with("PUBLIC_URL", nowhere)
        .with("LLM_BASE_URL", nowhere);
    let findings = examined(&values).await;
    for name in ["database", "WeChat", "public address", "model demo"] {
        fault(&findings, name);
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_call_from_the_command_line_uses_the_shared_token() {
    let fake = Fake::start(|seen, _| {
        if seen.line.contains("/cgi-bin/media/get") {
            Answer::Json(json!({"errcode": 40007, "errmsg": "invalid media_id"}))
        } else {
            healthy(seen, SignedDuration::ZERO)
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let config = Config::from_values(&values(&fake, &folder)).unwrap();
    let request = |path: &str, body: Option<&str>| ApiCall {
        account: "main".to_owned(),
        method: if body.is_some() { Method::Post } else { Method::Get },
        path: path.to_owned(),
        body: body.map(str::to_owned),
    };
    assert_eq!(call(&config, request("/cgi-bin/user/get?next_openid=o", None)).await.unwrap(), json!({}));
    assert!(fake.requests()[1].line.starts_with(&format!("GET /cgi-bin/user/get?access_token={CANARY}&next_openid=o ")));
    call(&config, request("/cgi-bin/menu/create", Some(r#"{"button":[]}"#))).await.unwrap();
    assert_eq!((fake.requests()[2].json(), fake.calls_of("stable_token")), (json!({"button": []}), 1));
    let refusal = call(&config, request("/cgi-bin/media/get?media_id=m", None)).await.unwrap_err();
    assert!(refusal.to_string().contains("40007 invalid media_id"), "{refusal}");
    for (path, body) in [("cgi-bin/x", None), ("/x?access_token=t", None), ("/x", Some("{"))] {
        assert!(call(&config, request(path, body)).await.is_err(), "{path}");
    }
}
