//! The coupons that users hold.

use quan_coupon::user_coupon::UserCoupon;
use quan_model::ids::{CouponCode, StockId};

use crate::error::StoreError;

/// A user coupon as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCouponRecord {
    /// The facts.
    pub coupon: UserCoupon,
    /// Of the product coupon's definition at issue: what the user was promised.
    pub product_coupon_revision: u32,
    /// Of the stock's definition at issue.
    pub stock_revision: u32,
    /// Counts the changes of this record, from 1; an update names the one it was decided on.
    pub revision: u32,
}

/// Reading user coupons.
pub trait UserCouponReader {
    /// The coupon with this code of this stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupon(&self, stock: &StockId, code: &CouponCode)
    -> Result<Option<UserCouponRecord>, StoreError>;
    /// How many coupons of a stock exist; for audits.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupon_count(&self, stock: &StockId) -> Result<u64, StoreError>;
}

/// Writing user coupons.
pub trait UserCouponWriter {
    /// Adds a coupon. The answer says whether the code was free.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn insert_user_coupon(&mut self, record: &UserCouponRecord) -> Result<CodeUse, StoreError>;
    /// Replaces the facts of a coupon, if it still has the revision that `record` names, and raises the revision.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has another revision; otherwise when the store fails.
    fn update_user_coupon(&mut self, record: &UserCouponRecord) -> Result<(), StoreError>;
}

/// Whether a code was free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// It was, and is the new coupon's now.
    Free,
    /// Another coupon of the stock has it; nothing was written.
    Taken,
}
