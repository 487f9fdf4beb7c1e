//! What a file is, by its bytes. Its name is a hint between kinds of text, and a claim that may be wrong.

use serde::{Deserialize, Serialize};

use super::{
    archive::Archive,
    error::Error,
    limits::{Limits, Meter},
};

/// Kinds of files that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Plain text of any kind, source code and JSON included.
    Text,
    Markdown,
    Csv,
    Html,
    Pdf,
    Docx,
    Xlsx,
    Pptx,
    Epub,
    /// JPEG, PNG, GIF, WebP or BMP: for the model that sees.
    Image,
}

impl Kind {
    /// What the name's ending claims.
    pub fn of_name(file_name: &str) -> Option<Self> {
        let (_, ending) = file_name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "txt" | "text" | "log" | "json" => Self::Text,
            "md" | "markdown" => Self::Markdown,
            "csv" | "tsv" => Self::Csv,
            "htm" | "html" | "xhtml" => Self::Html,
            "pdf" => Self::Pdf,
            "docx" | "docm" => Self::Docx,
            "xlsx" | "xlsm" => Self::Xlsx,
            "pptx" | "pptm" | "ppsx" => Self::Pptx,
            "epub" => Self::Epub,
            "jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" => Self::Image,
            _ => return None,
        })
    }

    /// Whether the bytes alone cannot tell it from plain text.
    fn is_written(self) -> bool {
        matches!(self, Self::Text | Self::Markdown | Self::Csv | Self::Html)
    }
}

/// The first bytes of a compound file, as Office wrote them until 2003 and still does around what it encrypts.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// A PDF may begin behind some rubbish; readers look this far.
const PDF_HEAD: usize = 1_024;

/// The kind of a file; fails for those that are not read.
pub(super) fn sniff(bytes: &[u8], file_name: &str, limits: &Limits, meter: &Meter) -> Result<Kind, Error> {
    if bytes.is_empty() {
        return Err(Error::Empty);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return archive(bytes, limits, meter);
    }
    if bytes.starts_with(COMPOUND) {
        return Err(compound(bytes));
    }
    let head = &bytes[..bytes.len().min(PDF_HEAD)];
    if bytes.starts_with(b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if let Some(found) = infer::get(bytes).filter(|found| found.mime_type() != "application/pdf") {
        return known(found);
    }
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    Ok(written(head, file_name))
}

/// What the archive holds. Its main part decides, not the table of types, which says what it likes.
fn archive(bytes: &[u8], limits: &Limits, meter: &Meter) -> Result<Kind, Error> {
    let archive = Archive::open(bytes, limits, meter)?;
    let kinds = [
        ("word/document.xml", Kind::Docx),
        ("xl/workbook.xml", Kind::Xlsx),
        ("ppt/presentation.xml", Kind::Pptx),
        ("META-INF/container.xml", Kind::Epub),
    ];
    let found = kinds.into_iter().find(|(part, _)| archive.has(part)).map(|(_, kind)| kind);
    found.ok_or_else(|| {
        let kind = if archive.has("content.xml") { "OpenDocument" } else { "zip archive" };
        Error::unsupported(kind)
    })
}

/// Names of streams in a compound file are UTF-16.
fn compound(bytes: &[u8]) -> Error {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(name.len()).any(|window| window == name)
    };
    if has("EncryptedPackage") { Error::Encrypted } else { Error::unsupported("Office 97-2003") }
}

fn known(found: infer::Type) -> Result<Kind, Error> {
    match found.mime_type() {
        "image/jpeg" | "image/png" | "image/gif" | "image/webp" | "image/bmp" => Ok(Kind::Image),
        "text/html" => Ok(Kind::Html),
        kind if kind.starts_with("text/") => Ok(Kind::Text),
        kind => Err(Error::unsupported(kind)),
    }
}

/// Which kind of text it is.
fn written(head: &[u8], file_name: &str) -> Kind {
    let start = String::from_utf8_lossy(head)
        .trim_start_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}')
        .to_ascii_lowercase();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Kind::Html;
    }
    Kind::of_name(file_name).filter(|kind| kind.is_written()).unwrap_or(Kind::Text)
}

/// The kind that the name claims, if the file is another.
pub(super) fn wrong_claim(kind: Kind, file_name: &str) -> Option<Kind> {
    Kind::of_name(file_name).filter(|claimed| *claimed != kind && !(claimed.is_written() && kind.is_written()))
}
