//! From a refusal, as any of the many upstreams words it, to one class of error.
//!
//! Upstreams agree on neither status nor shape: an empty account is 402, 403, 429 or 400; filtered content is 400,
//! 403 or 500; an error may come with status 200 inside the stream. So the words decide first and the status second.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::error::UpstreamError;
use super::reason;
use crate::clock;

/// Words that mean the account is used up. "Exceeded your current quota" is absent: Gemini says it of a minute's limit.
const QUOTA_WORDS: &str = "\
    insufficient_quota | exceeded_current_quota_error | insufficient balance | insufficient_balance | \
    balance insufficient | balance is insufficient | insufficient credit | insufficient_user_quota | credit balance is too low | \
    arrearage | overdue | freetieronly | billing_hard_limit | billing_not_active | 余额不足 | 额度不足 | 欠费";
const FILTER_WORDS: &str = "\
    content_filter | content_policy | content management policy | data_inspection_failed | \
    datainspectionfailed | sensitivecontent | sensitive content | content exists risk | considered high risk | \
    inappropriate content | prohibited_content | requires moderation | moderation_blocked | safety system | \
    responsibleaipolicy | content policy | content_moderation | content moderation | request moderated | content moderated | \
    审核不通过 | 审核未通过 | 敏感词 | 不安全或敏感 | 敏感内容 | 内容安全 | 违规";
const CONTEXT_WORDS: &str = "\
    context_length | context length | context window | context size | exceed_context | prompt is too long | \
    input is too long | prompt exceeds max | maximum prompt length | input token count | \
    range of input length | exceeded model token limit | token length exceed | \
    reduce the length of the messages | maximum input length";
const MODEL_WORDS: &str = "\
    model_not_found | modelnotfound | model not found | model not exist | model does not exist | \
    model_not_supported | not a valid model | unknown model | no such model | modelnotopen | \
    invalidendpointormodel | 模型不存在 | 无可用渠道";
const KEY_WORDS: &str = "\
    invalid_api_key | invalidapikey | incorrect api key | api key not valid | invalid api key | \
    authentication_error | invalid_authentication | 无效的令牌";
const RATE_WORDS: &str = "\
    rate_limit | ratelimit | rate limit | too many requests | throttling | limit_requests | limit_burst | \
    请求过于频繁";
const BAD_WORDS: &str = "invalid_request | invalid_parameter | invalidparameter | invalid_argument | bad_request";

/// The class of a response whose status is not 2xx. `body` may be cut short.
pub fn of_response(status: u16, headers: &HeaderMap, body: &str) -> UpstreamError {
    let document: Option<Value> = serde_json::from_str(body).ok();
    let mut complaint = document.as_ref().and_then(complaint_in).unwrap_or_else(|| Complaint::of_text(body));
    complaint.status = Some(status);
    complaint.retry_after = retry_after(headers);
    classify(complaint)
}

/// The error that one JSON document of a 200 answer carries, if it carries one.
pub fn of_document(document: &Value) -> Option<UpstreamError> {
    complaint_in(document).map(classify)
}

/// The error of an SSE event that is named `error`, whatever its shape.
pub fn of_error_event(data: &str) -> UpstreamError {
    let complaint = serde_json::from_str(data).ok().and_then(|document: Value| complaint_in(&document));
    classify(complaint.unwrap_or_else(|| Complaint::of_text(data)))
}

/// What `Retry-After` asks for: seconds, an HTTP date, or `retry-after-ms`.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(milliseconds) = value("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(milliseconds / 1000.0).ok();
    }
    let text = value("retry-after")?;
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.as_millisecond();
    Some(Duration::from_millis(u64::try_from(at - clock::now_ms()).unwrap_or(0)))
}

/// What an upstream said, before it has a class.
#[derive(Default)]
struct Complaint {
    status: Option<u16>,
    /// Its codes and types, which are words for machines and more telling than the message.
    codes: String,
    message: String,
    /// What a filter found.
    categories: Vec<String>,
    retry_after: Option<Duration>,
}

