//! Prepares Markdown for the parser without changing a byte offset, and undoes that in what is shown.
//!
//! `CommonMark` would eat characters an answer needs: the stars of `3*4*5`, the underscores of a URL or of `__init__`.
//! They are masked with control characters of the same length, which XML forbids and which the input therefore loses first.
//! Knows nothing of blocks, code or links; [`prose`](super::prose) and [`verbatim`] know how to put the characters back.

use comrak::options::{Extension, Parse};
use comrak::{Arena, Node, Options, parse_document};

use super::formula::formula_lines;

/// Stands for a control character of the input; never shown.
const DROPPED: u8 = 0x04;
/// The two stars of a power, `2**10`; in prose they are shown as `^`.
pub(super) const POWER: (char, char) = ('\u{6}', '\u{7}');
/// The backslash before a star or bracket; in prose it vanishes.
pub(super) const ESCAPE: char = '\u{e}';
/// Mask and what it stands for, wherever it is shown.
const MASKS: [(char, char); 8] = [
    ('\u{1}', '_'),
    ('\u{2}', '*'),
    ('\u{3}', '~'),
    ('\u{10}', '$'),
    ('\u{11}', '>'),
    ('\u{12}', '-'),
    ('\u{13}', '+'),
    ('\u{14}', '#'),
];
/// Beyond so many quotation marks in a row, or openings of a formula without its end, the parser's time grows with the square of
/// their number and no reader gains anything.
const MAX_REPEATS: usize = 32;

/// Parses masked Markdown. Setext headings are off: a model's `---` below a line is a rule, and a paragraph that could
/// still become a heading could not be shown early.
pub(super) fn parse<'a>(arena: &'a Arena<'a>, masked: &str) -> Node<'a> {
    let options = Options {
        extension: Extension {
            strikethrough: true,
            table: true,
            tasklist: true,
            footnotes: true,
            alerts: true,
            math_dollars: true,
            math_latex: true,
            math_code: true,
            cjk_friendly_emphasis: true,
            // With it a single tilde is told from two: `5~10元，3~5个` is no deletion.
            subscript: true,
            ..Extension::default()
        },
        parse: Parse { ignore_setext: true, leave_footnote_definitions: true, ..Parse::default() },
        ..Options::default()
    };
    parse_document(arena, masked, &options)
}

/// Masks what `CommonMark` would eat; the result has the same length and the same line breaks.
pub(super) fn mask(markdown: &str) -> String {
    let mut bytes = markdown.as_bytes().to_vec();
    let mut at = 0;
    let mut formulas = [0; 2];
    while at < bytes.len() {
        at += match bytes[at] {
            b'\t' | b'\n' | b'\r' => 1,
            0..0x20 => {
                bytes[at] = DROPPED;
                1
            }
            b'\\' => mask_escape(&mut bytes, at, &mut formulas),
            b'>' => mask_quotes(&mut bytes, at),
            b'*' => mask_stars(&mut bytes, at),
            b'_' => mask_dunder(&mut bytes, at),
            b'h' => mask_url(&mut bytes, at),
            _ => 1,
        };
    }
    mask_formula_lines(&mut bytes, markdown);
    // Only ASCII bytes were exchanged for ASCII bytes.
    String::from_utf8(bytes).unwrap_or_else(|_| markdown.to_owned())
}

/// Appends `masked` exactly as it was written, for code and URLs.
pub(super) fn verbatim(masked: &str, out: &mut String) {
    out.extend(masked.chars().filter_map(|c| match c {
        '\t' | '\n' => Some(c),
        _ if c == POWER.0 || c == POWER.1 => Some('*'),
        ESCAPE => Some('\\'),
        _ if c < ' ' => unmasked(c),
        _ => Some(c),
    }));
}

/// The character behind a mask; other control characters have none and are not shown.
pub(super) fn unmasked(mask: char) -> Option<char> {
    MASKS.iter().find(|(masked, _)| *masked == mask).map(|(_, shown)| *shown)
}

/// The length of the URL that `bytes` begin with: ASCII only, since in Chinese text a URL ends where Chinese resumes.
/// 0 when there is none.
pub(super) fn url_length(bytes: &[u8]) -> usize {
    let scheme = if bytes.starts_with(b"https://") {
        8
    } else if bytes.starts_with(b"http://") {
        7
    } else {
        return 0;
    };
    let mut end = scheme;
    while end < bytes.len() && is_url_byte(bytes[end]) && !bytes[end..].starts_with(b"**") && !bytes[end..].starts_with(b"~~") {
        end += 1;
    }
    while end > scheme && b"*_~.,;:!?'\")".contains(&bytes[end - 1]) {
        end -= 1;
    }
    if end > scheme { end } else { 0 }
}

fn is_url_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"<>\"`{}|\\^[]".contains(&byte)
}

