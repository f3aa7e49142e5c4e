//! What a use case has in its hands: one savepoint, the time, randomness, settings.

use quan_model::entropy::Entropy;
use quan_model::time::Time;
use quan_store::backend::{Reader, UnitOfWork};
use quan_store::error::StoreError;
use quan_store::outbox::Notification;

use crate::platform::Settings;

/// The hands of a writing use case.
pub struct Work<'a> {
    /// One savepoint of the batch.
    pub store: &'a mut dyn UnitOfWork,
    /// The time the whole use case happens at.
    pub now: Time,
    /// The same in milliseconds since 1970, for the order of ids.
    pub now_ms: i64,
    /// For ids and codes.
    pub entropy: &'a dyn Entropy,
    /// How this deployment is set.
    pub settings: &'a Settings,
    /// Coupons issued by the use case so far, for who counts them once they are committed.
    pub issued: u64,
    /// Whether the use case has something to be told, for who wakes the sender once it is committed.
    pub has_told: bool,
}

impl Work<'_> {
    /// Puts a notification into the outbox.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn tell(&mut self, notification: &Notification) -> Result<(), StoreError> {
        self.has_told = true;
        self.store.insert_notification(notification)
    }
}

/// The hands of a reading use case.
pub struct View<'a> {
    /// One consistent view.
    pub store: &'a dyn Reader,
    /// The time the whole use case happens at.
    pub now: Time,
}
