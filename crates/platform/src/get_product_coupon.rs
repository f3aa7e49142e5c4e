//! get_product_coupon 查询商品券.

use quan_model::coupon::ProductCoupon;
use quan_model::ids::ProductCouponId;

use crate::access::{self, Scope};
use crate::entity;
use crate::error::Error;
use crate::work::View;

/// The product coupon as it stands.
///
/// # Errors
/// `NoAuthority`, `NotFound`.
pub fn get_product_coupon(
    view: &View<'_>,
    scope: &Scope,
    id: &ProductCouponId,
) -> Result<ProductCoupon, Error> {
    access::authorised(view.store, scope)?;
    let record = access::product_coupon(view.store, scope, id)?;
    Ok(entity::product_coupon(&record, &record.definition, view.now))
}
