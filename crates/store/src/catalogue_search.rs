//! Looking through the whole catalogue, whoever owns it: for people who run the platform.

use quan_model::enums::StockState;
use quan_model::ids::{ProductCouponId, StockBundleId, StockId};
use quan_model::time::Time;

use crate::catalogue::{ProductCouponRecord, StockRecord};
use crate::error::StoreError;
use crate::stock_bundle::StockBundleRecord;

/// Which stocks are looked for; what is `None` asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockSearch {
    /// Whose id or product coupon's id is this, or whose remark or product coupon's name contains it.
    pub text: Option<String>,
    /// In this state at `now`.
    pub state: Option<StockState>,
    /// Of this product coupon.
    pub product_coupon_id: Option<ProductCouponId>,
    /// The time of the search.
    pub now: Time,
}

/// Searching the catalogue. Every list is the newest first, ties by id descending, and begins behind `after`.
pub trait CatalogueSearchReader {
    /// At most `limit` product coupons whose id or product number is `text` or whose name contains it. Product coupons
    /// of merchant coupons, which have no name, are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn search_product_coupons(
        &self,
        text: Option<&str>,
        after: Option<&ProductCouponId>,
        limit: usize,
    ) -> Result<Vec<ProductCouponRecord>, StoreError>;
    /// At most `limit` stocks that fit.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn search_stocks(
        &self,
        search: &StockSearch,
        after: Option<&StockId>,
        limit: usize,
    ) -> Result<Vec<StockRecord>, StoreError>;
    /// At most `limit` bundles whose id or product coupon's id is `text`, or whose product coupon's name contains it.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn search_stock_bundles(
        &self,
        text: Option<&str>,
        after: Option<&StockBundleId>,
        limit: usize,
    ) -> Result<Vec<StockBundleRecord>, StoreError>;
}
