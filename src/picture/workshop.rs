//! A bound on how many pictures are worked on at once, away from the threads that answer requests.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::{Error, Finished, Fitted, Goal, Label, finish, fit};

/// Works on pictures; clones share one bound.
#[derive(Debug, Clone)]
pub struct Workshop {
    benches: Arc<Semaphore>,
}

impl Workshop {
    /// A workshop for `at_once` pictures, each of which may hold some 200 MB for a second.
    pub fn new(at_once: usize) -> Self {
        Self { benches: Arc::new(Semaphore::new(at_once)) }
    }

    /// [`finish`], when there is room.
    pub async fn finish(&self, bytes: Vec<u8>, label: Label) -> Result<Finished, Error> {
        self.work(move || finish(bytes, &label)).await
    }

    /// [`fit()`], when there is room.
    pub async fn fit(&self, bytes: Vec<u8>, goal: Goal) -> Result<Fitted, Error> {
        self.work(move || fit(&bytes, goal)).await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
        let bench = self.benches.clone().acquire_owned().await.map_err(|_| Error::damaged("the workshop is closed"))?;
        let done = tokio::task::spawn_blocking(move || {
            // The bench is taken until the work ends, also when nobody waits for it any more.
            let _bench = bench;
            work()
        });
        // A decoder that panics has met bytes that it does not understand.
        done.await.unwrap_or_else(|_| Err(Error::damaged("the decoder gave up")))
    }
}
