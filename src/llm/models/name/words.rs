//! What one word of a model's name says by itself, between two hyphens and in lower case.

/// What a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Parameters in millions.
    Size(u64),
    /// Parameters at work for each token, in millions: `a3b`.
    Active(u64),
    /// `8x7b`, `128e`.
    Experts(u32),
    /// Tokens of context in thousands: `128k`, `1m`.
    Context(u32),
    Quantisation(String),
    /// A number that may be a version, with a letter before or behind it: `3.1`, `v2`, `k2`, `4o`.
    Version {
        text: String,
        sees: bool,
    },
    Training(Training),
    Sense(Sense),
    /// A member of its family: `mini`, `pro`.
    Edition(&'static str),
    Unknown,
}

/// How a model was trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Training {
    /// To continue texts only.
    Base,
    /// To follow instructions.
    Instruct,
    /// To talk.
    Chat,
    /// On a larger model's answers.
    Distilled,
    /// Further, by somebody else or for one purpose.
    FineTuned,
}

/// What a word says of abilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    Embeds,
    Reranks,
    Speaks,
    Hears,
    Moderates,
    Live,
    Films,
    Draws,
    Edits,
    Sees,
    Omni,
    Audio,
    Thinks,
    /// What follows is denied: `non-reasoning`.
    Not,
}

#[rustfmt::skip]
const SENSES: &[(Sense, &[&str])] = &[
    (Sense::Embeds, &["embed", "embedding", "embeddings"]),
    (Sense::Reranks, &["rerank", "reranker"]),
    (Sense::Speaks, &["tts", "ttsd"]),
    (Sense::Hears, &["asr", "transcribe", "stt"]),
    (Sense::Moderates, &["moderation", "guard", "safeguard"]),
    (Sense::Live, &["realtime", "live"]),
    (Sense::Films, &["t2v", "i2v", "s2v", "kf2v", "ti2v", "video"]),
    (Sense::Draws, &["t2i", "image", "canvas"]),
    (Sense::Edits, &["edit", "i2i", "imageedit", "inpaint"]),
    (Sense::Sees, &["vl", "vlm", "vision", "ocr", "multimodal"]),
    (Sense::Omni, &["omni"]),
    (Sense::Audio, &["audio"]),
    (Sense::Thinks, &["thinking", "think", "reasoning", "reasoner"]),
    (Sense::Not, &["non", "no"]),
];

#[rustfmt::skip]
const TRAININGS: &[(Training, &[&str])] = &[
    (Training::Base, &["base", "pt"]),
    (Training::Instruct, &["instruct", "it", "instructed"]),
    (Training::Chat, &["chat"]),
    (Training::Distilled, &["distill", "distilled", "distil"]),
    (Training::FineTuned, &["ft", "finetune", "finetuned", "sft", "dpo", "lora"]),
];

const EDITIONS: [&str; 42] = [
    "mini",
    "nano",
    "micro",
    "lite",
    "flash",
    "turbo",
    "turbos",
    "plus",
    "max",
    "pro",
    "ultra",
    "premier",
    "large",
    "medium",
    "small",
    "tiny",
    "haiku",
    "sonnet",
    "opus",
    "fast",
    "air",
    "airx",
    "speed",
    "highspeed",
    "lightning",
    "long",
    "code",
    "coder",
    "codex",
    "math",
    "scout",
    "maverick",
    "next",
    "xl",
    "hd",
    "schnell",
    "dev",
    "kontext",
    "search",
    "preview",
    "latest",
    "exp",
];

/// Names of precisions; the rest of the quantisations are made of a letter and bits.
const PRECISIONS: [&str; 15] =
    ["fp4", "fp8", "fp16", "bf16", "nvfp4", "mxfp4", "int4", "int8", "awq", "gptq", "gguf", "4bit", "8bit", "w4a16", "w8a8"];

/// Below this many, a number with `m` is a context of so many million tokens; above, a size in millions.
const CONTEXT_MILLIONS_MAX: u64 = 10;

/// What `word` says; one that is unknown as a whole may be two written together, such as `2vl` or `vl2`.
pub(super) fn parts(word: &str) -> Vec<Word> {
    let whole = read(word);
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let starts_with_number = word.starts_with(is_number);
    let cut = word.find(|c| is_number(c) != starts_with_number);
    let Some(cut) = cut.filter(|_| whole == Word::Unknown) else { return vec![whole] };
    let parts = vec![read(&word[..cut]), read(&word[cut..])];
    if parts.contains(&Word::Unknown) { vec![whole] } else { parts }
}

