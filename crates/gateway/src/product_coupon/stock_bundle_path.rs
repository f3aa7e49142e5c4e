//! The path that every operation on one stock bundle shares.

use quan_platform::access::Scope;
use quan_platform::stock_bundle_access::StockBundleAddress;
use serde::Deserialize;

use crate::call::Call;
use crate::problem::Problem;

/// `/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}`, decoded.
#[derive(Deserialize)]
pub(crate) struct StockBundlePath {
    product_coupon_id: String,
    stock_bundle_id: String,
}

impl StockBundlePath {
    /// The bundle that the path names, for the brand of `scope`.
    pub(crate) fn address(&self, call: &Call, scope: Scope) -> Result<StockBundleAddress, Problem> {
        Ok(StockBundleAddress {
            scope,
            product_coupon_id: call.in_path().id("product_coupon_id", &self.product_coupon_id)?,
            stock_bundle_id: call.in_path().id("stock_bundle_id", &self.stock_bundle_id)?,
        })
    }
}
