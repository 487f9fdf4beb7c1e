//! Spans for whoever wants traces, sent by OTLP over HTTP; nothing, where nobody does.
//!
//! A span costs more than a webhook has to spare, so `span!` makes one only while traces are sent. No span may hold an openid,
//! a text or a secret: whoever makes one answers for its fields.

use std::{
    fmt,
    pin::Pin,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use anyhow::Context;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::{Layer, filter, registry::LookupSpan};

/// The target of every span that is sent; a log filter has no say in it.
pub const TARGET: &str = "huixin::traces";

/// Where OTLP's traces go below a collector's address.
const PATH: &str = "/v1/traces";

/// A collector that takes longer loses a batch; nobody waits for it but the exporter's own thread.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long the end of the process waits for the last batch: a supervisor kills what takes 20 s to stop.
const LAST_BATCH: Duration = Duration::from_secs(3);

static IS_ON: AtomicBool = AtomicBool::new(false);

/// Traces that are being sent; [`Traces::finish`] sends the last ones.
pub struct Traces {
    provider: SdkTracerProvider,
}

/// A span that is sent, with the fields of `tracing::info_span!`; or none, while no traces are sent.
macro_rules! span {
    ($name:literal $($fields:tt)*) => {
        if $crate::telemetry::traces::is_on() {
            ::tracing::info_span!(target: $crate::telemetry::traces::TARGET, $name $($fields)*)
        } else {
            ::tracing::Span::none()
        }
    };
}
pub(crate) use span;

/// Whether anybody reads spans.
pub fn is_on() -> bool {
    IS_ON.load(Ordering::Relaxed)
}

impl Traces {
    /// Sends traces to the collector at `endpoint`, on the runtime in which this is called.
    ///
    /// The name of the service, more headers and the share that is sampled come from `OTEL_…`, as OpenTelemetry defines them.
    pub fn start(endpoint: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().context("the client for traces cannot be made")?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector { client, runtime: Handle::current() })
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .build()
            .context("OTEL_EXPORTER_OTLP_ENDPOINT cannot be used")?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name("huixin");
        }
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
        IS_ON.store(true, Ordering::Relaxed);
        Ok(Self { provider })
    }

    /// What a subscriber needs to hand spans over.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.provider.tracer("huixin"));
        // Where it was written and on which thread it ran helps nobody who looks at a trace.
        let layer = layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false);
        layer.with_filter(filter::filter_fn(is_ours))
    }

    /// Sends what is left. A collector that is away is given up on.
    pub async fn finish(self) {
        IS_ON.store(false, Ordering::Relaxed);
        // It waits for the exporter's thread, which waits for this runtime.
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_BATCH)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == TARGET
}

/// The exporter's way out: our own client, on our own runtime, because the exporter's thread has none.
struct Collector {
    client: reqwest::Client,
    runtime: Handle,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}

impl HttpClient for Collector {
    fn send_bytes<'client, 'sent>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'client: 'sent,
    {
        let sent = self.runtime.spawn(send(self.client.clone(), request));
        Box::pin(async move { sent.await.map_err(HttpError::from)? })
    }
}

async fn send(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let request = reqwest::Request::try_from(request).map_err(reqwest::Error::without_url)?;
    let response = client.execute(request).await.map_err(reqwest::Error::without_url)?;
    let status = response.status();
    let body = response.bytes().await.map_err(reqwest::Error::without_url)?;
    Ok(Response::builder().status(status).body(body)?)
}
