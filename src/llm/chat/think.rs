//! Parts a model's thinking from its answer where both arrive in one text, as `<think>…</think>`.
//!
//! A tag opens only at the start of the answer, so an answer that speaks *about* the tag is left whole. Nothing is
//! held back but the few bytes that may yet become a tag.

use super::Delta;

/// The tags that models use; Gemini's compatible endpoint writes `<thought>`.
const TAGS: [(&str, &str); 3] = [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>")];
/// Past this many bytes a lone `</think>` is no longer looked for: nobody thinks aloud that long, and the text must be kept.
const ORPHAN_SEARCH_MAX: usize = 256 * 1024;

/// The state between two pieces of one answer.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    place: Place,
    /// What may be the beginning of a tag.
    held: String,
    /// The answer so far, while a lone closing tag may still declare it to be thinking.
    said: String,
    /// Whether thinking was told apart already, so that a lone closing tag means nothing.
    told_apart: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Place {
    /// Only white space so far: a tag may open.
    #[default]
    Start,
    Thinking {
        closer: &'static str,
    },
    Answer,
}

impl Splitter {
    /// Notes that the upstream sends the thinking in a field of its own.
    pub(super) fn thinking_is_apart(&mut self) {
        self.told_apart = true;
    }

    /// Takes the next piece of the text and appends to `out` what is certain.
    pub(super) fn push(&mut self, text: &str, out: &mut Vec<Delta>) {
        self.held.push_str(text);
        while self.step(out) {}
    }

    /// The text is over: what was held is what it looks like.
    pub(super) fn finish(&mut self, out: &mut Vec<Delta>) {
        let rest = std::mem::take(&mut self.held);
        match self.place {
            Place::Start => say(rest.trim_start(), out),
            Place::Thinking { .. } => think(&rest, out),
            Place::Answer => say(&rest, out),
        }
    }

    /// Consumes what it can of `held`; true if there may be more to do.
    fn step(&mut self, out: &mut Vec<Delta>) -> bool {
        match self.place {
            Place::Start => self.open(),
            Place::Thinking { closer } => self.close(closer, out),
            Place::Answer => self.answer(out),
        }
    }

    fn open(&mut self) -> bool {
        let indent = self.held.len() - self.held.trim_start().len();
        self.held.drain(..indent);
        for (opener, closer) in TAGS {
            if let Some(rest) = self.held.strip_prefix(opener) {
                (self.held, self.place, self.told_apart) = (rest.to_owned(), Place::Thinking { closer }, true);
                return true;
            }
            // A parser before us took the thinking out and left its end behind.
            if let Some(rest) = self.held.strip_prefix(closer) {
                self.held = rest.to_owned();
                return true;
            }
        }
        if TAGS.iter().any(|(opener, closer)| opener.starts_with(&self.held) || closer.starts_with(&self.held)) {
            return false;
        }
        self.place = Place::Answer;
        true
    }

    fn close(&mut self, closer: &str, out: &mut Vec<Delta>) -> bool {
        if let Some(end) = self.held.find(closer) {
            think(&self.held[..end], out);
            self.held.drain(..end + closer.len());
            self.place = Place::Start;
            return true;
        }
        let keep = self.held.len() - tail_that_begins(&self.held, closer);
        think(&self.held[..keep], out);
        self.held.drain(..keep);
        false
    }

    /// Passes the answer on. A lone closing tag on a line of its own means that all before it was thinking: some
    /// chat templates put the opening tag into the prompt, where nobody sees it.
    fn answer(&mut self, out: &mut Vec<Delta>) -> bool {
        if self.told_apart || self.said.len() > ORPHAN_SEARCH_MAX {
            self.said = String::new();
            say(&self.held, out);
            self.held.clear();
            return false;
        }
        let (opener, closer) = TAGS[0];
        let start = self.said.len();
        self.said.push_str(&self.held);
        // What was searched before is searched again only as far as a tag can reach back.
        let from = self.said.floor_char_boundary(start.saturating_sub(closer.len()));
        if self.said[from..].contains(opener) {
            self.told_apart = true;
            return true;
        }
        if let Some(at) = orphan(&self.said, from, closer) {
            out.push(Delta::Restarted);
            think(&self.said[..at], out);
            self.held = self.said.split_off(at + closer.len());
            (self.said, self.place, self.told_apart) = (String::new(), Place::Start, true);
            return true;
        }
        let certain = start + self.held.len() - tail_that_begins(&self.held, closer);
        say(&self.said[start..certain], out);
        self.held = self.said.split_off(certain);
        false
    }
}

/// Where, at or after `from`, a closing tag begins a line outside a fence of code.
fn orphan(text: &str, from: usize, closer: &str) -> Option<usize> {
    let at = from + text[from..].find(closer)?;
    let before = &text[..at];
    (before.ends_with('\n') && before.matches("```").count().is_multiple_of(2)).then_some(at)
}

/// The length of the longest end of `text` that is a beginning of `tag`.
fn tail_that_begins(text: &str, tag: &str) -> usize {
    (1..tag.len()).rev().find(|&length| text.ends_with(&tag[..length])).unwrap_or(0)
}

fn say(text: &str, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Content(text.to_owned()));
    }
}

fn think(text: &str, out: &mut Vec<Delta>) {
    if !text.is_empty() {
        out.push(Delta::Reasoning(text.to_owned()));
    }
}
