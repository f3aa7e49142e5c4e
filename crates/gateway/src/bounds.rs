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
use tokio::time::Sleep;

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

/// Answers a request within its limits.
pub(crate) async fn bounded(limits: RequestLimits, request: Request, next: Next) -> Response {
    let request = request.map(|body| {
        Body::new(Timed { body, sleep: Box::pin(tokio::time::sleep(limits.body)), is_late: false })
    });
    let Ok(response) = tokio::time::timeout(limits.request, next.run(request)).await else {
        let seconds = limits.request.as_secs();
        tracing::warn!(seconds, "a request took too long and was left");
        let mut response = refusal::system_error(format!("no answer within {seconds} s")).into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        return response;
    };
    response
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
