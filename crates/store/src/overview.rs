//! What is going on, in numbers: coupons by time, and coupons that wait for their confirm.

use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;

use crate::error::StoreError;

/// What happened in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Pre-sends and direct sends that came.
    pub pre_sent: u64,
    /// Coupons that users received.
    pub claimed: u64,
    /// Coupons that the merchant confirmed.
    pub confirmed: u64,
    /// Uses, also those that were returned since.
    pub used: u64,
    /// Uses that were returned.
    pub returned: u64,
}

/// Equal spans of time, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spans {
    /// Begin of the first.
    pub begin: Time,
    /// Length of each, at least 1 second.
    pub seconds: i64,
    /// How many, at most 1000.
    pub count: u32,
}

/// Reading what is going on.
pub trait OverviewReader {
    /// What happened in each span.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn activity(&self, spans: Spans) -> Result<Vec<Activity>, StoreError>;
    /// At most `limit` coupons that are CONFIRMING at `now` and were received before `received_before`, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn unconfirmed_coupons(
        &self,
        received_before: Time,
        now: Time,
        limit: usize,
    ) -> Result<Vec<(StockId, CouponCode)>, StoreError>;
    /// How many such coupons there are.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn unconfirmed_count(&self, received_before: Time, now: Time) -> Result<u64, StoreError>;
}
