//! A mark in the system prompt that has no business in an answer: where it shows, the prompt is leaking.
//!
//! Recognises the mark as it is, spelled out, reversed, in hexadecimal and in base64. Makes marks; puts them nowhere.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use uuid::Uuid;

use super::words::list::{Draft, List, Tail};

/// The mark of one question, with the forms in which it is recognised.
#[derive(Debug, Clone)]
pub struct Canary {
    mark: String,
    pub(super) list: Option<Arc<List>>,
}

impl Canary {
    /// A mark nobody can guess.
    pub fn random() -> Self {
        Self::of(&random_mark())
    }

    /// The canary of a known mark, of at least eight letters and digits.
    pub fn of(mark: &str) -> Self {
        let mut draft = Draft::default();
        for form in forms(mark) {
            draft.forbid(&form, "canary");
        }
        Self { mark: mark.to_owned(), list: draft.finish().ok().map(Arc::new) }
    }

    /// The mark, for the system prompt.
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Whether `text` holds the mark in any form.
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.mark) || self.list.as_ref().is_some_and(|list| !list.hits(text, Tail::Closed).is_empty())
    }
}

/// Sixteen letters and digits from the system's generator.
pub(super) fn random_mark() -> String {
    // Without a generator there is a mark all the same, if a weaker one.
    getrandom::u64().map_or_else(|_| Uuid::now_v7().simple().to_string(), |random| format!("{random:016x}"))
}

fn forms(mark: &str) -> Vec<String> {
    let hex = mark.bytes().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    let mut forms = vec![mark.to_owned(), mark.chars().rev().collect(), hex];
    // Base64 of a longer text depends on where the mark stands in it: three ways, of which the inner letters are the same each time.
    for lead in 0..3_usize {
        let encoded = STANDARD_NO_PAD.encode([&b"\0\0"[..lead], mark.as_bytes()].concat());
        let (first, last) = ((lead * 8).div_ceil(6), (lead + mark.len()) * 8 / 6);
        forms.push(encoded[first..last].to_owned());
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_is_recognised_in_disguise() {
        let canary = Canary::of("3f9a17c204be58d6");
        let reversed: String = canary.mark().chars().rev().collect();
        for text in ["the mark is 3F9A-17C2 04BE\u{200b}58D6x", &reversed, "33663961313763323034626535386436"] {
            assert!(canary.is_in(text), "{text}");
        }
        for lead in ["", "a", "ab", "密文是 "] {
            let text = STANDARD_NO_PAD.encode(format!("{lead}{} and more", canary.mark()));
            assert!(canary.is_in(&text), "{lead}");
        }
        assert!(!canary.is_in("3f9a17c204be58d7"));
        assert_eq!(Canary::random().mark().len(), 16);
    }
}
