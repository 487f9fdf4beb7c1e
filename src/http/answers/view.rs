//! What the page shows of one question and its answer, and where its changes come from.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::ACCEPT_LANGUAGE;
use tokio::sync::watch;

use crate::config;

/// One answer as its page shows it. Times are unix milliseconds.
#[derive(Clone, Debug)]
pub struct AnswerView {
    /// What the follower wrote, as plain text.
    pub question: String,
    /// The answer so far, as Markdown.
    pub answer: Arc<str>,
    /// The model's reasoning so far, as plain text; empty for a model that shows none.
    pub reasoning: Arc<str>,
    pub state: AnswerState,
    /// What is done while it is not final.
    pub work: Work,
    /// Its pictures, or the answer spoken; they come when it is final.
    pub media: Vec<Media>,
    /// Why a finished answer is not whole.
    pub cut: Option<Cut>,
    /// The model's name as the follower knows it.
    pub model: Option<String>,
    pub asked_at: i64,
    pub answered_at: Option<i64>,
    pub expires_at: i64,
    pub language: Language,
    /// How long the reasoning took.
    pub reasoned_ms: Option<i64>,
}

/// How far the answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerState {
    /// Nothing has been written yet, though the model may be reasoning.
    Waiting,
    Writing,
    Finished,
    Failed {
        /// What the follower reads about it.
        apology: String,
    },
}

impl AnswerState {
    /// Whether the page will not change any more.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Waiting | Self::Writing => false,
            Self::Finished | Self::Failed { .. } => true,
        }
    }

    /// The word by which the style sheet and the script know it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Writing => "writing",
            Self::Finished => "finished",
            Self::Failed { .. } => "failed",
        }
    }
}

/// How an answer is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    Writing,
    Drawing,
}

/// A picture or a spoken answer on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub kind: MediaKind,
    /// Its path on this server.
    pub url: String,
}

/// How a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    Picture,
    Voice,
}

/// Why an answer ends before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The model reached its longest answer.
    Length,
    /// The model's provider withheld the rest.
    Filter,
    /// The connection to the model broke off.
    Interrupted,
}

/// The language of the page's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

impl Language {
    /// For a page without an answer to tell: Chinese unless the browser asks for another language first.
    pub fn asked_for(request: &HttpRequest) -> Self {
        let wished = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = wished.trim_start().to_ascii_lowercase();
        if first.is_empty() || first.starts_with("zh") || first.starts_with('*') { Self::Chinese } else { Self::English }
    }
}

impl From<config::Language> for Language {
    fn from(language: config::Language) -> Self {
        match language {
            config::Language::Chinese => Self::Chinese,
            config::Language::English => Self::English,
        }
    }
}

/// An answer now, and its changes while it is written (here or on another replica).
pub struct LiveAnswer {
    pub view: AnswerView,
    /// `None` when nobody is writing it; a sender that goes away before a final state makes the page ask again.
    pub changes: Option<watch::Receiver<AnswerView>>,
}
