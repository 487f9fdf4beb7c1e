//! The characters that an XML 1.0 document may contain, the same for what comes in and what goes out.
//!
//! Source: <https://www.w3.org/TR/xml/#charsets>

use std::borrow::Cow;

/// `text` without the characters that XML 1.0 forbids. Followers do send them (U+0002 and U+001D were seen), and a strict reader
/// refuses a whole document for one of them.
pub(super) fn without_forbidden(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_forbidden) {
        Cow::Owned(text.chars().filter(|character| !is_forbidden(*character)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether XML 1.0 has no place for `character`, be it written out or as a reference.
pub(super) fn is_forbidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
