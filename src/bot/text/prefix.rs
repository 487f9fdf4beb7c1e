//! How much of an unfinished answer can be shown without ever having to take a word back.
//!
//! What follows may still turn a line into a table, a star into emphasis, a bracket into a link; only what no usual continuation
//! can change counts. Knows the source and its tree; the text made from it only where it says what is left to show.
//! Exceptions: a link reference defined later (`[a]: https://…`) makes links of brackets that were shown as text, and a table
//! whose first line begins without a bar but with a whole sentence was shown as that sentence.

use comrak::nodes::NodeValue;
use comrak::{Arena, Node};

use super::chat::chat_text;
use super::formula::formula_lines;
use super::sentence::{Scan, Stop};
use super::source::{mask, parse};

/// How many bytes of an unfinished Markdown text may already be shown: whole blocks, whole list items, whole sentences of a
/// paragraph. 0 when none. The text of that prefix is the beginning of the text of any usual continuation.
pub fn complete_prefix(markdown: &str) -> usize {
    let masked = mask(markdown);
    let arena = Arena::new();
    let root = parse(&arena, &masked);
    let draft = Draft::new(&masked);
    let mut blocks = root.reverse_children();
    let Some(last) = blocks.next() else {
        return 0;
    };
    // A line that has only begun may turn out to continue the block above it.
    let above = blocks.next().filter(|above| draft.is_begun(last) && draft.touches(above, last));
    // So may the lines of a formula whose end is still to come.
    let formula = formula_lines(markdown).open;
    let around = formula.and_then(|at| root.children().find(|block| draft.end(block) > at));
    let end = match (formula, around) {
        (Some(_), Some(block)) => draft.open_end(block).min(draft.stable_end(above.unwrap_or(last))),
        (Some(at), None) => at,
        (None, _) => draft.stable_end(above.unwrap_or(last)),
    };
    if markdown[..end].trim().is_empty() { 0 } else { end }
}

/// What is still to be shown of `markdown` once the text of its first `shown` bytes has been. Where those bytes read differently
/// in the whole (see the exceptions above), the text of the bytes behind them.
pub fn remainder(markdown: &str, shown: usize) -> String {
    let shown = markdown.floor_char_boundary(shown);
    let whole = chat_text(markdown);
    let rest = whole.strip_prefix(&chat_text(&markdown[..shown])).map(|rest| rest.trim_start_matches([' ', '\n']).to_owned());
    rest.unwrap_or_else(|| chat_text(&markdown[shown..]))
}

/// The source, with the byte at which each line begins.
struct Draft<'s> {
    text: &'s str,
    lines: Vec<usize>,
}

impl<'s> Draft<'s> {
    fn new(text: &'s str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    /// The byte at which the 1-based `line` begins, or the end of the text.
    fn line(&self, line: usize) -> usize {
        line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(self.text.len())
    }

    fn start(&self, node: Node<'_>) -> usize {
        self.line(node.data().sourcepos.start.line)
    }

    fn end(&self, node: Node<'_>) -> usize {
        self.line(node.data().sourcepos.end.line + 1)
    }

    fn is_terminated(&self, node: Node<'_>) -> bool {
        node.data().sourcepos.end.line < self.lines.len()
    }

    /// Whether a whole blank line follows, which ends anything but a list or a footnote.
    fn is_set_off(&self, node: Node<'_>) -> bool {
        let line = node.data().sourcepos.end.line + 1;
        line < self.lines.len() && self.text[self.line(line)..self.line(line + 1)].trim().is_empty()
    }

    /// Whether the block is a single line so far, or a table without rows, whose second line may prove to be none.
    fn is_begun(&self, node: Node<'_>) -> bool {
        let rowless = matches!(node.data().value, NodeValue::Table(_)) && node.children().nth(1).is_none();
        node.data().sourcepos.start.line + usize::from(rowless) == self.lines.len()
    }

    fn touches(&self, above: Node<'_>, below: Node<'_>) -> bool {
        self.end(above) == self.start(below)
    }

    /// The end of what is final in the last block, everything before it included.
    fn stable_end(&self, node: Node<'_>) -> usize {
        let is_final = match &node.data().value {
            NodeValue::Heading(_) | NodeValue::ThematicBreak => self.is_terminated(node),
            NodeValue::CodeBlock(code) => code.fenced && code.closed && self.is_terminated(node),
            NodeValue::Paragraph | NodeValue::Table(_) | NodeValue::BlockQuote | NodeValue::Alert(_) => self.is_set_off(node),
            // Comments, scripts and the like go on over blank lines.
            NodeValue::HtmlBlock(html) => html.block_type >= 6 && self.is_set_off(node),
            _ => false,
        };
        match &node.data().value {
            _ if is_final => self.end(node),
            NodeValue::List(_) => self.items(node),
            _ => self.open_end(node),
        }
    }

    /// The end of what is certain in a block that may go on.
    fn open_end(&self, node: Node<'_>) -> usize {
        if matches!(node.data().value, NodeValue::Paragraph) { self.sentences(node) } else { self.start(node) }
    }

    /// All items but the last, and of the last one's own list the same again: but never before an item so far in that the rest,
    /// read alone, would begin with a block of code.
    fn items(&self, list: Node<'_>) -> usize {
        let mut end = self.start(list);
        let mut deepest = list.last_child();
        while let Some(item) = deepest {
            if item.previous_sibling().is_some() && item.data().sourcepos.start.column <= 4 {
                end = self.start(item);
            }
            let inner = item.last_child().filter(|child| matches!(child.data().value, NodeValue::List(_)));
            deepest = inner.and_then(comrak::arena_tree::Node::last_child);
        }
        end
    }

    /// The end of `text`, which ends in the 1-based `line`, without what may yet prove to be the header of a table: a last line
    /// with a bar, or the line above one that so far could be the second of a table.
    fn before_table(&self, text: &str, line: usize) -> usize {
        let last = &text[self.line(line).min(text.len())..];
        if !last.is_empty() && last.bytes().all(|byte| b"|:- \t".contains(&byte)) {
            return self.line(line.saturating_sub(1).max(1));
        }
        if last.contains('|') { self.line(line) } else { text.len() }
    }

    /// The whole sentences of an open paragraph, up to the first mark that could still find its other half.
    fn sentences(&self, paragraph: Node<'_>) -> usize {
        let start = self.start(paragraph);
        let text = self.text[..self.end(paragraph)].trim_end_matches('\n');
        let end = self.before_table(text, paragraph.data().sourcepos.end.line);
        // Above the first line there is nothing of this paragraph to show.
        if end <= start {
            return start;
        }
        // The parser takes link references from the top of a paragraph and loses count of its columns.
        if text[start..].trim_start().starts_with('[') && text[start..].contains("]:") {
            return start;
        }
        let mut scan = Scan::new(self.text, start, end);
        for node in paragraph.children() {
            let position = node.data().sourcepos;
            let (from, to) =
                (self.line(position.start.line) + position.start.column - 1, self.line(position.end.line) + position.end.column);
            let stop = match &node.data().value {
                NodeValue::Text(_) | NodeValue::SoftBreak | NodeValue::LineBreak => continue,
                NodeValue::HtmlInline(_) => scan.plain(from).and(Err(Stop)),
                _ => scan.plain(from).and_then(|()| scan.whole(to)),
            };
            if stop.is_err() {
                return scan.best;
            }
        }
        // Either way the best place so far is the answer.
        let _ = scan.plain(end);
        scan.best
    }
}
