//! The outbox as a list, for people who look after deliveries.

use quan_model::ids::{CouponCode, Principal, StockId};
use quan_model::time::Time;

use crate::error::StoreError;
use crate::outbox::{DeliveryState, Notification};

/// A notification as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What is delivered.
    pub notification: Notification,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts made.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub due_at: Option<Time>,
    /// How the last attempt went.
    pub last_outcome: Option<String>,
}

/// Which deliveries are asked for; what is `None` asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// In this state.
    pub state: Option<DeliveryState>,
    /// To this receiver.
    pub receiver: Option<Principal>,
    /// Only those of which an attempt failed.
    pub has_failed: bool,
}

/// Deliveries that do not go well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TroubledDeliveries {
    /// Those of which an attempt failed and that still wait.
    pub failing: u64,
    /// Those that were given up.
    pub given_up: u64,
}

/// Reading the list.
pub trait OutboxListReader {
    /// At most `limit` deliveries that fit, the newest first, ties by id descending, beginning behind the one with the
    /// id `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn deliveries(
        &self,
        filter: &DeliveryFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// How many deliveries are in trouble.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn troubled_deliveries(&self) -> Result<TroubledDeliveries, StoreError>;
    /// The notifications that were created in one of these seconds and whose resource names this coupon, the oldest
    /// first, at most `limit`. A notification is created in the second of what it tells, so that no index about coupons
    /// has to be kept.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn deliveries_of_coupon(
        &self,
        stock: &StockId,
        code: &CouponCode,
        seconds: &[Time],
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;
}

/// Writing the list.
pub trait OutboxListWriter {
    /// Makes a notification due at once, whether it was delivered, given up or waits. Its attempts go on being counted.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is none or a sender works on it now; otherwise when the store fails.
    fn send_again(&mut self, id: &str, now: Time) -> Result<(), StoreError>;
}
