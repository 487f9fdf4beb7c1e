//! Files that are made to hurt, each with what becomes of it. All go through the real process, a few at a time.

use std::time::{Duration, Instant};

use super::{hostile_archives, hostile_pdfs, read, workers, written};

/// A hostile file.
pub struct Case {
    pub name: &'static str,
    pub file_name: &'static str,
    pub bytes: Vec<u8>,
    /// The class of the error, or what is read: `text`, `cut` or `eyes`.
    pub outcome: &'static str,
}

impl Case {
    pub fn new(name: &'static str, file_name: &'static str, bytes: impl Into<Vec<u8>>, outcome: &'static str) -> Self {
        Self { name, file_name, bytes: bytes.into(), outcome }
    }
}

/// Reads every case and compares what became of it.
async fn judge(cases: Vec<Case>, at_least: usize) {
    assert!(cases.len() >= at_least, "only {} cases", cases.len());
    let workers = workers();
    let mut wrong = Vec::new();
    for case in cases {
        let started = Instant::now();
        let result = read(&workers, &case.bytes, case.file_name).await;
        let outcome = match &result {
            Err(error) => error.class(),
            Ok(document) if document.needs_eyes => "eyes",
            Ok(document) if document.is_cut => "cut",
            Ok(_) => "text",
        };
        if outcome != case.outcome {
            let result = format!("{result:?}");
            wrong.push(format!(
                "{}: {outcome}, not {}: {}",
                case.name,
                case.outcome,
                result.chars().take(200).collect::<String>()
            ));
        }
        let taken = started.elapsed();
        assert!(taken < Duration::from_secs(25), "{} took {taken:?}", case.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn hostile_archives_end_as_they_should() {
    judge(hostile_archives::cases(), 30).await;
}

#[tokio::test]
async fn hostile_pdfs_end_as_they_should() {
    judge(hostile_pdfs::cases(), 20).await;
}

#[tokio::test]
async fn hostile_texts_end_as_they_should() {
    judge(written::cases(), 20).await;
}
