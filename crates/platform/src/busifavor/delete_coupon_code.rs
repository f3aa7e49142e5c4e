//! delete_coupon_code 删除预存code: takes a free code out of the pool; it may be uploaded again.

use quan_coupon::pool::CodeState;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::DeleteCouponCodeResponse;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockId};
use quan_store::code_pool::PoolCode;
use serde::Serialize;

use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeleteCouponCode {
    /// Who calls.
    pub principal: Principal,
    /// The stock.
    pub stock_id: StockId,
    /// The code.
    pub coupon_code: CouponCode,
    /// The idempotency key.
    pub delete_request_no: RequestNumber,
}

/// Deletes the code. Deleting one that is deleted, under whichever number, answers the time of then.
///
/// # Errors
/// `NotFound`, also for a code that was never in the pool; `RequestMismatch`, `CodeDispatched`, `Invalid` for a
/// stock of a product coupon.
pub fn delete_coupon_code(
    work: &mut Work<'_>,
    input: &DeleteCouponCode,
) -> Result<DeleteCouponCodeResponse, Error> {
    let (_, reached) = reach::stock(work.store, &input.principal, &input.stock_id)?;
    let number = input.delete_request_no.as_str();
    let own = reach::own(&input.principal);
    let once = Once::new(&own, "busifavor_delete_coupon_code", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    let stock_id = &reached.record.stock_id;
    let code = work.store.pool_code(stock_id, &input.coupon_code)?;
    let before = code.as_ref().map_or(CodeState::Absent, PoolCode::state);
    before.delete()?;
    let delete_time = match code.and_then(|code| code.deleted_at) {
        Some(deleted_at) => deleted_at,
        None => {
            work.store.delete_code(stock_id, &input.coupon_code, work.now)?;
            work.now
        }
    };
    let answer = DeleteCouponCodeResponse { stock_id: stock_id.to_string(), delete_time };
    once.note_answer(work, &answer)?;
    Ok(answer)
}
