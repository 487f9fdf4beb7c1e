//! What can go wrong with objects. No key and no URL's secret is part of an error.

use opendal::ErrorKind;

use super::Key;

/// Letters of a server's own words that are kept.
const MAX_REASON: usize = 200;

/// Why an object was not stored or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// `STORAGE_URL` or its keys cannot be used.
    #[error("STORAGE_URL cannot be used: {0}")]
    Address(&'static str),
    /// The store knows us and says no: wrong keys, no right to the bucket or folder, no such bucket.
    #[error("the object store refuses: {0}")]
    Refused(String),
    /// It may go better in a moment.
    #[error("the object store cannot be reached: {0}")]
    Unavailable(String),
    /// An object's bytes are not those its name promises.
    #[error("the object {0} is damaged")]
    Corrupt(Key),
    #[error("the object store failed: {0}")]
    Failed(String),
}

impl Error {
    /// `address`, `refused`, `unavailable`, `corrupt` or `failed`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Refused(_) => "refused",
            Self::Unavailable(_) => "unavailable",
            Self::Corrupt(_) => "corrupt",
            Self::Failed(_) => "failed",
        }
    }
}

impl From<opendal::Error> for Error {
    fn from(error: opendal::Error) -> Self {
        // Not its `Display`, which lists headers and context.
        let reason: String = format!("{}: {}", error.kind(), error.message()).chars().take(MAX_REASON).collect();
        match error.kind() {
            ErrorKind::PermissionDenied | ErrorKind::NotFound => Self::Refused(reason),
            _ if error.is_temporary() => Self::Unavailable(reason),
            _ => Self::Failed(reason),
        }
    }
}
