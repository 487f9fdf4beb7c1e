//! Reads arbitrary text as a list of words, and looks for its words in arbitrary text, whole and in part.
#![no_main]

use huixin::moderation::words::list::{Draft, Tail, star_out};
use huixin::moderation::words::normal::Normal;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (lines, text) = input;
    let mut draft = Draft::default();
    if draft.add("w", lines).is_err() {
        return;
    }
    let Ok(list) = draft.finish() else { return };
    let normal = Normal::of(text);
    assert!(normal.origin(0, text) <= text.len());
    for tail in [Tail::Open, Tail::Closed] {
        for hit in list.hits(text, tail) {
            assert!(!hit.range.is_empty() && text.get(hit.range.clone()).is_some());
            assert!(Normal::of(&text[hit.range.clone()]).text.chars().count() >= 2);
        }
    }
    // What is held back in a stream is never in the middle of a character, and holds every word that is not certain yet.
    let open = list.open_from(text);
    assert!(text.is_char_boundary(open));
    let certain = list.hits(text, Tail::Open);
    for hit in list.hits(text, Tail::Closed) {
        assert!(certain.contains(&hit) || hit.range.start >= open, "{hit:?} is neither found nor held back");
    }
    let ranges: Vec<_> = certain.iter().map(|hit| hit.range.clone()).collect();
    assert_eq!(star_out(text, &ranges).chars().count(), text.chars().count());
});
