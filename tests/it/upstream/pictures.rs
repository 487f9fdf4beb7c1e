//! An upstream that draws: what it is told, what it may answer, how it may refuse.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use huixin::llm::image::{Drawn, Painter, Settings, Source};
use huixin::llm::{UpstreamError, Usage};
use serde_json::{Value, json};

use super::KEY;
use super::fake::{Act, Fake, response};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n and so on";

fn settings(fake: &Fake) -> Settings {
    Settings {
        base_url: fake.url.clone(),
        api_key: KEY.into(),
        model: "dall-e-3".to_owned(),
        style: Some("vivid".to_owned()),
        size: Some("1024x1024".to_owned()),
        timeout: Duration::from_secs(20),
    }
}

async fn draw(fake: &Fake, model: Option<&str>) -> Result<Drawn, UpstreamError> {
    Painter::new(settings(fake)).unwrap().draw("一只猫", model).await
}

fn drawn(document: &Value) -> Vec<Act> {
    response(200, "Content-Type: application/json\r\n", &document.to_string())
}

fn picture() -> Vec<Act> {
    drawn(&json!({"data": [{"b64_json": BASE64_STANDARD.encode(PNG)}]}))
}

fn refused(status: u16, message: &str) -> Vec<Act> {
    response(status, "", &json!({"error": {"message": message}}).to_string())
}

#[tokio::test]
async fn a_model_is_told_only_what_it_takes() {
    for (model, style, format) in [
        ("dall-e-3", Some("vivid"), Some("b64_json")),
        ("openai/dall-e-3", Some("vivid"), Some("b64_json")),
        ("cogview-4", None, Some("b64_json")),
        ("gpt-image-1.5", None, None),
        ("chatgpt-image-latest", None, None),
    ] {
        let fake = Fake::start([picture()]).await;
        let drawn = draw(&fake, Some(model)).await.unwrap();
        assert_eq!((drawn.model.as_str(), &drawn.pictures[..]), (model, &[Source::Bytes(PNG.to_vec())][..]));
        let seen = fake.seen().remove(0);
        assert!(seen.head.starts_with("POST /v1/images/generations HTTP/1.1\r\n"), "{}", seen.head);
        let mut expected = json!({"model": model, "prompt": "一只猫", "size": "1024x1024"});
        for (name, value) in [("style", style), ("response_format", format)] {
            if let Some(value) = value {
                expected[name] = value.into();
            }
        }
        assert_eq!(seen.body, expected, "{model}");
    }
}

#[tokio::test]
async fn the_chats_address_does_for_pictures_too() {
    let fake = Fake::start([picture()]).await;
    let base_url = format!("{}/chat/completions", fake.url);
    Painter::new(Settings { base_url, ..settings(&fake) }).unwrap().draw("猫", None).await.unwrap();
    assert!(fake.seen()[0].head.starts_with("POST /v1/images/generations"));
}

#[tokio::test]
async fn a_picture_is_found_in_any_of_the_known_shapes() {
    let base64 = BASE64_STANDARD.encode(PNG);
    let bytes = || vec![Source::Bytes(PNG.to_vec())];
    let url = |url: &str| Source::Url(url.to_owned());
    for (name, document, expected) in [
        ("an address", json!({"data": [{"url": "https://x.test/a.png?sign=1"}]}), vec![url("https://x.test/a.png?sign=1")]),
        ("both, of which base64 is at hand", json!({"data": [{"b64_json": base64, "url": "https://x.test/"}]}), bytes()),
        ("an empty field beside", json!({"data": [{"b64_json": "", "url": "https://x.test/"}]}), vec![url("https://x.test/")]),
        ("null beside", json!({"data": [{"b64_json": null, "url": "https://x.test/"}]}), vec![url("https://x.test/")]),
        ("a data URL for base64", json!({"data": [{"b64_json": format!("data:image/png;base64,{base64}")}]}), bytes()),
        ("a data URL for an address", json!({"data": [{"url": format!("data:image/png;base64,{base64}")}]}), bytes()),
        ("no padding", json!({"data": [{"b64_json": base64.trim_end_matches('=')}]}), bytes()),
        ("lines", json!({"data": [{"b64_json": format!("{}\n{}", &base64[..8], &base64[8..])}]}), bytes()),
        ("images", json!({"images": [{"url": "https://x.test/b"}], "seed": 1}), vec![url("https://x.test/b")]),
        ("bare addresses", json!({"data": ["https://x.test/c"]}), vec![url("https://x.test/c")]),
        (
            "several, one of them refused",
            json!({"data": [{"url": "https://x.test/1"}, {"error": {"code": "x", "message": "no"}}, {"url": "https://x.test/2"}]}),
            vec![url("https://x.test/1"), url("https://x.test/2")],
        ),
        (
            "a code of success beside",
            json!({"code": 10000, "data": [{"url": "https://x.test/d"}]}),
            vec![url("https://x.test/d")],
        ),
    ] {
        let fake = Fake::start([drawn(&document)]).await;
        assert_eq!(draw(&fake, None).await.unwrap().pictures, expected, "{name}");
    }
}

