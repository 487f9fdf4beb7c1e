//! Small pieces of chat text that are no answer: a tappable word, a question quoted in a label.
//!
//! Knows nothing of what the words say or when they are shown.

use unicode_segmentation::UnicodeSegmentation;

use super::links::{inert, looks_live};

/// A word that, tapped, sends `sent_text` as the follower: `<a href="weixin://bizmsgmenu?…">words</a>`. `id` comes back as
/// `bizmsgmenuid` on verified accounts only. A client that does not know the link still shows the word.
pub fn tap(words: &str, sent_text: &str, id: &str) -> String {
    let (content, id) = (percent_encoded(sent_text), percent_encoded(id));
    format!("<a href=\"weixin://bizmsgmenu?msgmenucontent={content}&msgmenuid={id}\">{}</a>", inert(words))
}

/// A question on one line of at most `max_chars` characters as a reader counts them, the ellipsis included.
pub fn quote(question: &str, max_chars: usize) -> String {
    let visible: String = question.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String =
        line.char_indices().map(|(at, c)| if c == '<' && looks_live(&line[at + 1..]) { '＜' } else { c }).collect();
    if line.graphemes(true).nth(max_chars).is_none() {
        return line;
    }
    let kept: String = line.graphemes(true).take(max_chars.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end().trim_end_matches(['，', '。', '、', '；', '：', ',', '.', ';', ':']))
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.extend(['%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    out
}

const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tap_carries_its_text_and_id_encoded() {
        assert_eq!(
            tap("继续", "继续 & \"x\"", "a/1"),
            "<a href=\"weixin://bizmsgmenu?msgmenucontent=%E7%BB%A7%E7%BB%AD%20%26%20%22x%22&msgmenuid=a%2F1\">继续</a>"
        );
        assert_eq!(tap("</a>", "", ""), "<a href=\"weixin://bizmsgmenu?msgmenucontent=&msgmenuid=\">＜/a＞</a>");
    }

    #[test]
    fn a_quotation_is_one_short_line() {
        assert_eq!(quote("你好", 5), "你好");
        assert_eq!(quote("请问\n  明天天气如何？", 6), "请问 明天…");
        assert_eq!(quote("第一，第二，第三", 4), "第一…");
        assert_eq!(quote("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 2), "👨‍👩‍👧…");
        assert_eq!(quote("<a href='x'>点我</a>", 40), "＜a href='x'>点我＜/a>");
        assert_eq!(quote("任何", 0), "…");
    }
}
