//! A gate in a stream: of an answer that is still being written, it lets through what was judged.
//!
//! Holds back what may yet become a word of a list, a mark or a link. With a service it lets through whole sentences, or pieces of
//! some length; without one, all that is settled. Where nothing is to be looked for, pieces go through untouched.

use std::mem;
use std::ops::Range;
use std::sync::Arc;

use super::chain::{of_hits, report};
use super::links::{self, Policy};
use super::words::list::{Action, Hit, List, Tail};
use super::{By, Chain, Decision, Point, Subject, Verdict};

/// Characters the service is asked about at once, if no sentence ends before: a reader waits for them.
const PIECE_MAX_CHARS: usize = 200;
/// Sentences shorter than this wait for the next one: each question to the service costs money and time.
const PIECE_MIN_CHARS: usize = 40;
/// Characters of what passed that the service sees again with the next piece.
const BEFORE_CHARS: usize = 100;

/// The gate of one stream.
#[derive(Debug)]
pub struct Gate {
    chain: Arc<Chain>,
    point: Point,
    session: String,
    policy: Option<Policy>,
    /// The end of what passed.
    before: String,
    pending: String,
    stopped: Option<Verdict>,
    /// What it was stopped at.
    withheld: String,
}

/// What comes out of the gate.
#[derive(Debug, Clone, PartialEq)]
pub enum Passed {
    /// Text that may be shown; it may be empty.
    Text(String),
    /// Nothing more comes. What passed before may stay or not: that is for the caller to say.
    Stopped(Verdict),
}

/// A stretch of the pending text that a list found, as seen from its beginning.
#[derive(Debug, Clone)]
struct Found {
    range: Range<usize>,
    action: Action,
    place: String,
    by: By,
}

impl Gate {
    /// A gate for one stream. `session` is the same for nothing else; an id of the question will do.
    pub fn new(chain: Arc<Chain>, point: Point, session: impl Into<String>) -> Self {
        let (before, pending, withheld) = (String::new(), String::new(), String::new());
        Self { chain, point, session: session.into(), policy: None, before, pending, stopped: None, withheld }
    }

