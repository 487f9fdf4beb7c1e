//! Every class of error, as some upstream really words it, and what never stands in one.

use std::time::{Duration, SystemTime};

use huixin::llm::UpstreamError;
use huixin::llm::chat::{Settings, Upstream};
use huixin::llm::refusal;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::fake::{Act, Fake, content, event, response, streamed};
use super::{KEY, ask, settings};

/// Status, body and class. Classes that are asked again are in another test: here each is one request.
const REFUSALS: &[(&str, u16, &str, &str)] = &[
    (
        "OpenAI, wrong key",
        401,
        r#"{"error":{"message":"Incorrect API key provided: sk-abc","type":"invalid_request_error","code":"invalid_api_key"}}"#,
        "unauthorized",
    ),
    (
        "OpenAI, region",
        403,
        r#"{"error":{"code":"unsupported_country_region_territory","message":"Country not supported"}}"#,
        "unauthorized",
    ),
    (
        "Gemini, wrong key",
        400,
        r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
        "unauthorized",
    ),
    (
        "OpenAI, no such model",
        404,
        r#"{"error":{"message":"The model `x` does not exist","code":"model_not_found"}}"#,
        "not_found",
    ),
    ("OpenRouter, no such model", 400, r#"{"error":{"message":"x is not a valid model ID","code":400}}"#, "not_found"),
    ("DeepSeek, no such model", 400, r#"{"error":{"message":"Model Not Exist","type":"invalid_request_error"}}"#, "not_found"),
    (
        "new-api, no channel",
        503,
        r#"{"error":{"message":"当前分组 default 下对于模型 x 无可用渠道","type":"new_api_error"}}"#,
        "not_found",
    ),
    ("a wrong path", 404, "404 page not found", "not_found"),
    ("a redirect", 301, "", "not_found"),
    ("FastAPI", 422, r#"{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"}]}"#, "bad_request"),
    ("plain text", 400, "what?", "bad_request"),
    (
        "OpenAI, too long",
        400,
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
        "context_too_long",
    ),
    (
        "vLLM, too long with max_tokens",
        400,
        r#"{"object":"error","message":"'max_tokens' is too large: 8000. This model's maximum context length is 4096 tokens","code":400}"#,
        "context_too_long",
    ),
    (
        "DashScope, too long",
        400,
        r#"{"error":{"code":"invalid_parameter_error","message":"Range of input length should be [1, 129024]"}}"#,
        "context_too_long",
    ),
    ("a body too large", 413, "<html>413</html>", "context_too_long"),
    (
        "Azure, filtered",
        400,
        r#"{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}}"#,
        "content_filtered",
    ),
    (
        "DashScope, filtered",
        400,
        r#"{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}"#,
        "content_filtered",
    ),
    ("DeepSeek, filtered", 400, r#"{"error":{"message":"Content Exists Risk"}}"#, "content_filtered"),
    (
        "Zhipu, filtered",
        400,
        r#"{"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容"}}"#,
        "content_filtered",
    ),
    (
        "OpenRouter, filtered",
        403,
        r#"{"error":{"code":403,"message":"The model requires moderation and your input was flagged"}}"#,
        "content_filtered",
    ),
    (
        "OpenAI, no money",
        429,
        r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#,
        "quota_exhausted",
    ),
    ("DeepSeek, no money", 402, r#"{"error":{"message":"Insufficient Balance"}}"#, "quota_exhausted"),
    ("DashScope, no money", 400, r#"{"error":{"code":"Arrearage","message":"Access denied"}}"#, "quota_exhausted"),
    (
        "SiliconFlow, no money",
        403,
        r#"{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}"#,
        "quota_exhausted",
    ),
    (
        "new-api, no money",
        403,
        r#"{"error":{"message":"用户额度不足, 剩余额度: 0","code":"insufficient_user_quota"}}"#,
        "quota_exhausted",
    ),
    (
        "MiniMax, no money, with 200",
        200,
        r#"{"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
        "quota_exhausted",
    ),
    ("a web page with 200", 200, "<!doctype html><html></html>", "not_found"),
    (
        "an error object with 200",
        200,
        r#"{"error":{"message":"invalid temperature","type":"invalid_request_error"}}"#,
        "bad_request",
    ),
];

#[tokio::test]
async fn every_refusal_has_its_class_and_is_not_asked_again() {
    for (name, status, body, class) in REFUSALS {
        let fake = Fake::start([response(*status, "", body)]).await;
        let (heard, result) = ask(settings(&fake)).await;
        let error = result.unwrap_err();
        assert_eq!((error.class(), fake.seen().len(), heard.restarts), (*class, 1, 0), "{name}: {error}");
    }
}

#[tokio::test]
async fn errors_inside_a_stream_have_the_same_classes() {
    for (name, body, class) in [
        (
            "OpenRouter's shape",
            r#"data: {"error":{"code":402,"message":"Insufficient credits"},"choices":[{"finish_reason":"error"}]}"#,
            "quota_exhausted",
        ),
        (
            "code and message",
            r#"data: {"code":"DataInspectionFailed","message":"Output data may contain inappropriate content."}"#,
            "content_filtered",
        ),
        (
            "an error event",
            "event: error\ndata: {\"error\":{\"type\":\"authentication_error\",\"message\":\"no\"}}",
            "unauthorized",
        ),
        ("an error in the choice", r#"data: {"choices":[{"error":{"code":400,"message":"bad"}}]}"#, "bad_request"),
        (
            "a filter that lets nothing through",
            r#"data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#,
            "content_filtered",
        ),
    ] {
        let fake = Fake::start([streamed(format!("{body}\n\n"))]).await;
        let (_, result) = ask(settings(&fake)).await;
        assert_eq!((result.unwrap_err().class(), fake.seen().len()), (class, 1), "{name}");
    }
}

#[tokio::test]
async fn an_answer_without_words_is_empty() {
    for (name, body) in [
        ("nothing", "data: [DONE]\n\n".to_owned()),
        ("white space", event(&content(" \n")) + "data: [DONE]\n\n"),
        ("reasoning alone", event(r#"{"choices":[{"delta":{"reasoning_content":"想"},"finish_reason":"length"}]}"#)),
        ("thinking that never ends", event(&content("<think>想")) + "data: [DONE]\n\n"),
    ] {
        let fake = Fake::start([streamed(body)]).await;
        let (heard, result) = ask(settings(&fake)).await;
        assert_eq!((result.unwrap_err(), heard.content.as_str(), fake.seen().len()), (UpstreamError::Empty, "", 2), "{name}");
    }
}

#[tokio::test]
async fn a_host_that_is_down_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1?key=canary-in-the-query", listener.local_addr().unwrap());
    drop(listener);
    let fake = Fake::start([]).await;
    let (_, result) = ask(Settings { base_url: url, ..settings(&fake) }).await;
    let error = result.unwrap_err();
    assert_eq!(error.class(), "unreachable");
    assert!(error.to_string().contains("refused") && !format!("{error} {error:?}").contains("canary"), "{error}");
}

#[tokio::test]
async fn a_silent_upstream_is_a_timeout() {
    let half = Act::Send([super::fake::stream_head(), super::fake::chunk(event(&content("好")))].concat());
    for (name, acts, heard_content) in [("before the head", vec![Act::Hang], ""), ("in the middle", vec![half, Act::Hang], "好")]
    {
        let fake = Fake::start([acts]).await;
        let (heard, result) = ask(Settings { timeout: Duration::from_millis(300), ..settings(&fake) }).await;
        assert_eq!(result.unwrap_err(), UpstreamError::Timeout, "{name}");
        assert_eq!(heard.content, heard_content, "{name}");
    }
}

#[tokio::test]
async fn a_compressed_body_is_not_inflated() {
    let fake = Fake::start([response(200, "Content-Encoding: gzip\r\n", "\u{1f}\u{8b}")]).await;
    let (_, result) = ask(settings(&fake)).await;
    assert!(matches!(result.unwrap_err(), UpstreamError::Malformed { reason } if reason.contains("gzip")));
    assert!(fake.seen()[0].head.contains("accept-encoding: identity"));
}

#[tokio::test]
async fn no_error_repeats_the_key_or_forges_a_line_of_the_log() {
    let body =
        serde_json::json!({"error": {"message": format!("bad key {KEY}\n2026 INFO forged {}", "x".repeat(5000))}}).to_string();
    for status in [400, 401, 402, 403, 404, 413, 429, 500, 200] {
        let fake = Fake::start([response(status, "Retry-After: 999\r\n", &body)]).await;
        let (_, result) = ask(settings(&fake)).await;
        let error = result.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains(KEY) && !shown.contains('\n') && !shown.contains("\\n") && shown.len() < 1200,
            "{status}: {shown}"
        );
        assert!(fake.seen()[0].head.contains(&format!("authorization: Bearer {KEY}")));
    }
}

#[tokio::test]
async fn nothing_prints_the_settings_secrets() {
    let fake = Fake::start([]).await;
    let settings = Settings { base_url: format!("{}?key=canary-in-the-query", fake.url), ..settings(&fake) };
    let shown = format!("{settings:?} {:?}", Upstream::new(settings.clone()).unwrap());
    assert!(!shown.contains("canary"), "{shown}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_with_the_reason() {
    let fake = Fake::start([]).await;
    for (base_url, key, reason) in [
        ("api.example.com/v1", "", "is not a URL"),
        ("ftp://api.example.com", "", "neither http:// nor https://"),
        ("https://user:canary@api.example.com", "", "user name"),
        ("https://api.example.com", "canary\nkey", "line break"),
    ] {
        let settings = Settings { base_url: base_url.to_owned(), api_key: key.into(), ..settings(&fake) };
        let error = Upstream::new(settings).unwrap_err().to_string();
        assert!(error.contains(reason) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn retry_after_is_read_as_seconds_milliseconds_or_a_date() {
    let read = |name: &'static str, value: &str| {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())]);
        refusal::retry_after(&headers)
    };
    assert_eq!(read("retry-after", "7"), Some(Duration::from_secs(7)));
    assert_eq!(read("retry-after", "0.5"), Some(Duration::from_millis(500)));
    assert_eq!(read("retry-after-ms", "250"), Some(Duration::from_millis(250)));
    assert_eq!(read("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
    assert_eq!(read("retry-after", "soon"), None);
    assert_eq!(read("retry-after", "-1"), None);
    let soon = jiff::Timestamp::try_from(SystemTime::now() + Duration::from_mins(1)).unwrap();
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&soon).unwrap();
    let read = read("retry-after", &date).unwrap();
    assert!((57..=60).contains(&read.as_secs()), "{read:?}");
}
