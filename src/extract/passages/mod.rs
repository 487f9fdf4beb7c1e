//! A document's text in passages, and those of them that a question needs.
//!
//! Pure and deterministic: the same question about the same texts gets the same passages. It knows no model; what a passage costs is
//! counted in characters.

mod rank;
mod terms;

use std::ops::Range;

/// A passage ends at the first paragraph behind so many characters.
const ENOUGH_CHARS: usize = 600;

/// No passage is longer, in characters.
const MOST_CHARS: usize = 900;

/// Where a sentence ends, of those scripts that end it with a mark.
const SENTENCE_ENDS: [char; 9] = ['。', '！', '？', '；', '…', '.', '!', '?', ';'];

/// Part of a document, as it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage<'a> {
    /// Which of the documents, counted from 0.
    pub document: usize,
    /// The page or slide it stands on.
    pub page: Option<u32>,
    /// The heading it stands under, without its `#`.
    pub heading: Option<&'a str>,
    pub text: &'a str,
}

impl Passage<'_> {
    fn chars(&self) -> usize {
        self.text.chars().count()
    }
}

/// The passages that the question needs, of at most `budget_chars` characters, in reading order.
///
/// Texts that fit are given whole. A question about the whole (`总结`, `summarise`) or about nothing that is found gets the
/// beginning of each document and passages from all over it.
pub fn best<'a>(question: &str, documents: &[&'a str], budget_chars: usize) -> Vec<Passage<'a>> {
    let passages: Vec<Passage<'a>> = documents.iter().zip(0..).flat_map(|(text, document)| split(document, text)).collect();
    let costs: Vec<usize> = passages.iter().map(Passage::chars).collect();
    if costs.iter().sum::<usize>() <= budget_chars {
        return passages;
    }
    let scores = rank::scores(question, &passages, &costs);
    let order = if terms::is_general(question) || scores.iter().all(|score| *score <= 0.0) {
        overview(&passages, &costs, budget_chars, &scores)
    } else {
        by_score(&scores)
    };
    let mut left = budget_chars;
    let mut chosen: Vec<usize> = Vec::new();
    for index in order {
        if let Some(rest) = left.checked_sub(costs[index]) {
            left = rest;
            chosen.push(index);
        }
        if left < MOST_CHARS / 10 {
            break;
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| passages[index]).collect()
}

/// Those that are about the question, the best first.
fn by_score(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).filter(|index| scores[*index] > 0.0).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
    order
}

/// The beginning of each document within half of the budget, the few best, and then passages at even distances.
fn overview(passages: &[Passage<'_>], costs: &[usize], budget_chars: usize, scores: &[f64]) -> Vec<usize> {
    let documents = passages.last().map_or(1, |passage| passage.document + 1);
    let share = budget_chars / 2 / documents;
    let mut order = Vec::new();
    let mut is_taken = vec![false; passages.len()];
    let mut take = |index: usize| {
        if !std::mem::replace(&mut is_taken[index], true) {
            order.push(index);
        }
    };
    let (mut document, mut left) = (usize::MAX, 0);
    for (index, passage) in passages.iter().enumerate() {
        if passage.document != document {
            (document, left) = (passage.document, share);
            take(index);
        } else if costs[index] <= left {
            take(index);
        }
        left = left.saturating_sub(costs[index]);
    }
    by_score(scores).into_iter().take(3).for_each(&mut take);
    let wanted = (budget_chars / MOST_CHARS).max(1);
    let step = (passages.len() / wanted).max(1);
    (0..passages.len()).step_by(step).for_each(&mut take);
    order
}

/// A text in passages: at headings and pages always, at paragraphs when there is enough, at sentences when there is too much.
pub fn split(document: usize, text: &str) -> Vec<Passage<'_>> {
    let mut splitter = Splitter { document, text, page: None, heading: None, open: 0..0, chars: 0, passages: Vec::new() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let span = start..start + line.len();
        start = span.end;
        splitter.line(line.trim_end(), span);
    }
    splitter.close();
    splitter.passages
}

