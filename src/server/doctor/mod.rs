//! `huixin doctor`: what stands between this installation and a follower's answer, each mistake with its remedy.
//!
//! It looks at the same things a running server depends on, changes nothing at WeChat, and shows no secret.

mod finding;
mod local;
mod mistake;
mod model;
mod platform;
mod public;
mod traffic;
mod way_in;

use futures_util::future::join;

pub use finding::{Finding, State, Words};
pub use mistake::Mistake;

use finding::words;

use crate::config::{Config, Language, Problem, Values};

/// Examines everything, in the order in which one thing needs another.
pub async fn examine(values: &Values) -> Vec<Finding> {
    let config = match Config::from_values(values) {
        Ok(config) => config,
        Err(problems) => return problems.0.into_iter().map(of_problem).collect(),
    };
    let mut findings = vec![configuration(&config)];
    findings.extend(local::examine(&config));
    let (database, living) = local::database(&config).await;
    findings.extend(database);
    findings.extend(platform::examine(&config).await);
    findings.push(traffic::examine(&config).await);
    // Both wait for others: the way in for as long as WeChat would.
    let (way_in, model) = join(public::examine(&config, living.as_deref()), model::examine(&config)).await;
    findings.extend(way_in);
    findings.extend(model);
    findings
}

/// Whether nothing has to be mended. A warning is no reason to stop anything.
pub fn is_healthy(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| !matches!(finding.state, State::Fault(_)))
}

/// The operator's language: `REPLY_LANGUAGE`, or that of the terminal, or Chinese as everywhere in huixin.
pub fn language(values: &Values) -> Language {
    let of_reply = values.of("REPLY_LANGUAGE").map(|language| language != "en");
    let of_terminal = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| values.of(name));
    let is_chinese = of_reply.unwrap_or_else(|| of_terminal.is_none_or(|locale| locale.starts_with("zh")));
    if is_chinese { Language::Chinese } else { Language::English }
}

fn configuration(config: &Config) -> Finding {
    let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
    let (names, unknown) = (names.join(", "), config.unknown.join(", "));
    let detail = if unknown.is_empty() {
        words!("完整；公众号：{names}", "complete; accounts: {names}")
    } else {
        words!("完整；公众号：{names}；不认识的变量：{unknown}", "complete; accounts: {names}; unknown names: {unknown}")
    };
    Finding::ok("configuration", detail)
}

fn of_problem(Problem { variable, what, fix }: Problem) -> Finding {
    Finding::fault("configuration", Mistake::Configuration, Words::foreign(format!("{variable} {what}")), Words::foreign(fix))
}
