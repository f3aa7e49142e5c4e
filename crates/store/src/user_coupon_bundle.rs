//! The chains of coupons (用户券组) that users hold: what holds their coupons together.

use quan_coupon::user_coupon::Deactivation;
use quan_model::ids::{Principal, ProductCouponId, StockBundleId, StockId, UserCouponBundleId};
use quan_model::time::Time;

use crate::error::StoreError;
use crate::parties::PersonId;
use crate::user_coupon::UserCouponRecord;

/// A chain as it is kept. Its coupons name it in `UserCoupon::bundle`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCouponBundleRecord {
    /// Its id.
    pub user_coupon_bundle_id: UserCouponBundleId,
    /// The stock bundle it is issued from.
    pub stock_bundle_id: StockBundleId,
    /// The product coupon of the bundle.
    pub product_coupon_id: ProductCouponId,
    /// Who owns the bundle.
    pub owner: Principal,
    /// Who holds the chain.
    pub person_id: PersonId,
    /// Coupons of the chain in all, fixed when it began.
    pub total_count: u32,
    /// When its first coupon was issued.
    pub created_at: Time,
    /// The next coupon, while it waits for a code.
    pub queued: Option<QueuedIssue>,
    /// The deactivation of the whole chain by the merchant.
    pub deactivated: Option<Deactivation>,
    /// Counts the changes of this record, from 1; an update names the one it was decided on.
    pub revision: u32,
}

/// A coupon of a chain that was granted and waits for an uploaded code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedIssue {
    /// The stock whose pool is empty.
    pub stock_id: StockId,
    /// Its index in the chain, from 0.
    pub index: u32,
    /// When the coupon before it was used: its validity counts from there.
    pub use_time: Time,
    /// Since when it waits.
    pub queued_at: Time,
}

/// Reading chains.
pub trait UserCouponBundleReader {
    /// The chain.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupon_bundle(
        &self,
        id: &UserCouponBundleId,
    ) -> Result<Option<UserCouponBundleRecord>, StoreError>;
    /// Every coupon of a chain that was issued, by index and then by time.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn coupons_of_bundle(&self, id: &UserCouponBundleId) -> Result<Vec<UserCouponRecord>, StoreError>;
    /// The chain that has waited longest for a code of this stock. One that stops waiting while this looks is
    /// passed over: nothing is said only when none waits.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn first_queued(&self, stock: &StockId) -> Result<Option<UserCouponBundleRecord>, StoreError>;
}

/// Writing chains.
pub trait UserCouponBundleWriter {
    /// Adds a chain.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError>;
    /// Replaces what waits and the deactivation of a chain, if it still has the revision that `bundle` names,
    /// and raises the revision.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it has another revision; otherwise when the store fails.
    fn update_user_coupon_bundle(&mut self, bundle: &UserCouponBundleRecord) -> Result<(), StoreError>;
}
