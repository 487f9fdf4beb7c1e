//! Whether new work should come here: what `/readyz` says, and whether anybody listens to it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio_util::sync::CancellationToken;

/// Whoever has not asked for this long is not there any more; the slowest balancers ask every 30 s.
const WATCHER_FORGOTTEN: Duration = Duration::from_mins(1);

/// The state of one process.
#[derive(Default)]
pub struct Readiness {
    /// Cancelled as soon as the process is told to end, while it still answers.
    leaving: CancellationToken,
    asked_at: Mutex<Option<Instant>>,
}

impl Readiness {
    /// Remembers that somebody looks at the answer.
    pub fn note_question(&self) {
        *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether somebody looked lately, and would see a change.
    pub fn is_watched(&self) -> bool {
        let asked_at = *self.asked_at.lock().unwrap_or_else(PoisonError::into_inner);
        asked_at.is_some_and(|at| at.elapsed() < WATCHER_FORGOTTEN)
    }

    /// From now on nothing new should come.
    pub fn leave(&self) {
        self.leaving.cancel();
    }

    /// Whether the process was told to end.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_cancelled()
    }
}
