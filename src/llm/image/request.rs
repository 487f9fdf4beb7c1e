//! The body of a drawing request, and what to leave out of it.
//!
//! Two rules are documented and known beforehand (OpenAI's images API): `style` is dall-e-3's alone, and the gpt-image models
//! refuse `response_format`, for they always answer in base64. The rest a model's refusal tells.

use std::sync::Arc;

use serde::Serialize;

use super::Settings;
use crate::llm::error::UpstreamError;
use crate::llm::learnt::Refused;

/// One model of the upstream and what was learnt about it.
pub(super) struct Model<'a> {
    pub name: &'a str,
    refused: Arc<Refused>,
}

/// A parameter that some model refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Parameter {
    ResponseFormat = 1,
    Style = 2,
    Size = 4,
}

const PARAMETERS: [Parameter; 3] = [Parameter::ResponseFormat, Parameter::Style, Parameter::Size];

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
}

impl<'a> Model<'a> {
    pub(super) fn new(name: &'a str, refused: Arc<Refused>) -> Self {
        Self { name, refused }
    }

    /// The JSON body of a request to this model.
    pub(super) fn request(&self, settings: &Settings, prompt: &str) -> Result<Vec<u8>, UpstreamError> {
        let body = serde_json::to_vec(&Request {
            model: self.name,
            prompt,
            response_format: self.value(Parameter::ResponseFormat, settings),
            style: self.value(Parameter::Style, settings),
            size: self.value(Parameter::Size, settings),
        });
        body.map_err(|error| UpstreamError::BadRequest { message: error.to_string() })
    }

    /// Learns from a refusal which parameter to leave out; `None` if it names none that was sent.
    ///
    /// A size that is none of the model's is left out too: a picture of another size is better than none.
    pub(super) fn learn(&self, settings: &Settings, refusal: &str) -> Option<Parameter> {
        let refusal = refusal.to_lowercase();
        let mut words = refusal.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let named = words.find_map(|word| PARAMETERS.into_iter().find(|parameter| parameter.name() == word));
        let parameter = named.filter(|&parameter| self.value(parameter, settings).is_some())?;
        self.refused.add(parameter as u8);
        Some(parameter)
    }

    /// What is sent for `parameter`, if anything.
    fn value<'s>(&self, parameter: Parameter, settings: &'s Settings) -> Option<&'s str> {
        let name = self.name.rsplit('/').next().unwrap_or_default().to_lowercase();
        let sent = match parameter {
            Parameter::ResponseFormat => (!name.contains("gpt-image")).then_some("b64_json"),
            Parameter::Style => settings.style.as_deref().filter(|_| name.contains("dall-e-3")),
            Parameter::Size => settings.size.as_deref(),
        };
        sent.filter(|_| !self.refused.holds(parameter as u8))
    }
}

impl Parameter {
    fn name(self) -> &'static str {
        match self {
            Self::ResponseFormat => "response_format",
            Self::Style => "style",
            Self::Size => "size",
        }
    }
}
