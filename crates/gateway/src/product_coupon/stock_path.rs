//! The path that every operation on one stock shares.

use quan_platform::access::{Scope, StockAddress};
use serde::Deserialize;

use crate::call::Call;
use crate::problem::Problem;

/// `/product-coupons/{product_coupon_id}/stocks/{stock_id}`, decoded.
#[derive(Deserialize)]
pub(crate) struct StockPath {
    product_coupon_id: String,
    stock_id: String,
}

impl StockPath {
    /// The stock that the path names, for the brand of `scope`.
    pub(crate) fn address(&self, call: &Call, scope: Scope) -> Result<StockAddress, Problem> {
        Ok(StockAddress {
            scope,
            product_coupon_id: call.in_path().id("product_coupon_id", &self.product_coupon_id)?,
            stock_id: call.in_path().id("stock_id", &self.stock_id)?,
        })
    }
}
