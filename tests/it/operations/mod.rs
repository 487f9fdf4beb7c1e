//! What an operator is told: metrics, dashboard, alerts and runbook, held to each other and to a running process.

mod live;
mod promql;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use huixin::telemetry::catalogue::{Kind, METRICS, Metric};
use serde_json::Value;

/// Metrics that no test's traffic brings about, each with the reason.
const UNSEEN: &[&str] = &["huixin_limited_total", "huixin_moderations_total", "huixin_fetches_total", "huixin_fetch_seconds"];

/// Made by Prometheus itself for each target.
const OF_PROMETHEUS: &str = "up";

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The dashboard's queries, those of its variables and annotations included.
fn dashboard_queries() -> Vec<String> {
    fn collect(value: &Value, queries: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
                Value::String(text) if name == "expr" => queries.push(text.clone()),
                Value::String(text) if name == "query" && text.starts_with("label_values(") => {
                    queries.push(text["label_values(".len()..].split(',').next().unwrap().to_owned());
                }
                value => collect(value, queries),
            }),
            Value::Array(items) => items.iter().for_each(|item| collect(item, queries)),
            _ => {}
        }
    }
    let mut queries = Vec::new();
    collect(&serde_json::from_str(&read("docs/grafana/huixin.json")).unwrap(), &mut queries);
    queries
}

/// The alerts by name, with their queries.
fn alerts() -> BTreeMap<String, String> {
    let text = read("docs/grafana/alerts.yml");
    let rules = text.split("- alert: ").skip(1);
    let query = |rule: &str| rule.lines().find_map(|line| line.trim().strip_prefix("expr: ")).unwrap().to_owned();
    rules.map(|rule| (rule.lines().next().unwrap().to_owned(), query(rule))).collect()
}

/// The series that a metric shows itself by.
fn series(metric: &Metric) -> Vec<String> {
    match metric.kind {
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
        Kind::Histogram => ["bucket", "sum", "count"].map(|suffix| format!("{}_{suffix}", metric.name)).to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_names_metrics_and_labels_that_a_running_process_shows() {
    let metrics = live::metrics().await;
    let mut wrong = Vec::new();
    for metric in METRICS.iter().filter(|metric| !UNSEEN.contains(&metric.name)) {
        let labels: BTreeSet<String> = metric.labels.iter().map(|label| (*label).to_owned()).collect();
        for name in series(metric) {
            if metrics.series.get(&name) != Some(&labels) {
                wrong.push(format!("{name} should have the labels {labels:?} and has {:?}", metrics.series.get(&name)));
            }
        }
        if !metrics.text.contains(&format!("# HELP {} {}\n", metric.name, metric.meaning)) {
            wrong.push(format!("{} is not explained on /metrics", metric.name));
        }
    }
    let known: BTreeSet<String> = METRICS.iter().flat_map(series).collect();
    wrong.extend(
        metrics.series.keys().filter(|name| !known.contains(*name)).map(|name| format!("{name} is not in the catalogue")),
    );
    let (queries, alerts) = (dashboard_queries(), alerts());
    assert!(queries.len() > 30 && alerts.len() > 15, "{} queries, {} alerts", queries.len(), alerts.len());
    for query in queries.iter().chain(alerts.values()) {
        let (named, grouped) = promql::named(query);
        assert!(!named.is_empty(), "no metric in {query}");
        for (name, selected) in named.iter().filter(|(name, _)| *name != OF_PROMETHEUS) {
            match metrics.series.get(name) {
                None => wrong.push(format!("{name} is not shown: {query}")),
                Some(labels) => {
                    let strange = selected.union(&grouped).filter(|label| !labels.contains(*label));
                    wrong.extend(strange.map(|label| format!("{name} has no label {label}: {query}")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_runbook_has_every_metric_and_every_alert() {
    let runbook = read("docs/OPERATIONS.md");
    let cell = |labels: &[&str]| {
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        if labels.is_empty() { "–".to_owned() } else { labels.join(", ") }
    };
    let expected: Vec<String> = METRICS
        .iter()
        .map(|metric| format!("| `{}` | {} | {} | {} |", metric.name, metric.kind.as_str(), cell(metric.labels), metric.meaning))
        .collect();
    let table: Vec<&str> = runbook.lines().filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3).collect();
    let table: Vec<&str> = table
        .into_iter()
        .filter(|line| ["counter", "gauge", "histogram"].iter().any(|kind| line.contains(&format!(" | {kind} | "))))
        .collect();
    assert_eq!(table, expected);
    let paragraphs: BTreeSet<&str> = runbook.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let alerts = alerts();
    assert_eq!(paragraphs, alerts.keys().map(String::as_str).collect());
    for paragraph in runbook.split("\n### ").skip(1) {
        assert!(paragraph.contains("**Do:**"), "{paragraph}");
    }
}

#[test]
fn every_metric_of_the_source_is_in_the_catalogue_and_every_one_there_is_recorded() {
    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
    }
    let mut recorded = BTreeSet::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for macros in ["metrics::counter!(", "metrics::gauge!(", "metrics::histogram!("] {
            let names =
                text.split(macros).skip(1).map(|rest| rest.trim_start().trim_start_matches('"').split('"').next().unwrap());
            recorded.extend(names.map(str::to_owned));
        }
    }
    let catalogue: BTreeSet<String> = METRICS.iter().map(|metric| metric.name.to_owned()).collect();
    assert_eq!(recorded, catalogue);
}
