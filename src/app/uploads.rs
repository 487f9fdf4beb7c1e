//! Files that are on their way in: how many at once, how many in memory, and where their bytes lie until they are stored.
//!
//! Knows nothing of what they are. A file that is dropped half-way, by whatever happens, leaves nothing behind.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Semaphore, SemaphorePermit};

/// The folder in `DATA_DIR`.
const FOLDER: &str = "arriving";

/// Files that one follower may send at once; the page sends one after the other.
const AT_ONCE_EACH: usize = 3;

/// Files of all followers together: 1.3 GB of a disk.
const AT_ONCE: usize = 64;

/// Files that are whole in memory, to be hashed and stored, at once.
const IN_MEMORY: usize = 2;

/// What another process left behind is taken away when it is older than any upload can be.
const ABANDONED_AFTER: Duration = Duration::from_hours(1);

/// The files that arrive; clones share one account of them.
#[derive(Debug, Clone)]
pub struct Uploads(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    folder: PathBuf,
    /// The seat of this process, which its files are named after.
    seat: String,
    arriving: Mutex<HashMap<String, usize>>,
    in_memory: Semaphore,
}

/// One file's place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Arriving {
    uploads: Uploads,
    follower: String,
}

/// A path for bytes that are needed for a while; they go with this.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Uploads {
    /// Uses a folder below `data_dir`, and takes away what earlier processes on this seat left there.
    pub fn new(data_dir: &Path, seat: &str) -> io::Result<Self> {
        let shared = Shared {
            folder: data_dir.join(FOLDER),
            seat: seat.to_owned(),
            arriving: Mutex::default(),
            in_memory: Semaphore::new(IN_MEMORY),
        };
        std::fs::create_dir_all(&shared.folder)?;
        shared.sweep()?;
        Ok(Self(Arc::new(shared)))
    }

    /// A place for one more file of `follower`, unless too many arrive already.
    pub fn begin(&self, follower: &str) -> Option<Arriving> {
        let mut arriving = self.0.lock();
        if arriving.values().sum::<usize>() >= AT_ONCE {
            return None;
        }
        let own = arriving.entry(follower.to_owned()).or_default();
        if *own >= AT_ONCE_EACH {
            return None;
        }
        *own += 1;
        Some(Arriving { uploads: self.clone(), follower: follower.to_owned() })
    }

    /// A name for a new file; nothing is there yet.
    pub fn temporary(&self) -> Temporary {
        let name = format!("{}-{}", self.0.seat, uuid::Uuid::now_v7().simple());
        Temporary(self.0.folder.join(name))
    }

    /// Waits until a whole file may be held in memory. `None` only when the process ends.
    pub async fn memory(&self) -> Option<SemaphorePermit<'_>> {
        self.0.in_memory.acquire().await.ok()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.arriving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sweep(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let is_own = entry.file_name().to_str().is_some_and(|name| name.starts_with(&format!("{}-", self.seat)));
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if is_own || age > ABANDONED_AFTER {
                tracing::info!(file = %entry.path().display(), "took away a file that never arrived whole");
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let mut arriving = self.uploads.0.lock();
        if let Some(own) = arriving.get_mut(&self.follower) {
            *own -= 1;
            if *own == 0 {
                arriving.remove(&self.follower);
            }
        }
    }
}

impl Temporary {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // There may have been nothing to write, and there is nobody to tell; what stays is swept at the next start.
        let _ = std::fs::remove_file(&self.0);
    }
}
