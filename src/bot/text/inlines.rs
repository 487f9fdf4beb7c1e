//! Inline Markdown as text: emphasis without its marks, links alive, formulas in symbols.
//!
//! Walks the tree without recursion, so that no depth of nesting matters. Knows nothing of blocks.

use comrak::Node;
use comrak::arena_tree::NodeEdge;
use comrak::nodes::{NodeMath, NodeValue};

use super::html::{Tag, tag};
use super::links::link;
use super::math;
use super::prose::prose;
use super::source::verbatim;

/// What stands before the description of a picture.
const PICTURE: &str = "[图片] ";

/// The text of all inline nodes below `parent`, with masks lifted and links live.
pub(super) fn inlines(parent: Node<'_>) -> String {
    let mut line = Line::default();
    for edge in parent.traverse() {
        match edge {
            NodeEdge::Start(node) if !node.same_node(parent) => line.enter(node),
            NodeEdge::End(node) if !node.same_node(parent) => line.leave(node),
            NodeEdge::Start(_) | NodeEdge::End(_) => {}
        }
    }
    line.out
}

/// Something that began at a byte of the output and will be rewritten when it ends; what never ends is shown as it is.
enum Open {
    Link { start: usize, url: String, origin: Origin },
    Raised(usize),
    Lowered(usize),
}

/// Markdown's links nest properly; a model's tags need not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Markdown,
    Html,
}

#[derive(Default)]
struct Line {
    out: String,
    open: Vec<Open>,
}

impl Line {
    fn enter(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Text(text) => prose(text, &mut self.out),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.out.push('\n'),
            NodeValue::Code(code) => verbatim(&code.literal, &mut self.out),
            NodeValue::HtmlInline(source) => self.html(source),
            NodeValue::Math(formula) => self.formula(formula, node.next_sibling()),
            NodeValue::Link(target) => self.open_link(&target.url, Origin::Markdown),
            NodeValue::Image(target) => {
                self.open_link(&target.url, Origin::Markdown);
                self.out.push_str(PICTURE);
            }
            NodeValue::Subscript => self.out.push('~'),
            NodeValue::FootnoteReference(footnote) => {
                self.out.push('[');
                prose(&footnote.name, &mut self.out);
                self.out.push(']');
            }
            // Emphasis and deletion have no marks in a chat; what the parser is not asked for does not occur.
            _ => {}
        }
    }

    fn leave(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Link(_) | NodeValue::Image(_) => self.close_link(Origin::Markdown),
            NodeValue::Subscript => self.out.push('~'),
            _ => {}
        }
    }

    fn html(&mut self, source: &str) {
        match tag(source) {
            Tag::Text => prose(source, &mut self.out),
            Tag::Dropped | Tag::Cell => {}
            Tag::Break(_) => self.out.push('\n'),
            Tag::OpenLink(url) => self.open_link(&url.unwrap_or_default(), Origin::Html),
            Tag::CloseLink => {
                if matches!(self.open.last(), Some(Open::Link { origin: Origin::Html, .. })) {
                    self.close_link(Origin::Html);
                }
            }
            Tag::OpenRaised => self.open.push(Open::Raised(self.out.len())),
            Tag::OpenLowered => self.open.push(Open::Lowered(self.out.len())),
            Tag::CloseRaised => {
                if let Some(&Open::Raised(start)) = self.open.last() {
                    self.open.pop();
                    self.shift(start, math::raised, "^");
                }
            }
            Tag::CloseLowered => {
                if let Some(&Open::Lowered(start)) = self.open.last() {
                    self.open.pop();
                    self.shift(start, math::lowered, "");
                }
            }
            Tag::Image { source, alt } => {
                self.open_link(&source, Origin::Html);
                self.out.push_str(PICTURE);
                prose(&alt, &mut self.out);
                self.close_link(Origin::Html);
            }
        }
    }

    /// `x<sup>2</sup>` is x²; where Unicode has no raised form, `x^y`.
    fn shift(&mut self, start: usize, moved: fn(&str) -> Option<String>, mark: &str) {
        let plain = self.out.split_off(start);
        match moved(&plain) {
            Some(moved) => self.out.push_str(&moved),
            None => self.out.extend([mark, &plain]),
        }
    }

    fn formula(&mut self, formula: &NodeMath, next: Option<Node<'_>>) {
        let glued = next.is_some_and(|next| {
            next.data().value.text().is_some_and(|text| text.starts_with(|c: char| c.is_ascii_alphanumeric()))
        });
        let single = formula.dollar_math && !formula.display_math;
        if single && (glued || math::is_prose(&formula.literal)) {
            self.out.push('$');
            prose(&formula.literal, &mut self.out);
            self.out.push('$');
            return;
        }
        let mut latex = String::with_capacity(formula.literal.len());
        verbatim(&formula.literal, &mut latex);
        self.out.push_str(&math::readable(&latex));
    }

    fn open_link(&mut self, url: &str, origin: Origin) {
        self.open.push(Open::Link { start: self.out.len(), url: url.to_owned(), origin });
    }

    /// Ends the innermost link of `origin`. A picture inside a link, or a link inside a link, is only its label: WeChat's links do not nest.
    fn close_link(&mut self, origin: Origin) {
        while let Some(open) = self.open.pop() {
            let Open::Link { start, url, origin: opened } = open else {
                continue;
            };
            if opened != origin {
                continue;
            }
            if !self.open.iter().any(|outer| matches!(outer, Open::Link { .. })) {
                let label = self.out.split_off(start);
                self.out.push_str(&link(&url, &label));
            }
            return;
        }
    }
}