#[tokio::test]
async fn what_the_model_made_of_the_words_and_what_it_cost_are_kept() {
    let document = json!({
        "data": [{"url": "https://x.test/", "revised_prompt": "A cat."}],
        "usage": {"input_tokens": 9, "output_tokens": 1056, "total_tokens": 1065},
    });
    let fake = Fake::start([drawn(&document)]).await;
    let drawn = draw(&fake, None).await.unwrap();
    assert_eq!(drawn.revised_prompt.as_deref(), Some("A cat."));
    assert_eq!(drawn.usage, Some(Usage { prompt_tokens: 9, completion_tokens: 1056, reasoning_tokens: None }));
    assert!(!format!("{:?}", Source::Url("https://x.test/a?signature=s".to_owned())).contains("signature"));
}

#[tokio::test]
async fn a_refused_parameter_is_left_out_and_remembered_for_its_model() {
    for (parameter, message) in [
        ("response_format", "Unknown parameter: 'response_format'."),
        ("style", "'style' is not supported by this model"),
        ("size", "Invalid value: '1024x1024'. Supported values are: '512x512'. param: size"),
        ("size", "Argument not supported: size"),
    ] {
        let fake = Fake::start([refused(400, message), picture()]).await;
        let painter = Painter::new(settings(&fake)).unwrap();
        painter.draw("猫", None).await.unwrap();
        painter.draw("猫", None).await.unwrap();
        painter.draw("猫", Some("dall-e-3-other")).await.unwrap();
        let has: Vec<bool> = fake.seen().iter().map(|seen| seen.body.get(parameter).is_some()).collect();
        assert_eq!(has, [true, false, false, true], "{parameter}");
    }
    // What is no parameter's name, or was not sent, is nobody's to mend.
    for message in ["the prompt is oversized", "lifestyle pictures are not supported", "'quality' is unknown"] {
        let fake = Fake::start([refused(400, message)]).await;
        assert_eq!((draw(&fake, None).await.unwrap_err().class(), fake.seen().len()), ("bad_request", 1), "{message}");
    }
}

#[tokio::test]
async fn a_filtered_picture_is_told_with_a_reason_for_the_reader() {
    let azure = json!({"error": {
        "code": "content_policy_violation",
        "message": "This request has been blocked by our content filters.",
        "inner_error": {"code": "ResponsibleAIPolicyViolation", "content_filter_results": {
            "hate": {"filtered": false, "severity": "safe"},
            "self_harm": {"filtered": true, "severity": "high"},
            "violence": {"filtered": true, "severity": "medium"},
        }},
    }});
    let openai = json!({"error": {
        "code": "moderation_blocked",
        "type": "image_generation_user_error",
        "message": "Your request was rejected by the safety system. If you believe this is an error, contact us at \
                    help.openai.com and include the request ID req_0123. safety_violations=[sexual, violence].",
    }});
    let plain = json!({"error": {
        "code": "content_policy_violation",
        "message": "Your prompt may contain text that is not allowed by our safety system. Request id: req_77.",
    }});
    let zhipu = json!({"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语。"}});
    let bare = json!({"error": {"code": "DataInspectionFailed"}});
    for (document, reason) in [
        (azure, Some("self harm, violence")),
        (openai, Some("sexual, violence")),
        (plain, Some("Your prompt may contain text that is not allowed by our safety system.")),
        (zhipu, Some("系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语。")),
        (bare, None),
    ] {
        // Some say it with 400, some in an answer that looks like success.
        for status in [400, 200] {
            let fake = Fake::start([response(status, "", &document.to_string())]).await;
            let error = draw(&fake, None).await.unwrap_err();
            let UpstreamError::ContentFiltered { reason: told, .. } = &error else { panic!("{error}") };
            assert_eq!((told.as_deref(), fake.seen().len()), (reason, 1), "{status}: {document}");
        }
    }
}

