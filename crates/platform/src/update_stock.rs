//! update_stock 修改商品券指定批次: looks, notifications and store scope of a stock.

use quan_coupon::definition;
use quan_coupon::refusal::Refusal;
use quan_model::coupon::Stock;
use quan_model::ids::RequestNo;
use quan_model::product_coupon::UpdateStockRequest;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access::{self, ReachedStock, Scope, StockAddress};
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::stock_members;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateStock {
    /// The stock.
    pub address: StockAddress,
    /// The idempotency key, within the stock.
    pub out_request_no: RequestNo,
    /// What is there replaces what is stored as a whole, what is absent stays.
    pub edit: UpdateStockRequest,
}

/// Edits. Coupons already issued keep their look; notifications and store scope count at once.
///
/// # Errors
/// `Invalid` for a member or a stock of a bundle, `NoAuthority`, `AppidNotBound` for the notify appid,
/// `NotFound`, `RequestMismatch`, `StockClosed`.
pub fn update_stock(work: &mut Work<'_>, input: &UpdateStock) -> Result<Stock, Error> {
    let UpdateStock { address, out_request_no, edit } = input;
    check(work, &address.scope, edit)?;
    // Once this is answered, nothing is issued under what was in force before.
    work.store.lock(Lock::Stock(&address.stock_id))?;
    let reached = access::stock(work.store, address)?;
    let target = address.stock_id.to_string();
    let once = Once::new(&address.scope, "update_stock", target, out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        reached.stock.ensure_alone()?;
        apply(work, &reached, edit)?;
        once.note(work, String::new())?;
    }
    let reached = access::stock(work.store, address)?;
    Viewer::new(work.store, &address.scope, work.now).stock(&reached)
}

/// Steps 3 to 5 of an edit.
pub(crate) fn check(work: &Work<'_>, scope: &Scope, edit: &UpdateStockRequest) -> Result<(), Error> {
    let notify_appid = definition::stock_edit(edit)?;
    access::authorised(work.store, scope)?;
    match notify_appid {
        Some(appid) => access::appid_bound(work.store, scope, &appid),
        None => Ok(()),
    }
}

/// Edits one stock.
pub(crate) fn apply(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    edit: &UpdateStockRequest,
) -> Result<(), Error> {
    reached.stock.ensure_editable(work.now)?;
    stock_members::change(work, reached, |members| definition::edited_stock(members, edit))
}
