//! Comma-separated values (RFC 4180, and what spreadsheets make of it): one line of ` | ` for each row.

use super::draft::Draft;

/// What separates values, in the order of preference.
const SEPARATORS: [char; 4] = [',', '\t', ';', '|'];

/// The lines by which the separator is chosen.
const SAMPLE_LINES: usize = 20;

/// Writes every row; quoted values may hold separators, quotes and line ends.
pub(super) fn write(text: &str, draft: &mut Draft) {
    let separator = separator(text);
    let mut letters = text.chars().peekable();
    let mut is_quoted = false;
    let mut begins = true;
    let mut encoded = [0; 4];
    while let Some(letter) = letters.next() {
        if draft.is_cut() {
            return;
        }
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                draft.push("\"");
            }
            '"' if is_quoted => is_quoted = false,
            '"' if begins => is_quoted = true,
            letter if !is_quoted && letter == separator => {
                draft.next_cell();
                begins = true;
                continue;
            }
            '\n' | '\r' if !is_quoted => {
                draft.break_line();
                begins = true;
                continue;
            }
            letter => draft.push(letter.encode_utf8(&mut encoded)),
        }
        begins = false;
    }
}

/// The separator that stands in the most lines; on a tie, the one that is met more often.
fn separator(text: &str) -> char {
    let count = |separator: char| {
        let counts = text.lines().take(SAMPLE_LINES).map(|line| line.matches(separator).count());
        counts.fold((0, 0), |(lines, all), count| (lines + usize::from(count > 0), all + count))
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| count(*separator));
    best.unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::write;
    use crate::extract::draft::Draft;

    #[test]
    fn quotes_hold_separators_and_line_ends() {
        let mut draft = Draft::new(1_000);
        write("姓名;数\r\n\"王;五\";\"说\"\"好\"\"\"\n\"两\n行\";;3\n", &mut draft);
        assert_eq!(draft.finish(), "姓名 | 数\n王;五 | 说\"好\"\n两 行 |  | 3");
    }
}
