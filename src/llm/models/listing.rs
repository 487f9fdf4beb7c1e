//! The models that may be chosen, in an order that stays, and the one that a follower's words mean.

use serde_json::Value;

use super::ability::{Abilities, Ability};
use super::configured::{Configured, Prices};
use super::name::{self, Named};

/// Names that are offered where none fits.
const NEAREST_MAX: usize = 3;

/// One model.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The name under which the upstream is asked.
    pub name: String,
    /// What the name says.
    pub named: Named,
    /// What is known from the name, the operator's marks and the upstream together.
    pub abilities: Abilities,
    pub prices: Prices,
}

/// All models of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    entries: Vec<Entry>,
}

/// The model that somebody's words mean.
#[derive(Debug, Clone, PartialEq)]
pub enum Found<'a> {
    One(&'a Entry),
    /// They fit more than one.
    Several(Vec<&'a Entry>),
    /// They fit none; these are spelled most like them.
    None {
        nearest: Vec<&'a Entry>,
    },
}

impl Listing {
    /// The operator's list, in the operator's order.
    pub fn of_configured(models: &[Configured]) -> Self {
        let entry = |model: &Configured| Entry { prices: model.prices, ..entry(&model.name, model.marks) };
        Self { entries: models.iter().map(entry).collect() }
    }

    /// What an upstream says it offers, by name; `None` if the document holds no list.
    pub fn of_document(document: &Value) -> Option<Self> {
        let list = document.as_array().or_else(|| ["data", "models"].iter().find_map(|name| document[*name].as_array()))?;
        let mut entries: Vec<Entry> = list.iter().filter_map(offered).collect();
        entries.sort_by_cached_key(|entry| (entry.name.to_lowercase(), entry.name.clone()));
        entries.dedup_by(|one, other| one.name == other.name);
        Some(Self { entries })
    }

    /// Models to talk to, those of which nothing is known included.
    pub fn chat(&self) -> Vec<&Entry> {
        let talks = |entry: &&Entry| entry.abilities.contains(Ability::Writes) || entry.abilities.is_empty();
        self.entries.iter().filter(talks).collect()
    }

    /// Models that draw.
    pub fn picture(&self) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| entry.abilities.contains(Ability::Draws)).collect()
    }

    /// The model of exactly this name.
    pub fn show(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// The model of `entries` that `words` mean: its number in the list, its name, or a part of its name that no other has.
pub fn find<'a>(entries: &[&'a Entry], words: &str) -> Found<'a> {
    let words = folded(words);
    if let Ok(number) = words.parse::<usize>()
        && let Some(entry) = number.checked_sub(1).and_then(|at| entries.get(at))
    {
        return Found::One(entry);
    }
    let own = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let all = |name: &str| !words.is_empty() && words.split_whitespace().all(|word| name.contains(word));
    // The closest way of fitting counts: a name in full is meant even where it is a part of others.
    let ways: [&dyn Fn(&str) -> bool; 4] = [
        &|name| name == words,
        &|name| own(name) == words,
        &|name| !words.is_empty() && (name.starts_with(&words) || own(name).starts_with(&words)),
        &all,
    ];
    for fits in ways {
        let fitting: Vec<&Entry> = entries.iter().filter(|entry| fits(&folded(&entry.name))).copied().collect();
        match fitting[..] {
            [] => {}
            [one] => return Found::One(one),
            _ => return Found::Several(fitting),
        }
    }
    Found::None { nearest: nearest(entries, &words) }
}

/// Lower case, without the full-width letters of a Chinese keyboard.
fn folded(text: &str) -> String {
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.trim().chars().map(narrow).collect::<String>().to_lowercase()
}

fn entry(name: &str, marks: Abilities) -> Entry {
    let named = name::parse(name);
    Entry { name: name.to_owned(), abilities: named.abilities.with(marks), named, prices: Prices::default() }
}

/// One item of an upstream's list, with what the upstream says of its abilities.
fn offered(item: &Value) -> Option<Entry> {
    let id = item["id"].as_str().or_else(|| item["name"].as_str()).or_else(|| item.as_str())?.trim();
    if id.is_empty() {
        return None;
    }
    // Google's list puts all of its models into a folder.
    let mut entry = entry(id.strip_prefix("models/").unwrap_or(id), Abilities::default());
    if let Some(abilities) = stated(item) {
        let thinks = entry.abilities.contains(Ability::Thinks).then_some(Ability::Thinks);
        entry.abilities = abilities.with(Abilities::of(thinks.as_slice()));
    }
    Some(entry)
}

/// Abilities as `OpenRouter` (`architecture`), Mistral (`capabilities`) and Together (`type`) state them.
fn stated(item: &Value) -> Option<Abilities> {
    let has = |pointer: &str, word: &str| {
        item.pointer(pointer).and_then(Value::as_array).is_some_and(|list| list.iter().any(|it| it == word))
    };
    let (input, output) = ("/architecture/input_modalities", "/architecture/output_modalities");
    if item.pointer(output).is_some_and(Value::is_array) {
        let known = [
            (has(output, "text"), Ability::Writes),
            (has(output, "text") && has(input, "image"), Ability::Sees),
            (has(output, "text") && has(input, "audio"), Ability::Hears),
            (has(output, "image"), Ability::Draws),
            (has(output, "audio") && !has(output, "text"), Ability::Speaks),
            (has(output, "embeddings"), Ability::Embeds),
            (has(output, "video"), Ability::Films),
        ];
        return Some(of_known(&known)).filter(|abilities| !abilities.is_empty());
    }
    if let Some(chats) = item.pointer("/capabilities/completion_chat").and_then(Value::as_bool) {
        let sees = item["capabilities"]["vision"] == true;
        let known = [(chats, Ability::Writes), (chats && sees, Ability::Sees)];
        return Some(of_known(&known)).filter(|abilities| !abilities.is_empty());
    }
    let ability = match item["type"].as_str()? {
        "image" => Ability::Draws,
        "embedding" => Ability::Embeds,
        "rerank" => Ability::Reranks,
        "moderation" => Ability::Moderates,
        "transcribe" => Ability::Hears,
        "video" => Ability::Films,
        "language" => Ability::Completes,
        // `chat` says less than the name, and `model` or `text` nothing.
        _ => return None,
    };
    Some(Abilities::of(&[ability]))
}

fn of_known(known: &[(bool, Ability)]) -> Abilities {
    let known: Vec<Ability> = known.iter().filter(|(is_so, _)| *is_so).map(|(_, ability)| *ability).collect();
    Abilities::of(&known)
}

/// The names that need the fewest changes to become `words`; none that shares less than half with it.
fn nearest<'a>(entries: &[&'a Entry], words: &str) -> Vec<&'a Entry> {
    let distance = |entry: &Entry| {
        let name = folded(&entry.name);
        let own = name.rsplit('/').next().unwrap_or_default();
        edits(words, own).min(edits(words, &name))
    };
    let mut near: Vec<(usize, &Entry)> = entries.iter().map(|entry| (distance(entry), *entry)).collect();
    near.retain(|(distance, _)| *distance * 2 <= words.chars().count());
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(NEAREST_MAX).map(|(_, entry)| entry).collect()
}

/// Letters to insert, delete or change (Levenshtein).
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (at, opposite) in other.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *opposite);
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
