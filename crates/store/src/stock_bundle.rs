//! Stock bundles (批次组): the stocks that one chain of coupons is issued from, by index.
//!
//! A bundle has no state of its own: it is a view of its stocks, which were made together and move together.

use quan_model::ids::{Principal, ProductCouponId, StockBundleId};
use quan_model::time::Time;

use crate::catalogue::StockRecord;
use crate::error::StoreError;

/// A stock bundle. Its stocks name it in [`StockRecord::bundle`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockBundleRecord {
    /// Its id.
    pub stock_bundle_id: StockBundleId,
    /// The product coupon it belongs to.
    pub product_coupon_id: ProductCouponId,
    /// Its owner, who owns its stocks too.
    pub owner: Principal,
    /// Who created it.
    pub creator: Principal,
    /// When it was created.
    pub created_at: Time,
}

/// Reading stock bundles.
pub trait StockBundleReader {
    /// The bundle.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stock_bundle(&self, id: &StockBundleId) -> Result<Option<StockBundleRecord>, StoreError>;
    /// The stocks of a bundle, by index; none when there is no such bundle.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn bundled_stocks(&self, id: &StockBundleId) -> Result<Vec<StockRecord>, StoreError>;
}

/// Writing stock bundles.
pub trait StockBundleWriter {
    /// Adds a bundle; its stocks are added one by one, in the same savepoint.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_stock_bundle(&mut self, bundle: &StockBundleRecord) -> Result<(), StoreError>;
}
