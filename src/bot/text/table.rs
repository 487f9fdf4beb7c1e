//! Tables for a narrow bubble: the header once, then a line or a small block for each row.
//!
//! Columns cannot be aligned in a proportional font, so nothing is padded. Knows cells as finished text.

use comrak::Node;

use super::inlines::inlines;
use super::prose::is_cjk;

/// Below a bullet, further lines stand in by one full-width space, as wide as the bullet and its space.
const INDENT: &str = "\n　";

/// A table node as lines.
pub(super) fn table(node: Node<'_>) -> String {
    let mut rows = node.children().map(|row| row.children().map(|cell| inlines(cell).trim().to_owned()).collect::<Vec<_>>());
    let header = rows.next().unwrap_or_default();
    let named: Vec<&str> = header.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let mut lines = Vec::new();
    if !named.is_empty() {
        lines.push(format!("【{}】", named.join("｜")));
    }
    lines.extend(rows.filter(|row| row.iter().any(|cell| !cell.is_empty())).map(|row| row_lines(&header, &row)));
    lines.join("\n")
}

/// Two columns are a key and its value; of more, each value stands under its column's name.
fn row_lines(header: &[String], row: &[String]) -> String {
    let colon = if header.iter().chain(row).any(|cell| cell.chars().any(is_cjk)) { "：" } else { ": " };
    let (first, rest) = row.split_first().map_or(("", row), |(first, rest)| (first.as_str(), rest));
    if let [value] = rest {
        return format!("• {}", pair(first, value, colon));
    }
    let mut lines: Vec<String> = Vec::new();
    if !first.is_empty() {
        lines.push(first.replace('\n', INDENT));
    }
    let named = header.iter().skip(1).map(String::as_str).chain(std::iter::repeat(""));
    lines.extend(rest.iter().zip(named).filter(|(value, _)| !value.is_empty()).map(|(value, name)| pair(name, value, colon)));
    format!("• {}", lines.join(INDENT))
}

/// `键：值`; a question keeps its own mark and is answered on the next line.
fn pair(key: &str, value: &str, colon: &str) -> String {
    let (key, value) = (key.replace('\n', INDENT), value.replace('\n', INDENT));
    let between = if key.is_empty() || value.is_empty() || key.ends_with(['：', ':']) {
        ""
    } else if key.ends_with(['？', '?', '！', '!', '。']) {
        INDENT
    } else {
        colon
    };
    format!("{key}{between}{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_joined_by_what_its_key_ends_with() {
        assert_eq!(pair("价格", "5元", "："), "价格：5元");
        assert_eq!(pair("要钱吗？", "不要", "："), "要钱吗？\n　不要");
        assert_eq!(pair("价格：", "5", "："), "价格：5");
        assert_eq!(pair("", "5", "："), "5");
        assert_eq!(pair("甲", "", "："), "甲");
    }

    #[test]
    fn the_colon_is_of_the_script_of_the_table() {
        assert_eq!(row_lines(&["Name".into(), "Age".into()], &["Ann".into(), "30".into()]), "• Ann: 30");
        assert_eq!(row_lines(&["月".into(), "量".into()], &["1".into(), "30".into()]), "• 1：30");
    }
}
