//! Passive replies on their way to WeChat. A reply counts as written a moment after it was handed to its connection.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::db::inbound::Key;

/// A response is on the wire within a millisecond of being returned; a process that lives this much longer has written it.
const ON_THE_WIRE_AFTER: Duration = Duration::from_millis(300);

/// The messages whose reply was handed over, with the time of that.
#[derive(Debug, Default)]
pub struct Replies(Mutex<Vec<(Instant, Key)>>);

impl Replies {
    /// The reply to `key` is handed to its connection now.
    pub fn handed_over(&self, key: &Key) {
        self.lock().push((Instant::now(), key.clone()));
    }

    /// Takes back what [`Replies::take_written`] returned and the database did not take.
    pub fn put_back(&self, written: Vec<Key>) {
        let since = Instant::now();
        self.lock().extend(written.into_iter().map(|key| (since, key)));
    }

    /// Those that are surely on the wire; they are not returned again.
    pub fn take_written(&self) -> Vec<Key> {
        let mut waiting = self.lock();
        let written = waiting.iter().take_while(|(since, _)| since.elapsed() >= ON_THE_WIRE_AFTER).count();
        waiting.drain(..written).map(|(_, key)| key).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Instant, Key)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
