//! get_product_coupon 查询商品券.

use quan_model::coupon::ProductCoupon;
use quan_model::ids::ProductCouponId;

use crate::access::{self, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::work::View;

/// The product coupon as it is now, without its stocks.
///
/// # Errors
/// `NoAuthority`, `NotFound`.
pub fn get_product_coupon(
    view: &View<'_>,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
) -> Result<ProductCoupon, Error> {
    access::authorised(view.store, scope)?;
    let record = access::product_coupon(view.store, scope, product_coupon_id)?;
    Ok(Viewer::new(view.store, scope, view.now).product_coupon(&record))
}
