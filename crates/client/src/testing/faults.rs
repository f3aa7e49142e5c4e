//! How an attempt fails on the way, as the transports report it.

use crate::error::{Phase, TransportError};

/// Nobody listens: nothing was sent, so anything may be repeated.
#[must_use]
pub fn connection_refused() -> TransportError {
    TransportError::Connect("connection refused".into())
}

/// The connection was closed after the request was read, and before an answer: its effect is unknown.
#[must_use]
pub fn closed_after_request() -> TransportError {
    TransportError::Read("the connection was closed before the answer".into())
}

/// The answer ended before the length that it had announced.
#[must_use]
pub fn truncated_body() -> TransportError {
    TransportError::Read("the body ended before its announced length".into())
}

/// The answer took longer than an attempt may. [`MockTransport`](super::MockTransport) moves the clock
/// on by that time.
#[must_use]
pub fn slow_body() -> TransportError {
    TransportError::Timeout(Phase::Read)
}
