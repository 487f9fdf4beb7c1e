//! The characters that an XML 1.0 document may contain, the same for what comes in and what goes out.
//!
//! Source: <https://www.w3.org/TR/xml/#charsets>

use std::borrow::Cow;

/// `text` without the characters that XML 1.0 forbids. Followers do send them (U+0002 and U+001D were seen), and a strict reader
/// refuses a whole document for one of them.
pub(super) fn without_forbidden(text: &str) -> Cow<'_, str> {
    if has_forbidden(text) {
        Cow::Owned(text.chars().filter(|character| !is_forbidden(*character)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether XML 1.0 has no place for `character`, be it written out or as a reference.
pub(super) fn is_forbidden(character: char) -> bool {
    u8::try_from(character).is_ok_and(is_forbidden_byte) || matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// Every push passes here twice and nearly none has such a character, so this looks at bytes and never stops early: that way the
/// compiler can look at many of them at once.
fn has_forbidden(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | is_forbidden_byte(byte))
        || text.contains('\u{fffe}')
        || text.contains('\u{ffff}')
}

fn is_forbidden_byte(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
}
