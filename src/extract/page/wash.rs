//! Makes any HTML small, shallow and well nested before a real parser sees it.
//!
//! The standard's algorithm takes quadratic time and memory for some pages (open formatting elements, deep nesting, a tag of a
//! million attributes). This pass is linear and keeps what matters for text: blocks, links, titles, ids and classes. Scripts,
//! styles, forms and what is hidden are gone. It decodes no entity and judges no content.

use super::tags::{Role, Tag, closes, tag_named};

/// Bytes of what is handed on. A novel of 300,000 characters fits.
const OUTPUT_MAX: usize = 1 << 20;
/// Start tags that are handed on; a long encyclopedia article has 10,000.
const TAGS_MAX: usize = 20_000;
/// How deep tags are nested; pages of today have about 30 levels.
const DEPTH_MAX: usize = 80;
/// After how many characters that must be escaped a text is cut in two. The parser's own writer takes quadratic time for a
/// text of them alone.
const ESCAPES_MAX: usize = 200;
/// Bytes of an attribute's value. A description has 300 characters.
const VALUE_MAX: usize = 1 << 10;

const ATTRIBUTES: [&str; 9] = ["id", "class", "href", "rel", "name", "property", "itemprop", "content", "role"];

/// What becomes of elements that a browser would not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    Dropped,
    /// For pages that a script would have made visible.
    Kept,
}

struct Washer<'a> {
    rest: &'a str,
    hidden: Hidden,
    out: String,
    open: Vec<Tag>,
    tags: usize,
    /// How many tags were open where what is dropped began.
    silent_above: Option<usize>,
    title: String,
    escapes: usize,
    /// Tags that are known not to be closed in the rest: nobody looks twice.
    never_closed: Vec<&'static str>,
}

/// A start tag as it stands in the source.
struct Start {
    attributes: Vec<(&'static str, String)>,
    is_hidden: bool,
}

/// The same page, with at most [`OUTPUT_MAX`] bytes, [`TAGS_MAX`] tags and [`DEPTH_MAX`] levels. Takes linear time.
pub(super) fn wash(html: &str, hidden: Hidden) -> String {
    // The parser reports every zero byte, at some cost, and then drops it.
    let html = &html.replace('\0', "");
    let mut washer = Washer {
        rest: html,
        hidden,
        out: String::new(),
        open: Vec::new(),
        tags: 0,
        silent_above: None,
        title: String::new(),
        escapes: 0,
        never_closed: Vec::new(),
    };
    while !washer.rest.is_empty() && washer.out.len() < OUTPUT_MAX && washer.tags < TAGS_MAX {
        washer.step();
    }
    washer.close_above(0);
    // In front of everything: a title among the words would be one of them.
    format!("<title>{}</title>{}", washer.title, washer.out)
}

impl<'a> Washer<'a> {
    /// Consumes text up to the next tag, or one tag, comment or declaration; at least one byte.
    fn step(&mut self) {
        let Some(inside) = self.rest.strip_prefix('<') else {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            return self.text(end);
        };
        match inside.as_bytes() {
            [first, ..] if first.is_ascii_alphabetic() => self.start_tag(inside),
            [b'/', first, ..] if first.is_ascii_alphabetic() => {
                let name = name_at(&inside[1..]);
                self.rest = behind(inside, ">");
                if let Some(tag) = tag_named(name) {
                    self.end_tag(tag);
                }
            }
            [b'!', b'-', b'-', ..] => self.rest = behind(&inside[1..], "-->"),
            [b'!' | b'?' | b'/', ..] => self.rest = behind(inside, ">"),
            _ => {
                self.push("&lt;");
                self.rest = inside;
            }
        }
    }

    fn text(&mut self, end: usize) {
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        let text = cut(text, OUTPUT_MAX.saturating_sub(self.out.len()));
        let mut begin = 0;
        for (at, _) in text.match_indices(|letter| matches!(letter, '&' | '\u{80}'..='\u{bf}')) {
            self.escapes += 1;
            if self.escapes.is_multiple_of(ESCAPES_MAX) {
                self.push(&text[begin..at]);
                self.push("<wbr>");
                begin = at;
            }
        }
        self.push(&text[begin..]);
    }

    fn push(&mut self, text: &str) {
        if self.silent_above.is_none() {
            self.out.push_str(text);
        }
    }

    fn start_tag(&mut self, inside: &'a str) {
        let name = name_at(inside);
        let Some((start, rest)) = read_attributes(&inside[name.len()..]) else {
            self.rest = "";
            return;
        };
        self.rest = rest;
        let Some(tag) = tag_named(name) else { return };
        match tag.role {
            Role::Dropped => self.skip(tag),
            Role::Title => self.title(tag),
            Role::Void => {
                if self.silent_above.is_none() {
                    self.write(tag, &start);
                }
            }
            Role::Kept => self.open(tag, &start),
        }
    }

