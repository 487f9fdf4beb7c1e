//! One JSON document of an answer, a streamed chunk or the whole, as a type.
//!
//! Read leniently, field by field: a number where a string was expected in a field nobody needs must not cost an answer.

use serde_json::Value;

use super::Finish;
use super::call::{self, Fragment};
use crate::llm::error::UpstreamError;
use crate::llm::refusal;
use crate::llm::usage::{self, Usage};

/// What a chunk adds to the answer.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub content: String,
    pub reasoning: String,
    pub calls: Vec<Fragment>,
    pub form: Form,
    pub finish: Option<Finish>,
    pub usage: Option<Usage>,
}

/// Under which name the text came.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Absent,
    /// A piece to append.
    Delta,
    /// `message`: the whole text, or a piece under the wrong name.
    Message,
}

/// Reads one document; an error object inside it becomes its error.
pub(super) fn parse(text: &str) -> Result<Chunk, UpstreamError> {
    let document: Value = serde_json::from_str(text)
        .or_else(|error| serde_json::from_str(&without_halves(text)).map_err(|_| error))
        .map_err(|error| UpstreamError::Malformed { reason: format!("not JSON: {error}") })?;
    if let Some(error) = refusal::of_document(&document) {
        return Err(error);
    }
    let mut chunk = Chunk { usage: usage::of(&document["usage"]), ..Chunk::default() };
    let Some(choice) = first_choice(&document) else { return Ok(chunk) };
    chunk.usage = chunk.usage.or_else(|| usage::of(&choice["usage"]));
    chunk.finish = finish(&choice["finish_reason"])?;
    let text = if choice["delta"].is_object() {
        chunk.form = Form::Delta;
        &choice["delta"]
    } else if choice["message"].is_object() {
        chunk.form = Form::Message;
        &choice["message"]
    } else {
        return Ok(chunk);
    };
    collect(&text["content"], &mut chunk);
    // A model that declines in OpenAI's `refusal` field still answers the follower.
    collect(&text["refusal"], &mut chunk);
    // Upstreams that changed the name send both for a while, with the same text.
    let reasoning =
        ["reasoning_content", "reasoning"].iter().filter_map(|name| text[name].as_str()).find(|text| !text.is_empty());
    chunk.reasoning.push_str(reasoning.unwrap_or_default());
    chunk.calls = call::fragments(text);
    Ok(chunk)
}

/// The text with every `\\uD83D` that lacks its other half replaced: gateways that cut UTF-16 between two chunks write
/// such halves, which no JSON parser takes, and a lost emoji is better than a lost answer.
fn without_halves(text: &str) -> String {
    let unit = |at: usize| text.get(at..at + 6)?.strip_prefix("\\u").and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let (mut mended, mut rest) = (String::with_capacity(text.len()), 0);
    while let Some(at) = text[rest..].find('\\').map(|offset| rest + offset) {
        mended.push_str(&text[rest..at]);
        let (length, lost) = match (unit(at), unit(at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (12, false),
            (Some(0xD800..=0xDFFF), _) => (6, true),
            _ => (2, false),
        };
        let end = text.ceil_char_boundary(at + length);
        mended.push_str(if lost { "\u{fffd}" } else { &text[at..end] });
        rest = end;
    }
    mended + &text[rest..]
}

/// One answer is asked for; a choice with a higher index is not it.
fn first_choice(document: &Value) -> Option<&Value> {
    let choices = document["choices"].as_array()?;
    choices.iter().find(|choice| choice["index"].as_u64().unwrap_or(0) == 0)
}

/// Text is a string, `null`, or an array of parts of which some are thinking.
fn collect(value: &Value, chunk: &mut Chunk) {
    match value {
        Value::String(text) => chunk.content.push_str(text),
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, chunk)),
        Value::Object(part) => match part.get("type").and_then(Value::as_str) {
            Some("thinking" | "reasoning") => collect_thinking(&value["thinking"], &mut chunk.reasoning),
            _ => collect(&value["text"], chunk),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn collect_thinking(value: &Value, reasoning: &mut String) {
    match value {
        Value::String(text) => reasoning.push_str(text),
        Value::Array(parts) => parts.iter().for_each(|part| collect_thinking(part, reasoning)),
        Value::Object(part) => reasoning.push_str(part.get("text").and_then(Value::as_str).unwrap_or_default()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Why the answer ended. `""` and `"null"` are how some gateways write that it has not.
fn finish(value: &Value) -> Result<Option<Finish>, UpstreamError> {
    let Some(reason) = value.as_str() else { return Ok(None) };
    let finish = match reason.to_lowercase().as_str() {
        "" | "null" => return Ok(None),
        "stop" | "eos" | "end_turn" | "stop_sequence" => Finish::Stop,
        "length" | "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "sensitive" | "safety" | "content-filter" => Finish::ContentFilter,
        // Not an end but a failure: OpenRouter, DeepSeek and Zhipu in this order.
        "error" | "insufficient_system_resource" | "network_error" => {
            return Err(UpstreamError::Overloaded { retry_after: None, message: format!("finish_reason {reason}") });
        }
        filtered if filtered.starts_with("content_filter") => Finish::ContentFilter,
        other => Finish::Other(other.to_owned()),
    };
    Ok(Some(finish))
}
