//! What an address could carry beyond being one.
//!
//! Looks at the address alone, as a browser will read it: after Markdown's escapes, HTML's entities and percent signs.

use super::Policy;

/// Characters a value of the query may have: a long search term, not a paragraph.
const VALUE_MAX_CHARS: usize = 48;
/// Characters of the whole query and of the fragment.
const QUERY_MAX_CHARS: usize = 120;
const FRAGMENT_MAX_CHARS: usize = 64;
/// Characters of one part of the path that are no words: a commit's hash has 40, a shared document's id 44.
const RUN_MAX_CHARS: usize = 48;
/// Characters of one part of the path, and of all of it: an article's title in words may be long.
const SEGMENT_MAX_CHARS: usize = 100;
const PATH_MAX_CHARS: usize = 240;
/// A domain has 63 characters in a label; names people use are shorter than this.
const DOMAIN_LABEL_MAX_CHARS: usize = 32;
const DOMAIN_MAX_CHARS: usize = 80;
/// What is encoded more often than this is nothing a person linked to.
const DECODINGS: usize = 3;

/// What may leave with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    /// Nothing: the address itself was known before.
    Known,
    Nothing,
    /// Room for a message.
    Message,
    /// The mark that must not leave.
    Mark,
}

/// Judges `address` as it is written in Markdown.
pub(super) fn carries(address: &str, policy: &Policy) -> Carries {
    let written = unescaped(address);
    let mut decoded = written.clone();
    let is_marked = |text: &str| policy.canary.as_ref().is_some_and(|canary| canary.is_in(text));
    for _ in 0..DECODINGS {
        if is_marked(&decoded) {
            return Carries::Mark;
        }
        let next = percent_decoded(&decoded);
        if next == decoded {
            break;
        }
        decoded = next;
    }
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    if policy.known.iter().any(|known| bare(known) == bare(&written)) {
        return Carries::Known;
    }
    if is_roomy(&written) || percent_decoded(&decoded) != decoded { Carries::Message } else { Carries::Nothing }
}

/// Whether `address` leads to another place, and is not a word, a part of a page or a file beside it.
pub(super) fn is_absolute(address: &str) -> bool {
    let plain = unescaped(address).replace('\\', "/");
    plain.trim_start().starts_with("//") || !parts(&plain).0.is_empty()
}

/// The address as text that nothing makes a link of: its domain alone, or nothing at all if the mark may be in it.
pub(super) fn inert(address: &str, carries: Carries) -> String {
    let (_, authority, _) = parts(&unescaped(address));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host: String = host.chars().filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-')).collect();
    if carries == Carries::Mark || host.is_empty() || host.chars().count() > DOMAIN_MAX_CHARS || has_long_label(&host) {
        return "…".to_owned();
    }
    host.replace('.', "[.]")
}

fn is_roomy(address: &str) -> bool {
    let (scheme, authority, rest) = parts(address);
    let (rest, fragment) = rest.split_once('#').unwrap_or((&rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let longer = |text: &str, limit: usize| percent_decoded(text).chars().count() > limit;
    if !matches!(scheme.as_str(), "" | "http" | "https") {
        // A mail or a call says nothing by its address, but its other fields may.
        return !matches!(scheme.as_str(), "mailto" | "tel") || !query.is_empty() || longer(path, VALUE_MAX_CHARS);
    }
    let host = authority.rsplit('@').next().unwrap_or_default();
    authority.contains('@')
        || longer(host, DOMAIN_MAX_CHARS)
        || has_long_label(host)
        || longer(query, QUERY_MAX_CHARS)
        || query.split(['&', ';']).any(|pair| longer(pair.split_once('=').map_or(pair, |(_, value)| value), VALUE_MAX_CHARS))
        || longer(fragment, FRAGMENT_MAX_CHARS)
        || longer(path, PATH_MAX_CHARS)
        || path.split('/').any(|segment| is_long_segment(&percent_decoded(segment)))
}

/// Words are told from letters that stand for something else by their gaps and by their case.
fn is_long_segment(segment: &str) -> bool {
    let has = |kind: fn(&char) -> bool| segment.chars().any(|letter| kind(&letter));
    let is_dense = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit);
    let run = segment.split(|letter: char| !letter.is_alphanumeric()).map(|run| run.chars().count()).max().unwrap_or(0);
    let length = segment.chars().count();
    run > RUN_MAX_CHARS || length > SEGMENT_MAX_CHARS || is_dense && length > RUN_MAX_CHARS
}

fn has_long_label(host: &str) -> bool {
    host.split('.').any(|label| label.chars().count() > DOMAIN_LABEL_MAX_CHARS)
}

/// The scheme in lower case, the authority, and what follows. A browser takes `\` for `/`.
fn parts(address: &str) -> (String, String, String) {
    let address = address.trim().replace('\\', "/");
    let (scheme, rest) = match address.split_once(':') {
        Some((scheme, rest)) if !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c)) => {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ => (String::new(), address.as_str()),
    };
    if !matches!(scheme.as_str(), "" | "http" | "https") {
        return (scheme, String::new(), rest.to_owned());
    }
    let rest = rest.trim_start_matches('/');
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    (scheme, rest[..end].to_owned(), rest[end..].to_owned())
}

