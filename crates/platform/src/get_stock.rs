//! get_stock 查询商品券指定批次.

use quan_model::coupon::Stock;

use crate::access::{self, StockAddress};
use crate::entity::Viewer;
use crate::error::Error;
use crate::work::View;

/// The stock as it is now, of a bundle too.
///
/// # Errors
/// `NoAuthority`, `NotFound`.
pub fn get_stock(view: &View<'_>, address: &StockAddress) -> Result<Stock, Error> {
    access::authorised(view.store, &address.scope)?;
    let reached = access::stock(view.store, address)?;
    Viewer::new(view.store, &address.scope, view.now).stock(&reached)
}
