//! A question to an OpenAI-compatible chat upstream, and its answer piece by piece.
//!
//! One call of [`Upstream::answer`] survives what upstreams do on a bad day: it asks again, mends a refused parameter,
//! turns to the fallback model, and says `Restarted` when what was heard so far is void. Knows no follower and no wording.

mod chunk;
mod connection;
mod request;
mod retry;
mod source;
pub mod stream;
mod think;

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Client, Response, Url};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{Instrument, field};

use self::request::Model;
use self::retry::{Rank, Step};
use self::stream::{Ending, Reader};
use super::error::UpstreamError;
use crate::telemetry::traces::span;

/// How long usage may follow an answer that is complete.
const EPILOGUE: Duration = Duration::from_secs(1);
/// How long the end of the body may follow its last event; the connection is then kept for the next question.
const LAST_BYTES: Duration = Duration::from_millis(20);

/// How to reach the upstream and what to ask of it.
#[derive(Clone)]
pub struct Settings {
    /// Up to and including `/v1` or its like; the full path of `…/chat/completions` is understood too.
    pub base_url: String,
    /// Empty for an upstream that wants none.
    pub api_key: SecretString,
    pub model: String,
    /// Asked, at the same upstream, where the model fails.
    pub fallback_model: Option<String>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub max_tokens: Option<u32>,
    /// For the whole answer, all tries together.
    pub timeout: Duration,
    pub echo_reasoning: Echo,
}

/// Whether an assistant turn's reasoning is sent back: some models want it, others refuse it, and it costs tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Echo {
    #[default]
    Never,
    Always,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub role: Role,
    pub content: String,
    pub reasoning: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

/// A piece of an answer, in the order in which it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delta {
    /// This model begins to answer; always before its first piece.
    Started {
        model: String,
    },
    Content(String),
    /// The model's thinking, which is no answer.
    Reasoning(String),
    /// Everything before is void; the answer begins anew.
    Restarted,
}

/// What is known of a complete answer beside its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The name under which the model was asked.
    pub model: String,
    pub finish: Finish,
    pub usage: Option<Usage>,
    /// How many requests were made, refused ones included.
    pub requests: u32,
}

/// Why an answer ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    Stop,
    /// The model's limit, or [`stream::TEXT_MAX`].
    Length,
    ContentFilter,
    Other(String),
}

/// Tokens, as the upstream counted them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    pub reasoning_tokens: Option<u64>,
}

/// Settings with which no question can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(String);

/// One upstream, with its pool of connections and what was learnt about its models.
pub struct Upstream {
    settings: Settings,
    url: Url,
    client: Client,
    models: Vec<Model>,
}

impl Turn {
    /// A turn without reasoning.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self { role, content: content.into(), reasoning: None }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("model", &self.model)
            .field("fallback_model", &self.fallback_model)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("host", &self.url.host_str()).field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Upstream {
    /// Checks the settings; connects to nothing yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let url = connection::endpoint(&settings.base_url)?;
        if HeaderValue::from_str(settings.api_key.expose_secret()).is_err() {
            return Err(SettingsError(
                "the API key contains a character that no header may have, such as a line break".to_owned(),
            ));
        }
        let models = std::iter::once(settings.model.clone()).chain(settings.fallback_model.clone()).map(Model::new).collect();
        Ok(Self { client: connection::client()?, settings, url, models })
    }

    /// Asks `turns` and hands every piece of the answer to `on_delta` as soon as its bytes are here.
    ///
    /// On an error, what was handed over since the last `Started` is all there is of the answer: a broken try is void only
    /// once another begins to speak.
    /// Dropping the future ends the request.
    pub async fn answer(&self, turns: &[Turn], on_delta: impl FnMut(Delta) + Send) -> Result<Outcome, UpstreamError> {
        let deadline = Instant::now() + self.settings.timeout;
        let mut question =
            Question { turns, deadline, listener: Listener { on_delta, started: false, stale: false }, requests: 0 };
        match timeout_at(deadline, self.pursue(&mut question)).await {
            Ok(result) => result.map_err(|error| error.without(self.settings.api_key.expose_secret())),
            Err(_) => Err(UpstreamError::Timeout),
        }
    }

