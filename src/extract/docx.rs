//! Word documents (ECMA-376, WordprocessingML): paragraphs, headings, lists, tables, notes.
//!
//! It refuses what Word does not show: deleted text, field codes, and the second copy of a text box.

use std::collections::HashMap;

use super::{
    archive::Archive,
    draft::Draft,
    error::Error,
    markup::{Markup, Node, Tag},
    package,
};

/// Styles beyond this many are not headings anybody uses.
const STYLES: usize = 5_000;

/// Writes the document's text, and gives its title.
pub(super) fn read(archive: &mut Archive<'_>, draft: &mut Draft) -> Result<Option<String>, Error> {
    let title = package::title(archive);
    let main = package::main_part(archive)?.unwrap_or_else(|| "word/document.xml".to_owned());
    let headings = match styles(archive, &package::resolve(&main, "styles.xml")) {
        Ok(headings) => headings,
        // Without styles there are no headings, but all of the text.
        Err(Error::Damaged(_)) => HashMap::new(),
        Err(error) => return Err(error),
    };
    if !story(archive, &main, &headings, draft)? {
        return Err(Error::damaged("the document's main part is missing"));
    }
    for notes in ["footnotes.xml", "endnotes.xml"] {
        draft.break_paragraph();
        story(archive, &package::resolve(&main, notes), &headings, draft)?;
    }
    Ok(title)
}

/// The level of each style that is a heading, by the style's id. Ids are translated, names are not.
fn styles(archive: &mut Archive<'_>, part: &str) -> Result<HashMap<String, u8>, Error> {
    let mut headings = HashMap::new();
    let meter = archive.meter();
    let Some(source) = archive.part(part)? else { return Ok(headings) };
    let mut markup = Markup::new(source, meter);
    let mut style = String::new();
    while headings.len() < STYLES {
        match markup.next()? {
            Node::Open(tag) if tag.name() == "style" => style = tag.attribute("styleId").unwrap_or_default(),
            Node::Open(tag) if tag.name() == "name" => {
                let name = tag.attribute("val").unwrap_or_default().to_ascii_lowercase();
                let level = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
                if let Some(level) = level.or((name == "title").then_some(1)) {
                    headings.insert(style.clone(), level);
                }
            }
            Node::Open(tag) if tag.name() == "outlineLvl" => {
                let level = level(&tag);
                headings.entry(style.clone()).or_insert(level);
            }
            Node::End => break,
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
    Ok(headings)
}

/// Outline levels count from 0; 9 is body text.
fn level(tag: &Tag<'_>) -> u8 {
    tag.attribute("val").and_then(|level| level.parse::<u8>().ok()).unwrap_or(8).min(8) + 1
}

/// Writes one stream of paragraphs; false if there is no such part.
fn story(archive: &mut Archive<'_>, part: &str, headings: &HashMap<String, u8>, draft: &mut Draft) -> Result<bool, Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(part)? else { return Ok(false) };
    let mut markup = Markup::new(source, meter);
    let mut story = Story { headings, draft, is_text: false, is_layout: false, is_item: false, hidden: 0 };
    while !story.draft.is_cut() {
        match markup.next()? {
            Node::Open(tag) => story.open(&tag),
            Node::Close(name) => story.close(&name),
            Node::Text(text) if story.is_text && story.hidden == 0 => story.draft.push(&text),
            Node::Text(_) => {}
            Node::End => break,
        }
    }
    Ok(true)
}

struct Story<'a> {
    headings: &'a HashMap<String, u8>,
    draft: &'a mut Draft,
    is_text: bool,
    /// Within the properties of a paragraph, where a tab is a tab stop.
    is_layout: bool,
    is_item: bool,
    /// Within how many parts that are not shown.
    hidden: u32,
}

impl Story<'_> {
    fn open(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "Fallback" | "del" | "moveFrom" => self.hidden += 1,
            "pPr" => self.is_layout = true,
            "t" => self.is_text = true,
            "tab" if !self.is_layout => self.draft.push(" "),
            "br" | "cr" => self.draft.break_line(),
            "noBreakHyphen" => self.draft.push("-"),
            "pStyle" => {
                let level = tag.attribute("val").and_then(|style| self.headings.get(&style).copied());
                if let Some(level) = level.filter(|level| *level < 9) {
                    self.draft.heading(level);
                }
            }
            "outlineLvl" if level(tag) < 9 => self.draft.heading(level(tag)),
            // A heading may be numbered; it stays a heading.
            "numPr" if !self.draft.has_prefix() => {
                self.is_item = true;
                self.draft.item();
            }
            "tbl" => self.end_table(),
            "tr" => self.draft.begin_row(),
            "tc" => self.draft.cell(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "Fallback" | "del" | "moveFrom" => self.hidden = self.hidden.saturating_sub(1),
            "pPr" => self.is_layout = false,
            "t" => self.is_text = false,
            "p" if std::mem::take(&mut self.is_item) => self.draft.break_line(),
            "p" => self.draft.break_paragraph(),
            "tr" => self.draft.end_row(),
            "tbl" => self.end_table(),
            _ => {}
        }
    }

    fn end_table(&mut self) {
        self.draft.end_row();
        self.draft.break_paragraph();
    }
}
