//! A description to an OpenAI-compatible upstream that draws, and its pictures.
//!
//! Pictures come as bytes or as an address. The address is the upstream's word and is not fetched here: whoever does must not
//! trust it. Nothing here looks into a picture.

mod answer;
mod request;

use std::fmt;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use secrecy::SecretString;

use self::request::Model;
use super::connection::{self, Connection, Endpoint};
use super::error::{SettingsError, UpstreamError};
use super::learnt::Learnt;
use super::retry;
use super::usage::Usage;

/// Bytes of one picture.
pub const PICTURE_MAX: usize = 20 * 1024 * 1024;
/// Bytes of an answer: one picture of the greatest size in base64, and its words.
pub const ANSWER_MAX: usize = 28 * 1024 * 1024;

/// How to reach the upstream and what to ask of it.
#[derive(Clone)]
pub struct Settings {
    /// As for the chat: up to and including `/v1` or its like.
    pub base_url: String,
    /// Empty for an upstream that wants none.
    pub api_key: SecretString,
    pub model: String,
    /// `vivid` or `natural`; only dall-e-3 knows it, and only it is told.
    pub style: Option<String>,
    /// Such as `1024x1024`; left out for a model that refuses it.
    pub size: Option<String>,
    /// For all tries together.
    pub timeout: Duration,
}

/// Pictures, in the order in which the upstream gave them; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The name under which the model was asked.
    pub model: String,
    pub pictures: Vec<Source>,
    /// The description that the model made of the prompt, where it says so.
    pub revised_prompt: Option<String>,
    pub usage: Option<Usage>,
}

/// One picture.
#[derive(Clone, PartialEq, Eq)]
pub enum Source {
    /// A file of some format, unchecked; [`PICTURE_MAX`] at most.
    Bytes(Vec<u8>),
    /// Where the upstream keeps it, often for an hour only.
    Url(String),
}

/// One upstream that draws, with its pool of connections and what was learnt about its models.
pub struct Painter {
    settings: Settings,
    connection: Connection,
    learnt: Learnt,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            // Its query is often a signature that opens the file.
            Self::Url(url) => write!(f, "Url({})", url.split('?').next().unwrap_or_default()),
        }
    }
}

impl fmt::Debug for Painter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (host, model) = (self.connection.host(), &self.settings.model);
        f.debug_struct("Painter").field("host", &host).field("model", model).finish_non_exhaustive()
    }
}

impl Painter {
    /// Checks the settings; connects to nothing yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let connection = Connection::new(&settings.base_url, &settings.api_key, Endpoint::Images)?;
        Ok(Self { connection, settings, learnt: Learnt::default() })
    }

    /// Has `prompt` drawn by `model`, or by the model of the settings.
    ///
    /// Asked again where the upstream is busy, within the time limit. [`UpstreamError::Empty`]: it answered without a picture.
    pub async fn draw(&self, prompt: &str, model: Option<&str>) -> Result<Drawn, UpstreamError> {
        let name = model.unwrap_or(&self.settings.model);
        let model = Model::new(name, self.learnt.of(name));
        let drawn = retry::persist(self.settings.timeout, || self.attempt(&model, prompt)).await;
        drawn.map_err(|error| self.connection.without_key(error))
    }

    /// One drawing; a refusal that names a parameter is mended and asked again.
    async fn attempt(&self, model: &Model<'_>, prompt: &str) -> Result<Drawn, UpstreamError> {
        let response = loop {
            let body = model.request(&self.settings, prompt)?;
            let request = self.connection.post().header(CONTENT_TYPE, "application/json").body(body);
            let error = match self.connection.send(request, self.settings.timeout).await {
                Ok(response) => break response,
                Err(error) => error,
            };
            let UpstreamError::BadRequest { message } = &error else { return Err(error) };
            let Some(parameter) = model.learn(&self.settings, message) else { return Err(error) };
            tracing::warn!(
                model = model.name,
                ?parameter,
                "the picture model refuses a parameter, which is left out from now on"
            );
        };
        let body = connection::whole(response, ANSWER_MAX).await?;
        // Megabytes of base64 would hold up everything else that this thread serves.
        let read = tokio::task::spawn_blocking(move || answer::read(&body)).await;
        let answer = read.map_err(|_| UpstreamError::Malformed { reason: "its reader panicked".to_owned() })??;
        let answer::Answer { pictures, revised_prompt, usage } = answer;
        Ok(Drawn { model: model.name.to_owned(), pictures, revised_prompt, usage })
    }
}
