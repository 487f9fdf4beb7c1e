//! What the codes of a font stand for: by its own table, by the names of its glyphs, or by the charset that its
//! encoding is named after. It measures nothing.

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, SHIFT_JIS, UTF_16BE};
use lopdf::{Dictionary, Document, Object, dictionary};

use super::{cmap::CMap, widths::Widths};

/// What a font's table may unpack to. One for every Chinese character takes some hundred kilobytes.
const TABLE_BYTES: usize = 4 << 20;

/// A font as it is needed to read: from codes to text.
pub(super) struct Font {
    table: Option<CMap>,
    codes: Codes,
    widths: Widths,
}

/// What codes mean where the table says nothing.
enum Codes {
    /// One byte each, by the glyph's name.
    Bytes(Box<[String; 256]>),
    /// A charset of the East, whose bytes stand in the file.
    Charset(&'static Encoding),
    /// Numbers of glyphs, which say nothing without the font.
    Glyphs,
}

/// What a string showed.
#[derive(Default)]
pub(super) struct Shown {
    /// In thousandths of the letters' size.
    pub(super) width: f32,
    /// Glyphs that stand for nothing known.
    pub(super) unknown: u64,
}

impl Font {
    pub(super) fn new(font: &Dictionary, document: &Document) -> Self {
        let table = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream).ok();
        let table =
            table.and_then(|stream| stream.get_plain_content_with_limit(TABLE_BYTES).ok()).map(|bytes| CMap::parse(&bytes));
        let is_composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Type0");
        if is_composite {
            return Self { table, codes: composite(font, document), widths: Widths::composite(font, document) };
        }
        Self { table, codes: Codes::Bytes(Box::new(simple(font, document))), widths: Widths::simple(font, document) }
    }

    /// Adds the text that the codes stand for.
    pub(super) fn write(&self, bytes: &[u8], text: &mut String) -> Shown {
        let mut shown = Shown::default();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, length) = self.next_code(rest);
            let before = text.len();
            let is_known =
                self.table.as_ref().is_some_and(|table| table.write(code, text)) || self.write_code(&rest[..length], text);
            shown.unknown += u64::from(!is_known);
            shown.width += self.widths.of(code, &text[before..]);
            rest = &rest[length..];
        }
        shown
    }

    fn next_code(&self, bytes: &[u8]) -> (u32, usize) {
        let usual = match &self.codes {
            Codes::Bytes(_) => 1,
            // The charsets of the East mix one byte for Latin letters with two.
            Codes::Charset(charset) if *charset != UTF_16BE && bytes[0] < 0x80 => 1,
            Codes::Charset(_) | Codes::Glyphs => 2,
        };
        let Some(table) = &self.table else {
            let length = usual.min(bytes.len());
            return (bytes[..length].iter().fold(0, |code, byte| (code << 8) | u32::from(*byte)), length);
        };
        table.next_code(bytes, usual)
    }

    /// False if the code stands for nothing known.
    fn write_code(&self, code: &[u8], text: &mut String) -> bool {
        let before = text.len();
        match &self.codes {
            Codes::Bytes(names) => code.iter().for_each(|byte| text.push_str(&names[usize::from(*byte)])),
            Codes::Charset(charset) => text.push_str(&charset.decode_without_bom_handling(code).0),
            Codes::Glyphs => {}
        }
        text.len() > before
    }
}

/// The encoding of a composite font: its name says which charset its codes are in (ISO 32000-1, table 118).
fn composite(font: &Dictionary, document: &Document) -> Codes {
    let name = font.get_deref(b"Encoding", document).and_then(Object::as_name).unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let charset = match name.as_ref() {
        name if name.starts_with("Uni") => UTF_16BE,
        name if name.starts_with("GB") => GBK,
        name if name.starts_with("B5") || name.starts_with("ETen") || name.starts_with("HK") => BIG5,
        name if name.contains("RKSJ") => SHIFT_JIS,
        name if name.starts_with("KSC") => EUC_KR,
        name if name.starts_with("EUC-") => EUC_JP,
        _ => return Codes::Glyphs,
    };
    Codes::Charset(charset)
}

/// The text of each of a simple font's codes.
fn simple(font: &Dictionary, document: &Document) -> [String; 256] {
    let encoding = font.get_deref(b"Encoding", document).ok();
    let (base, differences) = match encoding {
        Some(Object::Name(name)) => (Some(name.as_slice()), None),
        Some(Object::Dictionary(own)) => {
            let base = own.get_deref(b"BaseEncoding", document).and_then(Object::as_name).ok();
            (base, own.get_deref(b"Differences", document).and_then(Object::as_array).ok())
        }
        _ => (None, None),
    };
    let base: &[u8] = match base {
        Some(name @ (b"MacRomanEncoding" | b"MacExpertEncoding" | b"StandardEncoding")) => name,
        // The fonts of today that name none are Latin all the same.
        _ => b"WinAnsiEncoding",
    };
    let plain = dictionary! { "Type" => "Font", "Encoding" => Object::Name(base.to_vec()) };
    let mut names: [String; 256] = std::array::from_fn(|_| String::new());
    if let Ok(encoding) = plain.get_font_encoding(document) {
        for (byte, name) in (0..=u8::MAX).zip(&mut names) {
            *name = encoding.bytes_to_string(&[byte]).unwrap_or_default();
        }
    }
    let mut code = 0;
    for difference in differences.into_iter().flatten().take(1_024) {
        match difference {
            Object::Integer(number) => code = u8::try_from(*number).unwrap_or(0),
            Object::Name(glyph) => {
                names[usize::from(code)] = glyph_text(glyph, document);
                code = code.wrapping_add(1);
            }
            _ => {}
        }
    }
    names
}

/// The text of a glyph by its name: as Adobe lists them, or `uni56DE` and `u1F600`; nothing for a mere number.
fn glyph_text(glyph: &[u8], document: &Document) -> String {
    let name = String::from_utf8_lossy(glyph);
    let name = name.split('.').next().unwrap_or_default();
    let digits = name.strip_prefix("uni").or_else(|| name.strip_prefix('u')).filter(|digits| (4..=6).contains(&digits.len()));
    if let Some(letter) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
        return letter.to_string();
    }
    // Code 0 has no glyph of its own, so whatever comes back is this one.
    let differences = vec![Object::Integer(0), Object::Name(name.as_bytes().to_vec())];
    let font = dictionary! { "Type" => "Font", "Encoding" => dictionary! { "Differences" => differences } };
    font.get_font_encoding(document).and_then(|encoding| encoding.bytes_to_string(&[0])).unwrap_or_default()
}
