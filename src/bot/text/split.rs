//! Cuts chat text into parts a message can hold, where a reader would pause.
//!
//! Nothing is added and nothing but white space at a cut is lost, so the parts in order are the text. Knows the marks that
//! [`chat_text`](super::chat_text) writes (links, code frames, headings), nothing of Markdown.

use std::ops::Range;

use unicode_segmentation::GraphemeCursor;

use super::blocks::{FRAME, MINOR_HEADING};
use super::source::url_length;

/// The longest character of UTF-8; a smaller limit could not be kept.
const MIN_LIMIT: usize = 4;
/// How far back a cut without any better place looks for the edge of a Latin word or a number, in bytes.
const MAX_WORD: usize = 48;

/// Places to cut, the best first.
#[derive(Clone, Copy)]
enum Rank {
    Paragraph,
    Line,
    Sentence,
    Clause,
}

const RANKS: usize = 4;

/// Cuts `text` into parts of at most `limit` bytes: at a paragraph, else a line, a sentence, a clause or word, a character; never
/// inside a link, a URL, a block of code that would fit a part, or what a reader sees as one character. A piece that alone exceeds
/// the limit is cut inside as the last resort: code at its lines, a URL or link at a character. No part is empty.
pub fn split(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(MIN_LIMIT);
    let text = text.trim_end();
    let pieces = unbreakable(text, limit);
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = if text.len() - start <= limit { text.len() } else { balanced_cut(text, start, limit, &pieces) };
        let part = text[start..end].trim_end();
        if !part.is_empty() {
            parts.push(part.to_owned());
        }
        start = end + text[end..].len() - text[end..].trim_start_matches('\n').len();
    }
    parts
}

/// The latest good cut, or one near the middle when the last part would otherwise hold only a few words.
fn balanced_cut(text: &str, start: usize, limit: usize, pieces: &[Range<usize>]) -> usize {
    let latest = cut(text, start, start + limit, pieces);
    let rest = text.len() - start;
    let tail = text.len() - latest;
    if tail >= limit / 6 || rest > 2 * limit {
        return latest;
    }
    let places = breaks(text, start..start + rest * 2 / 3, pieces);
    let enough = start + (rest - limit).max(rest / 3);
    let middle = [Rank::Paragraph, Rank::Line, Rank::Sentence]
        .into_iter()
        .find_map(|rank| places[rank as usize].filter(|at| *at >= enough));
    middle.unwrap_or(latest)
}

/// The best place in `start..=end`, behind `start`.
fn cut(text: &str, start: usize, end: usize, pieces: &[Range<usize>]) -> usize {
    let end = text.floor_char_boundary(end);
    let places = breaks(text, start..end, pieces);
    // A better rank is worth up to half a part; beyond that the number of parts counts more.
    let worth = [2, 4].into_iter().find_map(|share| places.into_iter().flatten().find(|at| *at >= start + (end - start) / share));
    if let Some(at) = worth {
        return at;
    }
    match piece_around(end, pieces) {
        Some(piece) if piece.start > start => word_edge(text, start, piece.start, pieces),
        Some(_) => character_edge(text, start, end),
        None => word_edge(text, start, end, pieces),
    }
}

/// The latest place of each rank in the range, behind its start.
fn breaks(text: &str, range: Range<usize>, pieces: &[Range<usize>]) -> [Option<usize>; RANKS] {
    let mut found = [None; RANKS];
    let end = text.floor_char_boundary(range.end);
    for (offset, c) in text[range.start..end].char_indices().rev() {
        let at = range.start + offset + c.len_utf8();
        let Some(rank) = rank(text, at, c) else {
            continue;
        };
        if found[rank as usize].is_none() && piece_around(at, pieces).is_none() && is_character_edge(text, at) {
            found[rank as usize] = Some(at);
            if found.iter().all(Option::is_some) {
                break;
            }
        }
    }
    found
}

/// What the place behind `last` is good for.
fn rank(text: &str, at: usize, last: char) -> Option<Rank> {
    let after = &text[at..];
    let next = after.chars().next().unwrap_or('\n');
    match last {
        '\n' if belongs_together(text[..at - 1].trim_end_matches('\n'), after) => None,
        '\n' if next == '\n' => None,
        '\n' if text[..at - 1].ends_with('\n') => Some(Rank::Paragraph),
        '\n' => Some(Rank::Line),
        _ if is_closing(next) => None,
        '。' | '！' | '？' | '；' | '…' => Some(Rank::Sentence),
        '.' | '!' | '?' | ';' if next.is_whitespace() => Some(Rank::Sentence),
        _ if is_closing(last) && ends_sentence(&text[..at]) => Some(Rank::Sentence),
        '，' | '、' | '：' | ' ' | '\t' => Some(Rank::Clause),
        _ => None,
    }
}

