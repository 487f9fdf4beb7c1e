//! Why a moderator gave no verdict, in the classes a caller acts on.
//!
//! Holds codes alone, never a moderator's own words: many repeat the text they were shown.

/// A code longer than this is a sentence.
const CODE_MAX_CHARS: usize = 64;

/// A moderator that could not be asked, or whose answer is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    #[error("the moderator cannot be reached: {reason}")]
    Unreachable { reason: String },
    #[error("the moderator did not answer in time")]
    Timeout,
    /// The key is wrong, may not do this, or its account is not opened or not paid.
    #[error("the moderator refuses the key ({code})")]
    Unauthorized { code: String },
    /// There is no moderator at the URL, or it does not know the model.
    #[error("no moderator answers at the URL ({code})")]
    NotFound { code: String },
    #[error("the moderator limits the rate")]
    RateLimited,
    #[error("the moderator fails with status {status}")]
    Failing { status: u16 },
    #[error("the moderator refuses the request with status {status} ({code})")]
    Refused { status: u16, code: String },
    #[error("the moderator's answer cannot be read: {reason}")]
    Malformed { reason: &'static str },
}

impl RemoteError {
    /// A stable name of the variant, for logs, metrics and the choice of words.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout => "timeout",
            Self::Unauthorized { .. } => "unauthorized",
            Self::NotFound { .. } => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Failing { .. } => "failing",
            Self::Refused { .. } => "refused",
            Self::Malformed { .. } => "malformed",
        }
    }

    /// Whether only the operator can mend it. Such a moderator has never judged anything, so nothing passes because of it.
    pub fn is_misconfigured(&self) -> bool {
        match self {
            Self::Unauthorized { .. } | Self::NotFound { .. } | Self::Refused { .. } | Self::Malformed { .. } => true,
            Self::Unreachable { .. } | Self::Timeout | Self::RateLimited | Self::Failing { .. } => false,
        }
    }

    /// Whether the same request may well succeed at once.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Failing { .. })
    }

    /// The error of a status that is not 2xx.
    pub(super) fn of_status(status: u16, code: &str) -> Self {
        let code = tidy(code);
        match status {
            401..=403 => Self::Unauthorized { code },
            300..=399 | 404 | 405 | 410 => Self::NotFound { code },
            429 => Self::RateLimited,
            408 | 500..=599 => Self::Failing { status },
            _ => Self::Refused { status, code },
        }
    }

    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        Self::Unreachable { reason: causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")) }
    }
}

/// A code as it may be logged.
pub(super) fn tidy(code: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "._-/".contains(*letter);
    code.chars().filter(is_plain).take(CODE_MAX_CHARS).collect()
}
