//! modify_stock 修改商家券基本信息.

use quan_coupon::definition::busifavor::{self, modification};
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::ModifyStockRequest;
use quan_model::ids::{Principal, RequestNumber, StockId};
use quan_store::catalogue::StockDefinition;
use quan_store::lock::Lock;

use crate::access;
use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug)]
pub struct ModifyStock {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The idempotency key.
    pub out_request_no: RequestNumber,
    /// The change.
    pub request: ModifyStockRequest,
}

/// Changes what may be changed, for later issues; held coupons keep what they were issued with.
///
/// # Errors
/// `NotFound`, `Invalid` for the first rule that the changed definition breaks or for a stock of a product coupon,
/// `AppidNotBound`, `RequestMismatch`, `StockClosed`.
pub fn modify_stock(work: &mut Work<'_>, input: &ModifyStock) -> Result<(), Error> {
    // Once this is answered, nothing is issued under what was in force before.
    work.store.lock(Lock::Stock(&input.stock_id))?;
    let (scope, reached) = reach::stock(work.store, &input.principal, &input.stock_id)?;
    let stored = reached.record.definition.busifavor().ok_or(Refusal::NotFound)?;
    let once = Once::new(
        &reach::own(&input.principal),
        "busifavor_modify_stock",
        input.stock_id.to_string(),
        input.out_request_no.as_str(),
        &input.request,
    );
    if once.replay(work, Refusal::RequestMismatch)?.is_some() {
        return Ok(());
    }
    // After the number: what has become of the stock since must not refuse a faithful repetition.
    let after = modification::apply(stored, &input.request);
    let (_, terms) = busifavor::stock(&after)?;
    access::notify_appid_bound(work.store, &scope, &terms)?;
    reached.stock.ensure_editable(work.now)?;
    let definition = StockDefinition::Busifavor(after);
    work.store.revise_stock(&input.stock_id, reached.record.revision, &definition)?;
    once.note(work, String::new())
}
