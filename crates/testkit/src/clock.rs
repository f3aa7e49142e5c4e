//! A clock that moves only when it is told to.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quan_gateway::{ClockControl, ClockError};
use quan_model::clock::Clock;
use quan_model::time::Time;

/// A clock that stands still between two moves.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows the instant.
    pub fn at(time: Time) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(time.unix_seconds() * 1000)))
    }

    /// Moves forward, or back when negative.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Moves to an instant, such as `2026-09-01T00:00:00+08:00`.
    ///
    /// # Panics
    /// When the text is no instant.
    pub fn set(&self, time: &str) {
        self.0.store(time.parse::<Time>().unwrap().unix_seconds() * 1000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl ClockControl for ManualClock {
    fn advance(&self, seconds: u32) -> Result<(), ClockError> {
        self.advance_seconds(i64::from(seconds));
        Ok(())
    }
}
