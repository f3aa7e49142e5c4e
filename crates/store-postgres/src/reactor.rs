//! Waiting for sockets: one thread that listens to all of them, and a way to wait for a future on any thread.
//!
//! Use cases are synchronous, and their threads may belong to an async runtime or not. Each drives the connection it
//! holds itself; the thread here only wakes them when bytes have come. It knows nothing of PostgreSQL.

use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{JoinHandle, Thread};
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The thread that listens. It ends with this value.
pub(crate) struct Reactor {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Reactor {
    /// Starts the thread.
    pub(crate) fn start() -> Result<Self, std::io::Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (handle, handles) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let listen = move || {
            let _ = handle.send(runtime.handle().clone());
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("quan-postgres".into()).spawn(listen)?;
        let handle = handles.recv().map_err(std::io::Error::other)?;
        Ok(Self { handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs a future on this thread until it is ready. `None` when it is not by the deadline.
    pub(crate) fn wait<F: Future>(&self, deadline: Instant, future: F) -> Option<F::Output> {
        let _context = self.handle.enter();
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        let mut context = Context::from_waker(&waker);
        // A caller inside a task has a budget of steps that only its scheduler renews, which is not reached from here:
        // once it were spent, every poll would ask to be polled again at once.
        let mut future = pin!(tokio::task::unconstrained(future));
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return Some(output);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            std::thread::park_timeout(left);
        }
    }

    /// Goes on with a future as far as it goes without waiting.
    pub(crate) fn nudge<F: Future + Unpin + ?Sized>(&self, future: &mut F) -> Poll<F::Output> {
        let _context = self.handle.enter();
        pin!(tokio::task::unconstrained(future)).poll(&mut Context::from_waker(Waker::noop()))
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The thread runs nothing that could panic; if it did, there is nothing left to stop.
            let _ = thread.join();
        }
    }
}

/// Wakes the thread that waits.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_future_is_waited_for_on_any_thread_and_not_for_ever() {
        let reactor = Reactor::start().unwrap();
        let far = Instant::now() + Duration::from_mins(1);
        assert_eq!(reactor.wait(far, async { 7 }), Some(7));
        let timer = async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            8
        };
        assert_eq!(reactor.wait(far, timer), Some(8), "the thread wakes this one");
        assert_eq!(reactor.wait(Instant::now(), std::future::pending::<()>()), None);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let inside = runtime.block_on(async { reactor.wait(far, async { 9 }) });
        assert_eq!(inside, Some(9), "also on a thread of another runtime");
    }
}
