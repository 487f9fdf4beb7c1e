//! Work that goes on after the request that began it. It stays in that request's trace.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// All of it, so that the end of the process can wait for it.
#[derive(Debug, Clone, Default)]
pub struct Tasks(TaskTracker);

impl Tasks {
    /// Begins `work` in a task of its own.
    pub fn spawn<Work>(&self, work: Work) -> JoinHandle<Work::Output>
    where
        Work: Future + Send + 'static,
        Work::Output: Send + 'static,
    {
        self.0.spawn(work.in_current_span())
    }

    /// Nothing more begins; what runs may be waited for.
    pub fn close(&self) {
        self.0.close();
    }

    /// Waits until everything has ended.
    pub async fn wait(&self) {
        self.0.wait().await;
    }
}
