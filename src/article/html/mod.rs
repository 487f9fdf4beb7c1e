//! An answer's Markdown as safe HTML for its page.
//!
//! GFM with the habits of language models in mind: HTML tags in running text, links that run into Chinese
//! punctuation, mathematics between dollars, answers that are still being written. Everything passes an
//! allow-list last. Knows nothing of the page around it, of languages of the reader, of the network or the time.

mod allowed;
mod code;
mod inline_html;
mod links;
mod unfinished;

use comrak::nodes::{AlertType, AstNode, Node, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

use code::Colours;

/// Markdown longer than this is shown as plain text: 30 times the longest answer a model gives.
const MAX_MARKDOWN_BYTES: usize = 1024 * 1024;

/// Blocks nested deeper than this are flattened to text; readers lose the thread at four, parsers their stack later.
const MAX_DEPTH: usize = 60;

/// One answer while it grows. It remembers what it coloured, so that only new lines of code cost anything.
#[derive(Default)]
pub struct GrowingAnswer {
    colours: Colours,
}

impl GrowingAnswer {
    /// HTML of a finished answer.
    pub fn page_html(&mut self, markdown: &str) -> String {
        if markdown.len() > MAX_MARKDOWN_BYTES || markdown.lines().any(nests_too_deep) {
            return plain_text(markdown);
        }
        self.colours.start_over();
        let arena = Arena::new();
        let options = options();
        let root = parse_document(&arena, markdown, &options);
        if depth(root) > MAX_DEPTH {
            return plain_text(markdown);
        }
        lower_headings(root);
        let titles = Titles::of(markdown);
        for node in root.descendants().collect::<Vec<_>>() {
            self.settle(&arena, node, titles);
        }
        let mut html = String::with_capacity(markdown.len() * 2);
        match format_html(root, &options, &mut html) {
            Ok(()) => allowed::clean(&html),
            Err(std::fmt::Error) => plain_text(markdown),
        }
    }

    /// HTML of an answer that stops in the middle of a sentence, a table or a block of code.
    pub fn draft_html(&mut self, so_far: &str) -> String {
        self.page_html(&unfinished::close(so_far))
    }

    fn settle<'a>(&mut self, arena: &'a Arena<'a>, node: Node<'a>, titles: Titles) {
        inline_html::settle_children(node);
        let replacement = match &mut node.data_mut().value {
            NodeValue::CodeBlock(block) => Some(self.colours.block(&block.info, &block.literal)),
            NodeValue::HtmlBlock(block) => Some(inline_html::block(&block.literal)),
            NodeValue::Math(math) => Some(math_span(&math.literal, math.display_math)),
            NodeValue::Alert(alert) => {
                alert.title.get_or_insert_with(|| titles.alert(alert.alert_type).to_owned());
                None
            }
            _ => None,
        };
        if let Some(html) = replacement {
            node.data_mut().value = NodeValue::Raw(html);
        }
        if matches!(node.data().value, NodeValue::Table(_)) {
            node.insert_before(raw(arena, "<div class=\"table-scroll\" tabindex=\"0\">\n"));
            node.insert_after(raw(arena, "</div>\n"));
        }
        links::settle(arena, node);
    }
}

/// HTML of a finished answer. Total: any text gives a page, however hostile.
pub fn page_html(markdown: &str) -> String {
    GrowingAnswer::default().page_html(markdown)
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    options.extension.math_latex = true;
    options.extension.cjk_friendly_emphasis = true;
    // Underlining by a next line of dashes: models mean a rule, and half of it would turn every paragraph before
    // a list into a heading while the answer streams in.
    options.parse.ignore_setext = true;
    options.render.hardbreaks = true;
    options.render.tasklist_classes = true;
    options
}

/// The page's own heading is the question: the highest of the answer's comes next below it, whatever the model began with.
fn lower_headings(root: Node<'_>) {
    let level = |node: Node<'_>| if let NodeValue::Heading(heading) = node.data().value { Some(heading.level) } else { None };
    let Some(highest) = root.descendants().filter_map(level).min() else { return };
    for node in root.descendants() {
        if let NodeValue::Heading(heading) = &mut node.data_mut().value {
            heading.level = (heading.level - highest + 2).min(6);
        }
    }
}

fn depth(root: Node<'_>) -> usize {
    let (mut depth, mut deepest) = (0, 0);
    for edge in root.traverse() {
        match edge {
            comrak::arena_tree::NodeEdge::Start(_) => depth += 1,
            comrak::arena_tree::NodeEdge::End(_) => depth -= 1,
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether a line alone opens more blocks than [`MAX_DEPTH`], which would cost the parser their square.
fn nests_too_deep(line: &str) -> bool {
    let marks = line.bytes().take_while(|byte| b" \t>-*+.)0123456789".contains(byte)).count();
    let opens = |pair: &[u8]| match pair {
        [b'>', _] => true,
        [b'-' | b'*' | b'+' | b'.' | b')', after] => after.is_ascii_whitespace(),
        _ => false,
    };
    line.as_bytes()[..marks].windows(2).filter(|pair| opens(pair)).count() > MAX_DEPTH
}

fn raw<'a>(arena: &'a Arena<'a>, html: &str) -> Node<'a> {
    arena.alloc(AstNode::from(NodeValue::Raw(html.to_owned())))
}

fn math_span(tex: &str, display: bool) -> String {
    let class = if display { "math math-display" } else { "math" };
    format!("<span class=\"{class}\">{}</span>", escaped(tex.trim()))
}

fn plain_text(text: &str) -> String {
    format!("<p class=\"plain\">{}</p>", escaped(text))
}

/// Text as HTML text or as the value of a quoted attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    // Writing to a String cannot fail.
    let _ = comrak::html::escape(&mut html, text);
    html
}

/// The language of an alert's title is that of the answer it stands in.
#[derive(Clone, Copy)]
enum Titles {
    Chinese,
    English,
}

impl Titles {
    fn of(markdown: &str) -> Self {
        let is_han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
        if markdown.chars().any(is_han) { Self::Chinese } else { Self::English }
    }

    fn alert(self, kind: AlertType) -> &'static str {
        match (self, kind) {
            (Self::Chinese, AlertType::Note) => "说明",
            (Self::Chinese, AlertType::Tip) => "提示",
            (Self::Chinese, AlertType::Important) => "重要",
            (Self::Chinese, AlertType::Warning) => "注意",
            (Self::Chinese, AlertType::Caution) => "警告",
            (Self::English, kind) => kind.default_title(),
        }
    }
}
