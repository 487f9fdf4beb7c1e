//! Why an upstream filtered a content, in its own words made fit for whoever asked.
//!
//! What is for developers goes: request ids, addresses, whom to contact. Knows no language: the words stay the upstream's.

use serde_json::Value;

/// How much of a reason is worth reading, in characters.
const REASON_MAX_CHARS: usize = 120;
/// A sentence with one of these is not for a follower.
const TECHNICAL: [&str; 8] = ["http", "request id", "req_", "requestid", "contact us", "help.", "@", "traceid"];
/// Where upstreams list what they found: Azure's results by category, `OpenRouter`'s and `OpenAI`'s lists.
const LISTS: [&str; 5] = [
    "/innererror/content_filter_result",
    "/inner_error/content_filter_results",
    "/innererror/content_filter_results",
    "/metadata/reasons",
    "/moderation_details/categories",
];
const VIOLATIONS: &str = "safety_violations=[";

/// What an error object says was found, such as `violence`.
pub(super) fn categories(error: &Value) -> Vec<String> {
    LISTS.into_iter().find_map(|pointer| error.pointer(pointer)).map(named_in).unwrap_or_default()
}

fn named_in(list: &Value) -> Vec<String> {
    match list {
        Value::Object(results) => {
            let found = |result: &Value| result["filtered"] == true || result["detected"] == true;
            results.iter().filter(|(_, result)| found(result)).map(|(name, _)| name.replace('_', " ")).collect()
        }
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => Vec::new(),
    }
}

/// The reason for a reader: the categories where there are any, otherwise the message without what is technical.
pub(super) fn of(message: &str, mut categories: Vec<String>) -> Option<String> {
    if let Some((_, list)) = message.split_once(VIOLATIONS) {
        let list = list.split(']').next().unwrap_or_default();
        categories.extend(list.split(',').map(|name| name.trim().to_owned()));
    }
    categories.retain(|name| !name.is_empty());
    categories.dedup();
    let reason = if categories.is_empty() { readable(message) } else { categories.join(", ") };
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(REASON_MAX_CHARS).collect();
    (!reason.is_empty()).then_some(reason)
}

fn readable(message: &str) -> String {
    // Raw JSON, HTML or a code without a space is no sentence.
    if message.starts_with(['{', '[', '<']) || (message.is_ascii() && !message.trim().contains(' ')) {
        return String::new();
    }
    let sentences = message.split_inclusive(['。', '！', '\n']).flat_map(|text| text.split_inclusive(". "));
    let is_readable = |sentence: &&str| {
        let sentence = sentence.to_lowercase();
        !TECHNICAL.into_iter().any(|word| sentence.contains(word))
    };
    sentences.filter(is_readable).map(|sentence| sentence.replace('\n', " ")).collect::<String>().trim().to_owned()
}
