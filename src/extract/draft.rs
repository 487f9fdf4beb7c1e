//! The text while it grows: lines, paragraphs, headings, cells and page marks, up to a number of characters.
//!
//! White space is written only when something visible follows it, so that parsers may ask for breaks as often as they
//! like. It knows no format.

/// The space that is owed before the next visible character.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Paragraph,
}

/// Where in a table's row the next text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Row {
    Outside,
    First,
    Further,
}

/// Empty cells in a row that are still written; a lone cell far to the right needs no thousand bars.
const EMPTY_CELLS: u32 = 16;

/// The longest mark: a page's number, or the name of a sheet.
const MARK_CHARS: usize = 80;

/// A text that is being written.
pub(super) struct Draft {
    text: String,
    /// Characters that may still be written.
    left: usize,
    is_cut: bool,
    is_lacking: bool,
    gap: Gap,
    /// Stands on a line of its own before the next visible character.
    mark: Option<String>,
    /// Begins the next line, as `## ` or `- `.
    prefix: &'static str,
    cells: u32,
    row: Row,
    visible: u64,
}

impl Draft {
    pub(super) fn new(chars: usize) -> Self {
        Self {
            text: String::new(),
            left: chars,
            is_cut: false,
            is_lacking: false,
            gap: Gap::None,
            mark: None,
            prefix: "",
            cells: 0,
            row: Row::Outside,
            visible: 0,
        }
    }

    /// Adds running text; white space of any length is one space, control characters are dropped.
    pub(super) fn push(&mut self, text: &str) {
        for letter in text.chars() {
            if self.is_cut {
                return;
            }
            if letter.is_whitespace() {
                self.owe(Gap::Space);
            } else if is_kept(letter) {
                self.settle();
                self.write(letter);
                self.visible += 1;
            }
        }
    }

    /// Adds text whose own lines and indents are kept.
    pub(super) fn push_verbatim(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.settle();
        }
        for letter in text.chars() {
            if self.is_cut {
                return;
            }
            if letter == '\n' || letter == '\t' || is_kept(letter) {
                self.write(letter);
                self.visible += u64::from(!letter.is_whitespace());
            }
        }
    }

    /// What follows stands on a new line; within a row, behind a space.
    pub(super) fn break_line(&mut self) {
        self.end(Gap::Line);
    }

    /// What follows is a new paragraph; within a row, it stands behind a space.
    pub(super) fn break_paragraph(&mut self) {
        self.end(Gap::Paragraph);
    }

    /// What follows is a heading, 1 being the highest.
    pub(super) fn heading(&mut self, level: u8) {
        self.break_paragraph();
        if self.row == Row::Outside {
            self.prefix = match level {
                0 | 1 => "# ",
                2 => "## ",
                3 => "### ",
                _ => "#### ",
            };
        }
    }

    /// What follows is an item of a list.
    pub(super) fn item(&mut self) {
        self.break_line();
        if self.row == Row::Outside {
            self.prefix = "- ";
        }
    }

    /// What follows is a row of a table, which is one line.
    pub(super) fn begin_row(&mut self) {
        self.end_row();
        self.row = Row::First;
    }

    /// What follows is the next cell of the row that was begun.
    pub(super) fn cell(&mut self) {
        match self.row {
            Row::Outside => self.break_line(),
            Row::First => self.row = Row::Further,
            Row::Further => self.next_cell(),
        }
    }

    /// The row is over.
    pub(super) fn end_row(&mut self) {
        self.row = Row::Outside;
        self.break_line();
    }

    /// A border between two values of one line.
    pub(super) fn next_cell(&mut self) {
        self.cells = (self.cells + 1).min(EMPTY_CELLS);
    }

    /// What follows stands on the page, slide or part that `mark` names.
    pub(super) fn mark(&mut self, mark: String) {
        self.break_paragraph();
        self.mark = Some(mark);
    }

    /// Whether a heading or an item was begun and nothing of it is written yet.
    pub(super) fn has_prefix(&self) -> bool {
        !self.prefix.is_empty()
    }

    /// Visible characters so far.
    pub(super) fn visible(&self) -> u64 {
        self.visible
    }

    /// Whether the rest is dropped.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Says that something is left out, while the rest is still wanted.
    pub(super) fn lack(&mut self) {
        self.is_lacking = true;
    }

    /// Whether the file says more than the text.
    pub(super) fn is_lacking(&self) -> bool {
        self.is_lacking || self.is_cut
    }

    /// Ends the text here.
    pub(super) fn cut(&mut self) {
        self.is_cut = true;
    }

    pub(super) fn finish(self) -> String {
        let mut text = self.text;
        text.truncate(text.trim_end().len());
        text
    }

    fn end(&mut self, gap: Gap) {
        if self.row == Row::Outside {
            self.owe(gap);
            (self.cells, self.prefix) = (0, "");
        } else {
            self.owe(Gap::Space);
        }
    }

    fn owe(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    /// Writes the white space, mark, prefix and cell borders that were asked for.
    fn settle(&mut self) {
        if self.gap == Gap::None && self.cells == 0 && self.prefix.is_empty() && self.mark.is_none() {
            return;
        }
        let begins = self.text.is_empty();
        match self.gap {
            _ if begins => {}
            Gap::None => {}
            Gap::Space if self.cells > 0 => {}
            Gap::Space => self.write(' '),
            Gap::Line => self.write('\n'),
            Gap::Paragraph => self.write_all("\n\n"),
        }
        self.gap = Gap::None;
        if let Some(mark) = self.mark.take() {
            let mark: String = mark.chars().filter(|letter| is_kept(*letter)).take(MARK_CHARS).collect();
            self.write_all(&mark);
            self.write('\n');
        }
        let prefix = std::mem::take(&mut self.prefix);
        self.write_all(prefix);
        for _ in 0..std::mem::take(&mut self.cells) {
            self.write_all(" | ");
        }
    }

    fn write_all(&mut self, text: &str) {
        text.chars().for_each(|letter| self.write(letter));
    }

    fn write(&mut self, letter: char) {
        let Some(left) = self.left.checked_sub(1) else {
            self.is_cut = true;
            return;
        };
        self.left = left;
        self.text.push(letter);
    }
}

/// Control characters, marks of byte order, and what turns the direction of writing carry no text.
fn is_kept(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{feff}' | '\u{fffe}' | '\u{200b}' | '\u{2060}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::Draft;

    #[test]
    fn breaks_are_written_only_between_what_is_visible() {
        let mut draft = Draft::new(100);
        draft.break_paragraph();
        draft.heading(2);
        draft.push(" 标 题\u{0}  ");
        draft.break_line();
        draft.break_paragraph();
        draft.mark("[p. 2]".into());
        draft.push("a");
        draft.next_cell();
        draft.next_cell();
        draft.push(" b ");
        draft.next_cell();
        draft.break_line();
        draft.item();
        draft.push("c");
        draft.break_paragraph();
        assert_eq!(draft.finish(), "## 标 题\n\n[p. 2]\na |  | b\n- c");
    }

    #[test]
    fn the_text_ends_at_its_limit_and_says_so() {
        let mut draft = Draft::new(3);
        draft.push("回信回信");
        assert!(draft.is_cut());
        assert_eq!(draft.finish(), "回信回");
    }
}
