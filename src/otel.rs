//! Sends the spans of runs to an OpenTelemetry collector (feature `otel`).
//!
//! The spans themselves are there without this feature, for every subscriber of `tracing`: one for the run, one for each
//! invocation of a step, one for each attempt. An invocation is linked to those that emitted what it runs on, so that a
//! trace shows what caused what, across fan-outs, joins and collections. What a step logs, and the spans that it opens,
//! are inside its attempt.
//!
//! ```no_run
//! # fn main() -> Result<(), workflows::otel::ExportError> {
//! let exporter = workflows::otel::install("http://localhost:4318", "my-service")?;
//! // … runs …
//! exporter.shutdown()?; // sends what is left
//! # Ok(())
//! # }
//! ```
//!
//! For a subscriber of your own take [`Exporter::layer`]. Plain HTTP reaches a collector on the same host; for HTTPS add
//! `opentelemetry-otlp` with its feature `reqwest-rustls` to your dependencies.

use std::fmt;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkError,
    trace::{SdkTracer, SdkTracerProvider},
};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{
    Layer, Registry,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::{SubscriberInitExt, TryInitError},
};

/// Where traces go over HTTP, below the collector's address.
const PATH: &str = "/v1/traces";

/// Why traces are not exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The collector's address is none, or no client could be made.
    #[error("no exporter could be made: {0}")]
    Build(#[from] ExporterBuildError),
    /// The program has a subscriber already: add [`Exporter::layer`] to it.
    #[error("the program has a subscriber already: {0}")]
    Installed(#[from] TryInitError),
    /// What was left could not be sent.
    #[error("what was left could not be sent: {0}")]
    Send(#[from] OTelSdkError),
}

/// Sends spans to a collector, in batches and from a thread of its own. Dropping it sends what is left.
pub struct Exporter {
    provider: SdkTracerProvider,
}

impl Exporter {
    /// An exporter to the collector at `endpoint`, as in `http://localhost:4318`, over OTLP (HTTP and protobuf).
    /// `service` is the name under which the traces appear.
    ///
    /// The other settings are read from the environment, as OpenTelemetry has them: `OTEL_EXPORTER_OTLP_HEADERS`,
    /// `OTEL_RESOURCE_ATTRIBUTES`, …
    ///
    /// # Errors
    /// The endpoint is no address.
    pub fn new(endpoint: &str, service: &str) -> Result<Self, ExportError> {
        let base = endpoint.trim_end_matches('/');
        let base = base.strip_suffix(PATH).unwrap_or(base);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(format!("{base}{PATH}"))
            .build()?;
        let resource = Resource::builder().with_service_name(service.to_owned());
        let provider = SdkTracerProvider::builder()
            .with_resource(resource.build())
            .with_max_links_per_span(MOST_LINKS)
            .with_batch_exporter(exporter)
            .build();
        Ok(Self { provider })
    }

    /// A layer for a subscriber.
    #[must_use]
    pub fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("workflows"))
            .with_location(false)
            .with_threads(false)
    }

    /// Sends what has not been sent. Blocks until that is done.
    ///
    /// # Errors
    /// The collector does not take it.
    pub fn flush(&self) -> Result<(), ExportError> {
        Ok(self.provider.force_flush()?)
    }

    /// Sends what is left, and ends. Blocks until that is done.
    ///
    /// # Errors
    /// The collector does not take it.
    pub fn shutdown(self) -> Result<(), ExportError> {
        Ok(self.provider.shutdown()?)
    }
}

/// A collection is linked to all that it collects, up to this many.
const MOST_LINKS: u32 = 1024;

impl Drop for Exporter {
    fn drop(&mut self) {
        // One that was shut down says so.
        let _ = self.provider.shutdown();
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}

/// Sends all spans of the program from level `INFO` on to the collector at `endpoint`: makes an [`Exporter`] the
/// program's subscriber.
///
/// # Errors
/// The endpoint is no address; the program has a subscriber already.
pub fn install(endpoint: &str, service: &str) -> Result<Exporter, ExportError> {
    let exporter = Exporter::new(endpoint, service)?;
    let layer = exporter.layer::<Registry>().with_filter(LevelFilter::INFO);
    tracing_subscriber::registry().with(layer).try_init()?;
    Ok(exporter)
}
