//! A list of words: read from files, found in a text.
//!
//! A file has a word on each line. `# …` is a comment; `[drop]`, `[hold]` and `[replace]` say what becomes of the words below them
//! (without one: drop). A word of an alphabet is found as a word of its own; `*` before or behind it lets it be part of a longer one.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::normal::{Normal, is_spaced};

/// A word of one letter would be found in almost every text.
const WORD_MIN_CHARS: usize = 2;

/// Stands for a letter that is not shown. The narrow one is a sign of Markdown, and would vanish or make the rest bold.
const STAR: char = '＊';

/// What a found word does to the text, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Its letters are starred out.
    Replace,
    Hold,
    Drop,
}

/// A line that was left out of the list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {reason}")]
pub struct Warning {
    pub file: String,
    pub line: usize,
    pub reason: &'static str,
}

/// Why a file is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    #[error("{file} cannot be read: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("{file} is not UTF-8 text")]
    NotText { file: String },
    #[error("{file}:{line}: no such section; there are [drop], [hold] and [replace]")]
    Section { file: String, line: usize },
    #[error("{files} holds no word")]
    Empty { files: String },
    /// More words than can be searched for at once.
    #[error("the list is too long: {reason}")]
    TooLong { reason: String },
}

/// A word as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    action: Action,
    /// `file:line`, by which an operator finds the word without a log that repeats it.
    place: String,
    /// Whether a letter before, or behind, makes another word of it.
    edges: (Edge, Edge),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Word,
    Anywhere,
}

/// Words that can be found in texts.
#[derive(Debug, Clone)]
pub struct List {
    words: Vec<Word>,
    finder: AhoCorasick,
    /// The texts of the words in order, for the question whether something may become one.
    sorted: Vec<String>,
    longest: usize,
}

/// A word found in a text, by its bytes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    pub range: Range<usize>,
    pub action: Action,
    pub place: &'a str,
}

/// Whether more text may follow the one that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    Open,
    Closed,
}

/// Words being collected from files.
#[derive(Debug, Default)]
pub struct Draft {
    words: Vec<Word>,
    pub warnings: Vec<Warning>,
}

impl Draft {
    /// Adds the words of a file; `file` is its name in warnings and verdicts.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), ListError> {
        let mut action = Action::Drop;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let (line, number) = (line.trim(), index + 1);
            if line.starts_with('#') {
                continue;
            }
            if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                action = match section.trim().to_ascii_lowercase().as_str() {
                    "drop" => Action::Drop,
                    "hold" => Action::Hold,
                    "replace" => Action::Replace,
                    _ => return Err(ListError::Section { file: file.to_owned(), line: number }),
                };
                continue;
            }
            match Word::read(line, action, format!("{file}:{number}")) {
                Ok(word) => self.words.push(word),
                Err(reason) => self.warnings.push(Warning { file: file.to_owned(), line: number, reason }),
            }
        }
        Ok(())
    }

    /// Adds a text that is dropped wherever it stands, also inside a word.
    pub fn forbid(&mut self, text: &str, place: &str) {
        let text = Normal::of(text).text;
        if text.chars().count() >= WORD_MIN_CHARS {
            let edges = (Edge::Anywhere, Edge::Anywhere);
            self.words.push(Word { text, action: Action::Drop, place: place.to_owned(), edges });
        }
    }

    /// The list of all that was added.
    pub fn finish(self) -> Result<List, ListError> {
        let finder = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(self.words.iter().map(|word| &word.text))
            .map_err(|error| ListError::TooLong { reason: error.to_string() })?;
        let mut sorted: Vec<String> = self.words.iter().map(|word| word.text.clone()).collect();
        sorted.sort();
        let longest = sorted.iter().map(String::len).max().unwrap_or(0);
        Ok(List { words: self.words, finder, sorted, longest })
    }
}

