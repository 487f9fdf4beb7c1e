//! Bytes as an upload: whatever they are, reading ends within its limits, and what is read can be cut into passages.
#![no_main]

use std::time::Duration;

use huixin::extract::{
    Limits,
    passages::{best, split},
    read,
};
use libfuzzer_sys::fuzz_target;

/// The first byte chooses the name: it decides between kinds of text.
const NAMES: [&str; 5] = ["a.txt", "a.md", "a.csv", "a.html", "a.docx"];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, file)) = bytes.split_first() else { return };
    let limits = Limits { inflated_bytes: 4 << 20, text_chars: 50_000, pages: 50, time: Duration::from_secs(10), ..Limits::default() };
    let Ok(document) = read(file, NAMES[usize::from(*first) % NAMES.len()], &limits) else { return };
    assert!(document.text.chars().count() <= limits.text_chars);
    assert!(!document.text.is_empty() || document.needs_eyes);
    assert!(document.text.chars().all(|letter| letter == '\n' || letter == '\t' || !letter.is_control()));
    let passages = split(0, &document.text);
    assert!(passages.iter().all(|passage| passage.text.chars().count() <= 1_000));
    let chars: usize = best("what is 回信", &[&document.text], 500).iter().map(|passage| passage.text.chars().count()).sum();
    assert!(chars <= 500);
});
