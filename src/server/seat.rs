//! The place a process runs in. Whoever sits down on a seat knows that its earlier occupants are dead, and takes over at once.

use std::{
    fs::{File, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use anyhow::{Context, bail};

/// A locked seat in a data folder, or a new one where the folder's is taken.
#[derive(Debug)]
pub(super) struct Seat {
    name: String,
    holder: String,
    /// Held for the lock, which ends with the process however it ends.
    _file: Option<File>,
}

impl Seat {
    /// Takes the seat of `data_dir`. An embedded database belongs to one process, so a taken seat is an error there.
    pub(super) fn take(data_dir: &Path, database_url: &str) -> anyhow::Result<Self> {
        let context = || format!("DATA_DIR {} cannot be written", data_dir.display());
        std::fs::create_dir_all(data_dir).with_context(context)?;
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(data_dir.join("seat"))
            .with_context(context)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) if database_url.starts_with("sqlite:") => {
                bail!(
                    "another huixin uses DATA_DIR {}; stop it, or give this one its own DATA_DIR and DATABASE_URL",
                    data_dir.display()
                )
            }
            Err(TryLockError::WouldBlock) => return Ok(Self::named(new_name(), None)),
            Err(TryLockError::Error(error)) => return Err(error).with_context(context),
        }
        let mut name = String::new();
        file.read_to_string(&mut name).with_context(context)?;
        if name.trim().is_empty() {
            name = new_name();
            file.rewind().and_then(|()| file.write_all(name.as_bytes())).with_context(context)?;
        }
        Ok(Self::named(name.trim().to_owned(), Some(file)))
    }

    fn named(name: String, file: Option<File>) -> Self {
        let holder = format!("{name}/{}", new_name());
        Self { name, holder, _file: file }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name of this occupant, unlike that of any earlier one.
    pub(super) fn holder(&self) -> &str {
        &self.holder
    }
}

fn new_name() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
