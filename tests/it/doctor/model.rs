//! Mistakes between this machine and the model.

use huixin::server::doctor::{Finding, Mistake};
use serde_json::json;

use super::{CANARY, Scene, fix, found, mistakes};
use crate::platform::fake::{Answer, Fake, Seen, response};

/// What is found where the model's address is answered by `script`.
async fn asked(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static, path: &str) -> Vec<Finding> {
    let fake = Fake::start(move |seen, _| script(seen)).await;
    let base_url = format!("{}{path}", fake.base_url.as_str().trim_end_matches('/'));
    Scene::new().examined(&[("LLM_BASE_URL", &base_url)]).await
}

fn refusal(status: u16, body: &str) -> Answer {
    let head = format!("HTTP/1.1 {status} No\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    Answer::Raw(format!("{head}{body}").into_bytes())
}

fn pong() -> Answer {
    response(
        "content-type: text/event-stream\r\n",
        b"data: {\"choices\":[{\"delta\":{\"content\":\"pong\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_out_of_reach_is_named() {
    let findings = Scene::new().examined(&[("LLM_BASE_URL", "http://127.0.0.1:1/v1")]).await;
    assert_eq!(mistakes(&findings), [Mistake::ModelUnreachable]);
    assert!(fix(found(&findings, Mistake::ModelUnreachable)).contains("LLM_BASE_URL"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_key_and_an_unknown_model_are_told_apart() {
    let cases = [
        (401, "invalid_api_key", Mistake::ModelKey, "LLM_API_KEY"),
        (404, "model_not_found", Mistake::ModelUnknown, "LLM_MODEL"),
    ];
    for (status, code, mistake, variable) in cases {
        let body = json!({"error": {"code": code, "message": format!("no: key-{CANARY}")}}).to_string();
        let findings = asked(move |_| refusal(status, &body), "/v1").await;
        assert_eq!(mistakes(&findings), [mistake]);
        assert!(fix(found(&findings, mistake)).contains(variable));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_base_url_without_its_path_is_mended() {
    let pages = [refusal as fn(u16, &str) -> Answer, |_, body| response("content-type: text/html\r\n", body.as_bytes())];
    for page in pages {
        let script = move |seen: &Seen| {
            if seen.line.contains(" /v1/chat/completions ") {
                pong()
            } else {
                page(404, "<!doctype html><title>Not found</title>")
            }
        };
        let findings = asked(script, "").await;
        assert_eq!(mistakes(&findings), [Mistake::ModelBaseUrl]);
        let fix = fix(found(&findings, Mistake::ModelBaseUrl));
        assert!(fix.contains("set LLM_BASE_URL=http://127.0.0.1:") && fix.ends_with("/v1"), "{fix}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_page_in_the_place_of_the_model_is_named() {
    for (status, path) in [(200, ""), (200, "/v1"), (404, "/v1")] {
        let findings = asked(move |_| refusal(status, "<!DOCTYPE html><html><body>Welcome</body></html>"), path).await;
        assert_eq!(mistakes(&findings), [Mistake::ModelNoApi], "{findings:#?}");
        assert!(fix(found(&findings, Mistake::ModelNoApi)).contains("chat-completions API"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_up_account_is_named() {
    let body = json!({"error": {"code": "insufficient_quota", "message": "Insufficient Balance"}}).to_string();
    let findings = asked(move |_| refusal(402, &body), "/v1").await;
    assert_eq!(mistakes(&findings), [Mistake::ModelQuota]);
    found(&findings, Mistake::ModelQuota);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_of_the_upstream_is_told() {
    let findings = asked(|_| refusal(503, "busy"), "/v1").await;
    assert_eq!(mistakes(&findings), [Mistake::ModelTrouble]);
    assert!(fix(found(&findings, Mistake::ModelTrouble)).contains("LLM_FALLBACK_MODEL"));
}