struct Splitter<'a> {
    document: usize,
    text: &'a str,
    page: Option<u32>,
    heading: Option<&'a str>,
    /// Bytes of the passage that is being gathered.
    open: Range<usize>,
    chars: usize,
    passages: Vec<Passage<'a>>,
}

impl<'a> Splitter<'a> {
    fn line(&mut self, line: &'a str, span: Range<usize>) {
        if let Some(page) = page_mark(line) {
            self.close();
            self.page = Some(page);
            return;
        }
        if let Some(heading) = heading(line) {
            self.close();
            self.heading = Some(heading);
        }
        let chars = line.chars().count();
        if self.chars + chars > MOST_CHARS || (line.is_empty() && self.chars >= ENOUGH_CHARS) {
            self.close();
        }
        if chars > MOST_CHARS {
            self.long_line(line, span.start);
            return;
        }
        if self.chars == 0 && chars == 0 {
            return;
        }
        if self.chars == 0 {
            self.open.start = span.start;
        }
        self.open.end = span.start + line.len();
        self.chars += chars + 1;
    }

    /// A line that is too long for one passage: cut at sentences, at spaces if there are none, or wherever it must be.
    fn long_line(&mut self, line: &'a str, start: usize) {
        let mut from = 0;
        while from < line.len() {
            let rest = &line[from..];
            let limit = rest.char_indices().nth(MOST_CHARS).map_or(rest.len(), |(index, _)| index);
            let enough = rest.char_indices().nth(ENOUGH_CHARS).map_or(0, |(index, _)| index);
            let tail = &rest[enough.min(limit)..limit];
            let cut = if limit == rest.len() {
                limit
            } else {
                let end = tail.rfind(SENTENCE_ENDS).or_else(|| tail.rfind(char::is_whitespace));
                end.map_or(limit, |at| enough + at + tail[at..].chars().next().map_or(0, char::len_utf8))
            };
            self.open = start + from..start + from + cut;
            self.chars = 1;
            self.close();
            from += cut;
        }
    }

    fn close(&mut self) {
        let text = self.text[self.open.clone()].trim();
        if self.chars > 0 && !text.is_empty() {
            self.passages.push(Passage { document: self.document, page: self.page, heading: self.heading, text });
        }
        self.open = self.open.end..self.open.end;
        self.chars = 0;
    }
}

/// `[p. 3]` on a line of its own.
fn page_mark(line: &str) -> Option<u32> {
    line.strip_prefix("[p. ")?.strip_suffix(']')?.parse().ok()
}

fn heading(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    ((1..=6).contains(&level) && words.starts_with(' ')).then(|| words.trim()).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Passage, split};

    #[test]
    fn passages_know_their_page_and_heading() {
        let text = "intro\n\n[p. 2]\n# One\nfirst\n\nsecond\n## Two\nthird\n[p. 3]\nfourth";
        let at = |page, heading, text| Passage { document: 1, page, heading, text };
        assert_eq!(
            split(1, text),
            [
                at(None, None, "intro"),
                at(Some(2), Some("One"), "# One\nfirst\n\nsecond"),
                at(Some(2), Some("Two"), "## Two\nthird"),
                at(Some(3), Some("Two"), "fourth"),
            ]
        );
    }

    #[test]
    fn long_lines_are_cut_at_sentences_and_nothing_is_lost() {
        let sentence = "回信把读者的问题交给模型，再把回答寄回去。";
        let line = sentence.repeat(200);
        let passages = split(0, &line);
        assert!(passages.iter().all(|passage| passage.text.ends_with('。') && passage.text.chars().count() <= super::MOST_CHARS));
        assert_eq!(passages.iter().map(|passage| passage.text).collect::<String>(), line);
        let unbroken = "x".repeat(2_000);
        assert_eq!(split(0, &unbroken).iter().map(|passage| passage.text.len()).collect::<Vec<_>>(), [900, 900, 200]);
    }
}