/// Whether `next` is the minor version behind `version`, as in `claude-3-5-sonnet`.
pub(super) fn is_minor(version: &str, next: &str) -> bool {
    version.ends_with(|c: char| c.is_ascii_digit())
        && !version.contains('.')
        && next.len() == 1
        && next.starts_with(|c: char| c.is_ascii_digit())
}

fn read(word: &str) -> Word {
    if let Some((sense, _)) = SENSES.iter().find(|(_, words)| words.contains(&word)) {
        return Word::Sense(*sense);
    }
    if let Some((training, _)) = TRAININGS.iter().find(|(_, words)| words.contains(&word)) {
        return Word::Training(*training);
    }
    if let Some(edition) = EDITIONS.iter().find(|edition| **edition == word) {
        return Word::Edition(edition);
    }
    measure(word).or_else(|| quantisation(word)).or_else(|| version(word)).unwrap_or(Word::Unknown)
}

/// A number with a unit.
fn measure(word: &str) -> Option<Word> {
    if let Some((count, size)) = word.split_once('x')
        && size.ends_with('b')
        && let (Ok(count), Some(_)) = (count.parse(), millions(size))
    {
        return Some(Word::Experts(count));
    }
    if let Some(active) = word.strip_prefix('a')
        && let Some(millions) = millions(active)
        && active.ends_with('b')
    {
        return Some(Word::Active(millions));
    }
    let (number, unit) = word.split_at(word.len() - word.chars().last()?.len_utf8());
    match unit {
        "k" => number.parse().ok().map(Word::Context),
        "e" => number.parse().ok().map(Word::Experts),
        "m" if number.parse::<u64>().is_ok_and(|count| count <= CONTEXT_MILLIONS_MAX) => {
            number.parse().ok().map(|count: u32| Word::Context(count * 1000))
        }
        _ => millions(word).map(Word::Size),
    }
}

/// `0.5b`, `270m`, `1t` in millions.
fn millions(word: &str) -> Option<u64> {
    let (number, unit) = word.split_at(word.len() - word.chars().last()?.len_utf8());
    let factor = match unit {
        "m" => 1.0,
        "b" => 1e3,
        "t" => 1e6,
        _ => return None,
    };
    let number = number.strip_prefix(|c: char| c.is_ascii_digit()).and_then(|_| number.parse::<f64>().ok())?;
    let millions = (number * factor).round();
    (1.0..1e8).contains(&millions).then_some(millions as u64)
}

/// `fp8`, `q4km`, `q4.0`, `iq3xs`.
fn quantisation(word: &str) -> Option<Word> {
    if PRECISIONS.contains(&word) {
        return Some(Word::Quantisation(word.to_uppercase()));
    }
    let bits = word.strip_prefix("iq").or_else(|| word.strip_prefix('q'))?;
    let (bits, kind) = bits.split_at_checked(1)?;
    let is_kind = matches!(kind, "" | ".0" | ".1" | "k" | "ks" | "km" | "kl" | "xs" | "xxs" | "s" | "m" | "nl");
    if !bits.starts_with(|c: char| ('1'..='8').contains(&c)) || !is_kind {
        return None;
    }
    let begins = word.len() - kind.len();
    let kind: String = kind.chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect();
    let kind = match kind.as_str() {
        "KS" | "KM" | "KL" => format!("_K_{}", &kind[1..]),
        "" => String::new(),
        other => format!("_{other}"),
    };
    Some(Word::Quantisation(word[..begins].to_uppercase() + &kind))
}

/// Two digits at most before the first point; a letter that names a series, or `v` for version, may stand before them, and
/// one letter behind.
fn version(word: &str) -> Option<Word> {
    let series = word.chars().next().filter(|c| matches!(c, 'v' | 'k' | 'r' | 'm' | 't' | 'x' | 'z'));
    let number = &word[series.map_or(0, char::len_utf8)..];
    let digits = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    let (number, suffix) = number.split_at(digits);
    let whole = number.split('.').next().unwrap_or_default();
    let is_number = !number.is_empty() && !number.starts_with('.') && !number.ends_with('.') && !number.contains("..");
    let is_suffix = suffix.len() <= 1 && suffix.is_ascii();
    if !is_number || whole.len() > 2 || !is_suffix || (series.is_some_and(|c| c != 'v') && !suffix.is_empty()) {
        return None;
    }
    let series = series.filter(|c| *c != 'v').map(|c| c.to_ascii_uppercase().to_string()).unwrap_or_default();
    let sees = suffix == "v";
    let suffix = if sees { "" } else { suffix };
    Some(Word::Version { text: format!("{series}{number}{suffix}"), sees })
}
