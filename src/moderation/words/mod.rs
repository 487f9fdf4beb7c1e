//! The operator's own lists of words, read from files and read again when those change.
//!
//! There is always a list: one that cannot be read leaves the one before in force, and says so. Decides nothing about a text beyond its
//! words; what a list says is never printed, only the place of a word in it.

pub mod list;
pub mod normal;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

use self::list::{Draft, List, ListError, Warning};

/// Far beyond any list; more is another file by mistake.
const FILE_MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The lists of some files and folders.
#[derive(Debug)]
pub struct Words {
    paths: Vec<PathBuf>,
    current: RwLock<Arc<List>>,
    /// What was read last, whether it became the list or not.
    seen: Mutex<Vec<Stamp>>,
}

/// What looking at the files led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reload {
    Unchanged,
    Loaded {
        words: usize,
        warnings: Vec<Warning>,
    },
    /// The files are no list; the one before stays in force.
    Kept {
        error: ListError,
    },
}

/// A file as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    path: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
}

impl Words {
    /// Reads `paths`: files, or folders whose `.txt` files are read.
    pub fn open(paths: &[PathBuf]) -> Result<(Self, Vec<Warning>), ListError> {
        let stamps = stamps(paths)?;
        let (list, warnings) = read(paths, &stamps)?;
        let words = Self { paths: paths.to_vec(), current: RwLock::new(Arc::new(list)), seen: Mutex::new(stamps) };
        Ok((words, warnings))
    }

    /// The list in force.
    pub fn list(&self) -> Arc<List> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the files, and reads them if one is new, gone, or of another time or length. Blocks for as long as reading takes.
    pub fn reload_if_changed(&self) -> Reload {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match stamps(&self.paths) {
            Ok(now) if now == *seen => Reload::Unchanged,
            Ok(now) => {
                seen.clone_from(&now);
                self.take(read(&self.paths, &now))
            }
            // Said once: an unreadable folder leaves nothing to compare with.
            Err(_) if seen.is_empty() => Reload::Unchanged,
            Err(error) => {
                seen.clear();
                Reload::Kept { error }
            }
        }
    }

    /// Reads the files whether they changed or not.
    pub fn reload(&self) -> Reload {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match stamps(&self.paths) {
            Ok(now) => {
                seen.clone_from(&now);
                self.take(read(&self.paths, &now))
            }
            Err(error) => Reload::Kept { error },
        }
    }

    fn take(&self, read: Result<(List, Vec<Warning>), ListError>) -> Reload {
        match read {
            Ok((list, warnings)) => {
                let words = list.len();
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(list);
                Reload::Loaded { words, warnings }
            }
            Err(error) => Reload::Kept { error },
        }
    }
}

fn read(paths: &[PathBuf], stamps: &[Stamp]) -> Result<(List, Vec<Warning>), ListError> {
    let mut draft = Draft::default();
    for Stamp { path, length, .. } in stamps {
        if *length > FILE_MAX_BYTES {
            return Err(unreadable(path, &io::Error::other("it is longer than 16 MiB")));
        }
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let text = String::from_utf8(bytes).map_err(|_| ListError::NotText { file: shown(path) })?;
        draft.add(&name(path), &text)?;
    }
    let warnings = std::mem::take(&mut draft.warnings);
    let list = draft.finish()?;
    if list.is_empty() {
        let files = paths.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ");
        return Err(ListError::Empty { files });
    }
    Ok((list, warnings))
}

/// The files to read, in order.
fn stamps(paths: &[PathBuf]) -> Result<Vec<Stamp>, ListError> {
    let mut stamps = Vec::new();
    for path in paths {
        if !path.is_dir() {
            stamps.push(stamp(path.clone())?);
            continue;
        }
        for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            if file.extension().is_some_and(|ending| ending == "txt") && file.is_file() {
                stamps.push(stamp(file)?);
            }
        }
    }
    stamps.sort_by(|one, other| one.path.cmp(&other.path));
    stamps.dedup();
    Ok(stamps)
}

fn stamp(path: PathBuf) -> Result<Stamp, ListError> {
    let file = fs::metadata(&path).map_err(|error| unreadable(&path, &error))?;
    Ok(Stamp { modified: file.modified().ok(), length: file.len(), path })
}

fn unreadable(path: &Path, error: &io::Error) -> ListError {
    ListError::Unreadable { file: shown(path), reason: error.to_string() }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}
