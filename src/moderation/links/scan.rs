//! Where the links of a Markdown text are, and where one may still be unfinished.
//!
//! Deliberately sees more links than Markdown does: one too many is plain text, one too few is a way out.

use std::ops::Range;

use super::address::is_absolute;

/// Bytes of a label, and of a target with its title; longer ones are no links.
const LABEL_MAX: usize = 1_000;
const TARGET_MAX: usize = 4_000;

const SCHEMES: [&str; 2] = ["http://", "https://"];

/// What a link is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// `![label](target)`
    Picture { label: Range<usize> },
    /// `[label](target)`
    Inline { label: Range<usize> },
    /// `[label]: target`
    Definition { label: Range<usize> },
    /// The address itself, also inside `<…>` or a tag.
    Bare,
}

/// A link in a text: all of it, and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) shape: Shape,
    pub(super) range: Range<usize>,
    pub(super) target: Range<usize>,
}

/// Whether it is worth looking.
pub(super) fn may_hold_links(text: &str) -> bool {
    text.contains("](") || text.contains("]:") || text.contains("://") || find_scheme(text).is_some() || text.contains("www.")
}

/// The first link at or behind `from`.
pub(super) fn next(text: &str, from: usize) -> Option<Link> {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let offset = rest.find(['!', '[', 'h', 'H', 'w', 'W'])?;
        at += offset;
        if let Some(link) = link_at(text, at) {
            return Some(link);
        }
        at += 1;
    }
}

/// From where on `text` may be the beginning of a link that is not complete; its end, if nothing is open.
pub fn open_from(text: &str) -> usize {
    let bare = text.rfind(ends_address).map_or(0, |place| place + text[place..].chars().next().map_or(1, char::len_utf8));
    let tail = &text[bare..];
    let begun = find_scheme(tail).or_else(|| tail.find("www."));
    let begins = (1..SCHEMES[1].len()).rev().find(|length| {
        let start = tail.len().checked_sub(*length).filter(|start| tail.is_char_boundary(*start));
        start.is_some_and(|start| ["https://", "http://", "www."].iter().any(|scheme| starts_with(scheme, &tail[start..])))
    });
    let bare = begun.or(begins.map(|length| tail.len() - length)).map_or(text.len(), |start| bare + start);
    let bare = if text.len() - bare > TARGET_MAX { text.len() } else { bare };
    let open = bare.min(open_bracket(text));
    // Backslashes decide over what comes behind them, so they stay with it.
    text[..open].trim_end_matches('\\').len()
}

fn open_bracket(text: &str) -> usize {
    let window = text.len().saturating_sub(LABEL_MAX + TARGET_MAX);
    let mut at = (window..=text.len()).find(|place| text.is_char_boundary(*place)).unwrap_or(text.len());
    while let Some(offset) = text[at..].find(['!', '[']) {
        at += offset;
        if &text[at..] == "!" {
            return at;
        }
        let bracket = at + usize::from(text[at..].starts_with("!["));
        if text[bracket..].starts_with('[') {
            match label(text, bracket) {
                // Still inside the label, and not yet too long for one.
                None if text.len() - bracket <= LABEL_MAX => return at,
                Some(range) if is_open_behind(text, range.end + 1) => return at,
                // Another link may begin inside this label.
                None | Some(_) => {}
            }
        }
        at = bracket + 1;
        if at > text.len() {
            break;
        }
    }
    text.len()
}

/// Whether what stands behind a label may still become its target.
fn is_open_behind(text: &str, end: usize) -> bool {
    let rest = &text[end..];
    let is_open = match rest.chars().next() {
        None => true,
        Some('(') => target(text, end + 1).is_none(),
        Some(':') => !rest[1..].trim_start().contains(char::is_whitespace),
        Some(_) => false,
    };
    is_open && rest.len() <= TARGET_MAX
}