/// `formulas` counts openings since the last end, of round and of square ones.
fn mask_escape(bytes: &mut [u8], at: usize, formulas: &mut [usize; 2]) -> usize {
    let Some(&escaped) = bytes.get(at + 1) else {
        return 1;
    };
    let count = &mut formulas[usize::from(escaped == b'[' || escaped == b']')];
    match escaped {
        b'*' => {
            bytes[at] = ESCAPE as u8;
            bytes[at + 1] = mask_of(b'*');
        }
        b'(' | b'[' => {
            *count += 1;
            if *count > MAX_REPEATS {
                bytes[at] = ESCAPE as u8;
            }
        }
        b')' | b']' => *count = 0,
        // A control character behind the backslash is dropped like any other.
        0..0x20 => return 1,
        _ => {}
    }
    2
}

fn mask_quotes(bytes: &mut [u8], at: usize) -> usize {
    let run = bytes[at..].iter().take_while(|byte| **byte == b'>').count();
    bytes[at..at + run].iter_mut().skip(MAX_REPEATS).for_each(|byte| *byte = mask_of(b'>'));
    run
}

/// `3*4`, `(a+b)*c` are products and `2**10`, `x**2` are powers.
fn mask_stars(bytes: &mut [u8], at: usize) -> usize {
    let run = bytes[at..].iter().take_while(|byte| **byte == b'*').count();
    let before = at.checked_sub(1).map_or(b' ', |index| bytes[index]);
    let earlier = at.checked_sub(2).map_or(b' ', |index| bytes[index]);
    let after = bytes.get(at + run).copied().unwrap_or(b' ');
    let digits = |byte: u8| byte.is_ascii_digit();
    if run == 1 && (before.is_ascii_alphanumeric() || before == b')') && (after.is_ascii_alphanumeric() || after == b'(') {
        bytes[at] = mask_of(b'*');
    } else if run == 2 && digits(after) && (digits(before) || before.is_ascii_alphabetic() && !earlier.is_ascii_alphanumeric()) {
        bytes[at] = POWER.0 as u8;
        bytes[at + 1] = POWER.1 as u8;
    }
    run
}

/// `__init__` and its like are names, not bold.
fn mask_dunder(bytes: &mut [u8], at: usize) -> usize {
    let run = bytes[at..].iter().take_while(|byte| **byte == b'_').count();
    let word =
        bytes[at + run..].iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || **byte == b'_').count();
    let whole = &bytes[at..at + run + word];
    if run != 2 || word < 3 || !whole.ends_with(b"__") {
        return run + word;
    }
    let end = at + run + word;
    bytes[at..end].iter_mut().filter(|byte| **byte == b'_').for_each(|byte| *byte = mask_of(b'_'));
    run + word
}

/// Marks inside a URL belong to it. The parser takes the destination of a link as it is, and takes no control characters there.
fn mask_url(bytes: &mut [u8], at: usize) -> usize {
    let length = url_length(&bytes[at..]);
    if length == 0 {
        return 1;
    }
    let before = &bytes[..at];
    if !before.ends_with(b"](") && !before.ends_with(b"]: ") && !before.ends_with(b"<") {
        bytes[at..at + length].iter_mut().for_each(|byte| *byte = mask_of(*byte));
    }
    length
}

/// A line of a formula may begin with a sign that would begin a list, a quotation or a heading.
fn mask_formula_lines(bytes: &mut [u8], text: &str) {
    for start in formula_lines(text).closed {
        let first = start + bytes[start..].iter().take_while(|byte| **byte == b' ').count();
        if let Some(byte) = bytes.get_mut(first) {
            *byte = mask_of(*byte);
        }
    }
}

fn mask_of(byte: u8) -> u8 {
    MASKS.iter().find(|(_, shown)| *shown == char::from(byte)).map_or(byte, |(masked, _)| *masked as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_keeps_every_offset_and_verbatim_undoes_it() {
        let text = "a\u{1}b 3*4*5 2**10 \\*x __init__ https://a.cn/_b_~c~ **官网https://a.cn**，";
        let masked = mask(text);
        assert_eq!(masked.len(), text.len());
        let mut shown = String::new();
        verbatim(&masked, &mut shown);
        assert_eq!(shown, text.replace('\u{1}', ""));
        assert!(masked.contains("**官网https://a.cn**，"), "bold around a URL stays markup");
    }

    #[test]
    fn only_lines_of_a_closed_formula_are_masked() {
        assert_eq!(mask("$$\n- a\n + b\n$$\n- c"), "$$\n\u{12} a\n \u{13} b\n$$\n- c");
        assert_eq!(mask("$$\n- a\n\n$$"), "$$\n- a\n\n$$");
    }

    #[test]
    fn a_url_ends_where_chinese_or_its_punctuation_begins() {
        assert_eq!(url_length("https://a.cn/x?y=1&z=2。更多".as_bytes()), 22);
        assert_eq!(url_length(b"https://a.cn/x). More"), 14);
        assert_eq!(url_length(b"https://"), 0);
    }
}
