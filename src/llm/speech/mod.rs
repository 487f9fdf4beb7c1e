//! Speech to text and text to speech, at an OpenAI-compatible upstream.
//!
//! Takes and gives whole recordings, which are short here. Changes no format: what the upstream cannot read, it refuses.

mod mp3;

use std::fmt;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::bytes::Bytes;

pub use self::mp3::seconds as mp3_seconds;
use super::connection::{self, Connection, Endpoint};
use super::error::{SettingsError, UpstreamError};
use super::refusal;
use super::retry;

/// Bytes of a spoken answer: what WeChat takes as a voice message.
pub const SPOKEN_MAX: usize = 2 * 1024 * 1024;
/// Bytes of a transcription.
const HEARD_MAX: usize = 1024 * 1024;

/// How to reach the upstream and what to ask of it.
#[derive(Clone)]
pub struct Settings {
    /// As for the chat: up to and including `/v1` or its like.
    pub base_url: String,
    /// Empty for an upstream that wants none.
    pub api_key: SecretString,
    /// Turns speech into text, such as `whisper-1`.
    pub hearing_model: Option<String>,
    /// Turns text into speech, such as `tts-1`.
    pub speaking_model: Option<String>,
    /// For all tries together.
    pub timeout: Duration,
}

/// What was said in a recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Empty where nothing was said.
    pub text: String,
    /// The recording's length, where the upstream says it.
    pub seconds: Option<f64>,
}

/// One upstream that hears or speaks, or both.
pub struct Speech {
    settings: Settings,
    hearing: Connection,
    speaking: Connection,
}

impl fmt::Debug for Speech {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speech")
            .field("host", &self.hearing.host())
            .field("hearing_model", &self.settings.hearing_model)
            .field("speaking_model", &self.settings.speaking_model)
            .finish_non_exhaustive()
    }
}

impl Speech {
    /// Checks the settings; connects to nothing yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let connection = |endpoint| Connection::new(&settings.base_url, &settings.api_key, endpoint);
        let (hearing, speaking) = (connection(Endpoint::Transcriptions)?, connection(Endpoint::Speech)?);
        Ok(Self { settings, hearing, speaking })
    }

    /// Whether a model that turns speech into text is configured.
    pub fn hears(&self) -> bool {
        self.settings.hearing_model.is_some()
    }

    /// Whether a model that turns text into speech is configured.
    pub fn speaks(&self) -> bool {
        self.settings.speaking_model.is_some()
    }

    /// The words of a recording. `file_name` has the ending of its format, by which some upstreams go.
    pub async fn hear(&self, recording: impl Into<Bytes>, file_name: &str, content_type: &str) -> Result<Heard, UpstreamError> {
        let model = configured(self.settings.hearing_model.as_ref(), "hears")?;
        let recording: Bytes = recording.into();
        let heard = retry::persist(self.settings.timeout, || {
            let form = form(model, recording.clone(), file_name, content_type);
            async { heard(&self.fetch(&self.hearing, self.hearing.post().multipart(form?), HEARD_MAX).await?) }
        });
        heard.await.map_err(|error| self.hearing.without_key(error))
    }

    /// `text` spoken by `voice`, as MP3 of [`SPOKEN_MAX`] bytes at most.
    pub async fn say(&self, text: &str, voice: &str) -> Result<Vec<u8>, UpstreamError> {
        let model = configured(self.settings.speaking_model.as_ref(), "speaks")?;
        let body = json!({"model": model, "input": text, "voice": voice, "response_format": "mp3"}).to_string();
        let spoken = retry::persist(self.settings.timeout, || async {
            let request = self.speaking.post().header(CONTENT_TYPE, "application/json").body(body.clone());
            spoken_or_error(self.fetch(&self.speaking, request, SPOKEN_MAX).await?)
        });
        spoken.await.map_err(|error| self.speaking.without_key(error))
    }

    async fn fetch(&self, connection: &Connection, request: RequestBuilder, max: usize) -> Result<Vec<u8>, UpstreamError> {
        connection::whole(connection.send(request, self.settings.timeout).await?, max).await
    }
}

fn form(model: &str, recording: Bytes, file_name: &str, content_type: &str) -> Result<Form, UpstreamError> {
    let length = recording.len() as u64;
    let file = Part::stream_with_length(Body::from(recording), length).file_name(file_name.to_owned());
    let file = file
        .mime_str(content_type)
        .map_err(|_| UpstreamError::BadRequest { message: format!("{content_type:?} is no content type") })?;
    Ok(Form::new().text("model", model.to_owned()).text("response_format", "json").part("file", file))
}

fn configured<'a>(model: Option<&'a String>, what: &str) -> Result<&'a str, UpstreamError> {
    model.map(String::as_str).ok_or_else(|| UpstreamError::NotFound { message: format!("no model that {what} is configured") })
}

/// Reads a transcription: a document, or bare text from an upstream that knows no formats.
fn heard(body: &[u8]) -> Result<Heard, UpstreamError> {
    let text = String::from_utf8_lossy(body);
    let Ok(document) = serde_json::from_slice::<Value>(body) else {
        let looks_like_text = !text.trim_start().starts_with(['<', '{', '[']);
        let reason = || UpstreamError::Malformed { reason: "the transcription is neither JSON nor text".to_owned() };
        return if looks_like_text { Ok(Heard { text: spoken_words(&text), seconds: None }) } else { Err(reason()) };
    };
    let seconds = document["duration"].as_f64().or_else(|| document["usage"]["seconds"].as_f64());
    match (&document["text"], &document) {
        (Value::String(text), _) | (_, Value::String(text)) => Ok(Heard { text: spoken_words(text), seconds }),
        _ => Err(refusal::of_document(&document)
            .unwrap_or_else(|| UpstreamError::Malformed { reason: "a transcription without its text".to_owned() })),
    }
}

/// The words without `SenseVoice`'s marks of language, mood and event, such as `<|zh|>`.
fn spoken_words(text: &str) -> String {
    let (mut words, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once("<|") {
        words.push_str(before);
        rest = after.split_once("|>").map_or("", |(_, after)| after);
    }
    (words + rest).trim().to_owned()
}

/// A recording, unless what came says itself that it is none.
fn spoken_or_error(body: Vec<u8>) -> Result<Vec<u8>, UpstreamError> {
    if body.is_empty() {
        return Err(UpstreamError::Empty);
    }
    if mp3_seconds(&body).is_some() {
        return Ok(body);
    }
    let document = serde_json::from_slice(&body).ok();
    let error = document.and_then(|document: Value| refusal::of_document(&document));
    Err(error.unwrap_or_else(|| UpstreamError::Malformed { reason: "what came is no MP3".to_owned() }))
}