impl Complaint {
    fn of_text(text: &str) -> Self {
        Self { message: text.to_owned(), ..Self::default() }
    }
}

/// Finds the error object: `{"error": …}`, `{"code": …, "message": …}`, `{"detail": …}`, or one of these in an array.
fn complaint_in(document: &Value) -> Option<Complaint> {
    if let Value::Array(items) = document {
        return items.iter().find_map(complaint_in);
    }
    let choice = document.pointer("/choices/0");
    if let Some(error) = present(document, "error").or_else(|| choice.and_then(|choice| present(choice, "error"))) {
        return Some(complaint_of(error));
    }
    if let Some(verdict) = document.get("base_resp") {
        return (word(verdict, "status_code") != "0").then(|| complaint_of(verdict));
    }
    if document.get("choices").is_some_and(|choices| !choices.is_null()) {
        return None;
    }
    let code = ["code", "error_code", "detail"].iter().any(|name| !matches!(&*word(document, name), "" | "0" | "200"));
    let failed = code || document.get("success") == Some(&Value::Bool(false)) || document["object"] == "error";
    failed.then(|| complaint_of(document))
}

fn complaint_of(error: &Value) -> Complaint {
    if let Value::String(text) = error {
        return Complaint::of_text(text);
    }
    let codes: Vec<String> = ["code", "error_code", "status_code", "type", "param", "status"]
        .iter()
        .map(|name| word(error, name))
        .filter(|code| !code.is_empty())
        .collect();
    let status = codes.iter().find_map(|code| code.parse().ok().filter(|status| (400..600).contains(status)));
    let message =
        ["message", "msg", "error_msg", "status_msg"].iter().map(|name| word(error, name)).find(|text| !text.is_empty());
    // An unknown shape is shown as it came: better raw words than none.
    let message = message.unwrap_or_else(|| error.to_string());
    Complaint { status, codes: codes.join(" "), message, categories: reason::categories(error), retry_after: None }
}

fn present<'a>(document: &'a Value, name: &str) -> Option<&'a Value> {
    document
        .get(name)
        .filter(|value| !value.is_null() && **value != Value::Bool(false) && **value != Value::String(String::new()))
}

/// A field as text, whether the upstream wrote it as a string, a number or something deeper; `""` if it is absent.
fn word(document: &Value, name: &str) -> String {
    match document.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn classify(complaint: Complaint) -> UpstreamError {
    let Complaint { status, codes, message, categories, retry_after } = complaint;
    let words = format!("{codes} {message}").to_lowercase();
    let says = |list: &str| list.split(" | ").any(|word| words.contains(word));
    let reason = reason::of(&message, categories);
    let message = if codes.is_empty() { message } else { format!("{message} ({codes})") };
    let message = status.map_or_else(|| message.clone(), |status| format!("{status} {message}"));
    match status.unwrap_or(0) {
        402 => UpstreamError::QuotaExhausted { message },
        _ if says(QUOTA_WORDS) => UpstreamError::QuotaExhausted { message },
        _ if says(FILTER_WORDS) => UpstreamError::ContentFiltered { reason, message },
        429 => UpstreamError::RateLimited { retry_after, message },
        _ if says(CONTEXT_WORDS) => UpstreamError::ContextTooLong { message },
        413 => UpstreamError::ContextTooLong { message },
        _ if says(MODEL_WORDS) => UpstreamError::NotFound { message },
        401 | 403 => UpstreamError::Unauthorized { message },
        _ if says(KEY_WORDS) => UpstreamError::Unauthorized { message },
        300..=399 | 404 | 405 | 410 => UpstreamError::NotFound { message },
        408 | 409 | 425 | 500..=599 => UpstreamError::Overloaded { retry_after, message },
        _ if says(RATE_WORDS) => UpstreamError::RateLimited { retry_after, message },
        400..=499 => UpstreamError::BadRequest { message },
        _ if says(BAD_WORDS) => UpstreamError::BadRequest { message },
        _ => UpstreamError::Overloaded { retry_after, message },
    }
}
