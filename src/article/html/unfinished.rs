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

/// Closes code, bold and struck text in the last line, and holds back half a link or picture.
fn close_inline(line: &str) -> Cow<'_, str> {
    let mut open: Vec<&str> = Vec::new();
    let mut bracket = None;
    let mut at = 0;
    while let Some(mark) = next_mark(&line[at..]) {
        let (start, text) = (at + mark.0, mark.1);
        at = start + text.len();
        match text {
            "\\" => at += line[at..].chars().next().map_or(0, char::len_utf8),
            "[" => bracket = bracket.or(Some(start)),
            ")" => bracket = None,
            "]" if !line[at..].is_empty() && !line[at..].starts_with('(') => bracket = None,
            "]" => {}
            mark if mark.starts_with('`') => {
                let Some(end) = closing(&line[at..], mark) else {
                    open.push(mark);
                    break;
                };
                at += end;
            }
            mark => match open.iter().rposition(|opened| *opened == mark) {
                Some(position) => open.truncate(position),
                None => open.push(mark),
            },
        }
    }
    if let Some(start) = bracket.filter(|_| open.last().is_none_or(|mark| !mark.starts_with('`'))) {
        return Cow::Owned(close_inline(&hold_back_link(line, start)).into_owned());
    }
    if open.is_empty() {
        return Cow::Borrowed(line);
    }
    let mut closed = line.trim_end_matches([' ', '*', '~', '`']).to_owned();
    let still_open = close_marks(&closed, &open);
    closed.push_str(&still_open);
    Cow::Owned(closed)
}

/// The marks to add: not those that had no text after them yet and went with the end of the line.
fn close_marks(line: &str, open: &[&str]) -> String {
    let written = |mark: &&&str| line.matches(**mark).count() % 2 == 1;
    open.iter().rev().filter(written).copied().collect()
}

/// `[text](half an addr` shows its text; a picture shows nothing.
fn hold_back_link(line: &str, start: usize) -> String {
    let is_picture = line[..start].ends_with('!');
    if is_picture {
        return line[..start - 1].to_owned();
    }
    let text = &line[start + 1..];
    let text = text.find("](").map_or(text.trim_end_matches(']'), |end| &text[..end]);
    format!("{}{text}", &line[..start])
}

fn next_mark(text: &str) -> Option<(usize, &str)> {
    let start = text.find(['\\', '`', '*', '~', '[', ']', ')'])?;
    let mark = text[start..].chars().next()?;
    let run = text[start..].chars().take_while(|letter| *letter == mark).count();
    match mark {
        '`' => Some((start, &text[start..start + run])),
        '*' | '~' if run >= 2 => Some((start, &text[start..start + 2])),
        '*' | '~' => next_mark(&text[start + 1..]).map(|(next, mark)| (start + 1 + next, mark)),
        _ => Some((start, &text[start..=start])),
    }
}

fn closing(text: &str, mark: &str) -> Option<usize> {
    text.find(mark).map(|start| start + mark.len())
}
