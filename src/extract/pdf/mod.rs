//! PDF (ISO 32000-1): the text of each page under its number.
//!
//! It recognises no letters in pictures; it says that pages are pictures. A file that wants a password is refused, one that is
//! locked only against copying is not.

mod cmap;
mod font;
mod page;
mod place;
mod widths;

use lopdf::{Document, LoadOptions, Object, ObjectId, Stream};

use self::page::{Pages, Seen};
use super::{
    Facts,
    draft::Draft,
    error::Error,
    limits::{Limits, MIB, Meter},
};

/// What one stream of objects or of cross-references may unpack to.
const STREAM_BYTES: usize = 16 * MIB as usize;

/// A page with fewer letters than this beside its picture is a scan with a stamp on it.
const SCAN_LETTERS: u64 = 12;

/// Writes the text of every page.
pub(super) fn read(bytes: &[u8], limits: &Limits, meter: &Meter, draft: &mut Draft) -> Result<Facts, Error> {
    let document = load(bytes)?;
    meter.in_time()?;
    let pages: Vec<ObjectId> = document.page_iter().collect();
    if pages.is_empty() {
        return Err(Error::damaged("the document has no pages"));
    }
    let mut reader = Pages::new(&document, meter);
    let mut seen = Count::default();
    for (page, number) in pages.iter().zip(1_u32..) {
        if number > limits.pages {
            draft.cut();
        }
        if draft.is_cut() {
            break;
        }
        draft.mark(format!("[p. {number}]"));
        let before = draft.visible();
        seen.pages += 1;
        match reader.read(*page, draft) {
            Ok(Seen { pictures, unknown }) => {
                let letters = draft.visible() - before;
                seen.scans += u32::from((letters < SCAN_LETTERS && pictures) || unknown > letters);
            }
            // The next page may be whole, and the time may have been enough for some.
            Err(Error::Damaged(_)) => seen.damaged += 1,
            Err(Error::TooBig) if meter.verdict().is_none() => seen.oversized += 1,
            Err(Error::TooLong) if draft.visible() > 0 => draft.cut(),
            Err(error) => return Err(error),
        }
    }
    let needs_eyes = seen.judge(draft)?;
    Ok(Facts { title: title(&document), pages: Some(pages.len() as u32), needs_eyes })
}

/// What was met on the way.
#[derive(Default)]
struct Count {
    pages: u32,
    scans: u32,
    damaged: u32,
    oversized: u32,
}

impl Count {
    /// Whether only eyes can read it.
    fn judge(&self, draft: &mut Draft) -> Result<bool, Error> {
        if draft.visible() == 0 && self.oversized > 0 {
            return Err(Error::TooBig);
        }
        if self.damaged == self.pages {
            return Err(Error::damaged("none of the pages can be read"));
        }
        if self.damaged + self.oversized > 0 {
            draft.lack();
        }
        // Without a picture it may be letters drawn as lines.
        Ok(draft.visible() == 0 || (self.scans > 0 && self.scans * 2 >= self.pages))
    }
}

fn load(bytes: &[u8]) -> Result<Document, Error> {
    let options = |force_reconstruct| LoadOptions {
        filter: Some(without_pictures),
        max_decompressed_size: Some(STREAM_BYTES),
        force_reconstruct,
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options(false));
    if matches!(&document, Ok(document) if document.trailer.has(b"Encrypt")) {
        return Err(Error::Encrypted);
    }
    match document {
        Ok(document) if document.page_iter().next().is_some() => Ok(document),
        // A table of cross-references that reads well and leads nowhere: look for the objects themselves.
        Ok(_) => Document::load_mem_with_options(bytes, options(true)).map_err(|error| judge(&error)),
        Err(error) => Err(judge(&error)),
    }
}

/// Drops what pictures and fonts are made of while the file is loaded: it is most of its bytes, and no text.
#[expect(clippy::unnecessary_wraps, reason = "lopdf asks for a function of this type")]
fn without_pictures(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    let Object::Stream(stream) = object else {
        // Members of a stream of objects are taken from what is given back, all others from where they stand.
        return Some((id, object.clone()));
    };
    let is_picture = stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Image");
    if is_picture || is_font(stream) {
        // An empty stream would be read again.
        stream.content = vec![b' '];
    }
    Some((id, Object::Null))
}

/// The program of a font names the lengths of its sections, or which format it has.
fn is_font(stream: &Stream) -> bool {
    let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
    stream.dict.has(b"Length1") || kind.is_ok_and(|kind| matches!(kind, b"Type1C" | b"CIDFontType0C" | b"OpenType"))
}

fn judge(error: &lopdf::Error) -> Error {
    match error {
        lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => Error::TooBig,
        lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword | lopdf::Error::UnsupportedSecurityHandler(_) => {
            Error::Encrypted
        }
        error => Error::damaged(format!("PDF: {error}")),
    }
}

fn title(document: &Document) -> Option<String> {
    let facts = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict).ok()?;
    let title = facts.get_deref(b"Title", document).ok()?;
    let title: String = lopdf::decode_text_string(title).ok()?.chars().filter(|letter| !letter.is_control()).take(200).collect();
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}
