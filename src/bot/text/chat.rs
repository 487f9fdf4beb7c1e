//! The whole way from Markdown to chat text, and the last pass over it.
//!
//! Knows what no line of a chat text may contain; the lines themselves come from [`blocks`](super::blocks).

use super::blocks::{FLUSH, document};
use super::links::{LIVE, looks_live};

/// Markdown as readable WeChat chat text: no raw `**`, `#`, fences or table pipes, and no live link but those of the answer.
/// Lines are trimmed, never more than one is blank in a row (code keeps its own), and what XML forbids is gone.
pub fn chat_text(markdown: &str) -> String {
    let lines = document(&markdown.replace("\r\n", "\n").replace('\r', "\n"));
    let mut out = String::with_capacity(lines.len());
    for line in lines.split('\n') {
        let (code, line) = line.strip_prefix(FLUSH).map_or((false, line), |line| (true, line));
        let line = line.trim_end();
        if line.is_empty() && !code && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        clean(line, &mut out);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// Makes links live, and whatever else looks like one inert; the full-width sign is visible, so that copied code fails loudly.
fn clean(line: &str, out: &mut String) {
    for (at, c) in line.char_indices() {
        match c {
            LIVE => out.push('<'),
            '<' if looks_live(&line[at + 1..]) => out.push('＜'),
            '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if c < ' ' => {}
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_is_gone_and_line_ends_are_one_kind() {
        assert_eq!(chat_text("甲\0乙\u{7}丙\u{fffe}丁\u{b}\r\n戊\r己"), "甲乙丙丁\n戊\n己");
        assert_eq!(chat_text("`甲\0乙\u{1}`\n\n```\n\u{5}a href\u{f}\n```"), "甲乙\n\n┌─\na href\n└─");
    }

    #[test]
    fn no_character_reference_forges_a_mark_of_ours() {
        assert_eq!(chat_text("&#5;a href=\"https://evil.example\">x&#15;&#6;&#14;"), "a href=\"https://evil.example\">x^");
    }
}
