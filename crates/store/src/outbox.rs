//! The outbox: notifications committed with the change they tell of, and what became of them.

use quan_model::ids::{BrandId, Principal};
use quan_model::time::Time;

use crate::error::StoreError;

/// A notification to be delivered at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Stable over retries; at most 36 characters.
    pub id: String,
    /// Whose notify URL it goes to.
    pub receiver: Principal,
    /// The brand it is about; nothing when it is about none.
    pub brand_id: Option<BrandId>,
    /// Such as PRODUCT_COUPON_SP.SEND.
    pub event_type: String,
    /// Time of the event.
    pub create_time: Time,
    /// One line for people.
    pub summary: String,
    /// Authenticated with the resource.
    pub associated_data: String,
    /// Informational.
    pub original_type: String,
    /// The resource as JSON, in the clear; it is sealed when it is sent.
    pub resource: String,
}

/// A notification in the hands of one sender until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedNotification {
    /// What to deliver.
    pub notification: Notification,
    /// Attempts made before this one.
    pub attempts: u32,
}

/// How an attempt went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub started_at: Time,
    /// The receiver's status, if it answered.
    pub status: Option<u16>,
    /// What happened, for people.
    pub outcome: String,
}

/// What is to become of a notification after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The receiver took it.
    Delivered,
    /// Try again, not before this time.
    RetryAt(Time),
    /// No attempt is left: kept for a person to look at.
    DeadLetter,
}

/// Where a notification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried.
    Waiting,
    /// Taken by the receiver.
    Delivered,
    /// Given up.
    DeadLetter,
}

/// Numbers of the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// To be tried.
    pub waiting: u64,
    /// Taken by the receiver.
    pub delivered: u64,
    /// Given up.
    pub dead: u64,
}

/// Reading the outbox.
pub trait OutboxReader {
    /// When the next notification is due, leases taken into account; nothing when none waits.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn next_due(&self) -> Result<Option<Time>, StoreError>;
    /// How many stand where.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn outbox_counts(&self) -> Result<OutboxCounts, StoreError>;
    /// One notification, where it stands, and its attempts in order.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn delivery(&self, id: &str) -> Result<Option<(Notification, DeliveryState, Vec<Attempt>)>, StoreError>;
}

/// Writing the outbox.
pub trait OutboxWriter {
    /// Adds a notification, due at once, in the transaction of the change it tells of.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_notification(&mut self, notification: &Notification) -> Result<(), StoreError>;
    /// Gives up to `limit` due notifications to `sender` until `lease_until`. Who dies with a lease
    /// loses it: the notification is then due again.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn lease_notifications(
        &mut self,
        sender: &str,
        now: Time,
        lease_until: Time,
        limit: usize,
    ) -> Result<Vec<LeasedNotification>, StoreError>;
    /// Records an attempt of the sender that holds the lease, and what is next.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the sender does not hold the lease any more; otherwise when the store fails.
    fn record_attempt(
        &mut self,
        sender: &str,
        id: &str,
        attempt: &Attempt,
        next: Next,
    ) -> Result<(), StoreError>;
    /// Gives up everything that waits for this receiver about this brand, leased or not, and notes why as its
    /// last attempt. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn give_up_notifications(
        &mut self,
        receiver: &Principal,
        brand_id: &BrandId,
        reason: &Attempt,
    ) -> Result<usize, StoreError>;
}
