//! The pulse of a connection: what it is doing, and until when it may.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::server::ConnectionLimits;

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing was received since the last answer.
    Idle,
    /// A head, or a handshake before the first one, is arriving.
    Head,
    /// A request is being answered.
    Exchange,
}

/// Where a connection stands. Whoever serves it tells; the watch ends it.
#[derive(Clone)]
pub(crate) struct Pulse {
    limits: ConnectionLimits,
    until: watch::Sender<(Phase, Instant)>,
}

impl Pulse {
    /// A connection that was just accepted has the time of a head.
    pub(crate) fn begin(limits: ConnectionLimits) -> Self {
        Self { limits, until: watch::Sender::new((Phase::Head, Instant::now() + limits.head)) }
    }

    pub(crate) fn enter(&self, phase: Phase) {
        let time: Duration = match phase {
            Phase::Idle => self.limits.idle,
            Phase::Head => self.limits.head,
            Phase::Exchange => self.limits.exchange,
        };
        self.until.send_replace((phase, Instant::now() + time));
    }

    fn received(&self) {
        if self.until.borrow().0 == Phase::Idle {
            self.enter(Phase::Head);
        }
    }

    /// Returns what took too long.
    pub(crate) async fn stopped(&self) -> Phase {
        let mut changes = self.until.subscribe();
        loop {
            let (phase, until) = *changes.borrow_and_update();
            tokio::select! {
                () = tokio::time::sleep_until(until) => return phase,
                // Never an error: the sender is held by `self`.
                _changed = changes.changed() => {}
            }
        }
    }
}

/// A stream that tells its pulse when bytes arrive.
pub(crate) struct Watched<S> {
    pub(crate) stream: S,
    pub(crate) pulse: Pulse,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.pulse.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
