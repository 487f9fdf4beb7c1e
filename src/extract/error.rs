//! Why no text came out of a file. The words a follower reads are chosen elsewhere, by the variant.

use serde::{Deserialize, Serialize};

/// Why a file was not read. It crosses the pipe between the worker and its child as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "class", content = "detail", rename_all = "snake_case")]
pub enum Error {
    /// The file, what it unpacks to, or the memory it asks for is over a limit.
    #[error("the file or what it unpacks to is too big")]
    TooBig,
    /// Reading took longer than it may.
    #[error("reading the file took too long")]
    TooLong,
    /// Only a password opens it.
    #[error("the file is encrypted")]
    Encrypted,
    /// It is not what its own first bytes say; the text names the part.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// A kind that is not read; the text names it.
    #[error("files of this kind are not read: {0}")]
    Unsupported(String),
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The process that read it died, or said what cannot be understood.
    #[error("the process that read the file failed: {0}")]
    Crashed(String),
}

impl Error {
    /// A word for logs, metrics and the table of wordings.
    pub fn class(&self) -> &'static str {
        match self {
            Self::TooBig => "too_big",
            Self::TooLong => "too_long",
            Self::Encrypted => "encrypted",
            Self::Damaged(_) => "damaged",
            Self::Unsupported(_) => "unsupported",
            Self::Empty => "empty",
            Self::Crashed(_) => "crashed",
        }
    }

    pub(super) fn damaged(part: impl Into<String>) -> Self {
        Self::Damaged(part.into())
    }

    pub(super) fn unsupported(kind: impl Into<String>) -> Self {
        Self::Unsupported(kind.into())
    }
}
