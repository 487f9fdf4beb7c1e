//! Bytes into characters: the charset by its mark, by validity, or by what its letters look like.
//!
//! It refuses what is no text at all, and knows nothing of what the text says.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{draft::Draft, error::Error, limits::Meter};

/// Enough bytes to tell GBK from Big5; a detector's verdict no longer changes behind them.
const SAMPLE_BYTES: usize = 256 << 10;

/// Of a thousand characters, how many may be no text before the whole is none.
const WRONG_PER_MILLE: usize = 20;

/// Lines between two looks at the clock.
const LINES: u32 = 4_096;

/// Blank lines in a row that are kept.
const BLANK_LINES: u32 = 2;

/// Decodes the bytes of a text file, which may name its charset (`hint`, as HTML does).
pub(super) fn decode<'a>(bytes: &'a [u8], hint: Option<&'static Encoding>) -> Result<Cow<'a, str>, Error> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => hint.unwrap_or_else(|| guess(bytes)),
    };
    let text = characters(encoding, bytes);
    let wrong = text.chars().take(SAMPLE_BYTES).filter(|letter| is_wrong(*letter)).count();
    let judged = text.chars().take(SAMPLE_BYTES).count();
    if wrong * 1_000 > judged * WRONG_PER_MILLE {
        return Err(Error::unsupported("binary"));
    }
    if text.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}').is_empty() {
        return Err(Error::Empty);
    }
    Ok(text)
}

/// Decodes in steps: asked for the whole at once, the decoder reserves three bytes for each, which is half a child's memory.
fn characters<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Cow<'a, str> {
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
    {
        return Cow::Borrowed(text);
    }
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    let mut done = 0;
    loop {
        let (result, read, _) = decoder.decode_to_string(&bytes[done..], &mut text, true);
        done += read;
        match result {
            CoderResult::InputEmpty => return Cow::Owned(text),
            CoderResult::OutputFull => text.reserve_exact(bytes.len() / 2 + 16),
        }
    }
}

/// Writes a text file as it is, with one kind of line end.
pub(super) fn write(text: &str, draft: &mut Draft, meter: &Meter) -> Result<(), Error> {
    let mut empty = BLANK_LINES;
    for (line, number) in text.split('\n').zip(1_u32..) {
        if draft.is_cut() {
            break;
        }
        if number.is_multiple_of(LINES) {
            meter.in_time()?;
        }
        let line = line.strip_suffix('\r').unwrap_or(line);
        // A lone carriage return ends a line too: old Macs, and pasted text.
        for piece in line.split('\r') {
            empty = if piece.trim().is_empty() { empty + 1 } else { 0 };
            if empty <= BLANK_LINES {
                draft.push_verbatim(piece);
                draft.push_verbatim("\n");
            }
        }
    }
    Ok(())
}

/// The first heading of a Markdown file.
pub(super) fn markdown_title(text: &str) -> Option<String> {
    let heading = text.lines().take(200).find_map(|line| line.strip_prefix("# "))?;
    Some(heading.trim().to_owned()).filter(|title| !title.is_empty())
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    if let Some(wide) = wide(sample) {
        return wide;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // A sample may end within a character, which is no error of its charset.
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// UTF-16 without its mark: spaces, line ends and Latin letters have a zero on one side only.
fn wide(sample: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if odd * 20 > pairs && even * 20 < odd {
        return Some(UTF_16LE);
    }
    (even * 20 > pairs && odd * 20 < even).then_some(UTF_16BE)
}

fn is_wrong(letter: char) -> bool {
    let is_layout = matches!(letter, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}' | '\u{1a}');
    letter == char::REPLACEMENT_CHARACTER || (letter.is_control() && !is_layout) || ('\u{e000}'..='\u{f8ff}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::decode;
    use encoding_rs::{BIG5, GBK, SHIFT_JIS};

    #[test]
    fn a_long_text_is_recognised_wherever_its_sample_ends() {
        for before in ["", "x"] {
            let text = before.to_owned() + &"公众号回信，把问题交给模型。".repeat(20_000);
            assert!(decode(&GBK.encode(&text).0, None).unwrap() == text);
        }
    }

    #[test]
    fn common_charsets_are_recognised() {
        let chinese = "公众号把读者的问题交给模型，然后把回答寄回去。这一行足够长，可以认出来。\n";
        let taiwanese = "公眾號把讀者的問題交給模型，然後把回答寄回去。這一行足夠長，可以認出來。\n";
        let japanese = "読者の質問をモデルに渡して、その答えを送り返します。とても簡単です。\n";
        for (text, bytes) in [
            (chinese, GBK.encode(chinese).0.into_owned()),
            (taiwanese, BIG5.encode(taiwanese).0.into_owned()),
            (japanese, SHIFT_JIS.encode(japanese).0.into_owned()),
            (chinese, chinese.as_bytes().to_vec()),
            (chinese, [b"\xef\xbb\xbf", chinese.as_bytes()].concat()),
            (
                chinese,
                chinese.encode_utf16().flat_map(u16::to_le_bytes).fold(b"\xff\xfe".to_vec(), |mut all, byte| {
                    all.push(byte);
                    all
                }),
            ),
            ("plain words here\n", "plain words here\n".encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            assert_eq!(decode(&bytes, None).unwrap(), text);
        }
    }
}
