//! The clock of a history: it shows what the last command set.

use std::sync::atomic::{AtomicI64, Ordering};

use quan_model::clock::Clock;

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct HistoryClock(AtomicI64);

impl HistoryClock {
    /// At a second.
    pub(crate) fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds * 1000))
    }

    /// Moves it, back when negative.
    pub(crate) fn wait(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for HistoryClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