#[tokio::test]
async fn every_failure_has_its_class() {
    for (name, acts, class, requests) in [
        ("a wrong key", response(401, "", ""), "unauthorized", 1),
        ("an empty account", response(402, "", ""), "quota_exhausted", 1),
        ("no such model", response(404, "", ""), "not_found", 1),
        ("an endless rate limit", response(429, "retry-after-ms: 5\r\n", ""), "rate_limited", 3),
        ("an endless overload", response(503, "retry-after-ms: 5\r\n", ""), "overloaded", 3),
        ("a lost connection", vec![Act::Close], "unreachable", 3),
        ("a page", response(200, "", "<html>"), "malformed", 1),
        ("no list", drawn(&json!({"data": []})), "empty", 1),
        ("nothing in the list", drawn(&json!({"data": [{"index": 0}]})), "empty", 1),
        ("no base64", drawn(&json!({"data": [{"b64_json": "!"}]})), "malformed", 1),
        (
            "a refused item",
            drawn(&json!({"data": [{"error": {"code": "OutputImageSensitiveContentDetected"}}]})),
            "content_filtered",
            1,
        ),
        ("half a body", vec![Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"da".to_vec()), Act::Close], "broken", 1),
    ] {
        let fake = Fake::start([acts]).await;
        let error = draw(&fake, None).await.unwrap_err();
        assert_eq!((error.class(), fake.seen().len()), (class, requests), "{name}: {error}");
        assert!(!error.to_string().contains(KEY));
    }
}

#[tokio::test]
async fn a_busy_upstream_is_asked_again_after_the_pause_it_asks_for() {
    let fake = Fake::start([response(429, "Retry-After: 1\r\n", ""), picture()]).await;
    let began = Instant::now();
    draw(&fake, None).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
    let fake = Fake::start([response(429, "Retry-After: 3600\r\n", ""), picture()]).await;
    assert_eq!(draw(&fake, None).await.unwrap_err().class(), "rate_limited");
}

#[tokio::test]
async fn a_silent_upstream_is_given_up_at_the_limit_even_within_a_body() {
    let begun = Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"da".to_vec());
    for acts in [vec![Act::Hang], vec![begun, Act::Hang]] {
        let fake = Fake::start([acts]).await;
        let painter = Painter::new(Settings { timeout: Duration::from_millis(300), ..settings(&fake) }).unwrap();
        assert_eq!(painter.draw("猫", None).await.unwrap_err(), UpstreamError::Timeout);
    }
}

#[tokio::test]
async fn a_body_beyond_all_pictures_is_not_read_to_its_end() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let mut acts = vec![Act::Send(head)];
    let megabyte = super::fake::chunk(vec![b' '; 1024 * 1024]);
    acts.extend((0..29).map(|_| Act::Send(megabyte.clone())));
    acts.push(Act::Hang);
    let fake = Fake::start([acts]).await;
    let error = draw(&fake, None).await.unwrap_err();
    assert!(matches!(&error, UpstreamError::Malformed { reason } if reason.contains("more than")), "{error}");
}

#[tokio::test]
async fn a_drawing_may_be_asked_for_in_a_task_of_its_own() {
    let fake = Fake::start([picture()]).await;
    let painter = Painter::new(settings(&fake)).unwrap();
    let drawn = tokio::spawn(async move { painter.draw("猫", None).await }).await.unwrap();
    assert_eq!(drawn.unwrap().pictures.len(), 1);
}
