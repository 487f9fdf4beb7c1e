//! Which encoding a page is in, and its text.
//!
//! The order is that of browsers: byte order mark, header, the page's own word, its bytes. Chinese pages are often GBK or Big5
//! and sometimes say something else, so a word that the bytes contradict is not believed. It knows no HTML beyond `<meta`.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Where a page says its encoding. Browsers look at 1024 bytes; portals put more before it.
const PROLOGUE_BYTES: usize = 4 << 10;
/// How many bytes are enough to tell encodings apart.
const SAMPLE_BYTES: usize = 64 << 10;

const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// The text of `bytes`. `top_level` is the last label of the host, which tells Taiwan's encoding from the mainland's.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: &str, top_level: &str) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    let declared = of_header(content_type).or_else(|| of_prologue(&bytes[..bytes.len().min(PROLOGUE_BYTES)]));
    let Some(declared) = declared else {
        return guess(bytes, top_level).decode_without_bom_handling(bytes).0;
    };
    let (text, had_errors) = declared.decode_without_bom_handling(bytes);
    if !had_errors {
        return text;
    }
    // A page with a broken character is common, and so is a page in another encoding than it says.
    let other = guess(bytes, top_level).decode_without_bom_handling(bytes).0;
    if broken(&other) < broken(&text) { other } else { text }
}

fn broken(text: &str) -> usize {
    text.chars().filter(|letter| *letter == REPLACEMENT).count()
}

fn guess(bytes: &[u8], top_level: &str) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    detector.feed(sample, sample.len() == bytes.len());
    // The detector wants a lower-case label without a dot.
    let top_level = top_level.bytes().all(|byte| byte.is_ascii_lowercase()).then_some(top_level.as_bytes());
    detector.guess(top_level.filter(|label| !label.is_empty()), Utf8Detection::Allow)
}

fn of_header(content_type: &str) -> Option<&'static Encoding> {
    of_assignment(&content_type.to_ascii_lowercase(), "charset")
}

/// What a `<meta>` or the XML declaration says. Whoever can read it there does not have UTF-16 before them.
fn of_prologue(prologue: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(prologue).to_ascii_lowercase();
    let of_tags = |opening: &str, name: &str| {
        text.split(opening).skip(1).find_map(|rest| of_assignment(rest.split('>').next().unwrap_or_default(), name))
    };
    let encoding = of_tags("<?xml", "encoding").or_else(|| of_tags("<meta", "charset"))?;
    Some(if encoding == UTF_16BE || encoding == UTF_16LE { UTF_8 } else { encoding })
}

/// The encoding behind `name =`, quoted or not.
fn of_assignment(text: &str, name: &str) -> Option<&'static Encoding> {
    text.split(name).skip(1).find_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = value.find(|letter: char| matches!(letter, '"' | '\'' | ';' | '/' | '>') || letter.is_whitespace());
        Encoding::for_label_no_replacement(&value.as_bytes()[..end.unwrap_or(value.len())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str = "这是一个关于软件工程的页面，内容是中文。";

    #[test]
    fn what_is_said_is_believed_where_the_bytes_agree() {
        let (gbk, _, _) = encoding_rs::GBK.encode(SENTENCE);
        let marked = [b"\xef\xbb\xbf", SENTENCE.as_bytes()].concat();
        let meta = [b"<html><meta charset = 'GB2312'>".as_slice(), &gbk].concat();
        let older = [br#"<META http-equiv="Content-Type" content="text/html; charset=gbk">"#.as_slice(), &gbk].concat();
        let utf16: Vec<u8> = [0xfeff].into_iter().chain(SENTENCE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let cases: [(&[u8], &str); 8] = [
            (SENTENCE.as_bytes(), "text/html; charset=\"utf-8\""),
            (&gbk, "text/html;charset=GB18030"),
            (&marked, "text/html; charset=gbk"),
            (&meta, "text/html"),
            (&older, "text/html; charset=nonsense"),
            (&utf16, "text/html"),
            (&gbk, "text/html; charset=utf-8"),
            (SENTENCE.as_bytes(), "text/html; charset=us-ascii-of-ours"),
        ];
        for (bytes, content_type) in cases {
            assert!(decode(bytes, content_type, "cn").ends_with(SENTENCE), "{content_type}");
        }
    }

    #[test]
    fn what_is_not_said_is_guessed() {
        let text = "臺灣的網頁常常使用大五碼，這一段話沒有說明它的編碼。請讀者自己判斷。";
        let (big5, _, _) = encoding_rs::BIG5.encode(text);
        assert_eq!(decode(&big5, "text/html", "tw"), text);
        let (gbk, _, _) = encoding_rs::GBK.encode(SENTENCE);
        assert_eq!(decode(&gbk, "", ""), SENTENCE);
        assert_eq!(decode(SENTENCE.as_bytes(), "", "Not A Label"), SENTENCE);
        assert_eq!(decode(b"", "", "cn"), "");
    }
}
