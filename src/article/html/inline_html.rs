//! HTML tags inside Markdown: harmless formatting stays (without attributes), presentation is dropped, and everything
//! else is shown as the text it is. A model that writes `Vec<T>` or explains `<script>` loses no letter.

use comrak::nodes::{Node, NodeValue};

use super::escaped;

/// Formatting a model uses in running text.
const INLINE: [&str; 22] = [
    "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "kbd", "mark", "small", "q", "cite", "var", "samp", "code",
    "ruby", "rt", "rp", "dfn",
];

/// Tags that stand alone.
const VOID: [&str; 3] = ["br", "wbr", "hr"];

/// Structure a model uses in blocks.
const BLOCK: [&str; 17] = [
    "p",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "caption",
    "details",
    "summary",
];

/// Tags that only carry looks: dropped, their content stays.
const PRESENTATION: [&str; 7] = ["span", "font", "center", "big", "div", "tt", "section"];

/// A closing tag looks for its partner among this many open ones; real text has two or three.
const MAX_OPEN: usize = 32;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag<'a> {
    Open(&'a str),
    Close(&'a str),
    Void(&'a str),
    Dropped,
    Unknown,
}

/// Settles the tags among a node's children. A pair counts only between siblings, so that no tag reaches further.
pub(super) fn settle_children<'a>(parent: Node<'a>) {
    let mut open: Vec<(String, Node<'a>)> = Vec::new();
    for child in parent.children().collect::<Vec<_>>() {
        let NodeValue::HtmlInline(literal) = child.data().value.clone() else { continue };
        let (text, settled) = match tag(&literal, &[&INLINE]) {
            Tag::Open(name) => {
                open.push((name.to_owned(), child));
                (escaped(&literal), None)
            }
            Tag::Close(name) => match open.iter().rev().take(MAX_OPEN).position(|(opened, _)| opened == name) {
                Some(back) => {
                    let partner = open.drain(open.len() - 1 - back..).next().map(|(_, partner)| partner);
                    (format!("</{name}>"), partner.map(|partner| (partner, format!("<{name}>"))))
                }
                None => (escaped(&literal), None),
            },
            Tag::Void(name) => (format!("<{name}>"), None),
            Tag::Dropped => (String::new(), None),
            Tag::Unknown => (escaped(&literal), None),
        };
        child.data_mut().value = NodeValue::Raw(text);
        if let Some((partner, html)) = settled {
            partner.data_mut().value = NodeValue::Raw(html);
        }
    }
}

/// A block that begins with a tag: its known tags if each is closed (`<details>` may close in a later block),
/// otherwise all of it as text.
pub(super) fn block(literal: &str) -> String {
    balanced(literal).unwrap_or_else(|| format!("<p class=\"plain\">{}</p>\n", escaped(literal.trim_end())))
}

fn balanced(literal: &str) -> Option<String> {
    let mut html = String::with_capacity(literal.len());
    let mut open = Vec::new();
    let mut rest = literal;
    while let Some(start) = rest.find('<') {
        html.push_str(&rest[..start].replace('>', "&gt;"));
        let length = tag_length(&rest[start..])?;
        match tag(&rest[start..start + length], &[&INLINE, &BLOCK]) {
            Tag::Open(name) => {
                open.push(name);
                html.extend(["<", name, ">"]);
            }
            Tag::Close(name) => {
                let is_partner = open.last() == Some(&name);
                if is_partner {
                    open.pop();
                } else if name != "details" {
                    return None;
                }
                html.extend(["</", name, ">"]);
            }
            Tag::Void(name) => html.extend(["<", name, ">"]),
            Tag::Dropped => {}
            Tag::Unknown => return None,
        }
        rest = &rest[start + length..];
    }
    html.push_str(&rest.replace('>', "&gt;"));
    open.iter().all(|name| *name == "details").then_some(html)
}

/// Bytes from `<` to its `>`; a comment ends at its own mark.
fn tag_length(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| end + 3);
    }
    text.find('>').map(|end| end + 1)
}

fn tag(literal: &str, known: &[&[&'static str]]) -> Tag<'static> {
    if literal.starts_with("<!--") {
        return Tag::Dropped;
    }
    let Some(inner) = literal.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) else { return Tag::Unknown };
    let (inner, is_close) = inner.strip_prefix('/').map_or((inner, false), |rest| (rest, true));
    let name = inner.split(|letter: char| letter.is_ascii_whitespace() || letter == '/').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let among = |names: &[&'static str]| names.iter().copied().find(|known| *known == name);
    if let Some(name) = among(&VOID) {
        return Tag::Void(name);
    }
    if among(&PRESENTATION).is_some() {
        return Tag::Dropped;
    }
    match known.iter().find_map(|names| among(names)) {
        Some(name) if is_close => Tag::Close(name),
        Some(name) => Tag::Open(name),
        None => Tag::Unknown,
    }
}
