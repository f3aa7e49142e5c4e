//! The coupons that users hold.

use quan_coupon::user_coupon::UserCoupon;
use quan_model::enums::UserCouponState;
use quan_model::ids::{CouponCode, Principal, ProductCouponId, StockId, UserCouponBundleId};
use quan_model::time::Time;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::parties::PersonId;

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

/// Which coupons of a person a list has; what is `None` asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCouponFilter {
    /// Who holds them.
    pub person_id: PersonId,
    /// Who owns them.
    pub owner: Principal,
    /// Only of stocks that this one created.
    pub creator: Option<Principal>,
    /// Only of this product coupon.
    pub product_coupon_id: Option<ProductCouponId>,
    /// Only of this stock.
    pub stock_id: Option<StockId>,
    /// Only of this chain.
    pub user_coupon_bundle_id: Option<UserCouponBundleId>,
    /// Only those that are in this state at this instant, as [`UserCoupon::state`] computes it.
    pub state: Option<(UserCouponState, Time)>,
}

/// Where a coupon stands in the order of a list: the newest issue first, ties by stock and code, both
/// descending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCouponPlace {
    /// When it was issued.
    pub receive_time: Time,
    /// Its stock.
    pub stock_id: StockId,
    /// Its code.
    pub coupon_code: CouponCode,
}

impl UserCouponPlace {
    /// The place of a coupon.
    #[must_use]
    pub fn of(coupon: &UserCoupon) -> Self {
        Self {
            receive_time: coupon.receive_time,
            stock_id: coupon.stock_id.clone(),
            coupon_code: coupon.coupon_code.clone(),
        }
    }
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
    /// At most `limit` coupons that fit, in the order of [`UserCouponPlace`], beginning behind `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupons(
        &self,
        filter: &UserCouponFilter,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError>;
    /// How many coupons fit in all.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupons_count(&self, filter: &UserCouponFilter) -> Result<u64, StoreError>;
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