/// Whether a line break stands between a heading, an announcement or the top of a frame and what it belongs to.
fn belongs_together(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default();
    let heading = line.starts_with(MINOR_HEADING) || line.starts_with('【') && line.ends_with('】');
    let frame = line == FRAME.0 || line.strip_prefix(FRAME.0).is_some_and(|rest| rest.starts_with(' '));
    heading || frame || line.ends_with('：') || after.lines().next() == Some(FRAME.1)
}

/// Marks that must not begin a part: they belong to what stands before them.
fn is_closing(c: char) -> bool {
    "。！？；，、：…”’」』）》】〉〕!?;:,.)]}\"'".contains(c)
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['”', '’', '」', '』', '）', '》', '】', ')', '"']).ends_with(['。', '！', '？', '…'])
}

/// The latest edge of a character up to `end` that is no edge inside a Latin word, if one is near.
fn word_edge(text: &str, start: usize, end: usize, pieces: &[Range<usize>]) -> usize {
    let inside_word = |at: usize| {
        text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
            && text[at..].starts_with(|c: char| c.is_ascii_alphanumeric() || is_closing(c))
    };
    let far = end.saturating_sub(MAX_WORD).max(start + 1);
    let edge = (far..=end).rev().find(|at| {
        text.is_char_boundary(*at) && !inside_word(*at) && is_character_edge(text, *at) && piece_around(*at, pieces).is_none()
    });
    edge.unwrap_or_else(|| character_edge(text, start, end))
}

/// The latest edge of a character up to `end`; inside one only when it alone is longer than a part.
fn character_edge(text: &str, start: usize, end: usize) -> usize {
    if is_character_edge(text, end) && end > start {
        return end;
    }
    let mut cursor = GraphemeCursor::new(end, text.len(), true);
    match cursor.prev_boundary(text, 0) {
        Ok(Some(at)) if at > start => at,
        _ if end > start => end,
        _ => start + text[start..].chars().next().map_or(1, char::len_utf8),
    }
}

fn is_character_edge(text: &str, at: usize) -> bool {
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

fn piece_around(at: usize, pieces: &[Range<usize>]) -> Option<&Range<usize>> {
    let index = pieces.partition_point(|piece| piece.end <= at);
    pieces.get(index).filter(|piece| piece.start < at)
}

/// Links, URLs, and framed code that fits a part; in order, overlaps merged.
fn unbreakable(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut pieces = frames(text);
    pieces.retain(|piece| piece.len() <= limit);
    pieces
        .extend(text.match_indices("<a href=\"").filter_map(|(at, _)| text[at..].find("</a>").map(|length| at..at + length + 4)));
    let mut at = 0;
    while let Some(offset) = text[at..].find("http") {
        let start = at + offset;
        let length = url_length(&text.as_bytes()[start..]);
        pieces.extend((length > 0).then(|| start..start + length));
        at = start + length.max(4);
    }
    pieces.sort_unstable_by_key(|piece| piece.start);
    pieces.dedup_by(|later, earlier| {
        let overlaps = later.start < earlier.end;
        if overlaps {
            earlier.end = earlier.end.max(later.end);
        }
        overlaps
    });
    pieces
}

/// Code with the frame around it.
fn frames(text: &str) -> Vec<Range<usize>> {
    let mut frames = Vec::new();
    let mut top = None;
    let mut at = 0;
    for line in text.split('\n') {
        if line == FRAME.1 {
            frames.extend(top.take().map(|top| top..at + line.len()));
        } else if line == FRAME.0 || line.strip_prefix(FRAME.0).is_some_and(|rest| rest.starts_with(' ')) {
            top = top.or(Some(at));
        }
        at += line.len() + 1;
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_place_in_the_second_half_wins() {
        assert_eq!(split("第一段。\n\n第二段。第三句", 30), ["第一段。", "第二段。第三句"]);
        assert_eq!(split("一二三四。五六七八，九十", 28), ["一二三四。", "五六七八，九十"]);
        assert_eq!(split("one two three four", 10), ["one two", "three four"]);
        assert_eq!(split("abc", 10), ["abc"]);
        assert!(split(" \n ", 10).is_empty());
    }

    #[test]
    fn links_and_frames_stay_whole() {
        let link = "看<a href=\"https://a.cn/x\">这个 链接</a>吧";
        for part in split(&format!("前言前言前言{link}"), 60) {
            assert_eq!(part.matches("<a").count(), part.matches("</a>").count(), "{part}");
        }
        let code = "说明\n\n┌─ sh\nls\n\ncd\n└─\n\n尾";
        assert_eq!(split(code, 30), ["说明", "┌─ sh\nls\n\ncd\n└─\n\n尾"]);
    }
}