impl Word {
    fn read(line: &str, action: Action, place: String) -> Result<Self, &'static str> {
        let edge = |open: bool| if open { Edge::Anywhere } else { Edge::Word };
        let edges = (edge(line.starts_with('*')), edge(line.ends_with('*')));
        let text = Normal::of(line).text;
        match text.chars().count() {
            0 if line.is_empty() => Err("a blank line is no word"),
            0 => Err("a word needs letters or digits; signs are overlooked"),
            count if count < WORD_MIN_CHARS => Err("a word of one character would be found almost everywhere"),
            _ => Ok(Self { text, action, place, edges }),
        }
    }

    /// Whether the word, found at `range`, is a word there. `None`: what follows will tell.
    fn stands(&self, range: &Range<usize>, text: &str, tail: Tail) -> Option<bool> {
        let joins = |edge: Edge, own: Option<char>, neighbour: Option<char>| {
            edge == Edge::Word && own.is_some_and(is_spaced) && neighbour.is_some_and(is_spaced)
        };
        if joins(self.edges.0, self.text.chars().next(), text[..range.start].chars().next_back()) {
            return Some(false);
        }
        let (last, next) = (self.text.chars().next_back(), text[range.end..].chars().next());
        if next.is_none() && tail == Tail::Open && self.edges.1 == Edge::Word && last.is_some_and(is_spaced) {
            return None;
        }
        Some(!joins(self.edges.1, last, next))
    }
}

impl List {
    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is no word.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Every word that stands in `text`, in the order of their ends.
    pub fn hits<'a>(&'a self, text: &str, tail: Tail) -> Vec<Hit<'a>> {
        let normal = Normal::of(text);
        let found = self.finder.find_overlapping_iter(&normal.text).filter_map(|found| {
            let word = &self.words[found.pattern().as_usize()];
            let range = normal.original(found.start(), found.end(), text);
            (word.stands(&range, text, tail) == Some(true)).then_some(Hit { range, action: word.action, place: &word.place })
        });
        found.collect()
    }

    /// From where on `text` may still become a word when more of it comes; its end, if it cannot.
    pub fn open_from(&self, text: &str) -> usize {
        let normal = Normal::of(text);
        let first = normal.text.len().saturating_sub(self.longest);
        let starts = (first..normal.text.len()).filter(|start| normal.text.is_char_boundary(*start));
        let mut open = starts.filter(|start| {
            let rest = &normal.text[*start..];
            let next = self.sorted.partition_point(|word| word.as_str() < rest);
            self.sorted.get(next).is_some_and(|word| word.starts_with(rest))
        });
        open.next().map_or(text.len(), |start| normal.origin(start, text))
    }
}

/// `text` with the letters of each range starred out.
pub fn star_out(text: &str, ranges: &[Range<usize>]) -> String {
    let mut found = vec![false; text.len()];
    for range in ranges {
        found[range.clone()].fill(true);
    }
    let is_read = |letter: char| !Normal::of(letter.encode_utf8(&mut [0; 4])).text.is_empty();
    text.char_indices().map(|(place, letter)| if found[place] && is_read(letter) { STAR } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> List {
        let mut draft = Draft::default();
        draft.add("w", text).unwrap();
        draft.finish().unwrap()
    }

    fn places(list: &List, text: &str) -> Vec<String> {
        list.hits(text, Tail::Closed).iter().map(|hit| hit.place.to_owned()).collect()
    }

    #[test]
    fn a_word_of_an_alphabet_has_edges_and_one_of_chinese_has_none() {
        let list = list("ass\n*fuck*\n敏感词\n加微信abc");
        for clean in ["class", "as soon", "assume", "敏捷的感觉，词", "加微信abcd"] {
            assert!(places(&list, clean).is_empty(), "{clean}");
        }
        for (text, place) in
            [("你是ass吗", "w:1"), ("a-s-s!", "w:1"), ("motherfucker", "w:2"), ("很敏 感 词汇", "w:3"), ("加微信ABC。", "w:4")]
        {
            assert_eq!(places(&list, text), [place], "{text}");
        }
    }

    #[test]
    fn what_may_become_a_word_is_kept_until_it_is_known() {
        let list = list("敏感词\nass");
        for (text, settled) in
            [("很敏感", "很"), ("很敏感的", "很敏感的"), ("很敏 感。", "很"), ("an ass", "an "), ("an ass ", "an ")]
        {
            assert_eq!(&text[..list.open_from(text)], settled, "{text}");
        }
        assert!(list.hits("an ass", Tail::Open).is_empty());
        assert_eq!(list.hits("an ass.", Tail::Open).len(), 1);
    }
}
