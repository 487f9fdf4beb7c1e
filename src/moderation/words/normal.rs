//! Text as word lists see it: without what a reader overlooks, and with the way back to what was written.
//!
//! Compatibility forms, width, case, accents, traditional characters and look-alike letters are folded; whatever is neither letter nor digit is left out. Knows
//! no word and no list.

use std::{collections::HashMap, sync::LazyLock};

use unicode_normalization::char::decompose_compatible;

/// Pairs of characters: a traditional one and its simplified form.
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("traditional.txt").lines().filter(|line| !line.starts_with('#'));
    let letters: Vec<char> = lines.flat_map(str::chars).collect();
    letters.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
});

/// Cyrillic and Greek letters that look like Latin ones, each behind the letter it is read as.
const LOOK_ALIKES: &[(char, &str)] = &[
    ('a', "аα"),
    ('b', "вβ"),
    ('c', "сϲ"),
    ('e', "еє"),
    ('h', "һн"),
    ('i', "іιӏ"),
    ('j', "ј"),
    ('k', "кκ"),
    ('m', "м"),
    ('n', "пη"),
    ('o', "оοσ"),
    ('p', "рρ"),
    ('s', "ѕ"),
    ('t', "тτ"),
    ('u', "υ"),
    ('v', "ν"),
    ('x', "хχ"),
    ('y', "уγ"),
];

/// A text folded for matching, and where each of its bytes comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    /// Lower-case letters and digits alone.
    pub text: String,
    /// For each byte of `text`, the place in the original where the character it comes from begins.
    origins: Vec<usize>,
}

impl Normal {
    /// Folds `original`.
    pub fn of(original: &str) -> Self {
        let mut normal = Self { text: String::with_capacity(original.len()), origins: Vec::with_capacity(original.len()) };
        for (origin, written) in original.char_indices() {
            if written.is_ascii() {
                if written.is_ascii_alphanumeric() {
                    normal.push(written.to_ascii_lowercase(), origin);
                }
            } else if is_hangul(written) {
                // A syllable taken apart would begin like another one.
                normal.push(written, origin);
            } else {
                decompose_compatible(written, |part| {
                    part.to_lowercase().filter(|letter| is_read(*letter)).for_each(|letter| normal.push(fold(letter), origin));
                });
            }
        }
        normal
    }

    /// Where in the original the character of the byte `at` begins; the end of the original, if nothing stands there.
    pub fn origin(&self, at: usize, original: &str) -> usize {
        self.origins.get(at).copied().unwrap_or(original.len())
    }

    /// The part of the original from which the bytes `start..end` come, `end` being behind `start`.
    pub fn original(&self, start: usize, end: usize, original: &str) -> std::ops::Range<usize> {
        let first = self.origin(start, original);
        let last = self.origin(end.saturating_sub(1), original);
        first..last + original[last..].chars().next().map_or(0, char::len_utf8)
    }

    fn push(&mut self, letter: char, origin: usize) {
        self.text.push(letter);
        self.origins.resize(self.text.len(), origin);
    }
}

/// Whether the script of `letter` sets its words apart, so that a word has an edge.
pub fn is_spaced(letter: char) -> bool {
    let unspaced = matches!(u32::from(letter), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x2_0000..=0x3_FFFF);
    letter.is_alphanumeric() && !unspaced
}

fn is_hangul(letter: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

/// Whether a reader sees a letter or digit. Some letters of Unicode are blank, and an accent is none; but the marks that make another
/// sound of a kana count.
fn is_read(letter: char) -> bool {
    let blank = matches!(letter, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{345}');
    !blank && (letter.is_alphanumeric() || matches!(letter, '\u{3099}' | '\u{309a}'))
}

fn fold(letter: char) -> char {
    match letter {
        '\u{370}'..='\u{52f}' => {
            LOOK_ALIKES.iter().find(|(_, group)| group.contains(letter)).map_or(letter, |(read_as, _)| *read_as)
        }
        '\u{3400}'..='\u{9fff}' => SIMPLIFIED.get(&letter).copied().unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_overlooks_is_folded() {
        for (written, read) in [
            ("ＡｂＣ １２", "abc12"),
            ("敏\u{200b}感*词", "敏感词"),
            ("𝓕𝖔𝕠 ⓑⓐⓡ ①", "foobar1"),
            ("Fу\u{301}сk Ünïcode", "fyckunicode"),
            ("ﾊﾞｶ", "ハ\u{3099}カ"),
            ("각\u{3164}가", "각가"),
            ("㊙️🔞 .", "秘"),
            ("敏感詞與發財", "敏感词与发财"),
        ] {
            assert_eq!(Normal::of(written).text, read, "{written}");
        }
    }

    #[test]
    fn a_match_is_found_again_in_the_original() {
        let original = "甲 ﷺ Ａ.b";
        let normal = Normal::of(original);
        let at = normal.text.find("ab").unwrap();
        assert_eq!(&original[normal.original(at, at + 2, original)], "Ａ.b");
        assert_eq!(normal.origin(normal.text.len(), original), original.len());
    }
}
