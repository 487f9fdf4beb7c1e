//! Finds where sentences of a paragraph end, and where a mark stands that later text could still pair.
//!
//! Reads masked source between the inline elements its caller has found; knows no tree.

use super::source::url_length;

/// Ends a sentence by itself.
const FULL_STOPS: [char; 5] = ['。', '！', '？', '…', '～'];
/// May stand behind the end of a sentence and belongs to it.
const CLOSERS: [char; 12] = ['”', '’', '」', '』', '）', '》', '】', '〉', '〕', ')', '"', '\''];

/// A mark was met that makes everything behind it uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop;

/// A reading position in one paragraph, and the latest certain end of a sentence before it.
pub(super) struct Scan<'s> {
    text: &'s str,
    at: usize,
    end: usize,
    /// Brackets up to here are known to be closed and no link.
    brackets: usize,
    pub(super) best: usize,
}

impl<'s> Scan<'s> {
    /// Reads `text` from `start` to `end`; before the first sentence ends, the best place is `start`.
    pub(super) fn new(text: &'s str, start: usize, end: usize) -> Self {
        Self { text, at: start, end, brackets: start, best: start }
    }

    /// Passes over an inline element that ends at `to`; a sentence may end with it, as in `**重点。**`.
    pub(super) fn whole(&mut self, to: usize) -> Result<(), Stop> {
        let Some(inner) = self.text.get(self.at..to).filter(|_| to < self.end) else {
            return Err(Stop);
        };
        let inner = inner.trim_end_matches(['*', '_', '~']).trim_end_matches(CLOSERS);
        if inner.ends_with(FULL_STOPS) && !self.text[to..].starts_with(['*', '_', '~']) {
            self.best = to;
        }
        self.at = to;
        Ok(())
    }

    /// Reads plain text up to `to`.
    pub(super) fn plain(&mut self, to: usize) -> Result<(), Stop> {
        let to = self.text.floor_char_boundary(to.min(self.end));
        while self.at < to {
            let Some(c) = self.text[self.at..].chars().next() else {
                break;
            };
            if self.may_open(c) {
                return Err(Stop);
            }
            let url = if c == 'h' { url_length(&self.text.as_bytes()[self.at..]) } else { 0 };
            self.at += match c {
                '\\' => self.text[self.at + 1..].chars().next().map_or(1, |escaped| 1 + escaped.len_utf8()),
                _ => url.max(c.len_utf8()),
            };
            match c {
                '\n' => self.line_end(),
                _ if FULL_STOPS.contains(&c) => {
                    self.best = self.closed(FULL_STOPS);
                    self.at = self.best;
                }
                '.' | '!' | '?' => self.latin_stop(),
                _ => {}
            }
        }
        Ok(())
    }

    fn rest(&self) -> &'s str {
        &self.text[self.at..]
    }

    /// Whether the mark under the reader could become markup with what is still to come.
    fn may_open(&mut self, c: char) -> bool {
        let before = self.text[..self.at].chars().next_back().unwrap_or('\n');
        let next = self.text[self.at + c.len_utf8()..].chars().next();
        let blank_next = next.is_some_and(char::is_whitespace);
        match c {
            '`' => true,
            '*' | '$' => !blank_next,
            '~' => next.is_none_or(|next| next == '~'),
            '_' => !blank_next && !before.is_alphanumeric(),
            '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || "/!?".contains(next)),
            '\\' => next.is_none_or(|next| next == '(' || next == '['),
            '#' => before == '\n' && next == Some('#'),
            '[' => self.bracket_may_open(),
            'h' => {
                let length = url_length(self.rest().as_bytes());
                length > 0 && self.rest().bytes().all(|byte| byte.is_ascii_graphic())
            }
            _ => false,
        }
    }

    /// A bracket is settled once closed with something behind it that makes no link of it.
    fn bracket_may_open(&mut self) -> bool {
        if self.at < self.brackets {
            return false;
        }
        let mut depth = 0_usize;
        for (offset, c) in self.rest().char_indices() {
            match c {
                '[' => depth += 1,
                ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.brackets = self.at + offset + 1;
                return self.text[self.brackets..].chars().next().is_none_or(|next| "([:".contains(next));
            }
        }
        true
    }

    /// The place behind the stops and closing marks that follow the reader.
    fn closed(&self, stops: [char; 5]) -> usize {
        let rest = self.rest();
        self.at + rest.len() - rest.trim_start_matches(stops).trim_start_matches(CLOSERS).len()
    }

    /// A Latin stop ends a sentence before a space, unless it stands behind a number: `3. ` may count steps.
    fn latin_stop(&mut self) {
        let numbered = self.text[..self.at - 1].ends_with(|c: char| c.is_ascii_digit());
        let end = self.closed(['.', '!', '?', '…', '！']);
        if !numbered && self.text[end..].starts_with(char::is_whitespace) {
            self.best = end;
        }
    }

    /// A line ends a thought unless it stops at a comma, or the next one may make it the header of a table.
    fn line_end(&mut self) {
        let line = self.text[..self.at].trim_end();
        let next = self.rest().lines().next().unwrap_or_default();
        let settled = next.contains(|c: char| !"|:- \t".contains(c));
        if settled && !line.ends_with(['，', '、', ',', '：', ':']) {
            self.best = self.at - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(text: &str) -> &str {
        let mut scan = Scan::new(text, 0, text.len());
        let _ = scan.plain(text.len());
        &text[..scan.best]
    }

    #[test]
    fn sentences_end_with_their_closing_marks() {
        assert_eq!(best("他说：“好。”然后"), "他说：“好。”");
        assert_eq!(best("Well. It is 3.14 now"), "Well.");
        assert_eq!(best("真的吗？！是"), "真的吗？！");
        assert_eq!(best("步骤 1. 打开"), "");
        assert_eq!(best("第一行\n第二"), "第一行");
        assert_eq!(best("甲，\n乙"), "");
    }

    #[test]
    fn an_open_mark_stops_the_reader() {
        for text in [
            "好。`a。b",
            "好。**a。b",
            "好。[a。b",
            "好。$a。b",
            "好。<b>。c",
            "好。\\(a。b",
            "好。[a](b。c",
            "好。https://a.cn/x.html",
        ] {
            assert_eq!(best(text), "好。", "{text}");
        }
        assert_eq!(best("好[1]。再a * b。3 < 4。snake_case。"), "好[1]。再a * b。3 < 4。snake_case。");
    }
}
