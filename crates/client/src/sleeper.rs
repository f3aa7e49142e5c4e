//! Waiting, behind a trait: a test can see the waits of a call without waiting.

use std::time::Duration;

use crate::transport::BoxFuture;

/// Waits between two attempts. Without one, the transport's own timer does.
pub trait Sleeper: Send + Sync + 'static {
    /// Waits in an async call.
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()>;

    /// Waits in a blocking call.
    fn sleep_blocking(&self, duration: Duration);
}

impl<S: Sleeper + ?Sized> Sleeper for std::sync::Arc<S> {
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        (**self).sleep(duration)
    }

    fn sleep_blocking(&self, duration: Duration) {
        (**self).sleep_blocking(duration);
    }
}
