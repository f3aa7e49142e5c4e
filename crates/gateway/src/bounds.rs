//! How large a request may be and how long it may take, around every operation.
//!
//! A body that is too slow or too large ends with an error where it is read, so each face says so in its own words.
//! A handler that takes too long is left: its caller is told to repeat with the same number, and what it committed
//! stays committed.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use quan_apiv3::authorization::Scheme;
use tokio::time::{Instant, Sleep};

use crate::refusal;

/// What a request may cost. The defaults are those of a public service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestLimits {
    /// The largest body of a signed call, in bytes. The largest legal one, 200 codes, a product coupon with 50
    /// packages of 99 choices, or a picture of 2 MB, stays below the default.
    pub body_bytes_max: usize,
    /// How long a body may take to arrive.
    pub body: Duration,
    /// How long an answer may take, the body included.
    pub request: Duration,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            body_bytes_max: 4 * 1024 * 1024,
            body: Duration::from_secs(10),
            request: Duration::from_secs(30),
        }
    }
}

/// How long the answer of a signed exchange may be later than the exchange itself allows: it answers first, in its own words.
const GRACE: Duration = Duration::from_secs(1);

/// Answers a request within its limits. A signed exchange watches its time itself, because only it can sign what is said
/// then; here its end is watched all the same.
pub(crate) async fn bounded(limits: RequestLimits, request: Request, next: Next) -> Response {
    let is_signed = Scheme::for_path(request.uri().path()).is_some();
    let request = request.map(|body| {
        Body::new(Timed { body, sleep: Box::pin(tokio::time::sleep(limits.body)), is_late: false })
    });
    let deadline = Deadline::after(if is_signed { limits.request + GRACE } else { limits.request });
    deadline.meet(next.run(request)).await.unwrap_or_else(IntoResponse::into_response)
}

/// When an answer is due.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    within: Duration,
}

impl Deadline {
    /// So long from now.
    pub(crate) fn after(within: Duration) -> Self {
        Self { at: Instant::now() + within, within }
    }

    /// Waits for work until then; it is left when it takes longer.
    pub(crate) async fn meet<T>(self, work: impl Future<Output = T>) -> Result<T, TookTooLong> {
        tokio::time::timeout_at(self.at, work).await.map_err(|_elapsed| {
            let seconds = self.within.as_secs();
            tracing::warn!(seconds, "a request took too long and was left");
            TookTooLong { within: self.within }
        })
    }
}

/// What was left undone. Its answer closes the connection, whose next call would wait behind what is still to be read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TookTooLong {
    within: Duration,
}

impl IntoResponse for TookTooLong {
    fn into_response(self) -> Response {
        let problem = refusal::system_error(format!("no answer within {} s", self.within.as_secs()));
        let mut response = problem.into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

/// The body did not arrive in time.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long")]
pub(crate) struct BodyLate;

/// A body that ends with an error when its time is over.
struct Timed {
    body: Body,
    sleep: Pin<Box<Sleep>>,
    is_late: bool,
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.is_late {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame);
        }
        if self.sleep.as_mut().poll(context).is_ready() {
            self.is_late = true;
            return Poll::Ready(Some(Err(axum::Error::new(BodyLate))));
        }
        Poll::Pending
    }

    fn is_end_stream(&self) -> bool {
        self.is_late || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
