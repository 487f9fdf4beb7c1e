//! Text out of the files that followers upload.
//!
//! Everything here reads bytes that strangers wrote. It knows neither the follower nor the model, and asks the network nothing.
//! [`read`] is pure; a server calls it through [`worker`], in a process of its own that may die of what it reads.

pub mod page;
pub mod passages;
pub mod worker;

mod archive;
mod csv;
mod docx;
mod draft;
mod entities;
mod epub;
mod error;
mod html;
mod limits;
mod markup;
mod package;
mod pdf;
mod pptx;
mod sniff;
mod text;
mod xlsx;

use serde::{Deserialize, Serialize};

pub use self::{error::Error, limits::Limits, sniff::Kind};

use self::{archive::Archive, draft::Draft, limits::Meter};

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub kind: Kind,
    /// The kind that the file's name claims, if it is another.
    pub claimed: Option<Kind>,
    /// The title that the file has within, not its name.
    pub title: Option<String>,
    /// Pages of a PDF, slides of a presentation; also those that are not read.
    pub pages: Option<u32>,
    /// Headings as Markdown, rows as ` | `, and a line `[p. 3]` where a page or slide begins.
    pub text: String,
    /// Whether the file says more than the text does.
    pub is_cut: bool,
    /// Whether it is a picture, or pages that are pictures: only a model that sees can read it.
    pub needs_eyes: bool,
}

/// What a parser knows beside the text.
#[derive(Default)]
struct Facts {
    title: Option<String>,
    pages: Option<u32>,
    needs_eyes: bool,
}

/// Reads the text of a file. It panics for no bytes, but may well take [`Limits::time`] and as much memory as it finds.
pub fn read(bytes: &[u8], file_name: &str, limits: &Limits) -> Result<Document, Error> {
    if bytes.len() as u64 > limits.input_bytes {
        return Err(Error::TooBig);
    }
    let meter = Meter::new(limits);
    let mut draft = Draft::new(limits.text_chars);
    let kind = sniff::sniff(bytes, file_name, limits, &meter)?;
    let facts = match parse(kind, bytes, limits, &meter, &mut draft) {
        Ok(facts) => facts,
        // What was read before the damage or within the time is worth having.
        Err(Error::Damaged(_) | Error::TooLong) if draft.visible() > 0 => {
            draft.cut();
            Facts::default()
        }
        Err(error) => return Err(error),
    };
    if draft.visible() == 0 && !facts.needs_eyes {
        return Err(Error::Empty);
    }
    let claimed = sniff::wrong_claim(kind, file_name);
    let is_cut = draft.is_lacking();
    Ok(Document {
        kind,
        claimed,
        title: facts.title,
        pages: facts.pages,
        text: draft.finish(),
        is_cut,
        needs_eyes: facts.needs_eyes,
    })
}

fn parse(kind: Kind, bytes: &[u8], limits: &Limits, meter: &Meter, draft: &mut Draft) -> Result<Facts, Error> {
    let open = || Archive::open(bytes, limits, meter);
    let titled = |title| Facts { title, ..Facts::default() };
    Ok(match kind {
        Kind::Text => {
            text::write(&text::decode(bytes, None)?, draft, meter)?;
            Facts::default()
        }
        Kind::Markdown => {
            let markdown = text::decode(bytes, None)?;
            text::write(&markdown, draft, meter)?;
            titled(text::markdown_title(&markdown))
        }
        Kind::Csv => {
            csv::write(&text::decode(bytes, None)?, draft);
            Facts::default()
        }
        Kind::Html => titled(html::write(&text::decode(bytes, html::charset(bytes))?, draft, meter)?),
        Kind::Docx => titled(docx::read(&mut open()?, draft)?),
        Kind::Xlsx => titled(xlsx::read(&mut open()?, limits, draft)?),
        Kind::Pptx => {
            let (title, slides) = pptx::read(&mut open()?, limits, draft)?;
            Facts { title, pages: Some(slides), needs_eyes: false }
        }
        Kind::Epub => titled(epub::read(&mut open()?, limits, draft)?),
        Kind::Pdf => pdf::read(bytes, limits, meter, draft)?,
        Kind::Image => Facts { needs_eyes: true, ..Facts::default() },
    })
}
