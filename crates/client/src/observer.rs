//! What a client tells about itself: to the log, and to an [`Observer`] for metrics.
//!
//! The core notes what has happened, the drivers hand it on here. Templates, hosts, numbers and words of
//! the platform are told; paths with their values, headers and bodies never are (client.md 19).

use std::time::Duration;

use http::{Method, StatusCode};

use crate::error::VerificationReason;
use crate::key_ring::KeyChange;
use crate::reply::Trust;

/// Hooks for metrics. Every method does nothing by default. They are called on the way of a call, so
/// they must be quick and must not call the client.
pub trait Observer: Send + Sync + 'static {
    /// One attempt has ended.
    fn on_attempt(&self, _attempt: &AttemptReport) {}

    /// The call will be repeated.
    fn on_retry(&self, _retry: &RetryReport) {}

    /// An answer has failed verification.
    fn on_verify_failure(&self, _failure: &VerifyFailureReport) {}

    /// The platform's keys have changed.
    fn on_key_change(&self, _change: &KeyChange) {}
}

impl<O: Observer + ?Sized> Observer for std::sync::Arc<O> {
    fn on_attempt(&self, attempt: &AttemptReport) {
        (**self).on_attempt(attempt);
    }
    fn on_retry(&self, retry: &RetryReport) {
        (**self).on_retry(retry);
    }
    fn on_verify_failure(&self, failure: &VerifyFailureReport) {
        (**self).on_verify_failure(failure);
    }
    fn on_key_change(&self, change: &KeyChange) {
        (**self).on_key_change(change);
    }
}

/// How one attempt has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AttemptReport {
    /// The method.
    pub method: Method,
    /// The endpoint's template.
    pub template: String,
    /// The origin it was sent to.
    pub host: String,
    /// Which attempt of the call, from 1.
    pub attempt: u32,
    /// The status; `None` when no answer came.
    pub status: Option<StatusCode>,
    /// Whether the answer is authenticated; `None` when none came or its verification failed.
    pub trust: Option<Trust>,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// From signing to the end of the answer, by the client's clock.
    pub elapsed: Duration,
    /// Bytes of the body sent.
    pub bytes_out: usize,
    /// Bytes of the body received.
    pub bytes_in: usize,
}

/// A call that will be repeated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryReport {
    /// The method.
    pub method: Method,
    /// The endpoint's template.
    pub template: String,
    /// Attempts made so far.
    pub attempts: u32,
    /// How long it waits before the next one.
    pub wait: Duration,
    /// Whether it moves on to another host.
    pub is_failover: bool,
}

/// An answer that failed verification.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct VerifyFailureReport {
    /// The method.
    pub method: Method,
    /// The endpoint's template.
    pub template: String,
    /// The origin that answered.
    pub host: String,
    /// The status, unauthenticated like the rest.
    pub status: StatusCode,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// Which check failed.
    pub reason: VerificationReason,
}

/// What the core has noted for the driver to hand on.
pub(crate) enum Notice {
    Attempt(AttemptReport),
    Retry(RetryReport),
    Unverified(VerifyFailureReport),
}

/// Hands a notice to the log and to the observer.
pub(crate) fn report(observer: Option<&dyn Observer>, notice: &Notice) {
    match notice {
        Notice::Attempt(attempt) => {
            log_attempt(attempt);
            tell(observer, |observer| observer.on_attempt(attempt));
        }
        Notice::Retry(retry) => {
            let wait_ms = u64::try_from(retry.wait.as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                http.method = %retry.method,
                http.template = %retry.template,
                attempt = retry.attempts,
                wait_ms,
                failover = retry.is_failover,
                "the call will be repeated"
            );
            tell(observer, |observer| observer.on_retry(retry));
        }
        Notice::Unverified(failure) => {
            // Worth a warning wherever it is handled: somebody may be in between.
            tracing::warn!(
                http.method = %failure.method,
                http.template = %failure.template,
                http.host = %failure.host,
                http.status = failure.status.as_u16(),
                request_id = failure.request_id,
                reason = %failure.reason,
                "the answer failed verification"
            );
            tell(observer, |observer| observer.on_verify_failure(failure));
        }
    }
}

/// Hands on a change of keys.
pub(crate) fn report_key_change(observer: Option<&dyn Observer>, change: &KeyChange) {
    if change.added.is_empty() && change.dropped.is_empty() {
        return;
    }
    tracing::info!(added = ?change.added, dropped = ?change.dropped, "the platform's keys have changed");
    tell(observer, |observer| observer.on_key_change(change));
}

fn tell(observer: Option<&dyn Observer>, what: impl FnOnce(&dyn Observer)) {
    if let Some(observer) = observer {
        what(observer);
    }
}

fn log_attempt(attempt: &AttemptReport) {
    let trust = match &attempt.trust {
        Some(Trust::Verified { .. }) => "verified",
        Some(Trust::Unsigned) => "unsigned",
        Some(Trust::Skipped) => "skipped",
        None => "none",
    };
    tracing::debug!(
        http.method = %attempt.method,
        http.template = %attempt.template,
        http.host = %attempt.host,
        http.status = attempt.status.map(|status| status.as_u16()),
        attempt = attempt.attempt,
        request_id = attempt.request_id,
        detail_code = attempt.request_id.as_deref().and_then(quan_apiv3::request_id::suffix),
        elapsed_ms = u64::try_from(attempt.elapsed.as_millis()).unwrap_or(u64::MAX),
        bytes_out = attempt.bytes_out,
        bytes_in = attempt.bytes_in,
        trust,
        "attempt"
    );
}
