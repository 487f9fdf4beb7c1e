//! How wide a font's glyphs are (ISO 32000-1, 9.2.4 and 9.7.4.3): where one word ends, and so where a space is meant.

use lopdf::{Dictionary, Document, Object};

/// Ranges of one font that are kept.
const RANGES: usize = 70_000;

/// The width of a glyph that the font names none for, in thousandths of its size.
const COMPOSITE: f32 = 1_000.0;

/// The width of glyphs by their code, in thousandths of the letters' size.
pub(super) struct Widths {
    /// First and last code, sorted, and the width of each.
    ranges: Vec<(u32, u32, f32)>,
    /// For codes that are not listed; none where letters must be guessed.
    other: Option<f32>,
}

impl Widths {
    /// The widths of a font that has one byte for each code.
    pub(super) fn simple(font: &Dictionary, document: &Document) -> Self {
        let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
        let widths = font.get_deref(b"Widths", document).and_then(Object::as_array).map_or(&[][..], Vec::as_slice);
        let first = u32::try_from(first).unwrap_or(0);
        let width = |object: &Object| document.dereference(object).ok().and_then(|(_, object)| object.as_float().ok());
        let listed = (first..).zip(widths.iter().take(256));
        // The glyphs of a Type 3 font have a scale of their own, which only the font's matrix knows.
        let has_scale = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Type3");
        let ranges = listed.filter_map(|(code, object)| Some((code, code, width(object).filter(|_| !has_scale)?))).collect();
        Self { ranges, other: None }
    }

    /// The widths of a composite font: `W` lists `first [w w …]` or `first last w`.
    pub(super) fn composite(font: &Dictionary, document: &Document) -> Self {
        let below = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok();
        let below = below.and_then(|fonts| document.dereference(fonts.first()?).ok()?.1.as_dict().ok());
        let other = below.and_then(|font| font.get_deref(b"DW", document).and_then(Object::as_float).ok()).unwrap_or(COMPOSITE);
        let listed = below.and_then(|font| font.get_deref(b"W", document).and_then(Object::as_array).ok());
        let mut ranges = Vec::new();
        let mut rest = listed.map_or(&[][..], Vec::as_slice);
        while let [first, second, behind @ ..] = rest {
            let Some(first) = code(first) else { break };
            if ranges.len() > RANGES {
                break;
            }
            match (document.dereference(second).map_or(second, |(_, object)| object), behind) {
                (Object::Array(widths), _) => {
                    let widths = widths.iter().map(|width| width.as_float().unwrap_or(other));
                    ranges.extend((first..).zip(widths.take(RANGES)).map(|(code, width)| (code, code, width)));
                    rest = behind;
                }
                (last, [width, behind @ ..]) => {
                    let (Some(last), Ok(width)) = (code(last), width.as_float()) else { break };
                    ranges.push((first, last, width));
                    rest = behind;
                }
                (_, []) => break,
            }
        }
        ranges.sort_by_key(|(first, ..)| *first);
        Self { ranges, other: Some(other) }
    }

    /// The width of a code whose text is `text`.
    pub(super) fn of(&self, code: u32, text: &str) -> f32 {
        let behind = self.ranges.partition_point(|(first, ..)| *first <= code);
        let listed = behind.checked_sub(1).and_then(|index| self.ranges.get(index)).filter(|(_, last, _)| code <= *last);
        let known = listed.map(|(.., width)| *width).or(self.other);
        known.unwrap_or_else(|| text.chars().map(guess).sum())
    }
}

fn code(object: &Object) -> Option<u32> {
    object.as_i64().ok().and_then(|code| u32::try_from(code).ok())
}

/// About as wide as in Helvetica, which files do not describe.
fn guess(letter: char) -> f32 {
    match letter {
        'i' | 'j' | 'l' | '\'' | '|' => 222.0,
        ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | ']' | '\\' | 'f' | 't' => 278.0,
        '(' | ')' | '-' | 'r' | '"' => 333.0,
        'm' | 'M' => 833.0,
        'W' => 944.0,
        'w' => 722.0,
        'A'..='Z' => 690.0,
        letter if letter < '\u{2e80}' => 540.0,
        _ => 1_000.0,
    }
}
