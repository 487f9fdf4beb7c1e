//! After a failure: ask the same model again, ask the other model, or give up.

use std::time::Duration;

use crate::llm::error::UpstreamError;

/// The longest pause that is worth a follower's patience; an upstream that asks for more is passed over.
const PAUSE_MAX: Duration = Duration::from_secs(20);
/// The first pause where the upstream asks for none; it doubles with each try.
const PAUSE_FIRST: Duration = Duration::from_millis(400);

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
        | UpstreamError::ContextTooLong { .. }
        | UpstreamError::ContentFiltered { .. } => (1, Step::GiveUp),
    };
    let tries_max = match rank {
        Rank::Main => tries_max,
        Rank::Fallback => tries_max.min(2),
    };
    let pause = pause(error, tries);
    if tries < tries_max && pause <= PAUSE_MAX && pause < left {
        return Step::Again { pause };
    }
    match rank {
        Rank::Main => otherwise,
        Rank::Fallback => Step::GiveUp,
    }
}

/// What the upstream asks for, or a doubling pause with full jitter, so that many questions do not come back at once.
fn pause(error: &UpstreamError, tries: u32) -> Duration {
    if let Some(asked) = error.retry_after() {
        return asked;
    }
    let ceiling = PAUSE_FIRST * 2_u32.saturating_pow(tries.saturating_sub(1));
    let share = getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX));
    ceiling.mul_f64(share)
}
