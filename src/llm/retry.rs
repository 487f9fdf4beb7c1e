//! How long to wait before an upstream is asked again, if it is worth waiting at all.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::error::UpstreamError;

/// The longest pause that is worth a follower's patience; an upstream that asks for more is passed over.
const PAUSE_MAX: Duration = Duration::from_secs(20);
/// The first pause where the upstream asks for none; it doubles with each try.
const PAUSE_FIRST: Duration = Duration::from_millis(400);

/// The third refusal in a row is an answer.
const TRIES_MAX: u32 = 3;

/// The outcome of `attempt`, made again where the upstream is busy or was not reached, all within `limit`.
///
/// Not again after anything else: a picture or a recording may have been made, and paid for, already.
pub(super) async fn persist<T, F>(limit: Duration, attempt: impl Fn() -> F) -> Result<T, UpstreamError>
where
    F: Future<Output = Result<T, UpstreamError>>,
{
    let deadline = Instant::now() + limit;
    let mut tries = 0;
    loop {
        let error = match timeout_at(deadline, attempt()).await {
            Ok(Ok(made)) => return Ok(made),
            Ok(Err(error)) => error,
            Err(_) => return Err(UpstreamError::Timeout),
        };
        tries += 1;
        let again = matches!(
            error,
            UpstreamError::RateLimited { .. } | UpstreamError::Overloaded { .. } | UpstreamError::Unreachable { .. }
        );
        let left = deadline.duration_since(Instant::now());
        let Some(pause) = pause(&error, tries, left).filter(|_| again && tries < TRIES_MAX) else { return Err(error) };
        tracing::info!(class = error.class(), ?pause, "the upstream is asked again");
        tokio::time::sleep(pause).await;
    }
}

/// The pause after the `tries`-th try failed with `error`; `None` if it does not fit into what is `left` of the time limit.
pub(super) fn pause(error: &UpstreamError, tries: u32, left: Duration) -> Option<Duration> {
    let pause = error.retry_after().unwrap_or_else(|| jittered(tries));
    (pause <= PAUSE_MAX && pause < left).then_some(pause)
}

/// A doubling pause with full jitter, so that many questions do not come back at once.
fn jittered(tries: u32) -> Duration {
    let ceiling = PAUSE_FIRST * 2_u32.saturating_pow(tries.saturating_sub(1));
    let share = getrandom::u32().map_or(0.5, |random| f64::from(random) / f64::from(u32::MAX));
    ceiling.mul_f64(share)
}
