//! The body of a chat request, and what to leave out of it for a model that refuses a parameter.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::call;
use super::{Echo, Question, Role, Settings, Tools, Turn};
use crate::llm::error::UpstreamError;
use crate::llm::learnt::Refused;

/// Words with which a model says that it takes no pictures at all.
const SIGHTLESS_WORDS: &str = "\
    image_url | image input | image content | support image | supports image | supporting image | support vision | \
    image support | vision support | multimodal | multi-modal | only supports text | only text | text only | \
    should be a valid string | must be a string | 图片输入 | 图像输入 | 不支持图片 | 不支持图像 | 不支持视觉";
/// Words with which a model that sees complains about this very picture.
const PICTURE_WORDS: &str = "\
    format | too large | too small | decode | decoding | download | fetch | corrupt | invalid image | \
    exceeds | pixels | resolution | 图片格式 | 图片过大 | 下载";

/// One model of the upstream and what was learnt about it.
#[derive(Debug)]
pub(super) struct Model {
    pub name: String,
    refused: Arc<Refused>,
}

/// Something that some model refuses.
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
    Tools = 64,
    Images = 128,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Value>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
}

/// A string wherever there is no picture: not every upstream knows parts.
#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(&'a str),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part<'a> {
    Text { text: &'a str },
    ImageUrl { image_url: ImageUrl<'a> },
}

#[derive(Serialize)]
struct ImageUrl<'a> {
    url: &'a str,
}

impl Model {
    pub(super) fn new(name: String, refused: Arc<Refused>) -> Self {
        Self { name, refused }
    }

    /// The JSON body of a request to this model.
    pub(super) fn request(&self, settings: &Settings, question: &Question<'_>) -> Result<Vec<u8>, UpstreamError> {
        let sees = self.takes(Parameter::Images);
        if question.shows_pictures() && !sees {
            return Err(UpstreamError::CannotSee { message: format!("{} has refused pictures before", self.name) });
        }
        let echo = settings.echo_reasoning == Echo::Always && self.takes(Parameter::ReasoningContent);
        let (max_tokens, max_completion_tokens) = match settings.max_tokens {
            limit if self.takes(Parameter::MaxTokens) => (limit, None),
            limit if self.takes(Parameter::MaxCompletionTokens) => (None, limit),
            _ => (None, None),
        };
        let body = serde_json::to_vec(&Request {
            model: &self.name,
            messages: question.turns.iter().map(|turn| message(turn, echo, sees)).collect(),
            stream: true,
            stream_options: self.takes(Parameter::StreamOptions).then_some(StreamOptions { include_usage: true }),
            temperature: settings.temperature.filter(|_| self.takes(Parameter::Temperature)),
            top_p: settings.top_p.filter(|_| self.takes(Parameter::TopP)),
            max_tokens,
            max_completion_tokens,
            tools: call::on_offer(question.tools).filter(|_| self.takes(Parameter::Tools)),
        });
        body.map_err(|error| UpstreamError::BadRequest { message: error.to_string() })
    }

    /// Learns from a refusal what to leave out; `None` if it names nothing that was sent.
    pub(super) fn learn(&self, settings: &Settings, question: &Question<'_>, refusal: &str) -> Option<Parameter> {
        let refusal = refusal.to_lowercase();
        let named = |word: &str| refusal.contains(word);
        let says = |list: &str| list.split(" | ").any(named);
        // A value out of range is the operator's to mend; only an unknown name is ours.
        let unsupported =
            ["support", "unknown", "unrecognized", "not permitted", "extra", "unexpected", "deprecated"].into_iter().any(named);
        let pictured = question.turns.iter().any(|turn| !turn.images.is_empty());
        let tools = question.tools != Tools::None
            && ["tools", "tool_choice", "tool use", "tool call", "function call", "function_call", "工具调用", "函数调用"]
                .into_iter()
                .any(named);
        let candidates = [
            (Parameter::StreamOptions, named("stream_options") || named("include_usage")),
            // Named together where a model takes only one of the two.
            (Parameter::TopP, settings.top_p.is_some() && named("top_p")),
            (Parameter::Temperature, settings.temperature.is_some() && named("temperature")),
            (Parameter::ReasoningContent, settings.echo_reasoning == Echo::Always && named("reasoning_content")),
            (Parameter::MaxTokens, settings.max_tokens.is_some() && named("max_tokens") && unsupported),
            (Parameter::MaxCompletionTokens, settings.max_tokens.is_some() && named("max_completion_tokens") && unsupported),
            (Parameter::Tools, tools),
            (Parameter::Images, pictured && says(SIGHTLESS_WORDS) && !says(PICTURE_WORDS)),
        ];
        let (parameter, _) = candidates.into_iter().find(|&(parameter, applies)| applies && self.takes(parameter))?;
        self.refused.add(parameter as u8);
        Some(parameter)
    }

    fn takes(&self, parameter: Parameter) -> bool {
        !self.refused.holds(parameter as u8)
    }
}

fn message(turn: &Turn, echo: bool, sees: bool) -> Message<'_> {
    let role = match turn.role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    let content = if turn.images.is_empty() || !sees { Content::Text(&turn.content) } else { Content::Parts(parts(turn)) };
    Message { role, content, reasoning_content: turn.reasoning.as_deref().filter(|_| echo) }
}

fn parts(turn: &Turn) -> Vec<Part<'_>> {
    let text = (!turn.content.is_empty()).then_some(Part::Text { text: &turn.content });
    let images = turn.images.iter().map(|image| Part::ImageUrl { image_url: ImageUrl { url: image.as_str() } });
    text.into_iter().chain(images).collect()
}
