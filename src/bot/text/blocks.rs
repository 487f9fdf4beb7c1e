//! Block Markdown as lines: what stands above, below and inside what.
//!
//! Every decision depends on what came before and never on what comes later, so that the text of an unfinished answer is the
//! beginning of the text of the finished one. Knows nothing of inline marks.

use comrak::nodes::{AlertType, ListDelimType, ListType, NodeCodeBlock, NodeHeading, NodeList, NodeValue};
use comrak::{Arena, Node};

use super::html::unwrap;
use super::inlines::inlines;
use super::prose::prose;
use super::source::{mask, parse, verbatim};
use super::table::table;

/// Begins every line of code: neither lists nor quotes indent it, for a follower copies it.
pub(super) const FLUSH: char = '\u{f}';
/// The line above code, with its language behind it, and the line below.
pub(super) const FRAME: (&str, &str) = ("┌─", "└─");
/// What begins a heading below the second level.
pub(super) const MINOR_HEADING: &str = "▌";

const RULE: &str = "———";
const QUOTE: &str = "│ ";
/// A full-width space is as wide as a bullet and its space, and keeps its width in every font.
const INDENT: &str = "　";
/// Deeper lists and quotes stand no further in: a bubble is about 18 characters wide.
const MAX_INDENTS: usize = 4;
/// Containers in containers; beyond it only their text is shown. The parser itself stops lists at 100.
const MAX_DEPTH: usize = 64;

/// Whether blocks of HTML may be unwrapped into Markdown once more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Html {
    Unwrapped,
    Plain,
}

#[derive(Clone, Copy, Default)]
struct Place {
    depth: usize,
    lists: usize,
    quotes: usize,
}

struct Page<'s> {
    lines: Vec<&'s str>,
    html: Html,
}

/// The whole document as lines that still carry the marks of live links and of code.
pub(super) fn document(markdown: &str) -> String {
    page(markdown, Html::Unwrapped)
}

fn page(markdown: &str, html: Html) -> String {
    let masked = mask(markdown);
    let arena = Arena::new();
    let root = parse(&arena, &masked);
    let page = Page { lines: masked.split('\n').collect(), html };
    page.blocks(root, Place::default())
}

impl Page<'_> {
    fn blocks(&self, parent: Node<'_>, place: Place) -> String {
        let mut out = String::new();
        let mut previous: Option<Node<'_>> = None;
        for node in parent.children() {
            let text = self.block(node, place);
            if text.trim().is_empty() {
                continue;
            }
            if let Some(previous) = previous {
                out.push_str(self.gap(previous, node, &out, place));
            }
            out.push_str(&text);
            previous = Some(node);
        }
        out
    }

    /// A heading is set off above and close below; a list, table or code stays with the sentence that announces it; else the author's spacing.
    fn gap(&self, previous: Node<'_>, node: Node<'_>, before: &str, place: Place) -> &'static str {
        let (was, is) = (&previous.data().value, &node.data().value);
        if place.lists > 0 || matches!(was, NodeValue::Heading(_)) && !matches!(is, NodeValue::ThematicBreak) {
            return "\n";
        }
        if matches!(is, NodeValue::Heading(_)) {
            return "\n\n";
        }
        let announced =
            matches!(is, NodeValue::List(_) | NodeValue::Table(_) | NodeValue::CodeBlock(_)) && before.ends_with(['：', ':']);
        if announced || !self.blank_above(node) { "\n" } else { "\n\n" }
    }

    fn blank_above(&self, node: Node<'_>) -> bool {
        let line = node.data().sourcepos.start.line;
        let above = line.checked_sub(2).and_then(|index| self.lines.get(index));
        above.is_none_or(|above| above.trim_matches(|c: char| c == '>' || c.is_whitespace()).is_empty())
    }

    fn block(&self, node: Node<'_>, place: Place) -> String {
        if place.depth >= MAX_DEPTH {
            return flat(node);
        }
        let inside = Place { depth: place.depth + 1, ..place };
        match &node.data().value {
            NodeValue::Paragraph => paragraph(&inlines(node)),
            NodeValue::Heading(NodeHeading { level, .. }) => heading(*level, &inlines(node)),
            NodeValue::ThematicBreak => RULE.to_owned(),
            NodeValue::CodeBlock(code) => framed(code),
            NodeValue::HtmlBlock(html) => self.html(&html.literal),
            NodeValue::List(list) => self.list(node, *list, Place { lists: place.lists + 1, ..inside }),
            NodeValue::Table(_) => table(node),
            NodeValue::BlockQuote => self.quote(node, None, inside),
            NodeValue::Alert(alert) => {
                self.quote(node, Some(alert.title.as_deref().unwrap_or_else(|| alert_title(alert.alert_type))), inside)
            }
            NodeValue::FootnoteDefinition(footnote) => {
                let mut mark = String::from("[");
                prose(&footnote.name, &mut mark);
                format!("{mark}] {}", self.blocks(node, Place { lists: 1, ..inside }))
            }
            // The remaining kinds belong to extensions that are off.
            _ => flat(node),
        }
    }

    fn list(&self, node: Node<'_>, list: NodeList, place: Place) -> String {
        let mut out = String::new();
        let mut spacious = false;
        for (index, item) in node.children().enumerate() {
            let body = self.item(item, &marker(list, index, place.lists), place);
            if index > 0 {
                out.push_str(if spacious && self.blank_above(item) { "\n\n" } else { "\n" });
            }
            spacious = place.lists == 1 && body.contains('\n');
            out.push_str(&body);
        }
        out
    }

    fn item(&self, item: Node<'_>, marker: &str, place: Place) -> String {
        let tick = match &item.data().value {
            NodeValue::TaskItem(task) => Some(if task.symbol.is_some() { "☑ " } else { "☐ " }),
            _ => None,
        };
        // A box replaces the bullet but not a number.
        let marker = match tick {
            Some(tick) if marker.starts_with(|c: char| c.is_ascii_digit()) => format!("{marker}{tick}"),
            Some(tick) => tick.to_owned(),
            None => marker.to_owned(),
        };
        let body = self.blocks(item, place);
        if body.starts_with(FLUSH) {
            return format!("{}\n{body}", marker.trim_end());
        }
        let indent = if place.lists <= MAX_INDENTS { INDENT } else { "" };
        format!("{marker}{}", prefixed(&body, indent).trim_start_matches(INDENT))
    }

    fn quote(&self, node: Node<'_>, title: Option<&str>, place: Place) -> String {
        let place = Place { quotes: place.quotes + 1, ..place };
        let mut body = String::new();
        if let Some(title) = title {
            body.push('【');
            prose(title, &mut body);
            body.push_str("】\n");
        }
        body.push_str(&self.blocks(node, place));
        if place.quotes > MAX_INDENTS { body } else { prefixed(&body, QUOTE) }
    }

    fn html(&self, literal: &str) -> String {
        let mut plain = String::with_capacity(literal.len());
        verbatim(literal, &mut plain);
        let inner = unwrap(&plain);
        if self.html == Html::Unwrapped {
            return page(&inner, Html::Plain);
        }
        let mut text = String::with_capacity(inner.len());
        prose(&inner, &mut text);
        text
    }
}

