//! `huixin serve`: the production server.

use std::process::ExitCode;

use huixin::{
    config::Config,
    server::Server,
    telemetry::{self, traces::Traces},
};

/// Serves until SIGTERM or Ctrl-C; SIGHUP reads the accounts again.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let config = Config::from_environment()?;
    let traces = config.otlp_endpoint.as_deref().map(Traces::start).transpose()?;
    telemetry::init_logs(config.log_format, traces.as_ref());
    let stop = super::stop_on_signals()?;
    let hangups = super::hangups()?;
    let server = Server::build(config).await?;
    super::reload_on(hangups, server.app());
    let ended = server.run_until_stopped(stop).await;
    if let Some(traces) = traces {
        traces.finish().await;
    }
    ended?;
    Ok(ExitCode::SUCCESS)
}
