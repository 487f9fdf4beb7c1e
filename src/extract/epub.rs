//! Books (EPUB 2 and 3): the chapters in the order of the spine.
//!
//! A book under a shop's lock is refused as encrypted.

use std::collections::HashMap;

use super::{
    archive::Archive,
    draft::Draft,
    error::Error,
    html,
    limits::{Limits, MIB},
    markup::{Markup, Node},
    package, text,
};

/// The longest chapter, unpacked.
const CHAPTER_BYTES: u64 = 12 * MIB;

/// Files of one book that are listed.
const FILES: usize = 20_000;

/// Ways to scramble fonts, which lock no text.
const FONT_SCRAMBLING: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Writes every chapter, and gives the book's title.
pub(super) fn read(archive: &mut Archive<'_>, limits: &Limits, draft: &mut Draft) -> Result<Option<String>, Error> {
    refuse_locked(archive)?;
    let package = package_part(archive)?.ok_or_else(|| Error::damaged("the book names no package"))?;
    let book = book(archive, &package)?;
    if book.chapters.is_empty() {
        return Err(Error::damaged("the book has no chapters"));
    }
    for (chapter, number) in book.chapters.iter().zip(1..) {
        if number > limits.pages {
            draft.cut();
        }
        if draft.is_cut() {
            break;
        }
        let Some(bytes) = archive.bytes(&package::resolve(&package, chapter), CHAPTER_BYTES)? else { continue };
        match text::decode(&bytes, html::charset(&bytes)) {
            Ok(chapter) => drop(html::write(&chapter, draft, archive.meter())?),
            Err(Error::Empty) => {}
            Err(error) => return Err(error),
        }
        draft.break_paragraph();
    }
    Ok(book.title)
}

fn refuse_locked(archive: &mut Archive<'_>) -> Result<(), Error> {
    let meter = archive.meter();
    let Some(source) = archive.part("META-INF/encryption.xml")? else { return Ok(()) };
    let mut markup = Markup::new(source, meter);
    loop {
        match markup.next()? {
            Node::Open(tag) if tag.name() == "EncryptionMethod" => {
                let algorithm = tag.attribute("Algorithm").unwrap_or_default();
                if !FONT_SCRAMBLING.contains(&algorithm.as_str()) {
                    return Err(Error::Encrypted);
                }
            }
            Node::End => return Ok(()),
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
}

/// The part that describes the book.
fn package_part(archive: &mut Archive<'_>) -> Result<Option<String>, Error> {
    let meter = archive.meter();
    let Some(source) = archive.part("META-INF/container.xml")? else { return Ok(None) };
    let mut markup = Markup::new(source, meter);
    loop {
        match markup.next()? {
            Node::Open(tag) if tag.name() == "rootfile" => {
                return Ok(tag.attribute("full-path").map(|path| package::resolve("", &path)));
            }
            Node::End => return Ok(None),
            Node::Open(_) | Node::Close(_) | Node::Text(_) => {}
        }
    }
}

struct Book {
    title: Option<String>,
    /// As the package names them, in reading order.
    chapters: Vec<String>,
}

fn book(archive: &mut Archive<'_>, part: &str) -> Result<Book, Error> {
    let meter = archive.meter();
    let Some(source) = archive.part(part)? else { return Err(Error::damaged("the book's package is missing")) };
    let mut markup = Markup::new(source, meter);
    let mut files: HashMap<String, String> = HashMap::new();
    let mut book = Book { title: None, chapters: Vec::new() };
    let mut is_title = false;
    while files.len() < FILES && book.chapters.len() < FILES {
        match markup.next()? {
            Node::Open(tag) => match tag.name() {
                "title" => is_title = true,
                "item" => {
                    let is_page = tag.attribute("media-type").is_none_or(|kind| kind.contains("html"));
                    if let (true, Some(id), Some(file)) = (is_page, tag.attribute("id"), tag.attribute("href")) {
                        files.insert(id, unescape(&file));
                    }
                }
                "itemref" => {
                    let file = tag.attribute("idref").and_then(|id| files.get(&id));
                    book.chapters.extend(file.cloned());
                }
                _ => {}
            },
            Node::Text(text) if is_title && book.title.is_none() => {
                book.title = Some(text.trim().chars().take(200).collect()).filter(|title: &String| !title.is_empty());
            }
            Node::Close(name) if name == "title" => is_title = false,
            Node::Close(_) | Node::Text(_) => {}
            Node::End => break,
        }
    }
    Ok(book)
}

/// A reference without its fragment and percent signs.
fn unescape(reference: &str) -> String {
    let path = reference.split('#').next().unwrap_or_default();
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
