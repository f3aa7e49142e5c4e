//! Time, nonces and waits that a test knows beforehand.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quan_model::clock::Clock;

use crate::nonce::NonceSource;
use crate::sleeper::Sleeper;
use crate::transport::BoxFuture;

/// A clock that moves only when it is told to. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now_ms: Arc<AtomicI64>,
}

impl ManualClock {
    /// Stands at this instant, in Unix seconds.
    #[must_use]
    pub fn at(unix_seconds: i64) -> Self {
        Self { now_ms: Arc::new(AtomicI64::new(unix_seconds.saturating_mul(1000))) }
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.set_ms(self.now_ms().saturating_add(by_ms));
    }

    /// Goes to an instant, also an earlier one, in Unix seconds.
    pub fn set(&self, unix_seconds: i64) {
        self.set_ms(unix_seconds.saturating_mul(1000));
    }

    fn set_ms(&self, now_ms: i64) {
        self.now_ms.store(now_ms, Ordering::SeqCst);
    }

    /// Now, in Unix seconds.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}

/// Nonces that count: 32 digits each, from 1. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct SequenceNonces {
    given: Arc<AtomicU64>,
}

impl NonceSource for SequenceNonces {
    fn next_nonce(&self) -> String {
        format!("{:032}", self.given.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

/// Notes the waits of a client and moves a clock instead of waiting, over any transport.
/// [`MockTransport`](super::MockTransport) needs none: it does so by itself. Clones note together.
#[derive(Clone, Debug)]
pub struct RecordingSleeper {
    clock: ManualClock,
    pauses: Arc<Mutex<Vec<Duration>>>,
}

impl RecordingSleeper {
    /// Moves this clock on.
    #[must_use]
    pub fn new(clock: ManualClock) -> Self {
        Self { clock, pauses: Arc::default() }
    }

    /// The waits so far.
    #[must_use]
    pub fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Sleeper for RecordingSleeper {
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.sleep_blocking(duration) })
    }

    fn sleep_blocking(&self, duration: Duration) {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner).push(duration);
        self.clock.advance(duration);
    }
}
