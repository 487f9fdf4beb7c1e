//! Text nodes as a reader should see them: masks lifted, and marks no parser could pair taken out.
//!
//! Knows single runs of text only; where a run stands in the tree is not its business.

use super::source::{ESCAPE, POWER, unmasked};

/// Appends `masked` without unpaired `**` and with `[^1]` written as `[1]`, whether or not its definition has come yet.
pub(super) fn prose(masked: &str, out: &mut String) {
    let mut rest = masked;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '*' || c == '[') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = match rest.as_bytes()[0] {
            b'*' => stars(rest, out),
            b'[' => bracket(rest, out),
            _ => control(rest, out),
        };
    }
    out.push_str(rest);
}

/// Whether the character is of a script written without spaces.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff60}' | '\u{20000}'..='\u{3ffff}')
}

fn control<'t>(rest: &'t str, out: &mut String) -> &'t str {
    for c in rest.chars().take(1) {
        match c {
            '\t' => out.push(c),
            _ if c == POWER.0 => out.push('^'),
            ESCAPE => {}
            _ => out.extend(unmasked(c)),
        }
    }
    &rest[1..]
}

/// A single star is a footnote mark or a product and stays. Two or more are a power between operands, else a bold that never closed.
fn stars<'t>(rest: &'t str, out: &mut String) -> &'t str {
    let after = rest.trim_start_matches('*');
    if rest.len() - after.len() == 1 {
        out.push('*');
        return after;
    }
    let operand = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '(' || c == ')');
    let spaced = out.ends_with(' ') && after.starts_with(' ');
    if spaced && operand(out.trim_end().chars().next_back()) && operand(after.trim_start().chars().next()) {
        out.push('^');
        return after;
    }
    if spaced { after.trim_start_matches(' ') } else { after }
}

/// `[^1]` and the `[^1^]` of some search models become `[1]`.
fn bracket<'t>(rest: &'t str, out: &mut String) -> &'t str {
    out.push('[');
    let Some(inner) = rest[1..].strip_prefix('^') else {
        return &rest[1..];
    };
    let name = inner.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(inner.len());
    let tail = inner[name..].strip_prefix('^').unwrap_or(&inner[name..]);
    if name == 0 || !tail.starts_with(']') {
        return &rest[1..];
    }
    out.push_str(&inner[..name]);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        prose(text, &mut out);
        out
    }

    #[test]
    fn unpaired_bold_vanishes_and_powers_stay_readable() {
        assert_eq!(shown("**重要：开头"), "重要：开头");
        assert_eq!(shown("这是 ** 重点 ** 内容"), "这是 重点 内容");
        assert_eq!(shown("a ** b"), "a ^ b");
        assert_eq!(shown("*注"), "*注");
    }

    #[test]
    fn a_footnote_mark_needs_no_definition() {
        assert_eq!(shown("见[^1]和[^注-2]，[^1^]，[^]，[x]"), "见[1]和[注-2]，[1]，[^]，[x]");
    }
}
