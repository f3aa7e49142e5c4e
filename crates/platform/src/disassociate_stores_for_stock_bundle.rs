//! disassociate_stores_for_stock_bundle 批次组取消关联门店: where coupons of a bundle's stocks may no longer be used.

use quan_coupon::store_list::StoreListChange;
use quan_model::product_coupon::StoreListResponse;

use crate::error::Error;
use crate::store_list::{self, StoresOfBundle};
use crate::work::Work;

/// Takes the stores off the list; it counts at once, for coupons already held too.
///
/// # Errors
/// `Invalid` for the length of the list or a stock that no store restricts, `NoAuthority`, `NotFound`, `StockClosed`,
/// `StoreScopeIsAll`.
pub fn disassociate_stores_for_stock_bundle(
    work: &mut Work<'_>,
    input: &StoresOfBundle,
) -> Result<StoreListResponse, Error> {
    store_list::change_of_bundle(work, input, StoreListChange::Disassociate)
}