fn link_at(text: &str, at: usize) -> Option<Link> {
    let rest = &text[at..];
    let is_picture = rest.starts_with("![") && !is_escaped(text, at);
    if is_picture || rest.starts_with('[') {
        let label = label(text, at + usize::from(is_picture))?;
        let behind = &text[label.end + 1..];
        if behind.starts_with('(') {
            let (target, end) = target(text, label.end + 2)?;
            let shape = if is_picture { Shape::Picture { label } } else { Shape::Inline { label } };
            return Some(Link { shape, range: at..end, target });
        }
        if !is_picture && behind.starts_with(':') && !text[label.clone()].starts_with('^') {
            let gap = behind[1..].len() - behind[1..].trim_start().len();
            let start = label.end + 2 + gap;
            let target = start..start + text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
            let link = Link { shape: Shape::Definition { label }, range: at..target.end, target };
            return is_absolute(&text[link.target.clone()]).then_some(link);
        }
        return None;
    }
    let begins_word = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let is_address = SCHEMES.iter().any(|scheme| starts_with(rest, scheme)) || begins_word && starts_with(rest, "www.");
    if !is_address {
        return None;
    }
    let target = at..at + address_length(rest);
    Some(Link { shape: Shape::Bare, range: target.clone(), target })
}

fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The label behind the `[` at `at`, without its brackets.
fn label(text: &str, at: usize) -> Option<Range<usize>> {
    let start = at + 1;
    let mut depth = 0_usize;
    let mut escaped = false;
    for (offset, letter) in text.get(start..)?.char_indices().take_while(|(offset, _)| *offset <= LABEL_MAX) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => depth += 1,
            ']' if depth == 0 => return Some(start..start + offset),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The target behind a `(`, and the end of the link.
fn target(text: &str, start: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[start..];
    let gap = rest.len() - rest.trim_start().len();
    let begin = start + gap;
    let (target, behind) = if let Some(pointed) = text[begin..].strip_prefix('<') {
        let length = pointed.find(['>', '\n'])?;
        (begin + 1..begin + 1 + length, begin + length + 2)
    } else {
        let length = unpointed_length(&text[begin..])?;
        (begin..begin + length, begin + length)
    };
    // A title in quotes may hold brackets; without one, the next bracket ends the link.
    let tail = text.get(behind..)?;
    let opening = tail.trim_start().chars().next()?;
    let from = if matches!(opening, '"' | '\'') {
        let quote = tail.find(opening)? + 1;
        quote + tail[quote..].find(opening)? + 1
    } else {
        0
    };
    let close = tail[from..].find(')').map(|offset| behind + from + offset + 1).filter(|end| end - start <= TARGET_MAX)?;
    Some((target, close))
}

/// The length of a target without pointed brackets: up to a gap, or to the bracket that closes the link.
fn unpointed_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (offset, letter) in text.char_indices().take_while(|(offset, _)| *offset <= TARGET_MAX) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return Some(offset),
            ')' => depth -= 1,
            letter if letter.is_whitespace() => return Some(offset),
            _ => {}
        }
    }
    None
}

fn address_length(text: &str) -> usize {
    let end = text.find(ends_address).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '~', '\'']).len()
}

fn ends_address(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || "<>\"`|()[]{}，。；：、！？（）「」『』《》【】“”‘’".contains(letter)
}

fn find_scheme(text: &str) -> Option<usize> {
    text.char_indices().map(|(place, _)| place).find(|place| SCHEMES.iter().any(|scheme| starts_with(&text[*place..], scheme)))
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_link_is_kept_back() {
        for (text, settled) in [
            ("看 https://a.example/x", "看 "),
            ("看 https://a.example/x ", "看 https://a.example/x "),
            ("好ht", "好"),
            ("a [b](https://a.example", "a "),
            ("a ![b", "a "),
            ("a [b] c", "a [b] c"),
            ("a [b](c) d", "a [b](c) d"),
            ("a [b]", "a "),
            ("等等!", "等等"),
            ("[b]: x", ""),
            ("[[x](https://a.example) y", ""),
        ] {
            assert_eq!(&text[..open_from(text)], settled, "{text}");
        }
    }
}
