//! disassociate_stores 批次取消关联门店: where coupons of a stock may no longer be used.

use quan_coupon::store_list::StoreListChange;
use quan_model::product_coupon::StoreListResponse;

use crate::error::Error;
use crate::store_list::{self, StoresOfStock};
use crate::work::Work;

/// Takes the stores off the list; it counts at once, for coupons already held too.
///
/// # Errors
/// `Invalid` for the length of the list, a stock of a bundle or a stock that no store restricts, `NoAuthority`, `NotFound`, `StockClosed`,
/// `StoreScopeIsAll`.
pub fn disassociate_stores(work: &mut Work<'_>, input: &StoresOfStock) -> Result<StoreListResponse, Error> {
    store_list::change_of_stock(work, input, StoreListChange::Disassociate)
}
