//! deactivate_stock 失效商品券批次: nothing is issued from it any more; coupons already issued stay valid.

use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::Deactivation;
use quan_model::coupon::Stock;
use quan_model::ids::RequestNo;
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access::{self, StockAddress};
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateStock {
    /// The stock.
    pub address: StockAddress,
    /// The idempotency key, within the stock.
    pub out_request_no: RequestNo,
    /// Why, at most 150 characters.
    pub deactivate_reason: String,
}

/// Deactivates, for good.
///
/// # Errors
/// `NoAuthority`, `NotFound`, `RequestMismatch`, `Invalid` for a stock of a bundle, `StockWrongState` when it
/// is DEACTIVATED already.
pub fn deactivate_stock(work: &mut Work<'_>, input: &DeactivateStock) -> Result<Stock, Error> {
    let DeactivateStock { address, out_request_no, deactivate_reason } = input;
    access::authorised(work.store, &address.scope)?;
    // Once this is answered, nothing is issued any more.
    work.store.lock(Lock::Stock(&address.stock_id))?;
    let reached = access::stock(work.store, address)?;
    let target = address.stock_id.to_string();
    let once = Once::new(&address.scope, "deactivate_stock", target, out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        reached.stock.ensure_alone()?;
        reached.stock.deactivate(work.now)?;
        let deactivation = Deactivation {
            request_no: out_request_no.clone().into(),
            time: work.now,
            reason: deactivate_reason.clone(),
        };
        work.store.deactivate_stock(&address.stock_id, &deactivation)?;
        once.note(work, String::new())?;
    }
    let reached = access::stock(work.store, address)?;
    Viewer::new(work.store, &address.scope, work.now).stock(&reached)
}