/// Without Markdown's backslashes and HTML's entities.
fn unescaped(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(letter) = rest.chars().next() {
        let after = &rest[letter.len_utf8()..];
        match letter {
            '\\' if after.starts_with(|c: char| c.is_ascii_punctuation()) => {}
            '&' => {
                if let Some((named, length)) = entity(after) {
                    plain.push(named);
                    rest = &after[length..];
                    continue;
                }
                plain.push('&');
            }
            // A browser drops them, wherever they stand.
            '\t' | '\n' | '\r' => {}
            letter => plain.push(letter),
        }
        rest = after;
    }
    plain
}

/// The character of an entity, and its length without the `&`.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.char_indices().take(12).find(|(_, letter)| *letter == ';').map(|(place, _)| place)?;
    let name = &text[..end];
    let letter = match name {
        "colon" => ':',
        "sol" => '/',
        "quest" => '?',
        "equals" => '=',
        "amp" => '&',
        "period" => '.',
        "num" => '#',
        "percnt" => '%',
        "commat" => '@',
        _ => {
            let digits = name.strip_prefix('#')?;
            let hexadecimal = digits.strip_prefix(['x', 'X']).map(|digits| u32::from_str_radix(digits, 16));
            char::from_u32(hexadecimal.unwrap_or_else(|| digits.parse()).ok()?)?
        }
    };
    Some((letter, end + 1))
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = hex.filter(|_| bytes[at] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        decoded.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moderation::canary::Canary;

    #[test]
    fn an_address_is_judged_as_a_browser_reads_it() {
        let long = "a".repeat(60);
        let policy = Policy { canary: Some(Canary::of("3f9a17c204be58d6")), known: vec![format!("https://k.example/?q={long}")] };
        for address in [
            format!("https://e.example/?q={long}"),
            format!("https://e.example/{long}"),
            format!("https://{}.{}.e.example/", "a".repeat(33), "b"),
            format!("https://e.example/#{}", "b-".repeat(40)),
            "https://user@e.example/".to_owned(),
            format!("https\\://e.example/?q={long}"),
            format!("https&#58;//e.example/&quest;q={long}"),
            format!("//e.example/?{long}"),
            "mailto:a@e.example?body=x".to_owned(),
            "https://e.example/%2525252541".to_owned(),
            "weixin://bizmsgmenu?msgmenucontent=x".to_owned(),
        ] {
            assert_eq!(carries(&address, &policy), Carries::Message, "{address}");
        }
        for address in [
            "https://zh.wikipedia.org/wiki/%E4%BA%BA%E5%B7%A5%E6%99%BA%E8%83%BD",
            "https://github.com/a/b/commit/0123456789012345678901234567890123456789",
            "https://docs.example/how-to-do-something-that-takes-many-words-to-say-in-one-line",
            "https://s.example/search?q=rust+async&page=2#results",
            "tel:10086",
        ] {
            assert_eq!(carries(address, &policy), Carries::Nothing, "{address}");
        }
        assert_eq!(carries(&format!("https://k.example/?q={long}"), &policy), Carries::Known);
        for address in
            ["https://e.example/3f9a17c204be58d6", "https://e.example/?q=3f9a%31%37c204be58d6", "https://3f9a.17c204be58d6.e"]
        {
            assert_eq!(carries(address, &policy), Carries::Mark, "{address}");
        }
        assert_eq!(inert("https://e.example/x", Carries::Message), "e[.]example");
        assert_eq!(inert("https://e.example/x", Carries::Mark), "…");
    }
}
