//! What a text is compared by: words of the alphabets, and pairs of neighbouring Chinese, Japanese or Korean characters.

/// A term, as its hash: texts are only compared, never shown.
pub(super) type Term = u64;

/// FNV-1a, 64 bits: its offset and prime.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// A plural of fewer letters is left as it is.
const PLURAL_LETTERS: u32 = 4;

/// Words by which a question is about the whole, in lower case.
const GENERAL: [&str; 28] = [
    "总结",
    "總結",
    "概括",
    "概述",
    "摘要",
    "大意",
    "大纲",
    "提纲",
    "主要内容",
    "主要內容",
    "主旨",
    "讲了什么",
    "说了什么",
    "講了什麼",
    "說了什麼",
    "讲什么",
    "介绍一下",
    "全文",
    "梳理",
    "要点",
    "重點",
    "重点",
    "summar",
    "overview",
    "tl;dr",
    "outline",
    "key points",
    "what is this about",
];

/// Whether the question is about the whole document.
pub(super) fn is_general(question: &str) -> bool {
    let question = question.to_lowercase();
    GENERAL.iter().any(|word| question.contains(word))
}

/// The terms of a question, each once. A character that stands alone is a term itself.
pub(super) fn of_question(question: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    // The last two characters, while no pair has joined them.
    let (mut before, mut last): (Option<Term>, Option<Term>) = (None, None);
    scan(question, |found| match found {
        Found::Character(term) => {
            terms.extend(before.take());
            before = last.replace(term);
        }
        Found::Pair(term) => {
            (before, last) = (None, None);
            terms.push(term);
        }
        Found::Word(term) => terms.push(term),
    });
    terms.extend(before.into_iter().chain(last));
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// What is met in a text.
pub(super) enum Found {
    Word(Term),
    Character(Term),
    /// This character and the one before it; follows the character's own.
    Pair(Term),
}

impl Found {
    pub(super) fn term(self) -> Term {
        match self {
            Self::Word(term) | Self::Character(term) | Self::Pair(term) => term,
        }
    }
}

/// Goes through a text once.
pub(super) fn scan(text: &str, mut meet: impl FnMut(Found)) {
    let mut word = Word::default();
    let mut before: Option<char> = None;
    for letter in text.chars() {
        let letter = fold(letter);
        if is_eastern(letter) {
            word.end(&mut meet);
            meet(Found::Character(mix(OFFSET, letter)));
            if let Some(before) = before {
                meet(Found::Pair(mix(mix(OFFSET, before), letter)));
            }
            before = Some(letter);
        } else if letter.is_alphanumeric() {
            before = None;
            word.push(letter);
        } else {
            before = None;
            word.end(&mut meet);
        }
    }
    word.end(&mut meet);
}

/// A word while its letters are met.
#[derive(Default)]
struct Word {
    letters: u32,
    hash: u64,
    /// Without the last letter.
    stem: u64,
    last: char,
}

impl Word {
    fn push(&mut self, letter: char) {
        let hash = if self.letters == 0 { OFFSET } else { self.hash };
        (self.stem, self.hash, self.last) = (hash, mix(hash, letter), letter);
        self.letters += 1;
    }

    fn end(&mut self, meet: &mut impl FnMut(Found)) {
        if self.letters > 0 {
            let is_plural = self.last == 's' && self.letters >= PLURAL_LETTERS;
            meet(Found::Word(if is_plural { self.stem } else { self.hash }));
            self.letters = 0;
        }
    }
}

fn mix(hash: u64, letter: char) -> u64 {
    (hash ^ u64::from(letter)).wrapping_mul(PRIME)
}

/// Lower case, and the wide Latin letters of Chinese typing as plain ones.
fn fold(letter: char) -> char {
    match letter {
        'A'..='Z' => letter.to_ascii_lowercase(),
        '\0'..='\u{7f}' => letter,
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(letter) - 0xfee0).map_or(letter, |letter| letter.to_ascii_lowercase())
        }
        letter if is_eastern(letter) => letter,
        letter => letter.to_lowercase().next().unwrap_or(letter),
    }
}

/// Scripts that write no spaces between words, and Korean, whose words change their ends.
fn is_eastern(letter: char) -> bool {
    matches!(letter,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::{is_general, of_question};

    #[test]
    fn questions_become_words_and_pairs() {
        assert_eq!(of_question("回信 Widgets"), of_question("ｗｉｄｇｅｔ，回信，回信"));
        assert_eq!(of_question("猫？").len(), 1);
        assert_eq!(of_question("退款期限").len(), 3);
        assert!(of_question("？！ …").is_empty());
    }

    #[test]
    fn questions_about_the_whole_are_known() {
        assert!(["帮我总结一下", "Summarize this", "TL;DR"].into_iter().all(is_general));
        assert!(!["退款期限是几天？", "who signed it?"].into_iter().any(is_general));
    }
}
