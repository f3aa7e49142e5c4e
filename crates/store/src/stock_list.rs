//! Lists of stocks: those of a product coupon by pages, and the members of a bundle.

use quan_model::enums::StockState;
use quan_model::ids::{Principal, ProductCouponId, StockBundleId, StockId};
use quan_model::time::Time;

use crate::catalogue::StockRecord;
use crate::error::StoreError;

/// Which stocks a list has. A filter that is absent takes every stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockFilter {
    /// Of this product coupon.
    pub product_coupon_id: ProductCouponId,
    /// Created by this one.
    pub creator: Option<Principal>,
    /// Of this bundle.
    pub stock_bundle_id: Option<StockBundleId>,
    /// In this state at `now`, computed from the facts.
    pub state: Option<StockState>,
    /// The time of the list.
    pub now: Time,
}

/// Reading lists of stocks.
pub trait StockListReader {
    /// At most `count_max` stocks in the order of the list, those after the stock `after`: newest first, the
    /// members of a bundle by their index, and otherwise by id.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stocks(
        &self,
        filter: &StockFilter,
        after: Option<&StockId>,
        count_max: u32,
    ) -> Result<Vec<StockRecord>, StoreError>;
    /// How many stocks the whole list has.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stock_count(&self, filter: &StockFilter) -> Result<u64, StoreError>;
}
