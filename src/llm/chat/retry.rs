//! After a failure: ask the same model again, ask the other model, or give up.

use std::time::Duration;

use crate::llm::error::UpstreamError;
use crate::llm::retry;

/// Which of the two models was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    Main,
    Fallback,
}

/// What to do after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Again { pause: Duration },
    Fallback,
    GiveUp,
}

/// The step after the `tries`-th try failed with `error`, with `left` of the time limit.
pub(super) fn step(error: &UpstreamError, rank: Rank, tries: u32, left: Duration) -> Step {
    let (tries_max, otherwise) = match error {
        UpstreamError::Unreachable { .. }
        | UpstreamError::RateLimited { .. }
        | UpstreamError::Overloaded { .. }
        | UpstreamError::Broken { .. }
        | UpstreamError::Malformed { .. } => (3, Step::Fallback),
        UpstreamError::Empty => (2, Step::Fallback),
        // Asking the same model again would take as long, or be refused as surely.
        UpstreamError::Timeout | UpstreamError::NotFound { .. } | UpstreamError::QuotaExhausted { .. } => (1, Step::Fallback),
        UpstreamError::Unauthorized { .. }
        | UpstreamError::BadRequest { .. }
        | UpstreamError::CannotSee { .. }
        | UpstreamError::ContextTooLong { .. }
        | UpstreamError::ContentFiltered { .. } => (1, Step::GiveUp),
    };
    let tries_max = match rank {
        Rank::Main => tries_max,
        Rank::Fallback => tries_max.min(2),
    };
    if tries < tries_max
        && let Some(pause) = retry::pause(error, tries, left)
    {
        return Step::Again { pause };
    }
    match rank {
        Rank::Main => otherwise,
        Rank::Fallback => Step::GiveUp,
    }
}
