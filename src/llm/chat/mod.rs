//! A question to an OpenAI-compatible chat upstream, and its answer piece by piece.
//!
//! One call of [`Upstream::answer`] survives what upstreams do on a bad day: it asks again, mends a refused parameter,
//! turns to the fallback model, and says `Restarted` when what was heard so far is void. Knows no follower and no wording.

mod call;
mod chunk;
mod question;
mod request;
mod retry;
mod source;
pub mod stream;
mod think;

use std::fmt;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use secrecy::SecretString;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{Instrument, field};

pub use self::call::Call;
pub use self::question::{Question, Role, Tools, Turn};
use self::request::{Model, Parameter};
use self::retry::{Rank, Step};
use self::stream::{Ending, Reader};
use super::connection::{self, Connection, Endpoint};
pub use super::error::SettingsError;
use super::error::UpstreamError;
use super::learnt::Learnt;
pub use super::usage::Usage;
use crate::telemetry::traces::span;

/// How long usage may follow an answer that is complete.
const EPILOGUE: Duration = Duration::from_secs(1);
/// How long the end of the body may follow its last event; the connection is then kept for the next question.
const LAST_BYTES: Duration = Duration::from_millis(20);
const ACCEPTED: &str = "text/event-stream, application/json";

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
    /// What the model wants done, beside its words or instead of them.
    pub call: Option<Call>,
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

/// One upstream, with its pool of connections and what was learnt about its models.
pub struct Upstream {
    settings: Settings,
    connection: Connection,
    learnt: Learnt,
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
        f.debug_struct("Upstream")
            .field("host", &self.connection.host())
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Upstream {
    /// Checks the settings; connects to nothing yet.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let connection = Connection::new(&settings.base_url, &settings.api_key, Endpoint::Chat)?;
        Ok(Self { connection, settings, learnt: Learnt::default() })
    }

    /// Asks `question` and hands every piece of the answer to `on_delta` as soon as its bytes are here.
    ///
    /// On an error, what was handed over since the last `Started` is all there is of the answer: a broken try is void only
    /// once another begins to speak.
    /// Dropping the future ends the request.
    pub async fn answer(&self, question: Question<'_>, on_delta: impl FnMut(Delta) + Send) -> Result<Outcome, UpstreamError> {
        let deadline = Instant::now() + self.settings.timeout;
        let listener = Listener { on_delta, started: false, stale: false };
        let mut pursuit = Pursuit { question, models: self.models(question.model), deadline, listener, requests: 0 };
        match timeout_at(deadline, self.pursue(&mut pursuit)).await {
            Ok(result) => result.map_err(|error| self.connection.without_key(error)),
            Err(_) => Err(UpstreamError::Timeout),
        }
    }

    /// The model to ask and the one to turn to, which is the usual one where a follower chose another.
    fn models(&self, chosen: Option<&str>) -> Vec<Model> {
        let usual = &self.settings.model;
        let first = chosen.unwrap_or(usual);
        let second = self.settings.fallback_model.as_ref().or(chosen.map(|_| usual)).filter(|second| *second != first);
        let names = std::iter::once(first).chain(second.map(String::as_str));
        names.map(|name| Model::new(name.to_owned(), self.learnt.of(name))).collect()
    }

    async fn pursue(&self, pursuit: &mut Pursuit<'_, impl FnMut(Delta) + Send>) -> Result<Outcome, UpstreamError> {
        let (mut at, mut rank, mut tries, mut of_main) = (0, Rank::Main, 0, None);
        loop {
            let name = pursuit.models[at].name.clone();
            let span = span!("upstream", otel.kind = "client", model = name, outcome = field::Empty);
            let attempted = self.attempt(at, pursuit).instrument(span.clone()).await;
            span.record("outcome", attempted.as_ref().map_or_else(UpstreamError::class, |_| "answered"));
            let error = match attempted {
                Ok(Ending { finish, usage, call }) => {
                    return Ok(Outcome { model: name, finish, usage, call, requests: pursuit.requests });
                }
                Err(error) => error,
            };
            tries += 1;
            let model = &pursuit.models[at].name;
            match retry::step(&error, rank, tries, pursuit.deadline.duration_since(Instant::now())) {
                Step::Again { pause } => {
                    tracing::info!(model, class = error.class(), ?pause, "the model is asked again");
                    tokio::time::sleep(pause).await;
                }
                Step::Fallback => {
                    let Some(fallback) = pursuit.models.get(at + 1) else { return Err(error) };
                    tracing::info!(model = fallback.name, class = error.class(), "the fallback model is asked");
                    (at, rank, tries) = (at + 1, Rank::Fallback, 0);
                    of_main = Some(error.clone());
                }
                // A fallback that cannot see says nothing of the model that was meant.
                Step::GiveUp => match (&error, of_main) {
                    (UpstreamError::CannotSee { .. }, Some(of_main)) => return Err(of_main),
                    (_, _) => return Err(error),
                },
            }
            if error == UpstreamError::Empty {
                // It may have called for something that is not on offer, and finds words where nothing is.
                pursuit.question.tools = Tools::None;
            }
            pursuit.listener.expire();
        }
    }

    /// One answer of one model, from the request to its end.
    async fn attempt(&self, at: usize, pursuit: &mut Pursuit<'_, impl FnMut(Delta) + Send>) -> Result<Ending, UpstreamError> {
        let response = self.accepted(at, pursuit).await?;
        let mut reader = Reader::new(connection::paced(response, self.patience(pursuit))).offering(pursuit.question.tools);
        let model = &pursuit.models[at].name;
        while let Some(delta) = reader.next().await? {
            pursuit.listener.hear(model, delta);
        }
        let patience = if reader.is_over() { LAST_BYTES } else { EPILOGUE };
        // Given up or not, the answer is whole.
        let _ = timeout(patience, reader.epilogue()).await;
        while let Some(delta) = reader.next().await? {
            pursuit.listener.hear(model, delta);
        }
        reader.ending()
    }

    /// A response with status 200; a refusal that names a parameter is mended and asked again.
    async fn accepted(&self, at: usize, pursuit: &mut Pursuit<'_, impl Sized>) -> Result<Response, UpstreamError> {
        let patience = self.patience(pursuit);
        let (model, question) = (&pursuit.models[at], &pursuit.question);
        loop {
            let body = model.request(&self.settings, question)?;
            pursuit.requests += 1;
            let request = self.connection.post().header(CONTENT_TYPE, "application/json").header(ACCEPT, ACCEPTED).body(body);
            let error = match self.connection.send(request, patience).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            // Gateways that look for a model with all that is asked for say "not found" of a missing ability.
            let (UpstreamError::BadRequest { message } | UpstreamError::NotFound { message }) = &error else { return Err(error) };
            let Some(parameter) = model.learn(&self.settings, question, message) else { return Err(error) };
            tracing::warn!(model = model.name, ?parameter, "the model refuses a parameter, which is left out from now on");
            if parameter == Parameter::Images && question.shows_pictures() {
                return Err(UpstreamError::CannotSee { message: message.clone() });
            }
        }
    }

    /// How long the upstream may be silent. Half the time is kept for the fallback, if there is one.
    fn patience(&self, pursuit: &Pursuit<'_, impl Sized>) -> Duration {
        if pursuit.models.len() > 1 { self.settings.timeout / 2 } else { self.settings.timeout }
    }
}

/// A question while it is pursued.
struct Pursuit<'a, F> {
    question: Question<'a>,
    models: Vec<Model>,
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
