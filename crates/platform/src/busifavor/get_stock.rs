//! get_stock 查询商家券详情.

use quan_model::busifavor::BusiStock;
use quan_model::ids::{Principal, StockId};

use crate::access;
use crate::busifavor::shown;
use crate::error::Error;
use crate::work::View;

/// The stock as it is now. A stock of a product coupon that the caller reaches is shown too, as far as this face
/// has words for it.
///
/// # Errors
/// `NotFound`, `NoAuthority` for the creator of a stock whose brand took the authorisation back.
pub fn get_stock(view: &View<'_>, principal: &Principal, stock_id: &StockId) -> Result<BusiStock, Error> {
    let (_, reached) = access::stock_alone(view.store, principal, stock_id)?;
    shown::stock(view.store, &reached, view.now)
}
