//! What carries requests: the two transport traits and the values they exchange.
//!
//! A transport moves bytes. It does not sign, verify, retry, follow redirects, decompress or keep
//! cookies, and it must not change the request target: the target was signed as it stands. The
//! built-in ones are over hyper (feature `async`) and ureq (feature `blocking`).

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};

use crate::error::TransportError;

#[cfg(feature = "async")]
pub(crate) mod over_hyper;
#[cfg(feature = "blocking")]
pub(crate) mod over_ureq;
mod streaming;

pub(crate) use self::streaming::WholeBody;
pub use self::streaming::{BlockingBodyStream, BodyStream, Opened, WireHead};

/// How long an idle pooled connection is kept. The platform closes at about 8 s; a longer pool causes
/// sporadic broken requests.
#[cfg(any(feature = "async", feature = "blocking"))]
pub(crate) const POOL_IDLE_MAX: Duration = Duration::from_secs(7);

/// A future that can move between threads; what [`Transport`] returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One request as it goes on the wire. `Debug` shows neither headers nor body nor the target, which
/// may name a person.
#[derive(Clone)]
pub struct WireRequest {
    /// Scheme, host and port, such as `https://api.mch.weixin.qq.com`, without a trailing slash.
    pub origin: String,
    /// The request target of the request line: path and query, beginning with `/`. Join it to the
    /// origin by concatenation and never normalise it.
    pub target: String,
    /// The method.
    pub method: Method,
    /// Every header but `Host`, `Content-Length` and what the connection needs.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
}

impl WireRequest {
    /// Origin and target in one, by concatenation.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.origin, self.target)
    }

    /// The URL for libraries that want a parsed one.
    ///
    /// # Errors
    /// [`TransportError::TargetRewritten`] when parsing has changed the target or cannot read it.
    pub fn uri(&self) -> Result<http::Uri, TransportError> {
        let uri: http::Uri = self.url().parse().map_err(|_| TransportError::TargetRewritten)?;
        let target = uri.path_and_query().map(http::uri::PathAndQuery::as_str);
        if target == Some(self.target.as_str()) { Ok(uri) } else { Err(TransportError::TargetRewritten) }
    }

    /// The value of `Content-Length`, for requests that must have one: a body, or a method that
    /// usually has one. Gateways refuse an empty POST without it.
    #[must_use]
    pub fn content_length(&self) -> Option<usize> {
        let has_body_by_custom = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        (has_body_by_custom || !self.body.is_empty()).then_some(self.body.len())
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest")
            .field("origin", &self.origin)
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// One answer as it came. `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct WireResponse {
    /// The status, also of a redirect: those are never followed.
    pub status: StatusCode,
    /// Every header, duplicates included.
    pub headers: HeaderMap,
    /// The body exactly as received.
    pub body: Bytes,
}

impl fmt::Debug for WireResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The bounds of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For resolving and connecting. 3 s by default.
    pub connect: Duration,
    /// For the whole attempt, connecting and reading the body included. 10 s by default.
    pub attempt: Duration,
    /// The largest body that is read, in bytes. 4 MiB by default.
    pub response_bytes_max: usize,
}

impl Limits {
    /// A connection that is not there in 3 s will hardly come (client.md C-67).
    pub const CONNECT: Duration = Duration::from_secs(3);
    /// The platform answers within seconds or not at all (client.md C-67).
    pub const ATTEMPT: Duration = Duration::from_secs(10);
    /// No JSON answer of the API comes near this (client.md C-44).
    pub const RESPONSE_BYTES_MAX: usize = 4 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Self::CONNECT, attempt: Self::ATTEMPT, response_bytes_max: Self::RESPONSE_BYTES_MAX }
    }
}

/// Carries requests for the async client. The futures must not depend on anything but the transport's
/// own reactor, and dropping one cancels the attempt.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request and reads the whole answer, within the limits. Redirects come back as they
    /// are.
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>>;

    /// Sends one request and hands over the head of the answer and the stream of its body, for downloads.
    /// `limits.attempt` bounds the time to the head, and then the wait for each piece. By default it
    /// reads the whole answer.
    fn open<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Opened, TransportError>> {
        Box::pin(async move {
            let (head, body) = WholeBody::of(self.round_trip(request, limits).await?);
            Ok((head, Box::new(body) as Box<dyn BodyStream>))
        })
    }

    /// Waits between two attempts.
    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()>;
}

/// Carries requests for the blocking client, without any async runtime.
pub trait BlockingTransport: Send + Sync + 'static {
    /// Sends one request and reads the whole answer, within the limits. Redirects come back as they
    /// are.
    ///
    /// # Errors
    /// [`TransportError`] with the phase in which it failed.
    fn round_trip(&self, request: &WireRequest, limits: &Limits) -> Result<WireResponse, TransportError>;

    /// Sends one request and hands over the head of the answer and the stream of its body, for downloads.
    /// `limits.attempt` bounds the time to the head, and then the wait for each piece. By default it
    /// reads the whole answer.
    ///
    /// # Errors
    /// [`TransportError`] with the phase in which it failed.
    fn open(
        &self,
        request: &WireRequest,
        limits: &Limits,
    ) -> Result<(WireHead, Box<dyn BlockingBodyStream>), TransportError> {
        let (head, body) = WholeBody::of(self.round_trip(request, limits)?);
        Ok((head, Box::new(body)))
    }

    /// Waits between two attempts.
    fn pause(&self, duration: Duration);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, target: &str, body: &'static str) -> WireRequest {
        WireRequest {
            origin: "https://api.mch.weixin.qq.com".into(),
            target: target.into(),
            method,
            headers: HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn the_target_is_kept_or_the_attempt_fails() {
        let kept = request(Method::GET, "/v3/a%2e%2e/%7E/~?x=%2B+&y='", "");
        assert_eq!(kept.uri().unwrap().path_and_query().unwrap().as_str(), kept.target);
        let with_fragment = request(Method::GET, "/v3/a#b", "");
        assert!(matches!(with_fragment.uri(), Err(TransportError::TargetRewritten)));
    }

    #[test]
    fn an_empty_post_says_so() {
        assert_eq!(request(Method::GET, "/v3/a", "").content_length(), None);
        assert_eq!(request(Method::DELETE, "/v3/a", "").content_length(), None);
        assert_eq!(request(Method::POST, "/v3/a", "").content_length(), Some(0));
        assert_eq!(request(Method::DELETE, "/v3/a", "{}").content_length(), Some(2));
    }
}
