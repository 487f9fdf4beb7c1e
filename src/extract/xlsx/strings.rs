//! The texts that cells of a workbook share, kept in one piece and within the limit of the whole text.

use crate::extract::{
    archive::Archive,
    draft::Draft,
    error::Error,
    limits::Limits,
    markup::{Markup, Node},
};

/// Shared texts that are kept. A workbook of a million different texts is over the limit of its text anyway.
const STRINGS: usize = 1_000_000;

/// A shared text by its number.
pub(super) struct Strings {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the table; a workbook without one has none.
    pub(super) fn read(archive: &mut Archive<'_>, part: &str, limits: &Limits, draft: &mut Draft) -> Result<Self, Error> {
        let mut strings = Self { text: String::new(), ends: Vec::new() };
        let meter = archive.meter();
        let Some(source) = archive.part(part)? else { return Ok(strings) };
        let mut markup = Markup::new(source, meter);
        let (mut is_text, mut is_reading_aid) = (false, false);
        loop {
            match markup.next()? {
                Node::Open(tag) => match tag.name() {
                    "t" => is_text = !is_reading_aid,
                    // How a Japanese name is read stands beside it, and is not part of it.
                    "rPh" => is_reading_aid = true,
                    _ => {}
                },
                Node::Text(text) if is_text => strings.text.push_str(&text),
                Node::Text(_) => {}
                Node::Close(name) => match name.as_str() {
                    "t" => is_text = false,
                    "rPh" => is_reading_aid = false,
                    "si" => strings.ends.push(strings.text.len() as u32),
                    _ => {}
                },
                Node::End => return Ok(strings),
            }
            // What is beyond cannot be named any more, so the sheets are known to be incomplete.
            if strings.ends.len() >= STRINGS || strings.text.len() > limits.text_chars.saturating_mul(4) {
                draft.lack();
                return Ok(strings);
            }
        }
    }

    pub(super) fn at(&self, index: usize) -> &str {
        let end = self.ends.get(index).map(|end| *end as usize);
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |start| *start as usize);
        end.and_then(|end| self.text.get(start..end)).unwrap_or_default()
    }
}
