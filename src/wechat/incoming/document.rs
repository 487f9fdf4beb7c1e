//! An XML document as a list of elements, read in one pass under the limits that a push must keep.
//!
//! Knows no element of WeChat's. Order, attributes, comments and unknown elements never matter; what is written twice counts once.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    errors::{Error, IllFormedError, SyntaxError},
    escape::resolve_xml_entity,
    events::{BytesRef, Event},
};

use super::BadXml;
use crate::wechat::xml::is_forbidden;

/// The deepest push that WeChat documents has 5 levels; 32 leaves room and keeps a hostile one small.
const MAX_DEPTH: usize = 32;

/// The longest push lists a few dozen articles. Whoever sends a body full of elements is not WeChat, and it is read before its
/// signature can be checked.
const MAX_ELEMENTS: usize = 4096;

/// Room for the elements of all but the longest pushes.
const USUAL_ELEMENTS: usize = 16;

/// The elements in the order of their start tags, each followed by those within it.
pub(super) struct Document<'a>(Vec<Node<'a>>);

struct Node<'a> {
    name: String,
    /// Text and CDATA of this element itself, joined.
    text: Cow<'a, str>,
    /// How many elements of the list are this one and those within it.
    size: usize,
}

/// An element that is not closed yet.
struct Open {
    index: usize,
    /// The length of its text up to the end of the last CDATA or reference: white space after it is layout.
    solid: usize,
}

/// One element with everything within it.
#[derive(Clone, Copy)]
pub(super) struct Element<'d>(&'d [Node<'d>]);

impl<'a> Document<'a> {
    /// Reads a whole document with exactly one root.
    pub(super) fn read(xml: &'a str) -> Result<Self, BadXml> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut document = Self(Vec::with_capacity(USUAL_ELEMENTS));
        let mut open: Vec<Open> = Vec::with_capacity(MAX_DEPTH);
        loop {
            match reader.read_event().map_err(|error| refusal(&error))? {
                Event::Start(start) => document.begin(start.name().as_ref(), &mut open)?,
                Event::End(_) => document.end(&mut open),
                Event::Text(text) => document.append_layout(text.xml10_content(), &mut open)?,
                Event::CData(text) => document.append(text.xml10_content(), &mut open)?,
                Event::GeneralRef(reference) => {
                    if let Some(character) = resolve(&reference)? {
                        document.append(character.to_string().into(), &mut open)?;
                    }
                }
                Event::DocType(_) => return Err(BadXml::Dtd),
                // The reader was told to give an empty element as a start and an end.
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if document.0.is_empty() || !open.is_empty() { Err(BadXml::Malformed) } else { Ok(document) }
    }

    /// The outermost element.
    pub(super) fn root(&self) -> Element<'_> {
        Element(&self.0)
    }

    fn begin(&mut self, name: &str, open: &mut Vec<Open>) -> Result<(), BadXml> {
        let second_root = open.is_empty() && !self.0.is_empty();
        if second_root || name.is_empty() {
            return Err(BadXml::Malformed);
        }
        if open.len() == MAX_DEPTH || self.0.len() == MAX_ELEMENTS {
            return Err(BadXml::Depth);
        }
        open.push(Open { index: self.0.len(), solid: 0 });
        self.0.push(Node { name: name.to_owned(), text: Cow::Borrowed(""), size: 1 });
        Ok(())
    }

    fn end(&mut self, open: &mut Vec<Open>) {
        let Some(Open { index, solid }) = open.pop() else { return };
        let size = self.0.len() - index;
        let node = &mut self.0[index];
        node.size = size;
        let length = solid + node.text[solid..].trim_ascii_end().len();
        match &mut node.text {
            Cow::Borrowed(text) => *text = &text[..length],
            Cow::Owned(text) => text.truncate(length),
        }
    }

    /// Adds text whose white space at either end of the element is only how the document was laid out.
    fn append_layout(&mut self, text: Cow<'a, str>, open: &mut [Open]) -> Result<(), BadXml> {
        let blank = text.trim_ascii_start().is_empty();
        let Some(&mut Open { index, .. }) = open.last_mut() else {
            return if blank { Ok(()) } else { Err(BadXml::Malformed) };
        };
        if !self.0[index].text.is_empty() {
            self.0[index].text.to_mut().push_str(&text);
        } else if !blank {
            self.0[index].text = match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_ascii_start()),
                Cow::Owned(text) => Cow::Owned(text.trim_ascii_start().to_owned()),
            };
        }
        Ok(())
    }

    /// Adds text of which every character counts.
    fn append(&mut self, text: Cow<'a, str>, open: &mut [Open]) -> Result<(), BadXml> {
        let Some(Open { index, solid }) = open.last_mut() else { return Err(BadXml::Malformed) };
        let node = &mut self.0[*index];
        if node.text.is_empty() {
            node.text = text;
        } else {
            node.text.to_mut().push_str(&text);
        }
        *solid = node.text.len();
        Ok(())
    }
}

impl<'d> Element<'d> {
    /// The elements directly within this one.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        let mut rest = &self.0[1..];
        std::iter::from_fn(move || {
            let (child, after) = rest.split_at(rest.first()?.size);
            rest = after;
            Some(Element(child))
        })
    }

    /// All elements called `name` directly within this one.
    pub(super) fn all(self, name: &str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.0[0].name == name)
    }

    /// The first element called `name` directly within this one.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        self.all(name).next()
    }

    /// Its own text with the white space at both ends removed; an empty element has none.
    pub(super) fn text(self) -> Option<&'d str> {
        Some(self.0[0].text.trim()).filter(|text| !text.is_empty())
    }

    /// The [`text`](Self::text) of the child called `name`.
    pub(super) fn value(self, name: &str) -> Option<&'d str> {
        self.child(name)?.text()
    }

    /// The same as an owned text, where the caller has a place for its absence.
    pub(super) fn optional(self, name: &str) -> Option<String> {
        self.value(name).map(str::to_owned)
    }

    /// The same as an owned text, empty where there is none.
    pub(super) fn string(self, name: &str) -> String {
        self.value(name).unwrap_or_default().to_owned()
    }

    /// The child called `name` as it was written, white space included.
    pub(super) fn verbatim(self, name: &str) -> String {
        self.child(name).map(|child| child.0[0].text.to_string()).unwrap_or_default()
    }

    /// The child called `name` as a number; a strange one is as good as none, because the message around it still counts.
    pub(super) fn number(self, name: &str) -> Option<i64> {
        self.value(name)?.parse().ok()
    }
}

/// The character a reference stands for, or nothing for one that XML forbids and that is removed like its written form.
fn resolve(reference: &BytesRef<'_>) -> Result<Option<char>, BadXml> {
    let character = match reference.resolve_char_ref() {
        Ok(Some(character)) => character,
        Ok(None) => resolve_xml_entity(reference).and_then(|text| text.chars().next()).ok_or(BadXml::Malformed)?,
        Err(_) => return Err(BadXml::Malformed),
    };
    Ok(Some(character).filter(|character| !is_forbidden(*character)))
}

fn refusal(error: &Error) -> BadXml {
    match error {
        Error::Syntax(SyntaxError::UnclosedDoctype) | Error::IllFormed(IllFormedError::MissingDoctypeName) => BadXml::Dtd,
        _ => BadXml::Malformed,
    }
}
