//! associate_stores_for_stock_bundle 批次组关联门店: where coupons of a bundle's stocks may be used.

use quan_coupon::store_list::StoreListChange;
use quan_model::product_coupon::StoreListResponse;

use crate::error::Error;
use crate::store_list::{self, StoresOfBundle};
use crate::work::Work;

/// Puts the stores on the list, in the order given. A store that cannot be put there is told and hinders no other.
///
/// # Errors
/// `Invalid` for the length of the list or a stock that no store restricts, `NoAuthority`, `NotFound`, `StockClosed`,
/// `StoreScopeIsAll`.
pub fn associate_stores_for_stock_bundle(
    work: &mut Work<'_>,
    input: &StoresOfBundle,
) -> Result<StoreListResponse, Error> {
    store_list::change_of_bundle(work, input, StoreListChange::Associate)
}
