//! Reads arbitrary text as Markdown, unfinished Markdown and chat text.
#![no_main]

use huixin::bot::text::{chat_text, complete_prefix, quote, remainder, split};
use libfuzzer_sys::fuzz_target;

const LIMIT: usize = 60;

fuzz_target!(|text: &str| {
    let shown = chat_text(text);
    assert!(!shown.chars().any(|c| c < ' ' && c != '\n' && c != '\t'), "XML forbids it");
    // Whatever begins like a link is one of ours.
    assert!(shown.match_indices("<a ").all(|(at, _)| shown[at..].starts_with("<a href=\"http") && shown[at..].contains("</a>")));
    let prefix = complete_prefix(text);
    assert!(text.is_char_boundary(prefix));
    let _ = remainder(text, prefix);
    for whole in [text, &shown] {
        let parts = split(whole, LIMIT);
        assert!(parts.iter().all(|part| !part.is_empty() && part.len() <= LIMIT));
        let joined: String = parts.concat().split_whitespace().collect();
        assert_eq!(joined, whole.split_whitespace().collect::<String>());
    }
    assert!(!quote(text, 12).contains('\n'));
});
