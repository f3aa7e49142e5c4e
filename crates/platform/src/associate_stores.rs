//! associate_stores 批次关联门店: where coupons of a stock may be used.

use quan_coupon::store_list::StoreListChange;
use quan_model::product_coupon::StoreListResponse;

use crate::error::Error;
use crate::store_list::{self, StoresOfStock};
use crate::work::Work;

/// Puts the stores on the list, in the order given. A store that cannot be put there is told and hinders no other.
///
/// # Errors
/// `Invalid` for the length of the list, a stock of a bundle or a stock that no store restricts, `NoAuthority`, `NotFound`, `StockClosed`,
/// `StoreScopeIsAll`.
pub fn associate_stores(work: &mut Work<'_>, input: &StoresOfStock) -> Result<StoreListResponse, Error> {
    store_list::change_of_stock(work, input, StoreListChange::Associate)
}
