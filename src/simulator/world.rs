//! What all parts of a running simulator share: the fixed settings, the clock, the state behind its lock, and the bell that
//! rings on every change.

use std::{
    net::SocketAddr,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use tokio::{
    runtime::Handle,
    sync::{OnceCell, watch},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{browser::Browser, clock::Clock, platform::Platform};
use crate::wechat::envelope::AesKey;

/// The account's original id, the sender of every reply.
pub const ORIGINAL_ID: &str = "gh_simulated0001";

pub(super) struct World {
    pub(super) app_id: String,
    pub(super) app_secret: String,
    pub(super) token: String,
    pub(super) key: AesKey,
    pub(super) clock: Clock,
    pub(super) http: reqwest::Client,
    /// Pushes outlive the request that asked for them, so they run where the simulator was started.
    pub(super) runtime: Handle,
    pub(super) tasks: TaskTracker,
    pub(super) stop: CancellationToken,
    pub(super) url: OnceLock<String>,
    /// What the simulator was bound to.
    pub(super) address: SocketAddr,
    /// Open from the first page on.
    pub(super) browser: OnceCell<Browser>,
    pub(super) platform: Mutex<Platform>,
    pub(super) changes: watch::Sender<u64>,
}

impl World {
    /// Reads the state.
    pub(super) fn look<T>(&self, look: impl FnOnce(&Platform) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and rings the bell.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Platform) -> T) -> T {
        let value = change(&mut self.lock());
        self.changes.send_modify(|version| *version += 1);
        value
    }

    pub(super) fn url(&self) -> &str {
        self.url.get().map_or("", String::as_str)
    }

    /// Waits a simulated time; false if the simulator stopped meanwhile.
    pub(super) async fn wait(&self, seconds: f64) -> bool {
        tokio::select! {
            () = tokio::time::sleep(self.clock.wait(seconds)) => true,
            () = self.stop.cancelled() => false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Platform> {
        self.platform.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
