//! The one kind of markup a chat shows: `<a href="…">label</a>`, with double quotes and nothing inside but text.
//!
//! Source: wechat-api reference, "Text messages"; the text travels in CDATA and JSON, so an `&` stays an `&`.
//! Knows nothing of Markdown.

use super::source::verbatim;

/// The `<` of a live link. Any other `<` that would start one is made harmless at the end.
pub(super) const LIVE: char = '\u{5}';

/// A live link, or only its label where WeChat could not or should not open the target. `weixin://` is refused too:
/// an answer must not speak for the follower.
pub(super) fn link(url: &str, label: &str) -> String {
    let label = label.trim();
    let Some(href) = href(url) else {
        return label.to_owned();
    };
    if label.is_empty() || same_target(&href, label) {
        return href;
    }
    format!("{LIVE}a href=\"{href}\">{}{LIVE}/a>", inert(label))
}

/// The label of a link: one line, nothing that could be taken for a tag.
pub(super) fn inert(label: &str) -> String {
    label
        .chars()
        .filter(|c| *c != LIVE)
        .map(|c| match c {
            '<' => '＜',
            '>' => '＞',
            '\n' => ' ',
            other => other,
        })
        .collect()
}

/// Whether `rest`, which follows a `<`, would make WeChat see a link.
pub(super) fn looks_live(rest: &str) -> bool {
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let mut chars = name.chars();
    matches!(chars.next(), Some('a' | 'A')) && chars.next().is_none_or(|c| c.is_whitespace() || c == '>' || c == '/')
}

/// An absolute web address as it may stand between double quotes.
fn href(url: &str) -> Option<String> {
    let mut plain = String::with_capacity(url.len());
    verbatim(url.trim(), &mut plain);
    let scheme = plain.split_once("://").map(|(scheme, _)| scheme)?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") || plain.len() == scheme.len() + 3 {
        return None;
    }
    let mut safe = scheme.to_ascii_lowercase();
    for c in plain[scheme.len()..].chars() {
        match c {
            '"' => safe.push_str("%22"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '\\' => safe.push_str("%5C"),
            '\t' | '\n' => {}
            _ if c.is_whitespace() => safe.push_str("%20"),
            _ => safe.push(c),
        }
    }
    Some(safe)
}

fn same_target(href: &str, label: &str) -> bool {
    let bare = |url: &str| url.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_owned();
    bare(href) == bare(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_live() {
        assert_eq!(link("https://a.cn/?a=1&b=2", "文档"), "\u{5}a href=\"https://a.cn/?a=1&b=2\">文档\u{5}/a>");
        for url in ["javascript:alert(1)", "/path", "weixin://bizmsgmenu?msgmenucontent=x", "mailto:a@b.cn", "https://", "#top"] {
            assert_eq!(link(url, "文档"), "文档", "{url}");
        }
    }

    #[test]
    fn a_label_that_is_the_address_stays_bare_and_a_label_holds_no_tag() {
        assert_eq!(link("https://a.cn/", "a.cn"), "https://a.cn/");
        assert_eq!(link("HTTPS://a.cn/A", ""), "https://a.cn/A");
        assert_eq!(link("https://a.cn/\"><b", "<b>\n"), "\u{5}a href=\"https://a.cn/%22%3E%3Cb\">＜b＞\u{5}/a>");
    }

    #[test]
    fn what_looks_like_a_link_is_recognised() {
        assert!(looks_live("a href=\"x\">") && looks_live("/a>") && looks_live("A\n") && looks_live("a"));
        assert!(!looks_live("abbr>") && !looks_live("b>") && !looks_live(" a"));
    }
}
