//! What the documents say about the product, held to the product.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use huixin::config::{Config, VARIABLES, Values};

const REQUIRED: &[(&str, &str)] = &[
    ("WECHAT_APP_ID", "wx0123456789abcdef"),
    ("WECHAT_TOKEN", "token"),
    ("WECHAT_ENCODING_AES_KEY", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ("LLM_BASE_URL", "https://model.example/v1"),
    ("LLM_MODEL", "a-model"),
];

#[test]
fn the_example_lists_every_variable_in_order() {
    let listed: Vec<String> = example().into_iter().map(|(name, _)| name).collect();
    assert_eq!(listed, VARIABLES);
}

#[test]
fn the_example_states_the_defaults_and_no_secret() {
    let values = |pairs: &[(String, String)]| {
        let all = pairs.iter().fold(Values::default(), |values, (name, value)| values.with(name, value.as_str()));
        REQUIRED.iter().fold(all, |values, (name, value)| values.with(name, *value))
    };
    let stated = Config::from_values(&values(&example())).expect("the example is a configuration");
    let built_in = Config::from_values(&values(&[])).expect("the rest has defaults");
    // Secrets print as such, so that one in the example shows as the difference between some and none.
    assert_eq!(format!("{stated:?}"), format!("{built_in:?}"));
}

#[test]
fn the_readmes_explain_every_variable() {
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = read(&root().join(readme));
        let missing: Vec<_> = VARIABLES.iter().filter(|name| !text.contains(&format!("`{name}`"))).collect();
        assert!(missing.is_empty(), "{readme} does not explain {missing:?}");
    }
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = BTreeMap::new();
    for document in documents() {
        let folder = document.parent().expect("a document lies in a folder").to_owned();
        let text = read(&document);
        let gone: Vec<String> = links(&text).filter(|link| !folder.join(link).exists()).map(str::to_owned).collect();
        if !gone.is_empty() {
            broken.insert(document, gone);
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_test_that_the_guarantees_name_exists() {
    let mut sources = Vec::new();
    collect_rust(&root().join("tests/it"), &mut sources);
    collect_rust(&root().join("src"), &mut sources);
    let text = read(&root().join("docs/GUARANTEES.md"));
    let proofs = text.split("**Proved by**").skip(1).filter_map(|rest| rest.split("\n\n").next());
    let named: Vec<&str> = proofs.flat_map(|proof| proof.split('`').skip(1).step_by(2)).collect();
    let gone: Vec<_> =
        named.iter().filter(|name| !sources.iter().any(|source| source.contains(&format!("fn {name}(")))).collect();
    assert!(!named.is_empty() && gone.is_empty(), "no test is named {gone:?}");
}

/// The targets of `](…)` and `src="…"` that are files of the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let starts =
        |opening: &'static str, closing: char| text.split(opening).skip(1).filter_map(move |rest| rest.split(closing).next());
    starts("](", ')')
        .chain(starts("src=\"", '"'))
        .chain(starts("href=\"", '"'))
        .filter(|link| !link.contains("://") && !link.starts_with(['#', '<']))
        .filter_map(|link| link.split('#').next())
}

fn collect_rust(folder: &Path, sources: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect_rust(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(read(&path));
        }
    }
}

fn documents() -> Vec<PathBuf> {
    let of = |folder: PathBuf| fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    of(root()).chain(of(root().join("docs"))).filter(is_markdown).collect()
}

fn example() -> Vec<(String, String)> {
    let lines = dotenvy::from_path_iter(root().join(".env.example")).expect("the example exists");
    lines.map(|line| line.expect("the example can be read")).collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
