//! The families of metrics: names, meanings, labels, buckets.

use prometheus::core::Collector;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, proto,
};

/// Seconds that an answer takes: a signature costs about a millisecond, a commit a few.
const ANSWER_SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0];
/// Seconds that the store takes.
const STORE_SECONDS: [f64; 10] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// All families.
pub(crate) struct Families {
    registry: Registry,
    pub(crate) requests: IntCounterVec,
    pub(crate) request_duration: HistogramVec,
    pub(crate) connections_open: IntGauge,
    pub(crate) connections_refused: IntCounter,
    pub(crate) connections_timed_out: IntCounter,
    pub(crate) handshake_failures: IntCounter,
    pub(crate) certificate_expiry: IntGauge,
    pub(crate) signature_failures: IntCounterVec,
    pub(crate) rate_limited: IntCounter,
    pub(crate) read_duration: Histogram,
    pub(crate) store_errors: IntCounterVec,
    pub(crate) coupons_issued: IntCounter,
    pub(crate) notification_attempts: IntCounterVec,
    pub(crate) notifications_waiting: IntGauge,
    pub(crate) notification_oldest_age: Gauge,
    pub(crate) spans_dropped: IntCounter,
    pub(crate) clock_steps_back: IntCounter,
    pub(crate) clock_behind: Gauge,
    pub(crate) ready: IntGauge,
}

impl Families {
    /// Makes and registers every family.
    pub(crate) fn register() -> anyhow::Result<Self> {
        let registry = Registry::new();
        let families = Self::make(registry)?;
        families.begin_at_zero();
        families.describe_process()?;
        Ok(families)
    }

    fn make(registry: Registry) -> prometheus::Result<Self> {
        let r = &registry;
        Ok(Self {
            requests: counters(
                r,
                "quan_http_requests_total",
                "Answered requests",
                &["face", "operation", "status_class"],
            )?,
            request_duration: {
                let options = HistogramOpts::new(
                    "quan_http_request_duration_seconds",
                    "From the head of a request to its answer",
                );
                added(
                    r,
                    HistogramVec::new(options.buckets(ANSWER_SECONDS.to_vec()), &["face", "operation"])?,
                )?
            },
            connections_open: gauge(
                r,
                "quan_http_connections_open",
                "Open connections of the public listener",
            )?,
            connections_refused: counter(
                r,
                "quan_http_connections_refused_total",
                "Connections beyond connections_max",
            )?,
            connections_timed_out: counter(
                r,
                "quan_http_connections_timed_out_total",
                "Connections closed because a head or an exchange took too long",
            )?,
            handshake_failures: counter(
                r,
                "quan_tls_handshake_failures_total",
                "TLS handshakes that failed or took too long",
            )?,
            certificate_expiry: gauge(
                r,
                "quan_tls_certificate_expiry_timestamp_seconds",
                "When the server's certificate expires, in Unix seconds; 0 without TLS",
            )?,
            signature_failures: counters(
                r,
                "quan_signature_failures_total",
                "Requests whose signature was not accepted",
                &["reason"],
            )?,
            rate_limited: counter(
                r,
                "quan_rate_limited_total",
                "Calls refused because their caller makes too many",
            )?,
            read_duration: histogram(
                r,
                "quan_store_read_duration_seconds",
                "Looks at a snapshot",
                &STORE_SECONDS,
            )?,
            store_errors: counters(
                r,
                "quan_store_errors_total",
                "Batches that were not committed and snapshots that could not be had",
                &["operation"],
            )?,
            coupons_issued: counter(
                r,
                "quan_coupons_issued_total",
                "Coupons issued by this node, committed",
            )?,
            notification_attempts: counters(
                r,
                "quan_notification_attempts_total",
                "Attempts of this node to deliver a notification, by how they ended",
                &["outcome"],
            )?,
            notifications_waiting: gauge(
                r,
                "quan_notifications_waiting",
                "Notifications that wait, of all nodes",
            )?,
            notification_oldest_age: seconds(
                r,
                "quan_notification_oldest_age_seconds",
                "Age of the notification that waits longest, of all nodes",
            )?,
            spans_dropped: counter(r, "quan_trace_spans_dropped_total", "Spans that could not be sent")?,
            clock_steps_back: counter(
                r,
                "quan_clock_steps_back_total",
                "How often the machine's clock was set back",
            )?,
            clock_behind: seconds(
                r,
                "quan_clock_behind_seconds",
                "How far the machine's clock is behind the rules' clock",
            )?,
            ready: gauge(
                r,
                "quan_ready",
                "1 while the node takes requests, 0 while it drains or its store does not answer",
            )?,
            registry,
        })
    }

    /// What has a short list of labels is there from the start, so that a rate can be taken of the first event.
    fn begin_at_zero(&self) {
        use quan_gateway::SignatureFailure as Failure;
        for failure in [
            Failure::Malformed,
            Failure::WrongScheme,
            Failure::Clock,
            Failure::UnknownCertificate,
            Failure::Mismatch,
            Failure::PlatformSerial,
        ] {
            self.signature_failures.with_label_values(&[failure.as_str()]).inc_by(0);
        }
        for operation in ["commit", "read"] {
            self.store_errors.with_label_values(&[operation]).inc_by(0);
        }
        for outcome in ["delivered", "failed", "dead", "unrecorded"] {
            self.notification_attempts.with_label_values(&[outcome]).inc_by(0);
        }
    }

    fn describe_process(&self) -> prometheus::Result<()> {
        let build = Opts::new("quan_build_info", "Always 1; the version is the label");
        let build = added(&self.registry, IntGaugeVec::new(build, &["version"])?)?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        #[cfg(target_os = "linux")]
        self.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(())
    }

    /// Everything as it stands.
    pub(crate) fn gather(&self) -> Vec<proto::MetricFamily> {
        self.registry.gather()
    }
}

fn added<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> prometheus::Result<C> {
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    added(registry, IntCounter::new(name, help)?)
}

fn counters(
    registry: &Registry,
    name: &str,
    help: &str,
    labels: &[&str],
) -> prometheus::Result<IntCounterVec> {
    added(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

fn gauge(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntGauge> {
    added(registry, IntGauge::new(name, help)?)
}

fn seconds(registry: &Registry, name: &str, help: &str) -> prometheus::Result<Gauge> {
    added(registry, Gauge::new(name, help)?)
}

fn histogram(registry: &Registry, name: &str, help: &str, buckets: &[f64]) -> prometheus::Result<Histogram> {
    let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
    added(registry, Histogram::with_opts(options)?)
}
