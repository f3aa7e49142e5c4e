//! Step 7 for the calls on a stock bundle: its members, which were made together and change together or not at
//! all (semantics 3.3).

use quan_coupon::refusal::Refusal;
use quan_model::coupon::StockBundle;
use quan_model::ids::{ProductCouponId, StockBundleId};
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::work::Work;

/// How a call names a stock bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StockBundleAddress {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon of the bundle.
    pub product_coupon_id: ProductCouponId,
    /// The bundle.
    pub stock_bundle_id: StockBundleId,
}

/// The members of a bundle by their index: of this product coupon and made by this caller, otherwise the
/// bundle is unknown to it. There is at least one.
pub(crate) fn members(store: &dyn Reader, address: &StockBundleAddress) -> Result<Vec<ReachedStock>, Error> {
    let product_coupon = access::product_coupon(store, &address.scope, &address.product_coupon_id)?;
    let records = store.bundled_stocks(&address.stock_bundle_id)?;
    let is_reachable = !records.is_empty()
        && records.iter().all(|record| {
            record.product_coupon_id == address.product_coupon_id
                && access::is_visible(&address.scope.principal, &record.creator)
        });
    if !is_reachable {
        return Err(Refusal::NotFound.into());
    }
    records.into_iter().map(|record| access::reached(record, product_coupon.clone())).collect()
}

/// The bundle as it is now.
pub(crate) fn shown(work: &Work<'_>, address: &StockBundleAddress) -> Result<StockBundle, Error> {
    let members = members(work.store, address)?;
    let viewer = Viewer::new(work.store, &address.scope, work.now);
    Ok(StockBundle {
        stock_bundle_id: address.stock_bundle_id.to_string(),
        stock_list: members.iter().map(|member| viewer.stock(member)).collect::<Result<_, _>>()?,
    })
}

/// The members of the bundle of something that already exists, such as a chain, without asking who calls.
pub(crate) fn members_of_record(
    store: &dyn Reader,
    stock_bundle_id: &StockBundleId,
) -> Result<Vec<ReachedStock>, Error> {
    let records = store.bundled_stocks(stock_bundle_id)?;
    records.iter().map(|record| access::stock_of_record(store, &record.stock_id)).collect()
}

/// The member of an index; a bundle has one for every coupon of its chains.
pub(crate) fn member(members: &[ReachedStock], index: u32) -> Result<&ReachedStock, StoreError> {
    let found = usize::try_from(index).ok().and_then(|index| members.get(index));
    found.ok_or_else(|| StoreError::Inconsistent {
        table: "stock",
        column: "stock_bundle_index",
        row: format!("index {index} of {} members", members.len()),
    })
}
