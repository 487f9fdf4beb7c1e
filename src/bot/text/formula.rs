//! Finds formulas set on lines of their own, between `$$` and `$$` or `\\[` and `\\]`.
//!
//! Reads raw lines: whether they stand in code it does not know, and its callers lose nothing by that.

/// A formula is shorter; what looks like a longer one is two marks that do not belong together.
const MAX_LINES: usize = 40;

/// Where formulas stand, in bytes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Formulas {
    /// The start of each line inside a formula that ends.
    pub(super) closed: Vec<usize>,
    /// The start of a formula whose end may still come.
    pub(super) open: Option<usize>,
}

/// A blank line ends the hope of a formula.
pub(super) fn formula_lines(text: &str) -> Formulas {
    let mut found = Formulas::default();
    if !text.contains("$$") && !text.contains("\\[") {
        return found;
    }
    let mut inner: Vec<usize> = Vec::new();
    let mut awaited: Option<(&str, usize)> = None;
    let mut start = 0;
    for line in text.split('\n') {
        match (line.trim(), awaited) {
            (mark, Some((end, _))) if mark == end => {
                found.closed.append(&mut inner);
                awaited = None;
            }
            // A line that has only begun is not known to be blank.
            ("", Some(_)) if start + line.len() < text.len() => awaited = None,
            (_, Some(_)) if inner.len() == MAX_LINES => awaited = None,
            (_, Some(_)) => inner.push(start),
            ("$$", None) => awaited = Some(("$$", start)),
            ("\\[", None) => awaited = Some(("\\]", start)),
            (_, None) => {}
        }
        if awaited.is_none() {
            inner.clear();
        }
        start += line.len() + 1;
    }
    found.open = awaited.map(|(_, start)| start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_ends_is_given_up_or_stays_open() {
        assert_eq!(formula_lines("$$\n- a\n$$\n\\[\nb\n\\]\n"), Formulas { closed: vec![3, 13], open: None });
        assert_eq!(formula_lines("x\n$$\n- a\n$"), Formulas { closed: vec![], open: Some(2) });
        assert_eq!(formula_lines("$$\na\n\n$$\n\n"), Formulas::default());
        assert_eq!(formula_lines(&format!("$$\n{}$$", "a\n".repeat(50))).closed, Vec::<usize>::new());
    }
}
