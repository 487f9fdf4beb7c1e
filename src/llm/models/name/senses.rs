//! What a model can do: what its family does, what came with its version, and what its name adds.
//!
//! The lists are from the makers' own lists of models. A pattern that ends in `*` holds for every name that begins so; any other only up to
//! the end of a word. What is not listed is not known.

use super::families::{Family, ends};
use super::words::Sense;
use crate::llm::models::ability::{Abilities, Ability};

const SEES: &[&str] = &[
    "gpt-4o*",
    "gpt-4.1*",
    "gpt-4.5*",
    "gpt-4-turbo",
    "gpt-5*",
    "chatgpt-4o*",
    "o1",
    "o3",
    "o4-mini",
    "claude-3*",
    "claude-4*",
    "claude-opus*",
    "claude-sonnet*",
    "claude-haiku*",
    "gemini-1.5*",
    "gemini-2*",
    "gemini-3*",
    "gemini-flash*",
    "gemma-3*",
    "llama-4*",
    "grok-4*",
    "mistral-small-3.1*",
    "mistral-small-3.2*",
    "mistral-small-2503",
    "mistral-small-2506",
    "mistral-medium-3*",
    "mistral-medium-2505",
    "mistral-medium-2508",
    "mistral-large-3",
    "mistral-large-2512",
    "qwen-3.5*",
    "kimi-k2.5*",
    "kimi-latest",
    "doubao-seed-1-6*",
    "doubao-seed-1.6*",
    "doubao-seed-1-8*",
    "doubao-seed-1.8*",
    "doubao-seed-2*",
    "step-3",
    "nova-lite",
    "nova-pro",
    "nova-premier",
];

/// Exceptions from the list above.
const SEES_NOT: &[&str] =
    &["gpt-4-turbo-preview", "gpt-5.3-codex-spark", "o1-mini", "o1-preview", "o3-mini", "gemma-3-1b", "gemma-3-270m"];

const THINKS: &[&str] = &["deepseek-r1*", "glm-z1*", "hunyuan-t1*", "ernie-x1*", "grok-3-mini", "minimax-m1*"];

/// Talk in all but their family's row.
const WRITES: &[&str] = &["nova-lite", "nova-pro", "nova-premier", "nova-micro"];

const COMPLETES: &[&str] = &["gpt-3.5-turbo-instruct*"];

/// What the model is known to do. `stem` is its family's key, a hyphen, and the rest of the name; empty without a family.
pub(super) fn abilities(family: Option<&Family>, stem: &str, said: &[Sense]) -> Abilities {
    let said = affirmed(said);
    if let Some(only) = only(family, &said) {
        return Abilities::of(only);
    }
    if is_in(stem, COMPLETES) {
        return Abilities::of(&[Ability::Completes]);
    }
    let has = |sense| said.contains(&sense);
    let mut abilities = Abilities::of(family.map_or(&[], |family| family.does));
    let add = |abilities: &mut Abilities, ability| *abilities = abilities.with(Abilities::of(&[ability]));
    let says_that_it_sees = has(Sense::Sees) || (has(Sense::Omni) && family.is_some());
    if is_in(stem, WRITES) || (family.is_none() && has(Sense::Sees)) {
        add(&mut abilities, Ability::Writes);
    }
    if says_that_it_sees || (is_in(stem, SEES) && !is_in(stem, SEES_NOT)) {
        add(&mut abilities, Ability::Sees);
    }
    if family.is_some() && (has(Sense::Omni) || has(Sense::Audio)) {
        add(&mut abilities, Ability::Hears);
    }
    if has(Sense::Thinks) || is_in(stem, THINKS) {
        add(&mut abilities, Ability::Thinks);
    }
    abilities
}

/// What is said and not denied: `non-reasoning`.
fn affirmed(said: &[Sense]) -> Vec<Sense> {
    let denied = |at: usize| at > 0 && said[at - 1] == Sense::Not;
    said.iter().enumerate().filter(|(at, sense)| **sense != Sense::Not && !denied(*at)).map(|(_, sense)| *sense).collect()
}

/// The abilities of a model whose name says that it is made for one thing, whatever its family does otherwise.
fn only(family: Option<&Family>, said: &[Sense]) -> Option<&'static [Ability]> {
    let has = |sense| said.contains(&sense);
    let is_of = |title| family.is_some_and(|family| family.title == title);
    let draws = family.is_some_and(|family| family.does.contains(&Ability::Draws));
    let alone = [
        (has(Sense::Embeds), &[Ability::Embeds][..]),
        (has(Sense::Reranks), &[Ability::Reranks]),
        (has(Sense::Speaks), &[Ability::Speaks]),
        (has(Sense::Hears), &[Ability::Hears]),
        (has(Sense::Moderates), &[Ability::Moderates]),
        (has(Sense::Live) || (has(Sense::Audio) && (is_of("GPT") || is_of("Gemini"))), &[Ability::Hears, Ability::Speaks]),
        (has(Sense::Films), &[Ability::Films]),
        (has(Sense::Edits) && (draws || has(Sense::Draws)), &[Ability::Edits]),
        (has(Sense::Draws) && is_of("Gemini"), &[Ability::Writes, Ability::Sees, Ability::Draws]),
        // Of an unknown family, "image" may be what it reads.
        (has(Sense::Draws) && family.is_some() && !draws, &[Ability::Draws]),
    ];
    alone.into_iter().find(|(is_so, _)| *is_so).map(|(_, abilities)| abilities)
}

fn is_in(stem: &str, patterns: &[&str]) -> bool {
    patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(beginning) => stem.starts_with(beginning),
        None => stem.strip_prefix(pattern).is_some_and(|behind| ends(pattern, behind)),
    })
}
