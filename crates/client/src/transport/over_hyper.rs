//! The async transport: hyper over HTTP/1.1, with rustls for TLS.
//!
//! HTTP/2 is not offered, because the platform's production speaks HTTP/1.1. The bundled web roots
//! decide which servers are trusted; validation cannot be switched off. It needs a tokio runtime when
//! a call is awaited, not when the client is built.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as HyperError};
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::{
    BodyStream, BoxFuture, Limits, Opened, POOL_IDLE_MAX, Transport, WireHead, WireRequest, WireResponse,
};
use crate::error::{ConfigError, Phase, TransportError};

/// One connection pool. Cheap to share behind an `Arc`.
pub(crate) struct HyperTransport {
    pool: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl HyperTransport {
    /// `connect` bounds the making of a TCP connection for the life of the pool.
    pub(crate) fn new(connect: Duration) -> Result<Self, ConfigError> {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_connect_timeout(Some(connect));
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::aws_lc_rs::default_provider())
            .map_err(ConfigError::Tls)?
            .https_or_http()
            .enable_http1()
            .wrap_connector(http);
        let pool = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(POOL_IDLE_MAX)
            .pool_timer(TokioTimer::new())
            .http1_title_case_headers(true)
            .build(connector);
        Ok(Self { pool })
    }

    /// Sends and waits for the head of the answer.
    async fn head(&self, request: &WireRequest) -> Result<http::Response<Incoming>, TransportError> {
        let mut outgoing = Request::new(Full::new(request.body.clone()));
        *outgoing.method_mut() = request.method.clone();
        *outgoing.uri_mut() = request.uri()?;
        *outgoing.headers_mut() = request.headers.clone();
        if let Some(length) = request.content_length() {
            outgoing.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        self.pool.request(outgoing).await.map_err(sending_failed)
    }

    async fn attempt(&self, request: &WireRequest, limits: &Limits) -> Result<WireResponse, TransportError> {
        let (head, body) = self.head(request).await?.into_parts();
        let body = Limited::new(body, limits.response_bytes_max).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                TransportError::TooLarge { bytes_max: limits.response_bytes_max }
            } else {
                TransportError::Read(error)
            }
        })?;
        Ok(WireResponse { status: head.status, headers: head.headers, body: body.to_bytes() })
    }
}

impl Transport for HyperTransport {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        Box::pin(async move {
            match tokio::time::timeout(limits.attempt, self.attempt(request, limits)).await {
                Ok(outcome) => outcome,
                // Where it stood is not known, so the careful answer is that the request went out.
                Err(_elapsed) => Err(TransportError::Timeout(Phase::Read)),
            }
        })
    }

    fn open<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<Opened, TransportError>> {
        Box::pin(async move {
            let answer = tokio::time::timeout(limits.attempt, self.head(request)).await;
            let (head, body) = answer.map_err(|_| TransportError::Timeout(Phase::Read))??.into_parts();
            let body: Box<dyn BodyStream> = Box::new(HyperBody { body, idle: limits.attempt });
            Ok((WireHead { status: head.status, headers: head.headers }, body))
        })
    }

    fn pause(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// The body of an answer, piece by piece.
struct HyperBody {
    body: Incoming,
    /// The longest wait for a piece.
    idle: Duration,
}

impl BodyStream for HyperBody {
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(async move {
            loop {
                let frame = tokio::time::timeout(self.idle, self.body.frame()).await;
                match frame.map_err(|_| TransportError::Timeout(Phase::Read))? {
                    None => return Ok(None),
                    Some(Err(error)) => return Err(TransportError::Read(Box::new(error))),
                    // Trailers are no part of the file.
                    Some(Ok(frame)) => {
                        if let Ok(data) = frame.into_data() {
                            return Ok(Some(data));
                        }
                    }
                }
            }
        })
    }
}

/// Sorts the errors of the pool by phase. Names that do not resolve are reported as connection
/// failures, because hyper does not tell them apart; both mean that nothing was sent.
fn sending_failed(error: HyperError) -> TransportError {
    if !error.is_connect() {
        return TransportError::Read(Box::new(error));
    }
    let mut cause: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(current) = cause {
        if current.is::<rustls::Error>() {
            return TransportError::Tls(Box::new(error));
        }
        if let Some(io_error) = current.downcast_ref::<io::Error>() {
            if io_error.kind() == io::ErrorKind::TimedOut {
                return TransportError::Timeout(Phase::Connect);
            }
            // An `io::Error` hides what it wraps from `source`, so look inside.
            if matches!(io_error.get_ref(), Some(inner) if inner.is::<rustls::Error>()) {
                return TransportError::Tls(Box::new(error));
            }
        }
        cause = current.source();
    }
    TransportError::Connect(Box::new(error))
}

/// The transport of `build()`.
pub(crate) fn default_transport(connect: Duration) -> Result<Arc<dyn Transport>, ConfigError> {
    Ok(Arc::new(HyperTransport::new(connect)?))
}
