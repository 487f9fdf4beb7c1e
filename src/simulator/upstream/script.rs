//! An answer as a sequence of waits and server-sent events, in the form of OpenAI's chat completions.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat-streaming>

use serde_json::{Value, json};

use super::{
    plan::{Ending, Plan, Shape, Thinking},
    refusal,
};

/// Characters of one chunk.
const CHUNK: usize = 6;

/// Simulated seconds between two chunks when nothing else is asked: about 300 characters a second.
const PACE_SECS: f64 = 0.02;

/// One step of a streamed answer.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Wait(f64),
    /// Bytes as they go out.
    Send(String),
    /// The connection breaks.
    Break,
    /// Nothing more, ever.
    Hang,
}

/// What is answered, and to what.
pub(super) struct Words<'a> {
    pub(super) model: &'a str,
    pub(super) thinking: &'a str,
    pub(super) content: &'a str,
    /// A tool that is called in place of an answer.
    pub(super) call: Option<&'a Call>,
    pub(super) prompt_tokens: usize,
    pub(super) with_usage: bool,
}

/// One call of a tool.
pub(super) struct Call {
    pub(super) name: String,
    /// JSON as text, unless somebody wants it broken.
    pub(super) arguments: String,
}

/// The whole answer, step by step.
pub(super) fn write(plan: &Plan, words: &Words<'_>) -> Vec<Step> {
    let mut steps = vec![Step::Wait(plan.delay_secs)];
    if plan.shape == Shape::Garbage {
        steps.push(Step::Send("<html>\u{1}\u{2} this is not an event stream\n\n".to_owned()));
        return steps;
    }
    let chunk = |delta: Value, finish: Option<&str>| {
        event(&json!({
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1_789_000_000, "model": words.model,
            "choices": [{ "index": 0, "delta": delta, "finish_reason": finish }]
        }))
    };
    steps.push(Step::Send(chunk(json!({ "role": "assistant", "content": "" }), None)));
    if plan.thinking == Thinking::Field {
        let thoughts = pieces(words.thinking);
        steps.extend(thoughts.iter().map(|piece| Step::Send(chunk(json!({ "reasoning_content": piece }), None))));
    }
    if let Some(call) = words.call {
        for delta in call_deltas(call) {
            steps.extend([Step::Send(chunk(delta, None)), Step::Wait(PACE_SECS)]);
        }
        return finish(steps, chunk(json!({}), Some("tool_calls")), words);
    }
    let content = if plan.thinking == Thinking::Tag {
        format!("<think>\n{}\n</think>\n\n{}", words.thinking, words.content)
    } else {
        words.content.to_owned()
    };
    let mut contents = if plan.shape == Shape::Empty { Vec::new() } else { pieces(&content) };
    let pause = plan.over_secs.map_or(PACE_SECS, |secs| secs / contents.len().max(1) as f64);
    if plan.ending != Ending::Stop {
        contents.truncate(contents.len().div_ceil(2));
    }
    for piece in &contents {
        steps.extend([Step::Send(chunk(json!({ "content": piece }), None)), Step::Wait(pause)]);
    }
    let reason = match plan.ending {
        Ending::Stop => "stop",
        Ending::Filter => "content_filter",
        Ending::Length => "length",
        Ending::Die | Ending::DieOnce => {
            steps.push(Step::Break);
            return steps;
        }
        Ending::Hang => {
            steps.push(Step::Hang);
            return steps;
        }
        Ending::ErrorInStream => {
            steps.push(Step::Send(event(&refusal::error("server_error", "The demo model failed in the middle of its answer"))));
            return steps;
        }
    };
    finish(steps, chunk(json!({}), Some(reason)), words)
}

/// The call's name first, then its arguments in pieces, as it is really streamed.
fn call_deltas(call: &Call) -> Vec<Value> {
    let head = json!({ "index": 0, "id": "call_demo", "type": "function", "function": { "name": call.name, "arguments": "" } });
    let rest = pieces(&call.arguments).into_iter().map(|piece| json!({ "index": 0, "function": { "arguments": piece } }));
    std::iter::once(head).chain(rest).map(|delta| json!({ "tool_calls": [delta] })).collect()
}

/// The last chunk, the usage where it was asked for, and the end.
fn finish(mut steps: Vec<Step>, last: String, words: &Words<'_>) -> Vec<Step> {
    steps.push(Step::Send(last));
    if words.with_usage {
        let usage = usage(words);
        steps.push(Step::Send(event(&json!({
            "id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 1_789_000_000, "model": words.model,
            "choices": [], "usage": usage
        }))));
    }
    steps.push(Step::Send("data: [DONE]\n\n".to_owned()));
    steps
}

/// The same answer as one object.
pub(super) fn whole(plan: &Plan, words: &Words<'_>) -> Value {
    let mut message = json!({ "role": "assistant", "content": words.content });
    match plan.thinking {
        Thinking::No => {}
        Thinking::Field => message["reasoning_content"] = words.thinking.into(),
        Thinking::Tag => message["content"] = format!("<think>{}</think>{}", words.thinking, words.content).into(),
    }
    let mut finish_reason = "stop";
    if let Some(Call { name, arguments }) = words.call {
        let function = json!({ "name": name, "arguments": arguments });
        message["content"] = Value::Null;
        message["tool_calls"] = json!([{ "id": "call_demo", "type": "function", "function": function }]);
        finish_reason = "tool_calls";
    }
    json!({
        "id": "chatcmpl-demo", "object": "chat.completion", "created": 1_789_000_000, "model": words.model,
        "choices": [{ "index": 0, "message": message, "finish_reason": finish_reason }], "usage": usage(words)
    })
}

fn usage(words: &Words<'_>) -> Value {
    let completion = words.content.chars().count() / 2;
    json!({
        "prompt_tokens": words.prompt_tokens, "completion_tokens": completion, "total_tokens": words.prompt_tokens + completion
    })
}

fn event(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(CHUNK).map(|chunk| chunk.iter().collect()).collect()
}
