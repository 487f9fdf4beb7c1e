//! What a model's name says of the model: the grammar that makers, hubs and gateways share more or less.
//!
//! Says nothing that it does not know: every part may be absent, and an unknown word means nothing. Knows no upstream.

mod date;
mod families;
mod senses;
mod words;

pub use self::date::Date;
use self::families::Found;
pub use self::words::Training;
use self::words::{Sense, Word};
use super::ability::{Abilities, Ability};

/// Parts of a path before a name that are no vendor.
const SHELVES: [&str; 3] = ["accounts", "models", "publishers"];

/// What is known of a model from its name alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// What stands before the name in its path, as it is written: `deepseek-ai`.
    pub vendor: Option<String>,
    /// `Qwen`, `Claude`.
    pub family: Option<&'static str>,
    pub maker: Option<&'static str>,
    /// `3.5`, `4o`, `K2`.
    pub version: Option<String>,
    /// `mini`, `pro`, in the order of the name.
    pub editions: Vec<&'static str>,
    /// Parameters in millions: 7000 for `7b`.
    pub size_millions: Option<u64>,
    /// Parameters at work for each token, in millions: 3000 for `a3b`.
    pub active_millions: Option<u64>,
    pub experts: Option<u32>,
    pub training: Option<Training>,
    /// The family that it was made from, where that is another one.
    pub base: Option<&'static str>,
    /// `FP8`, `Q4_K_M`.
    pub quantisation: Option<String>,
    pub date: Option<Date>,
    /// Tokens of context in thousands.
    pub context_thousands: Option<u32>,
    /// What it is known to do; empty where nothing is known.
    pub abilities: Abilities,
}

/// Reads a model's name.
pub fn parse(name: &str) -> Named {
    let (vendor, own) = split_vendor(name);
    let mut named = Named { vendor, ..Named::default() };
    let mut text = own.to_lowercase();
    // A model that OpenAI trained for an account: `ft:gpt-4o-mini-2024-07-18:account::id`.
    if let Some(tuned) = text.strip_prefix("ft:") {
        named.training = Some(Training::FineTuned);
        text = tuned.split(':').next().unwrap_or_default().to_owned();
    }
    let text = normalised(&text);
    let adapted = families::adapted(&text);
    let (before, own, family) = match adapted.or_else(|| families::leading(&text)) {
        Some(Found { family, start, end }) => (&text[..start], &text[end..], Some(family)),
        None => ("", text.as_str(), None),
    };
    if let Some(family) = family {
        named.family = Some(family.title);
        named.maker = Some(family.maker).filter(|maker| !maker.is_empty());
        named.version = Some(family.version.to_owned()).filter(|version| !version.is_empty());
    }
    // Another family's name may stand before this one's, or behind it.
    let base = families::base(before).or_else(|| families::base(own));
    named.base = base.map(|base| base.family.title).filter(|title| named.family != Some(title));
    let (own, of_base) = match families::base(own).filter(|base| Some(base.family.title) == named.base) {
        Some(base) => (&own[..base.start], &own[base.end..]),
        None => (own, ""),
    };
    let mut senses = named.read_words(before, Versions::Ignored);
    senses.extend(named.read_words(own, Versions::Read));
    senses.extend(named.read_words(of_base, Versions::Ignored));
    let stem = family.map(|family| format!("{}-{}", family.key, own.trim_start_matches(['-', '.'])));
    named.abilities = senses::abilities(family, stem.as_deref().unwrap_or_default(), &senses);
    // Of models that do not talk, `base` is a size.
    let is_size = named.training == Some(Training::Base) && family.is_some() && !named.abilities.contains(Ability::Writes);
    named.training = named.training.filter(|_| !is_size);
    named
}

/// Whether a number is the model's version or that of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Versions {
    Read,
    Ignored,
}

/// The vendor's path, if there is one, and the name itself.
fn split_vendor(name: &str) -> (Option<String>, &str) {
    let name = name.trim();
    let (path, own) = name.rsplit_once('/').unwrap_or(("", name));
    let mut vendor: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && !SHELVES.contains(part)).collect();
    let mut own = own;
    // Amazon writes `us.anthropic.claude-…`: words of letters before a point.
    while let Some((word, rest)) = own.split_once('.')
        && word.len() > 1
        && word.bytes().all(|byte| byte.is_ascii_lowercase())
        && rest.starts_with(|c: char| c.is_ascii_lowercase())
    {
        vendor.push(word);
        own = rest;
    }
    (Some(vendor.join("/")).filter(|vendor| !vendor.is_empty()), own)
}

/// The name with hyphens alone between its words: `internlm2_5:7b` is `internlm2.5-7b`, `k2p6` is `k2.6`.
fn normalised(name: &str) -> String {
    let name = name.replace("_k_", "k");
    let mut text = String::with_capacity(name.len());
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let is_between_digits =
            at > 0 && letters[at - 1].is_ascii_digit() && letters.get(at + 1).is_some_and(char::is_ascii_digit);
        text.push(match letter {
            '_' | 'p' if is_between_digits => '.',
            '_' | ' ' | ':' | '@' | '(' | ')' | '[' | ']' | '/' | ',' => '-',
            other => other,
        });
    }
    text
}

impl Named {
    fn read_words(&mut self, text: &str, versions: Versions) -> Vec<Sense> {
        let words: Vec<&str> = text.split('-').map(|word| word.trim_matches('.')).filter(|word| !word.is_empty()).collect();
        let mut senses = Vec::new();
        let mut at = 0;
        while at < words.len() {
            if let Some((date, length)) = date::read(&words[at..]) {
                self.date = self.date.or(Some(date));
                at += length;
                continue;
            }
            let read = words::parts(words[at]);
            at += 1;
            for word in read {
                if let Word::Version { text, .. } = &word
                    && versions == Versions::Read
                    && self.family.is_some()
                    && self.version.is_none()
                {
                    let minor = words.get(at).filter(|next| words::is_minor(text, next));
                    at += usize::from(minor.is_some());
                    let version = minor.map_or_else(|| text.clone(), |minor| format!("{text}.{minor}"));
                    // Azure allows no point in a name.
                    self.version = Some(if version == "35" { "3.5".to_owned() } else { version });
                }
                self.hear(word, &mut senses);
            }
        }
        // With a count of experts behind it (`17b-16e`), a size is that of the active part.
        if words.iter().any(|word| word.strip_suffix('e').is_some_and(|count| count.parse::<u32>().is_ok())) {
            self.active_millions = self.active_millions.or(self.size_millions.take());
        }
        senses
    }

    fn hear(&mut self, word: Word, senses: &mut Vec<Sense>) {
        match word {
            Word::Size(millions) => self.size_millions = self.size_millions.or(Some(millions)),
            Word::Active(millions) => self.active_millions = self.active_millions.or(Some(millions)),
            Word::Experts(count) => self.experts = self.experts.or(Some(count)),
            // `M1-80k` is how long it thinks, not how much it reads.
            Word::Context(_) if self.family == Some("MiniMax") => {}
            Word::Context(thousands) => self.context_thousands = self.context_thousands.or(Some(thousands)),
            // A method and its bits: `GPTQ-Int4`.
            Word::Quantisation(name) => {
                self.quantisation = Some(self.quantisation.take().map_or(name.clone(), |method| format!("{method} {name}")));
            }
            Word::Training(training) => self.training = self.training.or(Some(training)),
            Word::Sense(sense) => senses.push(sense),
            Word::Version { sees, .. } => senses.extend(sees.then_some(Sense::Sees)),
            Word::Edition(edition) => self.editions.push(edition),
            Word::Unknown => {}
        }
    }
}
