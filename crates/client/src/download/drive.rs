//! The two drivers of downloads: they open, then move pieces from the transport to where they belong.

use std::io::Write;
use std::path::Path;

use bytes::{Bytes, BytesMut};

use super::intake::Intake;
use super::landing::Landing;
use super::{BYTES_MAX, Download, Downloaded, MEMORY_BYTES_MAX};
use crate::driver::attempt_span;
use crate::error::{CallContext, Error, IntegrityError, TransportError};
use crate::mode::{Async, Blocking};
use crate::plan::{Action, Event, Plan};
use crate::protocol::Core;
use crate::reply::{Meta, Reply};
use crate::transport::{BlockingBodyStream, BodyStream, Limits, WholeBody, WireHead, WireResponse};
use tracing::Instrument as _;

/// Whether the body that follows is the file, and not an error.
fn is_file(head: &WireHead) -> bool {
    head.status.is_success() && head.status != http::StatusCode::ACCEPTED
}

fn not_intact(context: &CallContext) -> impl Fn(IntegrityError) -> Error + '_ {
    |reason| Error::Integrity { context: Some(Box::new(context.clone())), reason }
}

fn lost(context: &CallContext) -> impl Fn(TransportError) -> Error + '_ {
    |reason| Error::Transport { context: Box::new(context.clone()), reason }
}

fn unwritable(context: &CallContext) -> impl Fn(std::io::Error) -> Error + '_ {
    |reason| lost(context)(TransportError::Sink(reason))
}

impl Download<Async> {
    /// Downloads into memory, at most 64 MiB unless [`bytes_max`](Self::bytes_max) says otherwise.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit.
    pub async fn to_memory(mut self) -> Result<Reply<Vec<u8>>, Error> {
        self.bytes_max.get_or_insert(MEMORY_BYTES_MAX);
        let mut memory = Vec::new();
        let (_, meta) = self.to_writer(&mut memory).await?.into_parts();
        Ok(Reply::new(memory, meta))
    }

    /// Downloads to a file, which appears whole or not at all. Writing to the disk happens on the thread
    /// of the call.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit, and then there is no file.
    pub async fn to_path(self, path: impl AsRef<Path>) -> Result<Reply<Downloaded>, Error> {
        let unique = self.core.protocol.nonces.next_nonce();
        let context = CallContext::new(http::Method::GET, "download");
        let mut landing = Landing::create(path.as_ref(), &unique).map_err(unwritable(&context))?;
        let reply = self.to_writer(&mut landing).await?;
        landing.keep().map_err(unwritable(&context))?;
        Ok(reply)
    }

    /// Downloads to a writer that does not block for long. What was written before an error is not to be
    /// trusted.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit.
    pub async fn to_writer(mut self, sink: &mut (impl Write + Send)) -> Result<Reply<Downloaded>, Error> {
        let mut intake = Intake::new(&self.ticket, self.bytes_max.unwrap_or(BYTES_MAX));
        let core = std::sync::Arc::clone(&self.core);
        let mut plan = self.plan()?;
        let (meta, mut body) = open(&core, &mut plan).await?;
        let context = plan.call().context.clone();
        let mut plain = Vec::new();
        while let Some(piece) = body.next_chunk().await.map_err(lost(&context))? {
            plain.clear();
            intake.push(&piece, &mut plain).map_err(not_intact(&context))?;
            sink.write_all(&plain).map_err(unwritable(&context))?;
        }
        plain.clear();
        let downloaded = intake.finish(&mut plain).map_err(not_intact(&context))?;
        sink.write_all(&plain).and_then(|()| sink.flush()).map_err(unwritable(&context))?;
        Ok(Reply::new(downloaded, meta))
    }

    /// Downloads to an async writer. What was written before an error is not to be trusted.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit.
    #[cfg(feature = "async")]
    pub async fn to_async_writer(
        mut self,
        sink: &mut (impl tokio::io::AsyncWrite + Send + Unpin),
    ) -> Result<Reply<Downloaded>, Error> {
        use tokio::io::AsyncWriteExt as _;
        let mut intake = Intake::new(&self.ticket, self.bytes_max.unwrap_or(BYTES_MAX));
        let core = std::sync::Arc::clone(&self.core);
        let mut plan = self.plan()?;
        let (meta, mut body) = open(&core, &mut plan).await?;
        let context = plan.call().context.clone();
        let mut plain = Vec::new();
        while let Some(piece) = body.next_chunk().await.map_err(lost(&context))? {
            plain.clear();
            intake.push(&piece, &mut plain).map_err(not_intact(&context))?;
            sink.write_all(&plain).await.map_err(unwritable(&context))?;
        }
        plain.clear();
        let downloaded = intake.finish(&mut plain).map_err(not_intact(&context))?;
        sink.write_all(&plain).await.map_err(unwritable(&context))?;
        sink.flush().await.map_err(unwritable(&context))?;
        Ok(Reply::new(downloaded, meta))
    }
}

impl Download<Blocking> {
    /// Downloads into memory, at most 64 MiB unless [`bytes_max`](Self::bytes_max) says otherwise.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit.
    pub fn to_memory(mut self) -> Result<Reply<Vec<u8>>, Error> {
        self.bytes_max.get_or_insert(MEMORY_BYTES_MAX);
        let mut memory = Vec::new();
        let (_, meta) = self.to_writer(&mut memory)?.into_parts();
        Ok(Reply::new(memory, meta))
    }

