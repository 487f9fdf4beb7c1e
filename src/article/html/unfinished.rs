//! Where an answer breaks off while it is written: what was opened is closed, and what cannot be read yet is held
//! back, so that the page does not flicker between `**half` and a bold word.

use std::borrow::Cow;

/// Markdown that renders as the reader will see it when it is whole, as far as that can be known.
pub(super) fn close(markdown: &str) -> Cow<'_, str> {
    let line_start = markdown.rfind('\n').map_or(0, |end| end + 1);
    let (before, line) = markdown.split_at(line_start);
    if let Some(fence) = open_fence(before) {
        // Part of the closing fence is not code.
        let is_fence_part = !line.is_empty() && line.len() < fence.len() + 1 && fence.starts_with(line.trim());
        return Cow::Borrowed(if is_fence_part { before } else { markdown });
    }
    if is_only_a_marker(line) {
        return Cow::Borrowed(before);
    }
    if line.trim_start().starts_with('|') {
        return close_table(before, line).map_or(Cow::Borrowed(before), |table| Cow::Owned(format!("{before}{table}")));
    }
    match close_inline(line) {
        Cow::Borrowed(_) => Cow::Borrowed(markdown),
        Cow::Owned(line) => Cow::Owned(format!("{before}{line}")),
    }
}

/// The fence of a code block that is open at the end of the text.
fn open_fence(text: &str) -> Option<&str> {
    let mut open: Option<&str> = None;
    for line in text.lines() {
        let line = line.trim_start_matches([' ', '>', '\t']);
        let mark = fence_of(line);
        open = match (open, mark) {
            (None, mark) => mark,
            (Some(fence), Some(mark)) if mark.starts_with(fence) && line.trim_end() == mark => None,
            (Some(fence), _) => Some(fence),
        };
    }
    open
}

fn fence_of(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = line.chars().take_while(|letter| *letter == mark).count();
    let is_fence = length >= 3 && !(mark == '`' && line[length..].contains('`'));
    is_fence.then(|| &line[..length])
}

/// A bullet, a number, a heading's marks, a quote's or the beginning of a fence, with nothing after it.
fn is_only_a_marker(line: &str) -> bool {
    let mark = line.trim().trim_start_matches(['>', ' ']);
    let mark = mark.trim_start_matches(|letter: char| letter.is_ascii_digit());
    mark.len() <= 6 && !line.trim().is_empty() && mark.chars().all(|letter| "-*+#>.)`~=_[]".contains(letter))
}

/// A row of a table as a whole row; `None` for what is not yet known to be a table.
fn close_table(before: &str, line: &str) -> Option<String> {
    let header = before.lines().next_back().filter(|row| row.trim_start().starts_with('|'))?;
    let is_delimiter = line.trim().chars().all(|letter| "|-: ".contains(letter));
    let is_second = before.lines().nth_back(1).is_none_or(|row| !row.trim_start().starts_with('|'));
    if is_second && is_delimiter {
        let columns = header.trim().trim_matches('|').replace("\\|", "").split('|').count();
        return Some(format!("|{}", "-|".repeat(columns)));
    }
    if is_second {
        return Some(line.to_owned());
    }
    Some(close_inline(line).into_owned())
}

/// What a line has opened: marks with their places, and the bracket of a link whose address has not ended.
struct Opened<'l> {
    marks: Vec<(usize, &'l str)>,
    bracket: Option<usize>,
}

/// Closes code, bold and struck text in the last line, and holds back half a link or picture.
fn close_inline(line: &str) -> Cow<'_, str> {
    let opened = opened(line);
    let Some(start) = opened.bracket else { return close_marks(line, &opened.marks) };
    let line = hold_back_link(line, start);
    let marks = opened_before(&opened.marks, line.len());
    Cow::Owned(close_marks(&line, marks).into_owned())
}

fn opened(line: &str) -> Opened<'_> {
    let mut marks: Vec<(usize, &str)> = Vec::new();
    let mut bracket = None;
    let mut at = 0;
    while let Some((offset, mark)) = next_mark(&line[at..]) {
        let start = at + offset;
        at = start + mark.len();
        match mark {
            "\\" => at += line[at..].chars().next().map_or(0, char::len_utf8),
            "[" => bracket = bracket.or(Some(start)),
            ")" => bracket = None,
            "]" if !line[at..].is_empty() && !line[at..].starts_with('(') => bracket = None,
            "]" => {}
            code if code.starts_with('`') => {
                let Some(end) = line[at..].find(code) else {
                    // The rest of the line is code: a bracket in it or before it opens nothing.
                    marks.push((start, code));
                    return Opened { marks, bracket: None };
                };
                at += end + code.len();
            }
            mark => match marks.iter().rposition(|(_, opened)| *opened == mark) {
                Some(position) => marks.truncate(position),
                None => marks.push((start, mark)),
            },
        }
    }
    Opened { marks, bracket }
}

fn opened_before<'m, 'l>(marks: &'m [(usize, &'l str)], end: usize) -> &'m [(usize, &'l str)] {
    &marks[..marks.iter().take_while(|(start, _)| *start < end).count()]
}

fn close_marks<'l>(line: &'l str, marks: &[(usize, &str)]) -> Cow<'l, str> {
    if marks.is_empty() {
        return Cow::Borrowed(line);
    }
    // A mark with no text after it goes with the end of the line.
    let mut closed = line.trim_end_matches([' ', '*', '~', '`']).to_owned();
    let marks = opened_before(marks, closed.len());
    closed.extend(marks.iter().rev().map(|(_, mark)| *mark));
    Cow::Owned(closed)
}

/// `[text](half an addr` shows its text; a picture shows nothing.
fn hold_back_link(line: &str, start: usize) -> String {
    if let Some(before) = line[..start].strip_suffix('!') {
        return before.to_owned();
    }
    let text = &line[start + 1..];
    let text = text.find("](").map_or(text.trim_end_matches(']'), |end| &text[..end]);
    format!("{}{text}", &line[..start])
}

/// The next mark that can be open: a run of backticks, two stars, two tildes, a bracket or an escape.
fn next_mark(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find(['\\', '`', '*', '~', '[', ']', ')'])?;
        let rest = &text[start..];
        let mark = rest.chars().next()?;
        match mark {
            '`' => return Some((start, &rest[..rest.len() - rest.trim_start_matches('`').len()])),
            '*' | '~' if rest[1..].starts_with(mark) => return Some((start, &rest[..2])),
            // One star alone is as often a product as it is emphasis.
            '*' | '~' => from = start + 1,
            _ => return Some((start, &rest[..1])),
        }
    }
}
