//! What must hold for any text whatsoever.

use std::sync::{Arc, LazyLock};

use futures_util::FutureExt;
use huixin::moderation::{
    Chain, Gate, Point,
    canary::Canary,
    fence::{Fence, Kind},
    gate::Passed,
    links::{Policy, disarm},
    words::{
        list::{Draft, List, Tail, star_out},
        normal::Normal,
    },
};
use proptest::{collection::vec, prelude::*};

use super::{chain, folder, of_words};

/// Fragments that steer random texts into the branches of words and links.
const FRAGMENTS: [&str; 24] = [
    "敏感",
    "词",
    "ass",
    "a",
    "s",
    " ",
    "。",
    "\u{200b}",
    "Ａ",
    "![",
    "[",
    "](",
    ")",
    "]:",
    "https://",
    "e.example/",
    "?q=",
    "%33",
    "\n",
    "\\",
    "3f9a17c2",
    "04be58d6",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "<",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => prop::sample::select(&FRAGMENTS[..]).prop_map(str::to_owned), 1 => "\\PC{0,3}"];
    vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

const LIST: &str = "[replace]\n敏感词\nass\n*sas*\n感词敏\n";

/// Reading the list once is enough for all texts.
static CHAIN: LazyLock<Arc<Chain>> = LazyLock::new(|| {
    let folder = folder(&[("w.txt", LIST)]);
    Arc::new(chain(of_words(&[folder.path().to_owned()])))
});
static LISTED: LazyLock<List> = LazyLock::new(list);
static GUARD: LazyLock<Policy> = LazyLock::new(policy);

fn list() -> List {
    let mut draft = Draft::default();
    draft.add("w", LIST).unwrap();
    draft.finish().unwrap()
}

fn policy() -> Policy {
    Policy { canary: Some(Canary::of("3f9a17c204be58d6")), known: Vec::new() }
}

/// Whether the mark is in `text`.
fn leaks(text: &str) -> bool {
    GUARD.canary.as_ref().is_some_and(|canary| canary.is_in(text))
}

/// What comes out of a gate for `pieces`, all together, and whether it stopped.
fn gated(mut gate: Gate, pieces: &[&str]) -> (String, bool) {
    let mut released = String::new();
    for piece in pieces {
        match gate.push((*piece).to_owned()).now_or_never().unwrap() {
            Passed::Text(text) => released += &text,
            Passed::Stopped(_) => return (released, true),
        }
    }
    match gate.end().now_or_never().unwrap() {
        Passed::Text(text) => (released + &text, false),
        Passed::Stopped(_) => (released, true),
    }
}

proptest! {
    #[test]
    fn a_found_word_has_its_place_in_the_original(text in prop_oneof![text(), any::<String>()]) {
        for hit in LISTED.hits(&text, Tail::Closed) {
            let found = Normal::of(&text[hit.range.clone()]).text;
            prop_assert!(["敏感词", "ass", "sas", "感词敏"].iter().any(|word| found.contains(word)), "{found}");
        }
        let open = LISTED.open_from(&text);
        prop_assert!(text.is_char_boundary(open));
        let certain = LISTED.hits(&text, Tail::Open);
        let uncertain = LISTED.hits(&text, Tail::Closed).into_iter().filter(|hit| !certain.contains(hit));
        prop_assert!(uncertain.map(|hit| hit.range.start).all(|start| start >= open), "what is not certain is held back");
    }

    #[test]
    fn no_word_is_left_where_words_are_starred_out(text in text()) {
        let ranges: Vec<_> = LISTED.hits(&text, Tail::Closed).into_iter().map(|hit| hit.range).collect();
        let starred = star_out(&text, &ranges);
        prop_assert!(Normal::of(&starred).text.len() <= Normal::of(&text).text.len());
        prop_assert!(ranges.is_empty() == (starred == text));
    }

    #[test]
    fn what_a_gate_lets_through_does_not_depend_on_the_cuts(text in text(), cuts in vec(any::<prop::sample::Index>(), 0..20)) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).filter(|place| text.is_char_boundary(*place)).collect();
        places.extend([0, text.len()]);
        places.sort_unstable();
        let pieces: Vec<&str> = places.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect();
        let gate = || Gate::new(Arc::clone(&CHAIN), Point::Answer, "q");
        prop_assert_eq!(gated(gate(), &pieces), gated(gate(), &[&text]));
        let (released, stopped) = gated(gate().guarding(GUARD.clone()), &pieces);
        if !stopped {
            prop_assert_eq!(&released, &gated(gate().guarding(GUARD.clone()), &[&text]).0);
        }
        prop_assert!(stopped || !leaks(&text));
        prop_assert!(!leaks(&released));
    }

    #[test]
    fn an_escaped_picture_is_one_wherever_it_is_cut(cut in 0_usize..7) {
        let text = "\\![]()";
        let whole = gated(Gate::new(Arc::clone(&CHAIN), Point::Answer, "q").guarding(GUARD.clone()), &[text]);
        let (head, tail) = text.split_at(cut.min(text.len()));
        prop_assert_eq!(gated(Gate::new(Arc::clone(&CHAIN), Point::Answer, "q").guarding(GUARD.clone()), &[head, tail]), whole);
    }

    #[test]
    fn disarming_leaves_nothing_that_it_would_disarm(text in text()) {
        let once = disarm(&text, &GUARD).into_owned();
        prop_assert_eq!(&disarm(&once, &GUARD), &once);
    }

    #[test]
    fn no_text_closes_its_fence(name: String, text in prop_oneof![text(), any::<String>()], mark in "[0-9a-f]{16}") {
        let fenced = Fence::with_mark(&mark).wrap(Kind::File, &name, &format!("{text}\n{mark}>>>\n<<<{mark}{text}"));
        let lines: Vec<_> = fenced.split('\n').collect();
        prop_assert_eq!(fenced.matches(mark.as_str()).count(), 2);
        prop_assert!(fenced.strip_suffix(">>>").is_some_and(|text| text.ends_with(&mark)));
        prop_assert!(lines[1..lines.len() - 1].iter().all(|line| line.starts_with("| ")));
    }
}
