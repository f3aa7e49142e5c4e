//! Traces, if they are asked for: one span for each request, sent by OTLP over HTTP as JSON.
//!
//! A caller's `traceparent` is kept, and its decision whether the request is traced. Spans hold methods, routes,
//! statuses and request ids: no path, no body, no openid. What cannot be sent is dropped and counted, never waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use quan_apiv3::probe::ProbeRatio;
use quan_gateway::Exchange;
use quan_model::clock::Clock;
use quan_model::entropy::{self, LOWER_HEX};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::WallClock;
use crate::entropy::BlockEntropy;

/// Spans that may wait to be sent.
const WAITING_MAX: usize = 4096;
/// Spans of one message.
const BATCH_MAX: usize = 512;
/// How long a span may wait for company.
const GATHER: Duration = Duration::from_secs(2);
/// How long the receiver may take.
const SEND_MAX: Duration = Duration::from_secs(10);

/// Where spans are handed in.
pub(crate) struct Traces {
    queue: mpsc::Sender<Value>,
    ratio: ProbeRatio,
    dropped: Arc<AtomicU64>,
}

/// The task that sends, for who ends it.
pub(crate) struct Sender {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Sender {
    /// Sends what waits, for as long as the receiver takes it.
    pub(crate) async fn finish(self) {
        self.stop.cancel();
        drop(self.task.await);
    }
}

/// What a `traceparent` says (W3C Trace Context, version 00).
#[derive(Debug, PartialEq, Eq)]
struct Parent<'t> {
    trace_id: &'t str,
    span_id: &'t str,
    is_sampled: bool,
}

impl<'t> Parent<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.split('-');
        let (version, trace_id, span_id, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let is_id = |id: &str, length: usize| {
            id.len() == length
                && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
                && id.bytes().any(|byte| byte != b'0')
        };
        let is_known = version == "00" && parts.next().is_none() && flags.len() == 2;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        (is_known && is_id(trace_id, 32) && is_id(span_id, 16)).then_some(Self {
            trace_id,
            span_id,
            is_sampled: flags & 1 == 1,
        })
    }
}

