//! What a node counts, for Prometheus: names by its conventions, labels out of short lists only.
//!
//! Counted where it happens: exchanges, signatures, commits, reads. Read when it is asked for: connections, the sender's
//! totals, issued coupons, what waits, the clock. No id of anybody becomes a label.

mod backend;
mod families;
mod lanes;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use prometheus::{IntCounter, TextEncoder};
use quan_gateway::{ConnectionCounters, Exchange, Exposition, Observer, SignatureFailure};
use quan_model::clock::Clock;
use quan_notify::Sender;
use quan_platform::Platform;
use quan_store::backend::Backend;
use quan_store::lane::{LaneGauge, WriteLane};

use crate::clock::GuardedClock;
use crate::serve::readiness::NodeReadiness;
use crate::serve::tls::ServedCertificate;
use crate::serve::traces::Traces;

pub(crate) use backend::ObservedBackend;
use families::Families;

/// The metrics of a node.
pub(crate) struct Metrics {
    families: Families,
    sources: OnceLock<Sources>,
    traces: OnceLock<Traces>,
    /// One reader at a time, so that what is mirrored is not counted twice.
    reading: Mutex<()>,
}

/// What is read when the metrics are asked for.
pub(crate) struct Sources {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) platform: Platform,
    pub(crate) sender: Arc<Sender>,
    pub(crate) lane: Arc<WriteLane>,
    pub(crate) clock: Arc<GuardedClock>,
    pub(crate) connections: Arc<ConnectionCounters>,
    pub(crate) readiness: Arc<NodeReadiness>,
    pub(crate) certificate: Option<Arc<ServedCertificate>>,
}

impl Metrics {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Ok(Self {
            families: Families::register()?,
            sources: OnceLock::new(),
            traces: OnceLock::new(),
            reading: Mutex::new(()),
        })
    }

    pub(crate) fn families(&self) -> &Families {
        &self.families
    }

    /// Says where the rest is read; once, before the first reader comes.
    pub(crate) fn attach(&self, sources: Sources) {
        drop(self.sources.set(sources));
    }

    /// Says that requests are traced too.
    pub(crate) fn trace(&self, traces: Traces) {
        drop(self.traces.set(traces));
    }

    fn refresh(&self, sources: &Sources) {
        use std::sync::atomic::Ordering::Relaxed;
        let families = &self.families;
        let connections = &sources.connections;
        families.connections_open.set(signed(connections.open.load(Relaxed)));
        mirror(&families.connections_refused, connections.refused.load(Relaxed));
        mirror(&families.connections_timed_out, connections.timed_out.load(Relaxed));
        mirror(&families.handshake_failures, connections.handshake_failures.load(Relaxed));
        let totals = sources.sender.totals();
        for (outcome, total) in [
            ("delivered", totals.delivered),
            ("failed", totals.retrying),
            ("dead", totals.dead),
            ("unrecorded", totals.unrecorded),
        ] {
            mirror(&families.notification_attempts.with_label_values(&[outcome]), total);
        }
        mirror(&families.coupons_issued, sources.platform.issued());
        mirror(&families.spans_dropped, self.traces.get().map_or(0, Traces::dropped));
        mirror(&families.clock_steps_back, sources.clock.steps_back());
        families.clock_behind.set(seconds(sources.clock.behind_ms()));
        if let Some(certificate) = &sources.certificate {
            families.certificate_expiry.set(certificate.not_after().unwrap_or_default());
        }
        let backlog = sources.backend.snapshot(|store| store.backlog());
        let is_ready = !sources.readiness.is_draining() && matches!(backlog, Ok(Ok(_)));
        families.ready.set(i64::from(is_ready));
        match backlog {
            Ok(Ok(backlog)) => {
                families.notifications_waiting.set(signed(backlog.waiting));
                let age = backlog.oldest.map_or(0, |oldest| {
                    (sources.clock.now_ms() - oldest.unix_seconds().saturating_mul(1000)).max(0)
                });
                families.notification_oldest_age.set(seconds(age));
            }
            // Counted as a store error where it happened; the last figures stay.
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "what waits could not be counted");
            }
        }
    }
}

impl Exposition for Metrics {
    fn text(&self) -> String {
        let _one = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        let mut families = Vec::new();
        match self.sources.get() {
            Some(sources) => {
                self.refresh(sources);
                families.extend(lanes::gather(sources.lane.gauges()));
            }
            None => families.extend(lanes::gather(&[Arc::new(LaneGauge::default())])),
        }
        families.extend(self.families.gather());
        TextEncoder::new().encode_to_string(&families).unwrap_or_default()
    }
}

impl Observer for Metrics {
    fn answered(&self, exchange: &Exchange<'_>) {
        let Exchange { face, operation, status, took, .. } = *exchange;
        if let Some(traces) = self.traces.get() {
            traces.note(exchange);
        }
        let class = match status {
            100..=199 => "1xx",
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        self.families.requests.with_label_values(&[face, operation, class]).inc();
        self.families.request_duration.with_label_values(&[face, operation]).observe(took.as_secs_f64());
    }

    fn signature_failed(&self, failure: SignatureFailure) {
        self.families.signature_failures.with_label_values(&[failure.as_str()]).inc();
    }

    fn rate_limited(&self) {
        self.families.rate_limited.inc();
    }
}

/// Brings a counter to a total that is kept elsewhere.
fn mirror(counter: &IntCounter, total: u64) {
    counter.inc_by(total.saturating_sub(counter.get()));
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of seconds needs no millisecond of a thousand years")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

#[cfg(test)]
mod tests;
