//! A clock that stands still until a test moves it.

use std::sync::atomic::{AtomicI64, Ordering};

use quan_gateway::{ClockControl, ClockError};
use quan_model::clock::Clock;

/// Milliseconds since the Unix epoch, moved by hand only.
#[derive(Debug)]
pub struct ManualClock {
    now_ms: AtomicI64,
}

impl ManualClock {
    /// A clock that shows this second.
    #[must_use]
    pub fn at_unix_seconds(seconds: i64) -> Self {
        Self { now_ms: AtomicI64::new(seconds * 1000) }
    }

    /// Moves it by seconds, backwards when negative.
    pub fn move_by_seconds(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::SeqCst)
    }
}

impl ClockControl for ManualClock {
    fn advance(&self, seconds: u32) -> Result<(), ClockError> {
        self.move_by_seconds(i64::from(seconds));
        Ok(())
    }
}
