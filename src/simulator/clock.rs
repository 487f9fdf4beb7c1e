//! The platform's clock: waits can be shortened, windows and lifetimes can be skipped.
//!
//! A push is stamped with the real time all the same, because a webhook rightly refuses a stamp from another day.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

pub(super) struct Clock {
    factor: f64,
    skipped_ms: AtomicI64,
}

impl Clock {
    pub(super) fn new(factor: f64) -> Self {
        Self { factor: if factor.is_finite() { factor.clamp(0.001, 100.0) } else { 1.0 }, skipped_ms: AtomicI64::new(0) }
    }

    /// Milliseconds for windows and lifetimes, with what was skipped.
    pub(super) fn now_ms(&self) -> i64 {
        real_ms() + self.skipped_ms.load(Ordering::Relaxed)
    }

    pub(super) fn advance(&self, by: Duration) {
        self.skipped_ms.fetch_add(by.as_millis() as i64, Ordering::Relaxed);
    }

    /// The real length of a simulated wait.
    pub(super) fn wait(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64((seconds * self.factor).clamp(0.0, 86_400.0))
    }
}

/// Unix milliseconds, really now.
pub(super) fn real_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis() as i64)
}
