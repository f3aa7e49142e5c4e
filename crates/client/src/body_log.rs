//! The log of bodies, which is off unless the builder was told otherwise (client.md C-100).

use bytes::Bytes;

use crate::error::TransportError;
use crate::redaction::Redaction;
use crate::transport::{WireRequest, WireResponse};

/// Says at the level `trace` what bodies went and came, masked. Nothing is masked when nobody listens.
pub(crate) struct BodyLog(Option<Redaction>);

impl BodyLog {
    /// A log that masks like this; none for `None`.
    pub(crate) fn new(redaction: Option<Redaction>) -> Self {
        Self(redaction)
    }

    /// Before an attempt, inside its span.
    pub(crate) fn request(&self, request: &WireRequest) {
        if let Some((redaction, body)) = self.asked(&request.body) {
            tracing::trace!(bytes = body.len(), http.body = %redaction.shown(body), "request body");
        }
    }

    /// After an attempt, inside its span, and before the answer is verified: whose it is shows elsewhere.
    pub(crate) fn answer(&self, outcome: &Result<WireResponse, TransportError>) {
        let Ok(response) = outcome else { return };
        if let Some((redaction, body)) = self.asked(&response.body) {
            let status = response.status.as_u16();
            tracing::trace!(http.status = status, bytes = body.len(), http.body = %redaction.shown(body), "answer body");
        }
    }

    fn asked<'a>(&'a self, body: &'a Bytes) -> Option<(&'a Redaction, &'a Bytes)> {
        self.0.as_ref().filter(|_| !body.is_empty()).map(|redaction| (redaction, body))
    }
}
