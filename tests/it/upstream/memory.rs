//! What a question remembers: the estimate of tokens and the exchanges that fit.

use huixin::llm::chat::Role;
use huixin::llm::history::{Exchange, remember};
use huixin::llm::tokens::estimate;
use proptest::prelude::*;

fn exchange(question: &str, answer: &str) -> Exchange {
    Exchange { question: question.to_owned(), answer: answer.to_owned(), reasoning: None }
}

#[test]
fn the_newest_exchanges_are_remembered_oldest_first() {
    let past = [exchange("三", "3"), exchange("二", "2"), exchange("一", "1")];
    let turns = remember(past, 1000);
    let said: Vec<_> = turns.iter().map(|turn| (turn.role, turn.content.as_str())).collect();
    assert_eq!(
        said,
        [
            (Role::User, "一"),
            (Role::Assistant, "1"),
            (Role::User, "二"),
            (Role::Assistant, "2"),
            (Role::User, "三"),
            (Role::Assistant, "3")
        ]
    );
}

#[test]
fn nothing_older_than_what_does_not_fit_is_remembered() {
    let past = [exchange("新", "new"), exchange("长", &"很长".repeat(500)), exchange("旧", "old")];
    assert_eq!(remember(past, 100).len(), 2);
    assert!(remember([exchange("新", "new")], 0).is_empty());
}

#[test]
fn echoed_reasoning_counts() {
    let plain = exchange("问", "答");
    let thoughtful = Exchange { reasoning: Some("想".repeat(100)), ..plain.clone() };
    assert_eq!((remember([plain], 30).len(), remember([thoughtful], 30).len()), (2, 0));
}

proptest! {
    #[test]
    fn an_estimate_grows_with_the_text_and_stays_within_its_bytes(head in ".{0,40}", tail in ".{0,40}") {
        let (whole, part) = (estimate(&format!("{head}{tail}")), estimate(&head));
        prop_assert!(part <= whole && whole <= part + estimate(&tail));
        prop_assert!(whole <= head.len() + tail.len());
    }

    #[test]
    fn what_is_remembered_fits_and_is_whole(lengths in prop::collection::vec((0_usize..60, 0_usize..60), 0..12), budget in 0_usize..300) {
        let past: Vec<_> = lengths.iter().map(|&(question, answer)| exchange(&"问".repeat(question), &"答".repeat(answer))).collect();
        let turns = remember(past, budget);
        prop_assert!(turns.iter().map(|turn| estimate(&turn.content)).sum::<usize>() <= budget);
        prop_assert!(turns.chunks(2).all(|pair| pair.len() == 2 && pair[0].role == Role::User && pair[1].role == Role::Assistant));
    }
}
