//! Whether a text may pass: on its way to the model, and on its way to a follower.
//!
//! A chain of two moderators, the operator's own lists of words first and a service over HTTP second; the first that stops a text
//! ends it. No text is ever logged, only its hash. Knows no follower and no wording.

pub mod canary;
mod chain;
pub mod fence;
pub mod gate;
pub mod links;
pub mod remote;
pub mod words;

use std::{path::PathBuf, time::Duration};

pub use self::chain::Chain;
pub use self::gate::Gate;
use self::remote::Provider;
use self::words::list::ListError;

/// Where a text stands on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Point {
    /// What a follower asks.
    Question,
    /// What is to be drawn, in a follower's words or the model's.
    PicturePrompt,
    /// A part of a page or file that the model is to read.
    Passage,
    /// What the model wrote.
    Answer,
    /// What a model heard in a voice message.
    Transcript,
}

/// What becomes of a text, the mildest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Pass,
    /// The text itself, with words starred out.
    Replace(String),
    /// An answer prepared for such texts: the follower gets it, and the model is not asked or not quoted.
    Instead(String),
    /// Not before a person has looked at it.
    Hold,
    Drop,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// There was nobody to ask, or nothing to judge.
    Nobody,
    Words,
    OpenAi,
    Aliyun,
    /// The words that must not leave with an answer.
    Canary,
    /// Nobody: the moderator could not be asked, and the label is the class of its error.
    Failure,
}

/// A decision with its reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub decision: Decision,
    /// What was found: `file:line` of a word, or the service's category. Empty where nothing was.
    pub label: String,
    /// The service's confidence, on its own scale.
    pub score: Option<f64>,
    pub by: By,
}

/// A text to be judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub point: Point,
    pub text: &'a str,
    /// What came before it in the same stream, and passed.
    pub before: &'a str,
    /// The same for all pieces of one stream; may be empty.
    pub session: &'a str,
}

/// What happens to what a follower wrote while the service cannot be asked. What a model wrote never passes unseen, nor does
/// anything at all while the service is misconfigured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFailure {
    #[default]
    Refuse,
    LetPass,
}

/// How texts are moderated. Without words and a provider they are not.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Files, or folders of `.txt` files.
    pub words: Vec<PathBuf>,
    pub provider: Option<Provider>,
    /// For one piece of a text, with all that is tried.
    pub timeout: Duration,
    /// How many pieces are asked about at the same time.
    pub concurrency: usize,
    pub questions_on_failure: OnFailure,
}

/// Settings with which nothing can be moderated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(transparent)]
    Words(#[from] ListError),
    #[error("the moderator's URL {reason}")]
    Url { reason: &'static str },
    #[error("no HTTP client for the moderator: {reason}")]
    Client { reason: String },
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            provider: None,
            timeout: Duration::from_secs(2),
            concurrency: 16,
            questions_on_failure: OnFailure::default(),
        }
    }
}

impl Point {
    /// A stable name, for logs, metrics and stored rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::PicturePrompt => "picture_prompt",
            Self::Passage => "passage",
            Self::Answer => "answer",
            Self::Transcript => "transcript",
        }
    }
}

impl Decision {
    /// A stable name, for logs, metrics and stored rows.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Replace(_) => "replace",
            Self::Instead(_) => "instead",
            Self::Hold => "hold",
            Self::Drop => "drop",
        }
    }

    /// A later decision is a graver one.
    fn gravity(&self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Replace(_) => 1,
            Self::Instead(_) => 2,
            Self::Hold => 3,
            Self::Drop => 4,
        }
    }
}

impl By {
    /// A stable name, for logs, metrics and stored rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Words => "words",
            Self::OpenAi => "openai",
            Self::Aliyun => "aliyun",
            Self::Canary => "canary",
            Self::Failure => "failure",
        }
    }
}

impl Verdict {
    /// A text in which `by` found nothing.
    pub fn pass(by: By) -> Self {
        Self { decision: Decision::Pass, label: String::new(), score: None, by }
    }

    /// Whether the text goes no further, not even with words starred out.
    pub fn stops(&self) -> bool {
        match self.decision {
            Decision::Pass | Decision::Replace(_) => false,
            Decision::Instead(_) | Decision::Hold | Decision::Drop => true,
        }
    }
}
