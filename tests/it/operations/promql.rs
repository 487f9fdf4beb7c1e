//! As much of Prometheus's query language as it takes to know which metrics and labels a query names.

use std::collections::{BTreeMap, BTreeSet};

/// Labels that Prometheus adds by itself, and that a histogram's buckets have.
const ADDED: &[&str] = &["job", "instance", "le"];

/// Words that stand before a list of labels, and those that are no metric either.
const GROUPING: &[&str] = &["by", "without", "on", "ignoring", "group_left", "group_right"];
const OPERATORS: &[&str] = &["and", "or", "unless", "bool", "offset", "inf", "nan"];

/// The metrics of `query`, each with the labels that are selected, and the labels that are grouped by.
pub(super) fn named(query: &str) -> (BTreeMap<String, BTreeSet<String>>, BTreeSet<String>) {
    let mut metrics: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut grouped = BTreeSet::new();
    let mut rest = query;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_alphabetic() || "_[\"".contains(letter)) {
        rest = &rest[start..];
        if rest.starts_with('[') {
            rest = rest.split_once(']').unwrap_or_else(|| panic!("no end of a range in {query}")).1;
            continue;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"_:".contains(letter)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        rest = behind.trim_start();
        if GROUPING.contains(&word) {
            let (list, behind) = rest.strip_prefix('(').and_then(|list| list.split_once(')')).unwrap();
            grouped.extend(list.split(',').map(|label| label.trim().to_owned()).filter(|label| !ADDED.contains(&label.as_str())));
            rest = behind;
        } else if !is_applied(rest) && !OPERATORS.contains(&word) && !is_number_tail(query, word) {
            let selected = metrics.entry(word.to_owned()).or_default();
            if let Some((selector, behind)) = rest.strip_prefix('{').and_then(|selector| selector.split_once('}')) {
                let labels = selector.split("\",").filter_map(|matcher| matcher.split(['=', '!']).next());
                selected.extend(labels.map(|label| label.trim().to_owned()).filter(|label| !ADDED.contains(&label.as_str())));
                rest = behind;
            }
        }
    }
    (metrics, grouped)
}

/// Whether what stands before `rest` is a function: its arguments follow, or the labels it groups by.
fn is_applied(rest: &str) -> bool {
    let next = rest.split(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    rest.starts_with('(') || ["by", "without"].contains(&next)
}

/// Whether `word` is the exponent of a number such as `1e9`.
fn is_number_tail(query: &str, word: &str) -> bool {
    word.strip_prefix('e').is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        && query.split(word).next().is_some_and(|before| before.ends_with(|digit: char| digit.is_ascii_digit()))
}

#[test]
fn the_metrics_and_labels_of_a_query_are_found() {
    let query = r#"sum by (le, path) (rate(a_total{job=~"$job",errcode!="0"}[5m])) / b > 1e9 unless time() - c{x="y"}"#;
    let (metrics, grouped) = named(query);
    let names: Vec<&str> = metrics.keys().map(String::as_str).collect();
    assert_eq!(names, ["a_total", "b", "c"]);
    assert!(metrics["a_total"].contains("errcode") && metrics["a_total"].len() == 1 && metrics["c"].contains("x"));
    assert_eq!(grouped.into_iter().collect::<Vec<_>>(), ["path"]);
}
