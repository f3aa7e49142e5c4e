//! update_stock_bundle 修改商品券批次组: the edit of update_stock, for every stock of a bundle.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::StockBundle;
use quan_model::ids::RequestNo;
use quan_model::product_coupon::UpdateStockRequest;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::error::Error;
use crate::once::Once;
use crate::stock_bundle_access::{self, StockBundleAddress};
use crate::update_stock;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateStockBundle {
    /// The bundle.
    pub address: StockBundleAddress,
    /// The idempotency key, within the bundle.
    pub out_request_no: RequestNo,
    /// What is there replaces what is stored as a whole, what is absent stays.
    pub edit: UpdateStockRequest,
}

/// Edits all stocks of the bundle, or none.
///
/// # Errors
/// `Invalid` for a member, `NoAuthority`, `AppidNotBound` for the notify appid, `NotFound`,
/// `RequestMismatch`, `StockClosed`.
pub fn update_stock_bundle(work: &mut Work<'_>, input: &UpdateStockBundle) -> Result<StockBundle, Error> {
    let UpdateStockBundle { address, out_request_no, edit } = input;
    update_stock::check(work, &address.scope, edit)?;
    // As for one stock.
    work.store.lock(Lock::StockBundle(&address.stock_bundle_id))?;
    let members = stock_bundle_access::members(work.store, address)?;
    let target = address.stock_bundle_id.to_string();
    let once = Once::new(&address.scope, "update_stock_bundle", target, out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        // A refusal takes back what was written for the stocks before it: the use case is one savepoint.
        members.iter().try_for_each(|member| update_stock::apply(work, member, edit))?;
        once.note(work, String::new())?;
    }
    stock_bundle_access::shown(work, address)
}
