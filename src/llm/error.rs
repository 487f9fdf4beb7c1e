//! What can go wrong between a question and its answer, in the classes a caller acts on.
//!
//! `Display` is for the operator: it names no secret and no URL query. What a follower reads is written elsewhere.

use std::time::Duration;

/// A shorter key is a placeholder such as `none`, and striking it out would garble the message.
const SECRET_MIN_BYTES: usize = 8;
/// How much of an upstream's own words is kept, in characters: enough to act on, too little to flood a log.
const MESSAGE_MAX_CHARS: usize = 400;

/// Settings with which nothing can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SettingsError(pub(super) String);

/// Why the model upstream gave no complete answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// No connection, or it was lost before the answer began.
    #[error("the model upstream cannot be reached: {reason}")]
    Unreachable { reason: String },
    /// Nothing, or nothing more, came within the time limit.
    #[error("the model upstream did not answer in time")]
    Timeout,
    /// 401 or 403: the key is wrong, or may not do this.
    #[error("the model upstream refuses the API key: {message}")]
    Unauthorized { message: String },
    /// 404, or a refusal that names the model: the path or the model does not exist there.
    #[error("the model upstream knows no such path or model: {message}")]
    NotFound { message: String },
    #[error("the model upstream limits the rate: {message}")]
    RateLimited { retry_after: Option<Duration>, message: String },
    /// 5xx, or the upstream says that it is out of resources.
    #[error("the model upstream fails or is overloaded: {message}")]
    Overloaded { retry_after: Option<Duration>, message: String },
    /// 4xx with no better class; asking the same again gives the same.
    #[error("the model upstream refuses the request: {message}")]
    BadRequest { message: String },
    /// The model takes no pictures; another one may.
    #[error("the model cannot see pictures: {message}")]
    CannotSee { message: String },
    /// Question and memory are too long for the model; fewer turns may pass.
    #[error("the conversation is too long for the model: {message}")]
    ContextTooLong { message: String },
    #[error("the model upstream filtered the content: {message}")]
    ContentFiltered {
        /// Why, in words that the one who asked may read, if the upstream gave any.
        reason: Option<String>,
        message: String,
    },
    /// 402, or the account has nothing left to spend.
    #[error("the account at the model upstream is used up: {message}")]
    QuotaExhausted { message: String },
    /// The answer died on its way, after `received` bytes of text.
    #[error("the answer broke off after {received} bytes of text")]
    Broken { received: usize },
    /// What came is not a chat answer.
    #[error("the model upstream's answer cannot be read: {reason}")]
    Malformed { reason: String },
    /// The answer ended without a word, or with reasoning only.
    #[error("the model upstream ended without an answer")]
    Empty,
}

impl UpstreamError {
    /// A stable name of the variant, for metrics and stored rows.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout => "timeout",
            Self::Unauthorized { .. } => "unauthorized",
            Self::NotFound { .. } => "not_found",
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded { .. } => "overloaded",
            Self::BadRequest { .. } => "bad_request",
            Self::CannotSee { .. } => "cannot_see",
            Self::ContextTooLong { .. } => "context_too_long",
            Self::ContentFiltered { .. } => "content_filtered",
            Self::QuotaExhausted { .. } => "quota_exhausted",
            Self::Broken { .. } => "broken",
            Self::Malformed { .. } => "malformed",
            Self::Empty => "empty",
        }
    }

    /// When the upstream is willing to be asked again, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Overloaded { retry_after, .. } => *retry_after,
            Self::Unreachable { .. }
            | Self::Timeout
            | Self::Unauthorized { .. }
            | Self::NotFound { .. }
            | Self::BadRequest { .. }
            | Self::CannotSee { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentFiltered { .. }
            | Self::QuotaExhausted { .. }
            | Self::Broken { .. }
            | Self::Malformed { .. }
            | Self::Empty => None,
        }
    }

    /// The same error with `secret` struck out of the upstream's words: some repeat the key they were shown.
    #[must_use]
    pub fn without(mut self, secret: &str) -> Self {
        match &mut self {
            Self::Unreachable { reason: text }
            | Self::Malformed { reason: text }
            | Self::Unauthorized { message: text }
            | Self::NotFound { message: text }
            | Self::RateLimited { message: text, .. }
            | Self::Overloaded { message: text, .. }
            | Self::BadRequest { message: text }
            | Self::CannotSee { message: text }
            | Self::ContextTooLong { message: text }
            | Self::QuotaExhausted { message: text } => *text = tidy(&strike(text, secret)),
            Self::ContentFiltered { reason, message } => {
                *reason = reason.take().map(|text| tidy(&strike(&text, secret)));
                *message = tidy(&strike(message, secret));
            }
            Self::Timeout | Self::Broken { .. } | Self::Empty => {}
        }
        self
    }
}

fn strike(text: &str, secret: &str) -> String {
    if secret.len() < SECRET_MIN_BYTES { text.to_owned() } else { text.replace(secret, "[key]") }
}

/// One line of bounded length without control characters, so that an upstream cannot forge a line of the log.
fn tidy(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
