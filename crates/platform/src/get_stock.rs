//! get_stock 查询商品券指定批次.

use quan_model::coupon::Stock;
use quan_model::ids::{ProductCouponId, StockId};

use crate::access::{self, Scope};
use crate::entity;
use crate::error::Error;
use crate::work::View;

/// The stock as it stands, with its counts.
///
/// # Errors
/// `NoAuthority`, `NotFound` also when the stock belongs to another product coupon.
pub fn get_stock(
    view: &View<'_>,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
    stock_id: &StockId,
) -> Result<Stock, Error> {
    access::authorised(view.store, scope)?;
    let reached = access::stock(view.store, scope, product_coupon_id, stock_id)?;
    entity::stock(view.store, &reached, &reached.record.definition, view.now)
}
