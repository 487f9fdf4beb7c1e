//! Why a picture is refused. What a follower reads about it is decided elsewhere; a class is for logs, metrics and that choice.

use image::ImageError;

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes, pixels or memory than are spent on one picture, or no way to make it as small as was asked.
    #[error("the picture is too big: {0}")]
    TooBig(String),
    /// Not a JPEG, PNG, GIF, WebP or BMP, a variant of one that is not read, or a file that is something else besides.
    #[error("the picture is of a kind that is not read: {0}")]
    Unsupported(&'static str),
    /// The file breaks off, contradicts itself or fails its checksums.
    #[error("the picture is damaged: {0}")]
    Damaged(String),
}

impl Error {
    /// `too_big`, `unsupported` or `damaged`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::TooBig(_) => "too_big",
            Self::Unsupported(_) => "unsupported",
            Self::Damaged(_) => "damaged",
        }
    }

    pub(super) fn damaged(reason: &str) -> Self {
        Self::Damaged(reason.to_owned())
    }
}

impl From<ImageError> for Error {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(error) => Self::TooBig(error.to_string()),
            ImageError::Unsupported(_) => Self::Unsupported("a variant without a decoder"),
            ImageError::Decoding(_) | ImageError::Encoding(_) | ImageError::Parameter(_) | ImageError::IoError(_) => {
                Self::Damaged(error.to_string())
            }
        }
    }
}
