//! Which of a conversation's past fits into the question's budget of tokens.
//!
//! Pure: the past comes from the caller, newest first, already cut at the last reset or idle gap.

use super::chat::{Role, Turn};
use super::tokens::{self, PER_MESSAGE};

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    pub question: String,
    pub answer: String,
    /// Counted like the answer; to be left out where it is not echoed.
    pub reasoning: Option<String>,
}

/// The newest exchanges whose tokens fit into `budget`, oldest first, as turns.
///
/// An exchange is kept whole or not at all, and nothing older than the first that does not fit is kept: a memory with a
/// hole would answer a question that was never asked.
pub fn remember(newest_first: impl IntoIterator<Item = Exchange>, budget: usize) -> Vec<Turn> {
    let mut left = budget;
    let mut turns = Vec::new();
    for exchange in newest_first {
        let Some(rest) = left.checked_sub(cost(&exchange)) else { break };
        left = rest;
        // Pushed backwards, for the whole is turned round below.
        turns.push(Turn { reasoning: exchange.reasoning, ..Turn::new(Role::Assistant, exchange.answer) });
        turns.push(Turn::new(Role::User, exchange.question));
    }
    turns.reverse();
    turns
}

fn cost(exchange: &Exchange) -> usize {
    let reasoning = exchange.reasoning.as_deref().map_or(0, tokens::estimate);
    tokens::estimate(&exchange.question) + tokens::estimate(&exchange.answer) + reasoning + 2 * PER_MESSAGE
}