    /// The same gate, which also stops at the canary and disarms links.
    #[must_use]
    pub fn guarding(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Takes the next piece of the stream, and gives what may be shown of all that came.
    pub async fn push(&mut self, piece: String) -> Passed {
        if self.chain.is_empty() && self.policy.is_none() {
            return Passed::Text(piece);
        }
        self.pending += &piece;
        self.release(Tail::Open).await
    }

    /// Gives the rest of a stream that has ended.
    pub async fn end(&mut self) -> Passed {
        self.release(Tail::Closed).await
    }

    /// The stream begins anew, and everything before is void.
    pub fn restart(&mut self) {
        self.before.clear();
        self.pending.clear();
        self.withheld.clear();
        self.stopped = None;
    }

    /// The text at which the gate closed; empty while it is open.
    pub fn withheld(&self) -> &str {
        &self.withheld
    }

    async fn release(&mut self, tail: Tail) -> Passed {
        let mut released = String::new();
        loop {
            if let Some(verdict) = &self.stopped {
                return Passed::Stopped(verdict.clone());
            }
            let Some(piece) = self.next_piece(tail) else { return Passed::Text(released) };
            if let Some(text) = self.judge(piece).await {
                released.push_str(&text);
            }
        }
    }

    /// The next piece to be judged, with what the lists found in it; it is still pending.
    fn next_piece(&mut self, tail: Tail) -> Option<(usize, Vec<Found>)> {
        if self.pending.is_empty() {
            return None;
        }
        let lists = self.lists();
        let found = self.found(&lists, tail);
        if let Some(worst) = found.iter().filter(|found| found.action != Action::Replace).max_by_key(|found| found.action) {
            let decision = if worst.action == Action::Hold { Decision::Hold } else { Decision::Drop };
            self.stop(Verdict { decision, label: worst.place.clone(), score: None, by: worst.by });
            // The round goes on, and ends at the verdict.
            return Some((0, Vec::new()));
        }
        let limit = self.settled(&lists, tail);
        let wanted = if self.chain.asks_a_service() { cut(&self.pending[..limit], tail)? } else { limit };
        let mut wholes: Vec<_> = found.iter().map(|found| found.range.clone()).collect();
        if self.policy.is_some() {
            wholes.extend(links::ranges(&self.pending));
        }
        let end = around(wanted, limit, &wholes);
        (end > 0).then(|| (end, found.into_iter().filter(|found| found.range.end <= end).collect()))
    }

    async fn judge(&mut self, (end, found): (usize, Vec<Found>)) -> Option<String> {
        if self.stopped.is_some() {
            return None;
        }
        let piece = self.pending[..end].to_owned();
        let hits: Vec<_> = found.iter().map(Found::as_hit).collect();
        let local = of_hits(&piece, &hits);
        let subject = Subject { point: self.point, text: &piece, before: &self.before, session: &self.session };
        let verdict = self.chain.after_words(local, subject).await;
        // Not before: a caller that stops waiting loses nothing.
        self.pending.drain(..end);
        if verdict.stops() {
            self.stop_at(verdict, &piece);
            return None;
        }
        report(self.point, &piece, &verdict);
        let text = match verdict.decision {
            Decision::Replace(starred) => starred,
            Decision::Pass | Decision::Instead(_) | Decision::Hold | Decision::Drop => piece,
        };
        let text = match &self.policy {
            Some(policy) => links::disarm(&text, policy).into_owned(),
            None => text,
        };
        if self.shows_canary(&text) {
            self.stop_at(Verdict { decision: Decision::Drop, label: "canary".to_owned(), score: None, by: By::Canary }, &text);
            return None;
        }
        self.before += &text;
        let surplus = self.before.chars().count().saturating_sub(BEFORE_CHARS);
        self.before = self.before.chars().skip(surplus).collect();
        Some(text)
    }

    /// What was starred out or disarmed between two halves of the mark may have joined them.
    fn shows_canary(&self, text: &str) -> bool {
        let canary = self.policy.as_ref().and_then(|policy| policy.canary.as_ref());
        canary.is_some_and(|canary| canary.is_in(&format!("{}{text}", self.before)))
    }

    fn stop(&mut self, verdict: Verdict) {
        let text = mem::take(&mut self.pending);
        self.stop_at(verdict, &text);
    }

    fn stop_at(&mut self, verdict: Verdict, text: &str) {
        report(self.point, text, &verdict);
        self.pending.clear();
        text.clone_into(&mut self.withheld);
        self.stopped = Some(verdict);
    }

    fn lists(&self) -> Vec<(Arc<List>, By)> {
        let canary = self.policy.as_ref().and_then(|policy| policy.canary.as_ref()?.list.clone());
        let own = self.chain.list().map(|list| (list, By::Words));
        own.into_iter().chain(canary.map(|list| (list, By::Canary))).collect()
    }

    /// What the lists find in the pending text, which is looked at behind the last character that passed: it may join a word.
    fn found(&self, lists: &[(Arc<List>, By)], tail: Tail) -> Vec<Found> {
        let last = self.before.chars().next_back().map_or(String::new(), String::from);
        let (view, shift) = (format!("{last}{}", self.pending), last.len());
        let hits = lists.iter().flat_map(|(list, by)| list.hits(&view, tail).into_iter().map(move |hit| (hit, *by)));
        let found = hits.map(|(hit, by)| Found {
            range: hit.range.start.saturating_sub(shift)..hit.range.end.saturating_sub(shift),
            action: hit.action,
            place: hit.place.to_owned(),
            by,
        });
        found.filter(|found| found.range.end > 0).collect()
    }

    /// How much of the pending text can no longer turn out to be part of something.
    fn settled(&self, lists: &[(Arc<List>, By)], tail: Tail) -> usize {
        let text = &self.pending;
        if tail == Tail::Closed {
            return text.len();
        }
        let words = lists.iter().map(|(list, _)| list.open_from(text)).min().unwrap_or(text.len());
        if self.policy.is_some() { words.min(links::open_from(text)) } else { words }
    }
}

impl Found {
    fn as_hit(&self) -> Hit<'_> {
        Hit { range: self.range.clone(), action: self.action, place: &self.place }
    }
}

/// Where a piece for the service ends: behind the last sentence, or where it gets long. `None`: not yet.
fn cut(text: &str, tail: Tail) -> Option<usize> {
    let end = text.char_indices().nth(PIECE_MAX_CHARS).map(|(place, _)| place);
    if end.is_none() && tail == Tail::Closed {
        return Some(text.len()).filter(|length| *length > 0);
    }
    let piece = &text[..end.unwrap_or(text.len())];
    let first = text.char_indices().nth(PIECE_MIN_CHARS - 1).map_or(text.len(), |(place, _)| place);
    let mut ends = piece.char_indices().rev().filter(|(place, letter)| {
        let behind = &text[place + letter.len_utf8()..];
        match letter {
            '。' | '！' | '？' | '…' | '；' | '\n' => true,
            '.' | '!' | '?' => behind.starts_with(char::is_whitespace),
            _ => false,
        }
    });
    ends.next().filter(|(place, _)| *place >= first).map(|(place, letter)| place + letter.len_utf8()).or(end)
}

/// A cut near `wanted` that goes through none of `wholes`: behind it if that is settled, else before it.
fn around(wanted: usize, limit: usize, wholes: &[Range<usize>]) -> usize {
    let crossed = |cut: usize| wholes.iter().filter(move |whole| whole.start < cut && cut < whole.end);
    let mut cut = wanted;
    while let Some(end) = crossed(cut).map(|whole| whole.end).max().filter(|end| *end <= limit) {
        cut = end;
    }
    while let Some(start) = crossed(cut).map(|whole| whole.start).min() {
        cut = start;
    }
    cut
}