/// `1. `, or a bullet whose shape tells its level.
fn marker(list: NodeList, index: usize, level: usize) -> String {
    match list.list_type {
        ListType::Bullet => match level {
            1 => "• ".to_owned(),
            2 => "◦ ".to_owned(),
            _ => "▪ ".to_owned(),
        },
        ListType::Ordered => {
            let delimiter = match list.delimiter {
                ListDelimType::Period => '.',
                ListDelimType::Paren => ')',
            };
            format!("{}{delimiter} ", list.start.saturating_add(index))
        }
    }
}

/// Puts `prefix` before every line but those of code.
fn prefixed(text: &str, prefix: &str) -> String {
    let lines: Vec<String> =
        text.split('\n').map(|line| if line.starts_with(FLUSH) { line.to_owned() } else { format!("{prefix}{line}") }).collect();
    lines.join("\n")
}

fn heading(level: u8, text: &str) -> String {
    let text = text.replace('\n', " ");
    let text = text.trim();
    match level {
        _ if text.is_empty() => String::new(),
        1 | 2 if !text.starts_with('【') => format!("【{text}】"),
        1 | 2 => text.to_owned(),
        _ => format!("{MINOR_HEADING}{text}"),
    }
}

/// A line like `##标题`, which lacks the space Markdown wants, is a heading all the same; `#话题` is a topic and stays.
fn paragraph(text: &str) -> String {
    if !text.contains("##") {
        return text.to_owned();
    }
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let title = line.trim_start_matches('#');
            let level = line.len() - title.len();
            if (2..=6).contains(&level) { heading(level as u8, title) } else { line.to_owned() }
        })
        .collect();
    lines.join("\n")
}

fn framed(code: &NodeCodeBlock) -> String {
    let mut literal = String::with_capacity(code.literal.len());
    verbatim(&code.literal, &mut literal);
    if literal.trim().is_empty() {
        return String::new();
    }
    let mut language = String::new();
    prose(code.info.split_ascii_whitespace().next().unwrap_or_default(), &mut language);
    let top = format!("{} {language}", FRAME.0);
    let body = literal.trim_matches('\n').split('\n').chain([FRAME.1]);
    std::iter::once(top.trim_end()).chain(body).map(|line| format!("{FLUSH}{line}")).collect::<Vec<_>>().join("\n")
}

fn alert_title(kind: AlertType) -> &'static str {
    match kind {
        AlertType::Note => "说明",
        AlertType::Tip => "提示",
        AlertType::Important => "重要",
        AlertType::Warning => "警告",
        AlertType::Caution => "小心",
    }
}

/// Only the text, line by line, without recursion.
fn flat(node: Node<'_>) -> String {
    let mut lines = Vec::new();
    for inner in node.descendants() {
        match &inner.data().value {
            NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell => lines.push(inlines(inner)),
            NodeValue::CodeBlock(code) => lines.push(framed(code)),
            NodeValue::HtmlBlock(html) => {
                let mut text = String::new();
                prose(&html.literal, &mut text);
                lines.push(text);
            }
            _ => {}
        }
    }
    lines.join("\n")
}