    /// Downloads to a file, which appears whole or not at all.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit, and then there is no file.
    pub fn to_path(self, path: impl AsRef<Path>) -> Result<Reply<Downloaded>, Error> {
        let unique = self.core.protocol.nonces.next_nonce();
        let context = CallContext::new(http::Method::GET, "download");
        let mut landing = Landing::create(path.as_ref(), &unique).map_err(unwritable(&context))?;
        let reply = self.to_writer(&mut landing)?;
        landing.keep().map_err(unwritable(&context))?;
        Ok(reply)
    }

    /// Downloads to a writer. What was written before an error is not to be trusted.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Integrity`] when the digest does not fit.
    pub fn to_writer(mut self, sink: &mut impl Write) -> Result<Reply<Downloaded>, Error> {
        let mut intake = Intake::new(&self.ticket, self.bytes_max.unwrap_or(BYTES_MAX));
        let core = std::sync::Arc::clone(&self.core);
        let mut plan = self.plan()?;
        let (meta, mut body) = open_blocking(&core, &mut plan)?;
        let context = plan.call().context.clone();
        let mut plain = Vec::new();
        while let Some(piece) = body.next_chunk().map_err(lost(&context))? {
            plain.clear();
            intake.push(&piece, &mut plain).map_err(not_intact(&context))?;
            sink.write_all(&plain).map_err(unwritable(&context))?;
        }
        plain.clear();
        let downloaded = intake.finish(&mut plain).map_err(not_intact(&context))?;
        sink.write_all(&plain).and_then(|()| sink.flush()).map_err(unwritable(&context))?;
        Ok(Reply::new(downloaded, meta))
    }
}

/// Runs the plan up to the head of the file. An error answer is read and judged as always.
async fn open(core: &Core<Async>, plan: &mut Plan<'_>) -> Result<(Meta, Box<dyn BodyStream>), Error> {
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign_async(&message).await),
            Action::Send(request, limits) => {
                let opened = core.transport.open(&request, &limits).instrument(attempt_span(plan)).await;
                let outcome = match opened {
                    Ok((head, body)) if is_file(&head) => {
                        let meta = plan.meta_of_download(&core.protocol.moment(), &head);
                        core.protocol.report(plan.take_notices());
                        return Ok((meta, body));
                    }
                    Ok((head, body)) => whole(head, body, &limits).await,
                    Err(error) => Err(error),
                };
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.pause(duration).await;
                Event::Woken(core.protocol.moment())
            }
            // A file is compared with its digest, so no key is needed.
            Action::RefreshKeys(..) => Event::Refreshed(core.protocol.moment()),
            Action::Done(Ok(answer)) => return Ok((answer.meta, Box::new(WholeBody::from(answer.body)))),
            Action::Done(Err(error)) => return Err(error),
        };
        action = plan.next(event);
        core.protocol.report(plan.take_notices());
    }
}

fn open_blocking(
    core: &Core<Blocking>,
    plan: &mut Plan<'_>,
) -> Result<(Meta, Box<dyn BlockingBodyStream>), Error> {
    let mut action = plan.next(Event::Start(core.protocol.moment()));
    loop {
        let event = match action {
            Action::Sign(message) => Event::Signed(plan.call().credential.sign(&message)),
            Action::Send(request, limits) => {
                let opened = attempt_span(plan).in_scope(|| core.transport.open(&request, &limits));
                let outcome = match opened {
                    Ok((head, body)) if is_file(&head) => {
                        let meta = plan.meta_of_download(&core.protocol.moment(), &head);
                        core.protocol.report(plan.take_notices());
                        return Ok((meta, body));
                    }
                    Ok((head, body)) => whole_blocking(head, body, &limits),
                    Err(error) => Err(error),
                };
                Event::Answered(core.protocol.moment(), outcome)
            }
            Action::Sleep(duration) => {
                core.pause(duration);
                Event::Woken(core.protocol.moment())
            }
            // A file is compared with its digest, so no key is needed.
            Action::RefreshKeys(..) => Event::Refreshed(core.protocol.moment()),
            Action::Done(Ok(answer)) => return Ok((answer.meta, Box::new(WholeBody::from(answer.body)))),
            Action::Done(Err(error)) => return Err(error),
        };
        action = plan.next(event);
        core.protocol.report(plan.take_notices());
    }
}

async fn whole(
    head: WireHead,
    mut body: Box<dyn BodyStream>,
    limits: &Limits,
) -> Result<WireResponse, TransportError> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = body.next_chunk().await? {
        collect(&mut bytes, &piece, limits)?;
    }
    Ok(WireResponse { status: head.status, headers: head.headers, body: bytes.freeze() })
}

fn whole_blocking(
    head: WireHead,
    mut body: Box<dyn BlockingBodyStream>,
    limits: &Limits,
) -> Result<WireResponse, TransportError> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = body.next_chunk()? {
        collect(&mut bytes, &piece, limits)?;
    }
    Ok(WireResponse { status: head.status, headers: head.headers, body: bytes.freeze() })
}

fn collect(bytes: &mut BytesMut, piece: &Bytes, limits: &Limits) -> Result<(), TransportError> {
    bytes.extend_from_slice(piece);
    let bytes_max = limits.response_bytes_max;
    if bytes.len() > bytes_max { Err(TransportError::TooLarge { bytes_max }) } else { Ok(()) }
}
