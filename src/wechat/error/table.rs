//! The table of errcodes (`errcodes.tsv`), read once.
//!
//! The rows are data, so that they can be reviewed and extended without reading code.
//!
//! Sources: the errcode tables of the official API pages and the global list
//! <https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html>

use std::sync::LazyLock;

/// The first line names the columns; the others are sorted by errcode.
const TABLE: &str = include_str!("errcodes.tsv");

/// What an errcode asks of the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Transient: worth another try after a pause.
    Retry,
    /// The token is stale: one new token, one more try.
    Refresh,
    /// A quota or a rate: nothing helps before the time that the advice names.
    Wait,
    /// Configuration or permission: the operator has to act.
    Stop,
    /// What was sent is wrong.
    Fix,
    /// This follower cannot be reached now; nothing is broken.
    Drop,
    /// Not in the table; to be treated as [`Class::Stop`].
    Unlisted,
}

/// One errcode.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub errcode: i64,
    pub class: Class,
    pub name: &'static str,
    pub advice_chinese: &'static str,
    pub advice_english: &'static str,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(entry).collect());

/// Every listed errcode, in ascending order.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// The row of `errcode`, if it is listed.
pub(super) fn find(errcode: i64) -> Option<&'static Entry> {
    let index = ENTRIES.binary_search_by_key(&errcode, |entry| entry.errcode).ok()?;
    ENTRIES.get(index)
}

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split('\t');
    let entry = Entry {
        errcode: columns.next()?.parse().ok()?,
        class: class(columns.next()?)?,
        name: columns.next()?,
        advice_chinese: columns.next()?,
        advice_english: columns.next()?,
    };
    columns.next().is_none().then_some(entry)
}

fn class(name: &str) -> Option<Class> {
    Some(match name {
        "Retry" => Class::Retry,
        "Refresh" => Class::Refresh,
        "Wait" => Class::Wait,
        "Stop" => Class::Stop,
        "Fix" => Class::Fix,
        "Drop" => Class::Drop,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_row_and_the_rows_are_sorted() {
        assert_eq!(entries().len(), TABLE.lines().count() - 1);
        assert!(entries().is_sorted_by(|a, b| a.errcode < b.errcode));
        for row in entries() {
            assert!(!row.name.is_empty() && row.advice_chinese.ends_with('。') && row.advice_english.ends_with('.'), "{row:?}");
        }
    }
}
