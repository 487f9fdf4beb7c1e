//! Aliyun's moderator: how it is asked, and what its levels mean.

use std::{collections::BTreeMap, time::Duration};

use huixin::{
    acs3::{self, Credentials},
    moderation::{By, Decision, Point, Settings, Verdict, remote::Provider},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    chain,
    fake::{Act, Fake, Seen},
};

const SECRET: &str = "marked-secret-of-the-access-key";

fn credentials() -> Credentials {
    Credentials { access_key_id: "testid".to_owned(), access_key_secret: SECRET.into() }
}

fn settings(fake: &Fake) -> Settings {
    let provider = Provider::Aliyun { url: fake.url.clone(), credentials: credentials() };
    Settings { provider: Some(provider), timeout: Duration::from_secs(20), ..Settings::default() }
}

/// The form's service and its parameters.
fn asked(seen: &Seen) -> (String, Value) {
    let (service, parameters) = seen.body.split_once('&').unwrap();
    let bytes = parameters.strip_prefix("ServiceParameters=").unwrap().as_bytes();
    let mut plain = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            plain.push(u8::from_str_radix(std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap(), 16).unwrap());
            at += 3;
        } else {
            plain.push(bytes[at]);
            at += 1;
        }
    }
    (service.strip_prefix("Service=").unwrap().to_owned(), serde_json::from_slice(&plain).unwrap())
}

async fn judged(point: Point, answer: Value) -> Verdict {
    let fake = Fake::start(move |_, _| Act::Answer(200, answer.to_string())).await;
    chain(settings(&fake)).check(point, "文字").await
}

fn found(data: &Value) -> Value {
    json!({ "Code": 200, "Message": "OK", "RequestId": "r", "Data": data })
}

#[tokio::test]
async fn the_request_is_signed_and_names_its_service() {
    let fake = Fake::start(|_, _| Act::Answer(200, found(&json!({ "RiskLevel": "none" })).to_string())).await;
    let chain = chain(settings(&fake));
    assert_eq!(chain.check(Point::Question, "问 题&=").await, Verdict::pass(By::Aliyun));
    chain.check(Point::Answer, "答").await;
    let seen = fake.seen();
    assert_eq!(asked(&seen[0]), ("llm_query_moderation".to_owned(), json!({ "content": "问 题&=" })));
    assert_eq!(asked(&seen[1]).0, "llm_response_moderation");

    let headers: BTreeMap<_, _> = seen[0].head.lines().filter_map(|line| line.split_once(": ")).collect();
    assert_eq!((headers["x-acs-action"], headers["x-acs-version"]), ("TextModerationPlus", "2022-03-02"));
    let signed = ["content-type", "x-acs-action", "x-acs-version"].map(|name| (name, headers[name]));
    let now: Timestamp = headers["x-acs-date"].parse().unwrap();
    let request = acs3::Request {
        method: "POST",
        host: headers["host"],
        path: "/",
        query: &[],
        headers: &signed,
        body: seen[0].body.as_bytes(),
    };
    let again = acs3::sign(request, &credentials(), now.as_millisecond(), headers["x-acs-signature-nonce"]);
    assert_eq!(headers["authorization"], again.last().unwrap().1);
    let other: Vec<_> = seen[1].head.lines().filter(|line| line.starts_with("x-acs-signature-nonce")).collect();
    assert!(!other[0].ends_with(headers["x-acs-signature-nonce"]), "a nonce is never used twice");
}

#[tokio::test]
async fn levels_become_decisions() {
    let finding = json!([{ "Label": "contraband_act", "Confidence": 30.0 }, { "Label": "political_n", "Confidence": 95.5 }]);
    for (level, decision) in [("high", Decision::Drop), ("medium", Decision::Hold), ("unheard-of", Decision::Drop)] {
        let verdict = judged(Point::Answer, found(&json!({ "RiskLevel": level, "Result": finding }))).await;
        assert_eq!((verdict.decision, verdict.label.as_str(), verdict.score), (decision, "political_n", Some(95.5)), "{level}");
    }
    for level in ["low", "none"] {
        let verdict = judged(Point::Answer, found(&json!({ "RiskLevel": level, "Result": [{ "Label": "nonLabel" }] }))).await;
        assert_eq!(verdict, Verdict::pass(By::Aliyun));
    }
    let advised = json!({ "RiskLevel": "high", "Result": finding, "Advice": [{ "Answer": "" }, { "Answer": "标准回答" }] });
    assert_eq!(judged(Point::Question, found(&advised)).await.decision, Decision::Instead("标准回答".to_owned()));
    let attack = judged(Point::Question, found(&json!({ "RiskLevel": "none", "AttackLevel": "high" }))).await;
    assert_eq!((attack.decision, attack.label.as_str()), (Decision::Drop, "attack"));
}

#[tokio::test]
async fn every_way_of_refusing_has_its_class() {
    for (status, answer, class) in [
        (200, json!({ "Code": 408, "Message": "no permission" }), "unauthorized"),
        (200, json!({ "Code": 588 }), "rate_limited"),
        (200, json!({ "Code": 500 }), "failing"),
        (200, json!({ "Code": 400 }), "refused"),
        (200, json!({ "Code": 200 }), "malformed"),
        (200, found(&json!({ "Result": [] })), "malformed"),
        (404, json!({ "Code": "InvalidAccessKeyId.NotFound" }), "unauthorized"),
        (400, json!({ "Code": "SignatureDoesNotMatch" }), "unauthorized"),
        (403, json!({ "Code": "Forbidden.RAM" }), "unauthorized"),
        (400, json!({ "Code": "Throttling.User" }), "rate_limited"),
        (503, json!({ "code": "ServiceUnavailable" }), "failing"),
        (400, json!("<Error/>"), "refused"),
    ] {
        let text = answer.to_string();
        let fake = Fake::start(move |_, _| Act::Answer(status, text.clone())).await;
        let chain = chain(settings(&fake));
        let verdict = chain.check(Point::Answer, "文字").await;
        assert_eq!((verdict.decision, verdict.label.as_str()), (Decision::Drop, class), "{answer}");
        assert!(!format!("{:?} {chain:?}", chain.failure()).contains(SECRET));
    }
}

#[tokio::test]
async fn each_service_gets_pieces_of_its_own_length() {
    let fake = Fake::start(|_, _| Act::Answer(200, found(&json!({ "RiskLevel": "none" })).to_string())).await;
    let chain = chain(settings(&fake));
    let long = "字".repeat(6_000);
    chain.check(Point::Passage, &long).await;
    let queries = fake.seen().len();
    chain.check(Point::Answer, &long).await;
    let seen = fake.seen();
    let length = |seen: &Seen| asked(seen).1["content"].as_str().unwrap().chars().count();
    assert!(seen[..queries].iter().all(|seen| length(seen) <= 2_000) && seen[queries..].iter().all(|seen| length(seen) <= 5_000));
    assert_eq!((queries, seen.len() - queries), (4, 2));
}
