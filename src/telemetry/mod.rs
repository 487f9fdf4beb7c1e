//! What an operator sees: log lines, metrics and traces. It knows nothing of what they are about.

pub mod catalogue;
pub mod crash;
pub mod process;
pub mod traces;

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, Layer, filter::FilterExt, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogFormat;

use traces::Traces;

/// Upper bounds of the histograms, in seconds: from a passive reply to the slowest answer.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.6, 9.6, 14.6, 30.0, 60.0, 120.0];

/// Upper bounds of batch sizes, in rows.
const ROWS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins logging to standard error, and sending spans where there are `traces`. A second call in one process (a test) changes
/// nothing.
pub fn init_logs(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn,sqlx=warn"));
    let logs = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false);
    let logs = match format {
        LogFormat::Human => logs.boxed(),
        LogFormat::Json => logs.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    // Spans are for traces alone: a log line says itself what it is about.
    let logs = logs.with_filter(filter.and(filter_fn(is_event)));
    // Only a second call fails, and the first one's choice holds.
    let _ = tracing_subscriber::registry().with(logs).with(traces.map(Traces::layer)).try_init();
}

fn is_event(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_event()
}

/// The recorder of this process's metrics, installed at the first call.
pub fn metrics() -> &'static PrometheusHandle {
    RECORDER.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS);
        let builder = builder.and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_batch".into()), ROWS));
        let recorder = builder.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // Another recorder can only be a test's; this one still renders, as empty.
        let _ = metrics::set_global_recorder(recorder);
        catalogue::describe();
        metrics::gauge!("huixin_build", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        handle
    })
}

/// The end of an openid: enough to tell followers apart in a log, too little to write to one.
pub fn short(openid: &str) -> &str {
    let start = openid.char_indices().rev().nth(5).map_or(0, |(index, _)| index);
    &openid[start..]
}
