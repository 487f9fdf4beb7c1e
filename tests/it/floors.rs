//! The floors of the source tree: imports go down, never up, and never sideways between the leaves.

use std::{fs, path::Path};

/// The modules of the library by floor, the lowest first. Leaves of one floor do not know each other.
const FLOORS: &[&[&str]] = &[
    &["clock", "config", "telemetry"],
    &["wechat", "llm", "article", "picture", "storage", "db"],
    &["app"],
    &["bot"],
    &["http"],
    &["server"],
];

/// Stands beside the floors: it knows WeChat's codec alone, and only the binary and the tests know it.
const BESIDE: &str = "simulator";

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|modules| modules.contains(&module))
}

/// Every Rust file below `folder`.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

/// The first segments of what a file names behind `crate::`, also inside `crate::{…}`.
fn imported(text: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    let mut modules = Vec::new();
    for rest in text.split("crate::").skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut at_start = true;
            for (index, letter) in group.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => at_start = true,
                    letter if depth == 0 && at_start && letter.is_alphabetic() => {
                        modules.push(word(&group[index..]));
                        at_start = false;
                    }
                    _ => {}
                }
            }
        } else {
            modules.push(word(rest));
        }
    }
    modules.retain(|module| floor(module).is_some() || module == BESIDE);
    modules
}

/// What is wrong with the imports of the module `own`.
fn judge(own: &str, other: &str) -> Option<&'static str> {
    if own == other {
        return None;
    }
    if own == BESIDE {
        return (other != "wechat").then_some("the simulator knows WeChat's codec alone");
    }
    if other == BESIDE {
        return Some("the product does not know its simulator");
    }
    let (own_floor, other_floor) = (floor(own)?, floor(other)?);
    if other_floor > own_floor {
        return Some("an import goes up");
    }
    // The lowest floor may be used sideways: telemetry is configured.
    (own_floor == other_floor && own_floor > 0).then_some("leaves import each other")
}

#[test]
fn imports_go_down_never_up_and_never_sideways() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files(&source) {
        let inside = file.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        let own = inside.split(['/', '.']).next().unwrap();
        if floor(own).is_none() && own != BESIDE {
            assert!(["lib", "main", "commands"].contains(&own), "{inside} stands on no floor");
            continue;
        }
        for other in imported(&fs::read_to_string(&file).unwrap()) {
            seen += 1;
            if let Some(reason) = judge(own, &other) {
                wrong.push(format!("{inside}: {reason}: crate::{other}"));
            }
        }
    }
    assert!(seen > 100, "the test sees only {seen} imports");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_line_stays_thin() {
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() <= 60);
}

#[test]
fn the_judge_of_imports_sees_what_is_forbidden() {
    assert!(judge("db", "bot").is_some() && judge("db", "wechat").is_some() && judge("http", "simulator").is_some());
    assert!(judge("simulator", "db").is_some() && judge("bot", "db").is_none() && judge("telemetry", "config").is_none());
    assert_eq!(imported("use crate::{\n    app::{App, slots::Slots},\n    db,\n};\nuse crate::llm::chat;"), ["app", "db", "llm"]);
}