    async fn pursue(&self, question: &mut Question<'_, impl FnMut(Delta) + Send>) -> Result<Outcome, UpstreamError> {
        let (mut models, mut rank, mut tries) = (self.models.iter(), Rank::Main, 0);
        let mut model = models.next().ok_or(UpstreamError::Empty)?;
        loop {
            let span = span!("upstream", otel.kind = "client", model = model.name, outcome = field::Empty);
            let attempted = self.attempt(model, question).instrument(span.clone()).await;
            span.record("outcome", attempted.as_ref().map_or_else(UpstreamError::class, |_| "answered"));
            let error = match attempted {
                Ok(Ending { finish, usage }) => {
                    return Ok(Outcome { model: model.name.clone(), finish, usage, requests: question.requests });
                }
                Err(error) => error,
            };
            tries += 1;
            match retry::step(&error, rank, tries, question.deadline.duration_since(Instant::now())) {
                Step::Again { pause } => {
                    tracing::info!(model = model.name, class = error.class(), ?pause, "the model is asked again");
                    tokio::time::sleep(pause).await;
                }
                Step::Fallback => {
                    let Some(fallback) = models.next() else { return Err(error) };
                    tracing::info!(model = fallback.name, class = error.class(), "the fallback model is asked");
                    (model, rank, tries) = (fallback, Rank::Fallback, 0);
                }
                Step::GiveUp => return Err(error),
            }
            question.listener.expire();
        }
    }

    /// One answer of one model, from the request to its end.
    async fn attempt(
        &self,
        model: &Model,
        question: &mut Question<'_, impl FnMut(Delta) + Send>,
    ) -> Result<Ending, UpstreamError> {
        let response = self.accepted(model, question).await?;
        let mut reader = Reader::new(connection::paced(response, self.patience()));
        while let Some(delta) = reader.next().await? {
            question.listener.hear(&model.name, delta);
        }
        let patience = if reader.is_over() { LAST_BYTES } else { EPILOGUE };
        // Given up or not, the answer is whole.
        let _ = timeout(patience, reader.epilogue()).await;
        while let Some(delta) = reader.next().await? {
            question.listener.hear(&model.name, delta);
        }
        reader.ending()
    }

    /// A response with status 200; a refusal that names a parameter is mended and asked again.
    async fn accepted(&self, model: &Model, question: &mut Question<'_, impl Sized>) -> Result<Response, UpstreamError> {
        loop {
            question.requests += 1;
            let response = self.post(model, question.turns).await?;
            if response.status().is_success() {
                return connection::plain(response);
            }
            let error = connection::refused(response).await;
            let UpstreamError::BadRequest { message } = &error else { return Err(error) };
            let Some(parameter) = model.learn(&self.settings, message) else { return Err(error) };
            tracing::warn!(model = model.name, ?parameter, "the model refuses a parameter, which is left out from now on");
        }
    }

    async fn post(&self, model: &Model, turns: &[Turn]) -> Result<Response, UpstreamError> {
        let body =
            model.request(&self.settings, turns).map_err(|error| UpstreamError::BadRequest { message: error.to_string() })?;
        let mut request = self.client.post(self.url.clone()).body(body);
        let key = self.settings.api_key.expose_secret();
        if !key.is_empty() {
            request = request.bearer_auth(key);
        }
        match timeout(self.patience(), request.send()).await {
            Ok(sent) => sent.map_err(|error| UpstreamError::Unreachable { reason: connection::reason(error) }),
            Err(_) => Err(UpstreamError::Timeout),
        }
    }

    /// How long the upstream may be silent. Half the time is kept for the fallback, if there is one.
    fn patience(&self) -> Duration {
        if self.models.len() > 1 { self.settings.timeout / 2 } else { self.settings.timeout }
    }
}

/// A question while it is pursued.
struct Question<'a, F> {
    turns: &'a [Turn],
    deadline: Instant,
    listener: Listener<F>,
    requests: u32,
}

/// Keeps the order of deltas: `Started` before the first piece, `Restarted` before the first that replaces another.
///
/// `Restarted` waits for that piece: should none come, what was heard is all there will be, and it stands.
struct Listener<F> {
    on_delta: F,
    started: bool,
    stale: bool,
}

impl<F: FnMut(Delta)> Listener<F> {
    fn hear(&mut self, model: &str, delta: Delta) {
        if delta == Delta::Restarted {
            return self.expire();
        }
        if std::mem::take(&mut self.stale) {
            self.started = false;
            (self.on_delta)(Delta::Restarted);
        }
        if !std::mem::replace(&mut self.started, true) {
            (self.on_delta)(Delta::Started { model: model.to_owned() });
        }
        (self.on_delta)(delta);
    }

    fn expire(&mut self) {
        self.stale = self.started;
    }
}
