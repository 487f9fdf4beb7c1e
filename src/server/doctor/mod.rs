//! `huixin doctor`: what stands between this installation and a follower's answer, each fault with its remedy.
//!
//! It looks at the same things a running server depends on, changes nothing at WeChat, and shows no secret.

mod local;
mod model;
mod platform;
mod public;

use std::fmt;

use crate::config::{Config, Problem, Values};

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, with the account in brackets where there can be several.
    pub name: String,
    pub state: State,
    pub detail: String,
    /// What to do about a fault.
    pub fix: Option<String>,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ok,
    Fault,
    /// Not configured, or not worth asking because of an earlier fault.
    Skipped,
}

impl Finding {
    fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::Ok, detail: detail.into(), fix: None }
    }

    fn fault(name: impl Into<String>, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::Fault, detail: detail.into(), fix: Some(fix.into()) }
    }

    fn skipped(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), state: State::Skipped, detail: detail.into(), fix: None }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.state {
            State::Ok => '✓',
            State::Fault => '✗',
            State::Skipped => '-',
        };
        write!(f, "{mark} {}: {}", self.name, self.detail)?;
        match &self.fix {
            Some(fix) => write!(f, "\n    → {fix}"),
            None => Ok(()),
        }
    }
}

/// Examines everything, in the order in which one thing needs another.
pub async fn examine(values: &Values) -> Vec<Finding> {
    let config = match Config::from_values(values) {
        Ok(config) => config,
        Err(problems) => return problems.0.into_iter().map(of_problem).collect(),
    };
    let names: Vec<&str> = config.accounts.iter().map(|account| account.name.as_str()).collect();
    let unknown =
        if config.unknown.is_empty() { String::new() } else { format!("; unknown names: {}", config.unknown.join(", ")) };
    let mut findings = vec![Finding::ok("configuration", format!("complete; accounts: {}{unknown}", names.join(", ")))];
    findings.push(local::database(&config).await);
    findings.extend(config.accounts.iter().map(local::encryption));
    findings.extend(platform::examine(&config).await);
    findings.extend(public::examine(&config).await);
    findings.extend(model::examine(&config).await);
    findings
}

/// Whether nothing has to be mended.
pub fn is_healthy(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.state != State::Fault)
}

fn of_problem(problem: Problem) -> Finding {
    Finding::fault("configuration", format!("{} {}", problem.variable, problem.what), problem.fix)
}
