//! Recording what goes over any transport, masked, and keeping it as JSON.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::Answer;
use super::exchange::{Exchange, RecordedRequest};
use crate::error::TransportError;
use crate::redaction::Redaction;
use crate::transport::{BlockingTransport, BoxFuture, Limits, Transport, WireRequest, WireResponse};

/// Exchanges without secrets: no headers, and openids, codes, tokens and phone numbers masked. Replay
/// it with [`MockTransport::replaying`](super::MockTransport::replaying).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    exchanges: Vec<Entry>,
}

/// One masked exchange.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    method: String,
    pub(super) target: String,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    request: Value,
    /// Absent when no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    response: Value,
}

/// The text is no recording.
#[derive(Debug, thiserror::Error)]
#[error("the text is no recording")]
pub struct RecordingError(#[source] serde_json::Error);

impl Recording {
    pub(super) fn new(exchanges: &[Exchange]) -> Self {
        let entry = |exchange: &Exchange| Entry {
            method: exchange.request.method.to_string(),
            target: Redaction::default().target(&exchange.request.target),
            request: Redaction::default().body(&exchange.request.body),
            status: exchange.outcome.as_ref().ok().map(|response| response.status.as_u16()),
            response: exchange
                .outcome
                .as_ref()
                .map_or(Value::Null, |response| Redaction::default().body(&response.body)),
        };
        Self { exchanges: exchanges.iter().map(entry).collect() }
    }

    /// How many exchanges it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// The text to keep in a file.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("invariant: texts and numbers only")
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`RecordingError`] with the place that does not fit.
    pub fn from_json(text: &str) -> Result<Self, RecordingError> {
        serde_json::from_str(text).map_err(RecordingError)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.exchanges
    }
}

impl Entry {
    /// Words that are no method match nothing.
    pub(super) fn method(&self) -> Method {
        self.method.parse().unwrap_or(Method::TRACE)
    }

    /// The recorded answer, if one came.
    pub(super) fn step(&self) -> Option<Answer> {
        let status = self.status?;
        Some(match &self.response {
            Value::Null => Answer::new(status, ""),
            body => Answer::json(status, body),
        })
    }
}

/// Wraps a transport and records what it carries. Whether signatures are right is the other side's to
/// know, so [`RecordedRequest::is_signed`] is true for every request that was signed at all.
pub struct Recorder<T: ?Sized> {
    exchanges: Mutex<Vec<Exchange>>,
    inner: Arc<T>,
}

impl<T: ?Sized> Recorder<T> {
    /// Records what `inner` carries.
    #[must_use]
    pub fn new(inner: Arc<T>) -> Self {
        Self { exchanges: Mutex::default(), inner }
    }

    /// What was exchanged so far, masked.
    #[must_use]
    pub fn recording(&self) -> Recording {
        Recording::new(&self.exchanges.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, request: &WireRequest, outcome: &Result<WireResponse, TransportError>) {
        let is_signed = request.headers.contains_key(http::header::AUTHORIZATION);
        let exchange = Exchange::new(RecordedRequest::new(request, is_signed), outcome);
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }
}

impl<T: Transport + ?Sized> Transport for Recorder<T> {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            let outcome = self.inner.round_trip(request, limits).await;
            self.note(request, &outcome);
            outcome
        })
    }

    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.inner.pause(duration)
    }
}

impl<T: BlockingTransport + ?Sized> BlockingTransport for Recorder<T> {
    fn round_trip(&self, request: &WireRequest, limits: &Limits) -> Result<WireResponse, TransportError> {
        let outcome = self.inner.round_trip(request, limits);
        self.note(request, &outcome);
        outcome
    }

    fn pause(&self, duration: Duration) {
        self.inner.pause(duration);
    }
}

impl<T: ?Sized> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("recording", &self.recording()).finish_non_exhaustive()
    }
}
