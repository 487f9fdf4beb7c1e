//! The metrics of a process that has done a little of everything.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{Engine, World, WorldBuilder, process::Process, world::VERIFIED};

const ANNA: &str = "oAnna000000000000000000000001";

/// What `/metrics` shows: each series' name with the labels it has, `le` left out.
pub(super) struct Metrics {
    pub(super) series: BTreeMap<String, BTreeSet<String>>,
    pub(super) text: String,
}

impl Metrics {
    fn of(text: String) -> Self {
        let mut series: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (name, rest) = line.split_at(line.find(['{', ' ']).unwrap());
            let labels = series.entry(name.to_owned()).or_default();
            let selector = rest.strip_prefix('{').and_then(|rest| rest.rsplit_once('}')).map_or("", |(selector, _)| selector);
            let names = selector.split("\",").filter_map(|label| label.split_once('=')).map(|(name, _)| name.to_owned());
            labels.extend(names.filter(|name| name != "le"));
        }
        Self { series, text }
    }
}

/// Lets a process answer, push, fail, refuse and read again, and returns its metrics.
pub(super) async fn metrics() -> Metrics {
    let accounts = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(accounts.path(), "[second]\napp_id = \"wx2\"\ntoken = \"t\"\nallow_plaintext = true\napp_secret = \"s\"\n")
        .unwrap();
    let builder = WorldBuilder::new(Engine::Sqlite).account(VERIFIED).with("REPLY_MODE", "push");
    let world = builder.with("ACCOUNTS_FILE", accounts.path().display().to_string()).surroundings().await;
    world.simulator.follow(ANNA);
    let mut process = Process::start(&world.values).await;
    world.simulator.set_webhook(format!("{}/wechat", process.url));
    for (number, text) in [(1, "快"), (2, "slow 7 慢")] {
        let push = world.simulator.say(ANNA, text);
        world.simulator.finished(push).await;
        world.receives(ANNA, number).await;
    }
    reqwest::get(format!("{}/wechat?signature=0&timestamp=0&nonce=0&echostr=0", process.url)).await.unwrap();
    process.signal("-HUP");
    let text = async || reqwest::get(format!("{}/metrics", process.url)).await.unwrap().text().await.unwrap();
    world.until("the accounts are read again", async |_: &World| text().await.contains("huixin_reloads_total{")).await;
    let metrics = Metrics::of(text().await);
    process.kill();
    world.abandon().await;
    metrics
}
