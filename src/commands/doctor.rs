//! `huixin doctor`: what is wrong with this installation, and how to mend it.

use std::process::ExitCode;

use clap::Args;
use huixin::{
    config::{Config, Values},
    server::doctor::{examine, is_healthy, language},
};

/// How the findings are printed.
#[derive(Args)]
pub(crate) struct Options {
    /// One JSON array for scripts: name, state, mistake, detail and fix of each finding
    #[arg(long)]
    json: bool,
}

/// Checks everything; exit code 1 when something is at fault.
pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    // Reading the configuration loads `.env`; what is wrong with it is told below, with the rest.
    let _ = Config::from_environment();
    let values = Values::from_environment();
    let (findings, language) = (examine(&values).await, language(&values));
    if options.json {
        let findings: Vec<_> = findings.iter().map(|finding| finding.to_json(language)).collect();
        println!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            println!("{}", finding.shown(language));
        }
    }
    Ok(if is_healthy(&findings) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
