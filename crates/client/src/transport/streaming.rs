//! Answers whose body is taken piece by piece: the head first, then chunks.
//!
//! A transport that cannot stream still works: by default the whole answer is one chunk.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::{BoxFuture, WireResponse};
use crate::error::TransportError;

/// The beginning of an answer.
#[derive(Clone, Debug)]
pub struct WireHead {
    /// The status, also of a redirect: those are never followed.
    pub status: StatusCode,
    /// Every header, duplicates included.
    pub headers: HeaderMap,
}

/// The rest of an answer in the async client.
pub trait BodyStream: Send {
    /// The next piece, `None` at the end. Waiting longer than the limit of the attempt is a timeout.
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>>;
}

/// The rest of an answer in the blocking client.
pub trait BlockingBodyStream: Send {
    /// The next piece, `None` at the end. Waiting longer than the limit of the attempt is a timeout.
    ///
    /// # Errors
    /// [`TransportError`], of the reading phase.
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError>;
}

/// What [`Transport::open`](super::Transport::open) gives: the head, and the stream of the body.
pub type Opened = (WireHead, Box<dyn BodyStream>);

/// A body that is there as a whole.
pub(crate) struct WholeBody(Option<Bytes>);

impl WholeBody {
    /// Takes an answer apart.
    pub(crate) fn of(response: WireResponse) -> (WireHead, Self) {
        let head = WireHead { status: response.status, headers: response.headers };
        (head, Self::from(response.body))
    }
}

impl From<Bytes> for WholeBody {
    fn from(body: Bytes) -> Self {
        Self((!body.is_empty()).then_some(body))
    }
}

impl BodyStream for WholeBody {
    fn next_chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        Box::pin(std::future::ready(Ok(self.0.take())))
    }
}

impl BlockingBodyStream for WholeBody {
    fn next_chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        Ok(self.0.take())
    }
}
