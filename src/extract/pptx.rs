//! Slides (ECMA-376, `PresentationML`) in the order they are shown, with their notes.

use super::{
    archive::Archive,
    draft::Draft,
    error::Error,
    limits::Limits,
    markup::{Markup, Node, Tag},
    package::{self, Relation},
};

/// Writes every slide's text; gives the title and how many slides there are.
pub(super) fn read(archive: &mut Archive<'_>, limits: &Limits, draft: &mut Draft) -> Result<(Option<String>, u32), Error> {
    let title = package::title(archive);
    let main = package::main_part(archive)?.unwrap_or_else(|| "ppt/presentation.xml".to_owned());
    let relations = package::relations(archive, &main)?;
    let order = order(archive, &main)?;
    let slides: Vec<&Relation> =
        order.iter().filter_map(|id| relations.iter().find(|relation| relation.id == *id && relation.kind == "slide")).collect();
    for (slide, number) in slides.iter().zip(1_u32..) {
        if number > limits.pages {
            draft.cut();
        }
        if draft.is_cut() {
            break;
        }
        draft.mark(format!("[p. {number}]"));
        shapes(archive, &slide.target, draft)?;
        let notes = package::relations(archive, &slide.target)?.into_iter().find(|relation| relation.kind == "notesSlide");
        if let Some(notes) = notes {
            draft.break_paragraph();
            shapes(archive, &notes.target, draft)?;
        }
    }
    Ok((title, slides.len() as u32))
}

/// The relation ids of the slides, as they follow each other.
fn order(archive: &mut Archive<'_>, main: &str) -> Result<Vec<String>, Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(main)? else { return Err(Error::damaged("the presentation's main part is missing")) };
    let mut markup = Markup::new(source, meter);
    let mut ids = Vec::new();
    loop {
        match markup.next()? {
            // `id` is a number of the slide, `r:id` the relation.
            Node::Open(tag) if tag.name() == "sldId" => ids.extend(tag.prefixed_attribute("id")),
            Node::End => return Ok(ids),
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
}

/// Writes the text of one slide's shapes and tables.
fn shapes(archive: &mut Archive<'_>, part: &str, draft: &mut Draft) -> Result<(), Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(part)? else { return Ok(()) };
    let mut markup = Markup::new(source, meter);
    let mut is_text = false;
    let mut hidden = 0_u32;
    let mut placeholder = Placeholder::Body;
    while !draft.is_cut() {
        match markup.next()? {
            Node::Open(tag) => match tag.name() {
                "Fallback" => hidden += 1,
                "sp" | "graphicFrame" => placeholder = Placeholder::Body,
                "ph" => placeholder = Placeholder::of(&tag),
                "t" => is_text = placeholder != Placeholder::Furniture,
                "p" if placeholder == Placeholder::Title => draft.heading(2),
                "br" => draft.break_line(),
                "tr" => draft.begin_row(),
                "tc" => draft.cell(),
                _ => {}
            },
            Node::Close(name) => match name.as_str() {
                "Fallback" => hidden = hidden.saturating_sub(1),
                "t" => is_text = false,
                "p" => draft.break_line(),
                "tr" => draft.end_row(),
                "sp" | "tbl" => draft.break_paragraph(),
                _ => {}
            },
            Node::Text(text) if is_text && hidden == 0 => draft.push(&text),
            Node::Text(_) => {}
            Node::End => break,
        }
    }
    draft.end_row();
    Ok(())
}

/// What a shape is for.
#[derive(PartialEq, Eq)]
enum Placeholder {
    Title,
    Body,
    /// Slide number, date, footer: the same on every slide.
    Furniture,
}

impl Placeholder {
    fn of(tag: &Tag<'_>) -> Self {
        match tag.attribute("type").unwrap_or_default().as_str() {
            "title" | "ctrTitle" => Self::Title,
            "sldNum" | "dt" | "ftr" | "hdr" => Self::Furniture,
            _ => Self::Body,
        }
    }
}
