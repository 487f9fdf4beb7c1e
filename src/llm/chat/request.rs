//! The body of a chat request, and what to leave out of it for a model that refuses a parameter.
//!
//! Which parameters a model takes is not in any catalogue; its own refusal says it, once.

use std::sync::atomic::{AtomicU8, Ordering};

use serde::Serialize;

use super::{Echo, Role, Settings, Turn};

/// One model of the upstream and what was learnt about it.
#[derive(Debug)]
pub(super) struct Model {
    pub name: String,
    /// The parameters that it refused, one bit each.
    refused: AtomicU8,
}

/// A parameter that some model refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Parameter {
    StreamOptions = 1,
    Temperature = 2,
    TopP = 4,
    /// Refused under this name; `max_completion_tokens` is tried instead.
    MaxTokens = 8,
    MaxCompletionTokens = 16,
    ReasoningContent = 32,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
}

impl Model {
    pub(super) fn new(name: String) -> Self {
        Self { name, refused: AtomicU8::new(0) }
    }

    /// The JSON body of a request to this model.
    pub(super) fn request(&self, settings: &Settings, turns: &[Turn]) -> serde_json::Result<Vec<u8>> {
        let echo = settings.echo_reasoning == Echo::Always && self.takes(Parameter::ReasoningContent);
        let (max_tokens, max_completion_tokens) = match settings.max_tokens {
            limit if self.takes(Parameter::MaxTokens) => (limit, None),
            limit if self.takes(Parameter::MaxCompletionTokens) => (None, limit),
            _ => (None, None),
        };
        serde_json::to_vec(&Request {
            model: &self.name,
            messages: turns.iter().map(|turn| message(turn, echo)).collect(),
            stream: true,
            stream_options: self.takes(Parameter::StreamOptions).then_some(StreamOptions { include_usage: true }),
            temperature: settings.temperature.filter(|_| self.takes(Parameter::Temperature)),
            top_p: settings.top_p.filter(|_| self.takes(Parameter::TopP)),
            max_tokens,
            max_completion_tokens,
        })
    }

    /// Learns from a refusal which parameter to leave out; `None` if it names none that was sent.
    pub(super) fn learn(&self, settings: &Settings, refusal: &str) -> Option<Parameter> {
        let refusal = refusal.to_lowercase();
        let named = |word: &str| refusal.contains(word);
        // A value out of range is the operator's to mend; only an unknown name is ours.
        let unsupported =
            ["support", "unknown", "unrecognized", "not permitted", "extra", "unexpected", "deprecated"].into_iter().any(named);
        let candidates = [
            (Parameter::StreamOptions, named("stream_options") || named("include_usage")),
            // Named together where a model takes only one of the two.
            (Parameter::TopP, settings.top_p.is_some() && named("top_p")),
            (Parameter::Temperature, settings.temperature.is_some() && named("temperature")),
            (Parameter::ReasoningContent, settings.echo_reasoning == Echo::Always && named("reasoning_content")),
            (Parameter::MaxTokens, settings.max_tokens.is_some() && named("max_tokens") && unsupported),
            (Parameter::MaxCompletionTokens, settings.max_tokens.is_some() && named("max_completion_tokens") && unsupported),
        ];
        let (parameter, _) = candidates.into_iter().find(|&(parameter, applies)| applies && self.takes(parameter))?;
        self.refused.fetch_or(parameter as u8, Ordering::Relaxed);
        Some(parameter)
    }

    fn takes(&self, parameter: Parameter) -> bool {
        self.refused.load(Ordering::Relaxed) & parameter as u8 == 0
    }
}

fn message(turn: &Turn, echo: bool) -> Message<'_> {
    let role = match turn.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    Message { role, content: &turn.content, reasoning_content: turn.reasoning.as_deref().filter(|_| echo) }
}