    /// Jumps over an element and what is in it.
    fn skip(&mut self, tag: Tag) {
        if let Some((_, rest)) = self.closing(tag) {
            self.rest = rest;
        } else if tag.is_raw {
            self.rest = "";
        }
    }

    /// Keeps the first title. Its content is text, whatever it looks like.
    fn title(&mut self, tag: Tag) {
        let Some((content, rest)) = self.closing(tag) else { return };
        self.rest = rest;
        if self.title.is_empty() {
            self.title = cut(content.trim(), VALUE_MAX).replace('<', "&lt;");
        }
    }

    fn open(&mut self, tag: Tag, start: &Start) {
        while self.open.last().is_some_and(|last| closes(tag, *last)) {
            self.close_above(self.open.len() - 1);
        }
        // Deeper down, text is kept and structure is not.
        if self.open.len() >= DEPTH_MAX {
            return;
        }
        if self.silent_above.is_none() {
            if start.is_hidden && self.hidden == Hidden::Dropped {
                self.silent_above = Some(self.open.len());
            } else {
                self.write(tag, start);
            }
        }
        self.open.push(tag);
    }

    fn end_tag(&mut self, tag: Tag) {
        if let Some(level) = self.open.iter().rposition(|open| open.name == tag.name) {
            self.close_above(level);
        }
    }

    fn close_above(&mut self, level: usize) {
        while self.open.len() > level {
            let Some(tag) = self.open.pop() else { return };
            match self.silent_above {
                None => self.out.extend(["</", tag.name, ">"]),
                Some(begin) if begin == self.open.len() => self.silent_above = None,
                Some(_) => {}
            }
        }
    }

    fn write(&mut self, tag: Tag, start: &Start) {
        self.tags += 1;
        self.out.extend(["<", tag.name]);
        for (name, value) in &start.attributes {
            self.out.extend([" ", *name, "=\"", value, "\""]);
        }
        self.out.push('>');
    }

    /// What stands before the next end tag of this name, and what stands behind it.
    fn closing(&mut self, tag: Tag) -> Option<(&'a str, &'a str)> {
        if self.never_closed.contains(&tag.name) {
            return None;
        }
        let found = self.rest.match_indices("</").find(|(at, _)| name_at(&self.rest[at + 2..]).eq_ignore_ascii_case(tag.name));
        let Some((at, _)) = found else {
            self.never_closed.push(tag.name);
            return None;
        };
        Some((&self.rest[..at], behind(&self.rest[at..], ">")))
    }
}

/// The letters up to where a tag's name ends.
fn name_at(text: &str) -> &str {
    let end = text.find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '/' | '>'));
    &text[..end.unwrap_or(text.len())]
}

fn behind<'a>(text: &'a str, end: &str) -> &'a str {
    text.find(end).map_or("", |at| &text[at + end.len()..])
}

/// `text` without what is beyond `bytes`, never inside a character.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Reads up to the `>` that ends a start tag; nothing if there is none. Each byte is looked at once.
fn read_attributes(text: &str) -> Option<(Start, &str)> {
    let mut start = Start { attributes: vec![], is_hidden: false };
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_ascii_whitespace() || letter == '/');
        if let Some(rest) = rest.strip_prefix('>') {
            return Some((start, rest));
        }
        let end = rest.find(|letter: char| letter.is_ascii_whitespace() || matches!(letter, '/' | '>' | '='))?;
        // An equals sign at the very front belongs to a name of its own; no such name is kept.
        let (name, behind_name) = rest.split_at(end.max(1));
        let (value, behind_value) = read_value(behind_name)?;
        rest = behind_value;
        note(&mut start, name, value);
    }
}

/// The value behind an attribute's name: quoted, bare or none.
fn read_value(text: &str) -> Option<(&str, &str)> {
    let Some(value) = text.trim_start().strip_prefix('=') else {
        return Some(("", text));
    };
    let value = value.trim_start();
    if let Some(quote @ ('"' | '\'')) = value.chars().next() {
        return value[1..].split_once(quote);
    }
    let end = value.find(|letter: char| letter.is_ascii_whitespace() || letter == '>')?;
    Some(value.split_at(end))
}

fn note(start: &mut Start, name: &str, value: &str) {
    let value = cut(value, VALUE_MAX);
    if name.eq_ignore_ascii_case("hidden") {
        start.is_hidden = true;
    } else if name.eq_ignore_ascii_case("style") {
        let style: String = value.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_ascii_lowercase();
        start.is_hidden |= style.contains("display:none");
    }
    let known = ATTRIBUTES.into_iter().find(|known| known.eq_ignore_ascii_case(name));
    if let Some(known) = known.filter(|known| !start.attributes.iter().any(|(name, _)| name == known)) {
        start.attributes.push((known, value.replace('"', "&quot;")));
    }
}
