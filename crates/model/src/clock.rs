//! The one clock trait. Libraries take a clock; the binary alone reads the wall clock.

use crate::time::Time;

/// A source of the current time.
///
/// `quan dev` gives the rules a clock that can be moved, while signatures always use real time, so
/// that an SDK's own freshness check keeps working when a developer jumps a day ahead.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> i64;

    /// The current time in whole seconds, truncated downwards: what every rule compares.
    fn now(&self) -> Time {
        Time::from_unix_seconds(self.now_ms().div_euclid(1000))
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now_ms(&self) -> i64 {
        (**self).now_ms()
    }
}
