//! The table of `docs/DOCTOR.md`, held to the program and to the tests.

use std::{fs, path::Path};

use huixin::{
    config::{Language, Values},
    server::doctor::{Mistake, language},
};

pub(super) struct Document(Vec<Row>);

struct Row {
    mistake: String,
    /// The English words, with … for what differs.
    says: String,
    test: String,
}

impl Document {
    pub(super) fn read() -> Self {
        let text = fs::read_to_string(root().join("docs/DOCTOR.md")).unwrap();
        let code = |cell: &str| cell.trim().trim_matches('`').to_owned();
        let rows = text.lines().filter(|line| line.starts_with("| `")).map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
            assert_eq!(cells.len(), 5, "{line}");
            assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{line}");
            Row { mistake: code(cells[0]), says: code(cells[1]), test: code(cells[4]) }
        });
        Self(rows.collect())
    }

    /// Fails unless `said` is what the row of `mistake` says.
    pub(super) fn assert_says(&self, mistake: Mistake, said: &str) {
        let row = self.0.iter().find(|row| row.mistake == name(mistake)).unwrap();
        let mut rest = said;
        let mut pieces = row.says.split('…');
        let first = pieces.next().unwrap();
        assert!(said.starts_with(first), "{mistake:?}: the document says {:?}, and doctor {said:?}", row.says);
        for piece in pieces {
            let Some(start) = rest.find(piece) else {
                panic!("{mistake:?}: the document says {:?}, and doctor {said:?}", row.says)
            };
            rest = &rest[start + piece.len()..];
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The name in the JSON.
fn name(mistake: Mistake) -> String {
    serde_json::to_value(mistake).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn the_document_has_every_mistake_and_each_has_a_test_that_prepares_it() {
    let rows = Document::read().0;
    let named: Vec<&str> = rows.iter().map(|row| row.mistake.as_str()).collect();
    let all: Vec<String> = Mistake::ALL.iter().map(|mistake| name(*mistake)).collect();
    assert_eq!(named, all);
    let mut tests = String::new();
    for file in fs::read_dir(root().join("tests/it/doctor")).unwrap() {
        tests += &fs::read_to_string(file.unwrap().path()).unwrap();
    }
    for (row, mistake) in rows.iter().zip(Mistake::ALL) {
        let test = tests.split("\n#[").find(|test| test.contains(&format!("fn {}(", row.test)));
        let test = test.unwrap_or_else(|| panic!("no test is named {}", row.test));
        assert!(test.contains(&format!("Mistake::{mistake:?}")), "{} does not look for {mistake:?}", row.test);
    }
}

#[test]
fn it_speaks_the_operators_language() {
    let of = |pairs: &[(&str, &str)]| language(&pairs.iter().fold(Values::default(), |values, pair| values.with(pair.0, pair.1)));
    assert_eq!(of(&[]), Language::Chinese);
    assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Language::English);
    assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")]), Language::Chinese);
    assert_eq!(of(&[("LANG", "en_GB.UTF-8"), ("REPLY_LANGUAGE", "zh-CN")]), Language::Chinese);
    assert_eq!(of(&[("LANG", "zh_CN.UTF-8"), ("REPLY_LANGUAGE", "en")]), Language::English);
}
