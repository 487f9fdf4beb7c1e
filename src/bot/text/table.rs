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
    let (first, rest) = row.split_first().map_or(("", row), |(first, rest)| (first.as_str(), rest));
    if let [value] = rest {
        return format!("• {}", pair(first, value));
    }
    let mut lines: Vec<String> = Vec::new();
    if !first.is_empty() {
        lines.push(first.replace('\n', INDENT));
    }
    let named = header.iter().skip(1).map(String::as_str).chain(std::iter::repeat(""));
    lines.extend(rest.iter().zip(named).filter(|(value, _)| !value.is_empty()).map(|(value, name)| pair(name, value)));
    format!("• {}", lines.join(INDENT))
}

/// `键：值`, or `key: value` where neither is Chinese.
fn pair(key: &str, value: &str) -> String {
    let value = value.replace('\n', INDENT);
    if key.is_empty() || value.is_empty() {
        return format!("{}{value}", key.replace('\n', INDENT));
    }
    let key = key.replace('\n', INDENT);
    if key.ends_with(['：', ':']) {
        return format!("{key}{value}");
    }
    if key.ends_with(['？', '?', '！', '!', '。']) {
        return format!("{key}{INDENT}{value}");
    }
    let colon = if key.chars().chain(value.chars()).any(is_cjk) { "：" } else { ": " };
    format!("{key}{colon}{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_takes_the_colon_of_its_script() {
        assert_eq!(pair("价格", "5元"), "价格：5元");
        assert_eq!(pair("Speed", "fast"), "Speed: fast");
        assert_eq!(pair("要钱吗？", "不要"), "要钱吗？\n　不要");
        assert_eq!(pair("价格：", "5"), "价格：5");
        assert_eq!(pair("", "5"), "5");
        assert_eq!(pair("甲", ""), "甲");
    }
}
