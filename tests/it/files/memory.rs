//! What reading costs this machine: the memory of all processes together while many large files wait.

use std::{
    collections::HashMap,
    fs,
    time::{Duration, Instant},
};

use huixin::extract::{Error, Limits, worker::Workers};

use super::{
    office::{docx, paragraph},
    pdf::pages,
    program, workers, written,
};

/// Resident bytes of this process's children, their children included.
fn children() -> u64 {
    let mut parents = HashMap::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name in brackets may hold anything; the numbers stand behind it.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let (parent, pages) = (fields[1].parse::<u32>().unwrap(), fields[21].parse::<u64>().unwrap());
        let is_extract = fs::read(entry.path().join("cmdline")).is_ok_and(|line| line.windows(7).any(|word| word == b"extract"));
        if is_extract {
            parents.insert(process, (parent, pages * 4_096));
        }
    }
    let own = std::process::id();
    parents.values().filter(|(parent, _)| *parent == own || parents.contains_key(parent)).map(|(_, bytes)| bytes).sum()
}

/// Eight files of almost 20 MB, of the kinds that cost the most.
fn large_files() -> Vec<(&'static str, Vec<u8>)> {
    let noise = written::noise(19 << 20);
    let text: Vec<u8> = noise.iter().map(|byte| b' ' + byte % 90).collect();
    let body: String = text
        .chunks(2_000)
        .take(6_000)
        .map(|piece| paragraph(&String::from_utf8_lossy(piece).replace(['<', '&', '>'], "x")))
        .collect();
    let lines = b"BT /F1 12 Tf 72 700 Td (many words) Tj ET\n".repeat(400_000);
    let pdf = pages(&[&lines]);
    let numbers = [
        b"%PDF-1.4\n1 0 obj\n[".as_slice(),
        &b"1 ".repeat(9_000_000),
        b"]\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF",
    ]
    .concat();
    let page: Vec<u8> = encoding_rs::GBK.encode(&"<p>公众号&amp;</p>".repeat(1_000_000)).0.into_owned();
    let chinese = encoding_rs::BIG5.encode(&"公眾號，回信。".repeat(1_300_000)).0.into_owned();
    let rows = "甲,乙,丙\n".repeat(1_400_000).into_bytes();
    vec![
        ("a.txt", text.clone()),
        ("b.docx", docx(&body)),
        ("c.pdf", pdf),
        ("d.pdf", numbers),
        ("e.html", page),
        ("f.txt", chinese),
        ("g.csv", rows),
        ("h.txt", text),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_large_files_at_once_stay_within_the_memory() {
    let folder = tempfile::tempdir().unwrap();
    let files = large_files();
    let workers = workers();
    let mut reading = tokio::task::JoinSet::new();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let workers = workers.clone();
        reading.spawn(async move { (name, workers.read(&path, name).await) });
    }
    let mut peak = 0;
    let mut outcomes = HashMap::new();
    while !reading.is_empty() {
        peak = peak.max(children());
        if let Ok(Some(done)) = tokio::time::timeout(Duration::from_millis(5), reading.join_next()).await {
            let (name, result) = done.unwrap();
            outcomes.insert(name, result.map(|document| document.is_cut));
        }
    }
    assert!(peak > 0, "no child was seen");
    // Two children at 128 MiB leave 44 MiB for the server beside them.
    assert!(peak <= 256 << 20, "the children took {} MiB together", peak >> 20);
    assert_eq!(outcomes["d.pdf"], Err(Error::TooBig));
    let read = outcomes.iter().filter(|(name, _)| **name != "d.pdf").all(|(_, result)| result.is_ok());
    assert!(read, "{outcomes:?}");
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let limits = Limits { time: Duration::from_millis(1), ..Limits::default() };
    let workers = Workers::new(program(), 1, limits);
    let started = Instant::now();
    assert_eq!(super::read(&workers, &vec![b'x'; 10 << 20], "a.txt").await, Err(Error::TooLong));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_program_that_answers_nonsense_is_a_crash() {
    for program in ["/bin/echo", "/bin/false", "/bin/cat", "/no/such/program"] {
        let workers = Workers::new(program.into(), 1, Limits::default());
        let error = super::read(&workers, b"x", "a.txt").await.unwrap_err();
        assert_eq!(error.class(), "crashed", "{program}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_error() {
    let error = workers().read(std::path::Path::new("/no/such/file"), "a.txt").await.unwrap_err();
    assert_eq!(error.class(), "crashed");
}
