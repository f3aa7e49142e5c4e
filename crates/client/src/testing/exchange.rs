//! What went over the wire, for assertions.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::error::TransportError;
use crate::redaction::Redaction;
use crate::transport::{WireRequest, WireResponse};

/// One request as the platform received it. `Debug` masks who and what it is about.
#[derive(Clone)]
pub struct RecordedRequest {
    /// The base URL it went to.
    pub origin: String,
    /// The method.
    pub method: Method,
    /// Path and query, as signed and sent.
    pub target: String,
    /// The headers, `Authorization` included.
    pub headers: HeaderMap,
    /// The body, empty for none.
    pub body: Bytes,
    /// Whether the platform found the signature right.
    pub is_signed: bool,
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: RecordedRequest,
    /// The answer; or, when none came, the transport error in words.
    pub outcome: Result<WireResponse, String>,
}

impl Exchange {
    pub(super) fn new(request: RecordedRequest, outcome: &Result<WireResponse, TransportError>) -> Self {
        let outcome = match outcome {
            Ok(response) => Ok(response.clone()),
            Err(error) => Err(error.to_string()),
        };
        Self { request, outcome }
    }
}

impl RecordedRequest {
    pub(super) fn new(request: &WireRequest, is_signed: bool) -> Self {
        Self {
            origin: request.origin.clone(),
            method: request.method.clone(),
            target: request.target.clone(),
            headers: request.headers.clone(),
            body: request.body.clone(),
            is_signed,
        }
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The value of a query parameter as it was sent, percent-encoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').find_map(|pair| match pair.split_once('=') {
            Some((found, value)) if found == name => Some(value),
            Some(_) | None => None,
        })
    }

    /// The value of a header, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON; `null` when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("target", &Redaction::default().target(&self.target))
            .field("body", &Redaction::default().body(&self.body))
            .field("is_signed", &self.is_signed)
            .finish_non_exhaustive()
    }
}