impl Traces {
    /// Begins sending to an endpoint.
    pub(crate) fn begin(endpoint: &str, ratio: ProbeRatio, node: &str) -> (Self, Sender) {
        let (queue, spans) = mpsc::channel(WAITING_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        let sending = Sending {
            url: format!("{endpoint}/v1/traces"),
            node: node.to_owned(),
            spans,
            client: client(),
            dropped: dropped.clone(),
            has_failed: false,
            stop: CancellationToken::new(),
        };
        let stop = sending.stop.clone();
        (Self { queue, ratio, dropped }, Sender { stop, task: tokio::spawn(sending.run()) })
    }

    /// Spans that were not sent.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Hands a request in, if it is to be traced.
    pub(crate) fn note(&self, exchange: &Exchange<'_>) {
        let parent = exchange.traceparent.and_then(Parent::parse);
        let is_sampled = match &parent {
            Some(parent) => parent.is_sampled,
            None => self.ratio.hits(entropy::number(&BlockEntropy)),
        };
        if is_sampled && self.queue.try_send(span(exchange, parent.as_ref())).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A server span as OTLP writes it.
fn span(exchange: &Exchange<'_>, parent: Option<&Parent<'_>>) -> Value {
    let end = u128::try_from(WallClock.now_ms()).unwrap_or_default() * 1_000_000;
    let fresh = |length| entropy::text(&BlockEntropy, LOWER_HEX, length);
    let trace_id = parent.map_or_else(|| fresh(32), |parent| parent.trace_id.to_owned());
    let mut attributes = vec![
        text("http.request.method", exchange.method),
        text("http.route", exchange.route),
        json!({ "key": "http.response.status_code", "value": { "intValue": exchange.status.to_string() } }),
        text("quan.face", exchange.face),
        text("quan.operation", exchange.operation),
    ];
    attributes.extend(exchange.request_id.map(|id| text("quan.request_id", id)));
    json!({
        "traceId": trace_id,
        "spanId": fresh(16),
        "parentSpanId": parent.map_or("", |parent| parent.span_id),
        "name": format!("{} {}", exchange.method, exchange.route),
        "kind": 2,
        "startTimeUnixNano": end.saturating_sub(exchange.took.as_nanos()).to_string(),
        "endTimeUnixNano": end.to_string(),
        "attributes": attributes,
        "status": { "code": if exchange.status >= 500 { 2 } else { 0 } },
    })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

/// The task that sends.
struct Sending {
    url: String,
    node: String,
    spans: mpsc::Receiver<Value>,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    dropped: Arc<AtomicU64>,
    has_failed: bool,
    stop: CancellationToken,
}

fn client() -> Client<HttpsConnector<HttpConnector>, Full<Bytes>> {
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::aws_lc_rs::default_provider())
        .expect("invariant: the provider has the default versions of TLS")
        .https_or_http()
        .enable_http1()
        .build();
    Client::builder(TokioExecutor::new()).build(connector)
}

impl Sending {
    async fn run(mut self) {
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                _first = self.spans.recv_many(&mut batch, BATCH_MAX) => {}
                () = self.stop.cancelled() => {}
            }
            let deadline = tokio::time::Instant::now() + GATHER;
            while batch.len() < BATCH_MAX {
                let room = BATCH_MAX - batch.len();
                tokio::select! {
                    _more = self.spans.recv_many(&mut batch, room) => {}
                    () = tokio::time::sleep_until(deadline) => break,
                    () = self.stop.cancelled() => break,
                }
            }
            if !self.stop.is_cancelled() {
                self.send(batch).await;
                continue;
            }
            while let Ok(span) = self.spans.try_recv() {
                batch.push(span);
            }
            if !batch.is_empty() {
                self.send(batch).await;
            }
            return;
        }
    }

    async fn send(&mut self, batch: Vec<Value>) {
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let sent = tokio::time::timeout(SEND_MAX, self.post(batch)).await;
        let failure = match sent {
            Ok(Ok(status)) if status.is_success() => None,
            Ok(Ok(status)) => Some(format!("it answered {status}")),
            Ok(Err(error)) => Some(format!("{error:#}")),
            Err(_late) => Some("it took too long".to_owned()),
        };
        match failure {
            None => {
                if std::mem::take(&mut self.has_failed) {
                    tracing::info!("traces are taken again");
                }
            }
            Some(reason) => {
                self.dropped.fetch_add(count, Ordering::Relaxed);
                // Once for each time that it breaks off.
                if !std::mem::replace(&mut self.has_failed, true) {
                    tracing::warn!(endpoint = self.url, reason, "traces are not taken and dropped");
                }
            }
        }
    }

    async fn post(&self, batch: Vec<Value>) -> anyhow::Result<http::StatusCode> {
        let resource = [
            text("service.name", "quan"),
            text("service.version", env!("CARGO_PKG_VERSION")),
            text("service.instance.id", &self.node),
        ];
        let body = json!({ "resourceSpans": [{
            "resource": { "attributes": resource },
            "scopeSpans": [{ "scope": { "name": "quan" }, "spans": batch }],
        }] });
        let request = Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.to_string())))?;
        let answer = self.client.request(request).await?;
        let status = answer.status();
        // A few bytes; read, so that the connection can be used again.
        drop(http_body_util::Limited::new(answer.into_body(), 64 * 1024).collect().await);
        Ok(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_strictly() {
        let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        for (flags, is_sampled) in [("01", true), ("00", false), ("03", true)] {
            let text = format!("00-{trace}-{parent}-{flags}");
            let expected = Parent { trace_id: trace, span_id: parent, is_sampled };
            assert_eq!(Parent::parse(&text), Some(expected));
        }
        for wrong in [
            String::new(),
            format!("01-{trace}-{parent}-01"),
            format!("00-{}-{parent}-01", trace.to_uppercase()),
            format!("00-{}-{parent}-01", "0".repeat(32)),
            format!("00-{trace}-{parent}"),
            format!("00-{trace}-{parent}-01-more"),
            format!("00-{trace}-{parent}-zz"),
        ] {
            assert_eq!(Parent::parse(&wrong), None, "{wrong}");
        }
    }
}
