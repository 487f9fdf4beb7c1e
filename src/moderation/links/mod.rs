//! The links of an answer: a way by which what the model knows could leave unseen.
//!
//! Whoever writes a page the model reads may ask it to put the conversation into an address. A picture would even be loaded without a
//! tap. So pictures become links, and an address that could carry more than an address becomes plain text.

mod address;
mod scan;

use std::{borrow::Cow, ops::Range};

use self::address::Carries;
pub use self::scan::open_from;
use self::scan::{Link, Shape};
use super::canary::Canary;

/// Labels inside labels beyond this depth are no links a reader needs.
const DEPTH_MAX: usize = 3;
/// What is left of a disarmed link may be part of another one; in texts not made for that, the first round finds all.
const ROUNDS_MAX: usize = 4;

/// What the links of an answer are judged by.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// The mark that must not leave.
    pub canary: Option<Canary>,
    /// Addresses that may be repeated exactly, pictures included: those of the question, of the pages read, of the operator.
    pub known: Vec<String>,
}

/// `answer` with every link disarmed that carries the mark, or could carry a message. Code is no exception: chats make links of it.
pub fn disarm<'a>(answer: &'a str, policy: &Policy) -> Cow<'a, str> {
    if !scan::may_hold_links(answer) {
        return Cow::Borrowed(answer);
    }
    let mut text = disarmed(answer, policy, 0);
    for _ in 0..ROUNDS_MAX {
        let again = disarmed(&text, policy, 0);
        if again == text {
            return Cow::Owned(text);
        }
        text = again;
    }
    // Whoever builds links that grow out of disarmed ones has no need of any.
    Cow::Owned(text.replace("](", "] ("))
}

/// Where the links of `text` stand, so that nobody cuts through one.
pub fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    while let Some(link) = scan::next(text, ranges.last().map_or(0, |range| range.end)) {
        ranges.push(link.range);
    }
    ranges
}

fn disarmed(text: &str, policy: &Policy, depth: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let Some(link) = scan::next(text, at) else { break };
        out.push_str(&text[at..link.range.start]);
        at = link.range.end;
        settle(&mut out, text, &link, policy, depth);
    }
    out.push_str(&text[at..]);
    out
}

fn settle(out: &mut String, text: &str, link: &Link, policy: &Policy, depth: usize) {
    let address = &text[link.target.clone()];
    let carries = address::carries(address, policy);
    let label = |label: &Range<usize>| {
        let label = &text[label.clone()];
        if depth < DEPTH_MAX { disarmed(label, policy, depth + 1) } else { label.replace(['[', ']'], " ") }
    };
    let written = match (&link.shape, carries) {
        (Shape::Picture { .. }, Carries::Known) | (Shape::Bare, Carries::Known | Carries::Nothing) => {
            text[link.range.clone()].to_owned()
        }
        // A reference would make a picture of the address elsewhere; as plain text it is still there to be tapped.
        (Shape::Definition { label: range }, Carries::Nothing | Carries::Known) => {
            format!("[{}] {address}", &text[range.clone()])
        }
        (Shape::Picture { label: range }, Carries::Nothing)
        | (Shape::Inline { label: range }, Carries::Nothing | Carries::Known) => {
            format!("[{}]({}", label(range), &text[link.target.start..link.range.end])
        }
        (Shape::Bare, Carries::Message | Carries::Mark) => address::inert(address, carries),
        (
            Shape::Picture { label: range } | Shape::Inline { label: range } | Shape::Definition { label: range },
            Carries::Message | Carries::Mark,
        ) => format!("{} ({})", label(range), address::inert(address, carries)),
    };
    out.push_str(&written);
}
