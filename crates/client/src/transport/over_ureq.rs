//! The blocking transport: ureq, which does its own blocking I/O and starts no runtime.
//!
//! It therefore works anywhere, also on a thread of an async runtime (where it blocks that thread, as
//! any blocking call does). Proxies of the environment are not used: a library does not read it.

use std::io::{self, Read as _};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::{
    BlockingBodyStream, BlockingTransport, Limits, POOL_IDLE_MAX, WireHead, WireRequest, WireResponse,
};
use crate::error::{Phase, TransportError};

/// One connection pool.
pub(crate) struct UreqTransport {
    agent: Agent,
}

impl UreqTransport {
    pub(crate) fn new() -> Self {
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .root_certs(RootCerts::WebPki)
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_age(POOL_IDLE_MAX)
            // Every header is the core's, so none is added here.
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .allow_non_standard_methods(true)
            .build()
            .new_agent();
        Self { agent }
    }
}

impl BlockingTransport for UreqTransport {
    fn round_trip(&self, request: &WireRequest, limits: &Limits) -> Result<WireResponse, TransportError> {
        let (head, mut body) = self.send(request, limits, Bound::WholeAttempt)?.into_parts();
        // One byte more than allowed is asked for, so that a body of exactly the limit passes.
        let limit = u64::try_from(limits.response_bytes_max).unwrap_or(u64::MAX);
        let body =
            body.with_config().limit(limit.saturating_add(1)).read_to_vec().map_err(|error| match error {
                ureq::Error::BodyExceedsLimit(_) => {
                    TransportError::TooLarge { bytes_max: limits.response_bytes_max }
                }
                other => reading_failed(other),
            })?;
        if body.len() > limits.response_bytes_max {
            return Err(TransportError::TooLarge { bytes_max: limits.response_bytes_max });
        }
        Ok(WireResponse { status: head.status, headers: head.headers, body: body.into() })
    }

    fn open(
        &self,
        request: &WireRequest,
        limits: &Limits,
    ) -> Result<(WireHead, Box<dyn BlockingBodyStream>), TransportError> {
        let (head, body) = self.send(request, limits, Bound::EachRead)?.into_parts();
        let body = UreqBody { reader: body.into_reader() };
        Ok((WireHead { status: head.status, headers: head.headers }, Box::new(body)))
    }

    fn pause(&self, duration: Duration) {
        std::thread::sleep(duration);
    }
}

/// What the time of an attempt bounds.
#[derive(Clone, Copy)]
enum Bound {
    WholeAttempt,
    EachRead,
}

impl UreqTransport {
    fn send(
        &self,
        request: &WireRequest,
        limits: &Limits,
        bound: Bound,
    ) -> Result<http::Response<ureq::Body>, TransportError> {
        let mut head = Request::new(());
        *head.method_mut() = request.method.clone();
        *head.uri_mut() = request.uri()?;
        *head.headers_mut() = request.headers.clone();
        let answer = match request.content_length() {
            Some(length) => {
                head.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
                self.run(head.map(|()| request.body.as_ref()), limits, bound)
            }
            None => self.run(head, limits, bound),
        };
        answer.map_err(failed)
    }

    fn run(
        &self,
        request: Request<impl ureq::AsSendBody>,
        limits: &Limits,
        bound: Bound,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let request = self.agent.configure_request(request);
        let request = match bound {
            Bound::WholeAttempt => request.timeout_global(Some(limits.attempt)),
            Bound::EachRead => {
                request.timeout_recv_response(Some(limits.attempt)).timeout_per_read(Some(limits.attempt))
            }
        };
        let request =
            request.timeout_resolve(Some(limits.connect)).timeout_connect(Some(limits.connect)).build();
        unlogged(|| self.agent.run(request))
    }
}

/// Keeps what ureq says out of the log: at `debug` it writes whole URLs, which name persons and hold
/// tokens (client.md C-99). It speaks through the `log` crate, so this works where that is collected by
/// `tracing`; other loggers have to leave out the target `ureq`.
fn unlogged<T>(work: impl FnOnce() -> T) -> T {
    tracing::dispatcher::with_default(&tracing::Dispatch::none(), work)
}

/// The body of an answer, piece by piece.
struct UreqBody {
    reader: ureq::BodyReader<'static>,
}

/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

impl BlockingBodyStream for UreqBody {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let length =
            self.reader.read(&mut chunk).map_err(|error| reading_failed(ureq::Error::from(error)))?;
        chunk.truncate(length);
        Ok((length > 0).then(|| Bytes::from(chunk)))
    }
}

fn failed(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::HostNotFound => TransportError::Resolve(Box::new(error)),
        ureq::Error::ConnectionFailed => TransportError::Connect(Box::new(error)),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => TransportError::Tls(Box::new(error)),
        ureq::Error::Timeout(timeout) => TransportError::Timeout(phase(timeout)),
        ureq::Error::Io(ref cause) if is_connect(cause) => TransportError::Connect(Box::new(error)),
        other => TransportError::Read(Box::new(other)),
    }
}

fn reading_failed(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::Timeout(_) => TransportError::Timeout(Phase::Read),
        other => TransportError::Read(Box::new(other)),
    }
}

/// The kinds that only the making of a connection produces. A reset may come later and is not one.
fn is_connect(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::AddrNotAvailable
    )
}

/// Anything but the phases before the first byte counts as sent.
fn phase(timeout: ureq::Timeout) -> Phase {
    match timeout {
        ureq::Timeout::Resolve => Phase::Resolve,
        ureq::Timeout::Connect => Phase::Connect,
        ureq::Timeout::SendRequest | ureq::Timeout::SendBody | ureq::Timeout::PerWrite => Phase::Write,
        _ => Phase::Read,
    }
}

/// The transport of `build_blocking()`.
pub(crate) fn default_transport() -> Arc<dyn BlockingTransport> {
    Arc::new(UreqTransport::new())
}
