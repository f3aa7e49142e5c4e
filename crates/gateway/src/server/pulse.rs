//! The pulse of a connection: what it is doing, and until when it may.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Notify;
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
///
/// Each request is told three times, and its time almost never ends. So the watch sleeps until an end that it saw, and
/// looks then whether there is a later one; it is woken only for an end that comes sooner than it would wake by itself.
#[derive(Clone)]
pub(crate) struct Pulse(Arc<Shared>);

struct Shared {
    limits: ConnectionLimits,
    stands: Mutex<Stands>,
    sooner: Notify,
}

#[derive(Clone, Copy)]
struct Stands {
    phase: Phase,
    until: Instant,
    /// When the watch looks again by itself.
    watched_at: Instant,
}

impl Pulse {
    /// A connection that was just accepted has the time of a head.
    pub(crate) fn begin(limits: ConnectionLimits) -> Self {
        let until = Instant::now() + limits.head;
        let stands = Mutex::new(Stands { phase: Phase::Head, until, watched_at: until });
        Self(Arc::new(Shared { limits, stands, sooner: Notify::new() }))
    }

    pub(crate) fn enter(&self, phase: Phase) {
        self.enter_if(phase, |_| true);
    }

    fn received(&self) {
        self.enter_if(Phase::Head, |now| now == Phase::Idle);
    }

    fn enter_if(&self, phase: Phase, may: impl FnOnce(Phase) -> bool) {
        let limits = &self.0.limits;
        let time: Duration = match phase {
            Phase::Idle => limits.idle,
            Phase::Head => limits.head,
            Phase::Exchange => limits.exchange,
        };
        let mut stands = self.0.stands.lock().unwrap_or_else(PoisonError::into_inner);
        if may(stands.phase) {
            (stands.phase, stands.until) = (phase, Instant::now() + time);
            if stands.until < stands.watched_at {
                self.0.sooner.notify_one();
            }
        }
    }

    /// Returns what took too long.
    pub(crate) async fn stopped(&self) -> Phase {
        loop {
            let until = {
                let mut stands = self.0.stands.lock().unwrap_or_else(PoisonError::into_inner);
                if stands.until <= Instant::now() {
                    return stands.phase;
                }
                stands.watched_at = stands.until;
                stands.until
            };
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                () = self.0.sooner.notified() => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> ConnectionLimits {
        let seconds = Duration::from_secs;
        ConnectionLimits {
            head: seconds(10),
            idle: seconds(75),
            exchange: seconds(45),
            ..ConnectionLimits::default()
        }
    }

    /// What ends a connection that is left in this phase, and after how many seconds.
    async fn ended(phases: &[Phase]) -> (Phase, u64) {
        let pulse = Pulse::begin(limits());
        let watching = tokio::spawn({
            let pulse = pulse.clone();
            async move { pulse.stopped().await }
        });
        let mut begun = Instant::now();
        for phase in phases {
            // The watch sleeps for what was before.
            tokio::time::sleep(Duration::from_secs(1)).await;
            begun = Instant::now();
            pulse.enter(*phase);
        }
        let phase = watching.await.unwrap();
        (phase, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_phase_has_its_own_time_whatever_was_before() {
        assert_eq!(ended(&[]).await, (Phase::Head, 10));
        for (phase, seconds) in [(Phase::Idle, 75), (Phase::Exchange, 45), (Phase::Head, 10)] {
            for before in [Phase::Idle, Phase::Head, Phase::Exchange] {
                assert_eq!(ended(&[before, phase]).await, (phase, seconds), "after {before:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_begin_a_head_only_after_an_answer() {
        let pulse = Pulse::begin(limits());
        tokio::time::sleep(Duration::from_secs(9)).await;
        pulse.received();
        assert_eq!(pulse.stopped().await, Phase::Head);
        pulse.enter(Phase::Idle);
        pulse.received();
        let begun = Instant::now();
        assert_eq!((pulse.stopped().await, begun.elapsed().as_secs()), (Phase::Head, 10));
    }
}
