//! `huixin serve`: the production server.

use std::process::ExitCode;

use huixin::{config::Config, server::Server, telemetry};

/// Serves until SIGTERM or Ctrl-C; SIGHUP reads the accounts again.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    telemetry::init_logs(config.log_format);
    let stop = super::stop_on_signals()?;
    let hangups = super::hangups()?;
    let server = Server::build(config).await?;
    super::reload_on(hangups, server.app());
    server.run_until_stopped(stop).await?;
    Ok(ExitCode::SUCCESS)
}
