//! `huixin doctor`: what is wrong with this installation, and how to mend it.

use std::process::ExitCode;

use huixin::{
    config::{Config, Values},
    server::doctor::{examine, is_healthy},
};

/// Checks everything; exit code 1 when something is at fault.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    // Reading the configuration loads `.env`; what is wrong with it is told below, with the rest.
    let _ = Config::from_environment();
    let findings = examine(&Values::from_environment()).await;
    for finding in &findings {
        println!("{finding}");
    }
    Ok(if is_healthy(&findings) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
