//! Files that followers upload: good ones, hostile ones, and what reading them costs.

mod good;
mod hostile;
mod hostile_archives;
mod hostile_pdfs;
mod memory;
mod mutated;
mod office;
mod passages;
mod pdf;
mod written;
mod zips;

use std::path::PathBuf;

use huixin::extract::{Document, Error, Limits, worker::Workers};

/// Readers of files, as the server has them.
pub fn workers() -> Workers {
    Workers::new(program(), 2, Limits::default())
}

/// huixin as it was built for these tests.
pub fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_huixin").into()
}

/// Reads bytes as an upload of this name, in a process of its own, which must leave nothing behind.
pub async fn read(workers: &Workers, bytes: &[u8], file_name: &str) -> Result<Document, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("upload");
    std::fs::write(&path, bytes).unwrap();
    let result = workers.read(&path, file_name).await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    result
}
