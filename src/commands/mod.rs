//! One file for each command. They compose, print and end; what is done stands in the library.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks through these")]

pub(crate) mod call;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod extract;
pub(crate) mod migrate;
pub(crate) mod privacy;
pub(crate) mod probe;
pub(crate) mod serve;
pub(crate) mod simulate;

use std::{process::ExitCode, sync::Arc};

use huixin::{app::App, server::reload};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Says on standard error why a command failed.
pub(crate) fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("huixin: {error:#}");
    ExitCode::FAILURE
}

/// A token that is cancelled at the first SIGTERM or Ctrl-C; a second one ends the process at once.
fn stop_on_signals() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        for _ in 0..2 {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if stopping.is_cancelled() {
                std::process::exit(130);
            }
            stopping.cancel();
        }
    });
    Ok(stop)
}

/// SIGHUP no longer ends the process; what comes before the server stands is answered then.
fn hangups() -> anyhow::Result<Signal> {
    Ok(signal(SignalKind::hangup())?)
}

/// Reads again, at every SIGHUP, what may change while `app` runs.
fn reload_on(mut hangups: Signal, app: Arc<App>) {
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            reload::reload(&app).await;
        }
    });
}
