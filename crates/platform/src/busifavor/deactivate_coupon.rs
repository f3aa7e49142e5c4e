//! deactivate_coupon 使券失效: ends an unused coupon for good.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::DeactivateCouponResponse;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockId};
use serde::Serialize;

use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateCoupon {
    /// The coupon.
    pub coupon_code: CouponCode,
    /// Its stock.
    pub stock_id: StockId,
    /// The idempotency key.
    pub deactivate_request_no: RequestNumber,
    /// Why; empty when no reason was given.
    pub deactivate_reason: String,
}

/// Deactivates. Nothing is given back to the stock's limits.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `RequestMismatch`, `Invalid` for a stock of a product coupon, and by the
/// coupon's state `WrongState`, `ExpiredForOperation`, `Deleted`.
pub fn deactivate_coupon(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &DeactivateCoupon,
) -> Result<DeactivateCouponResponse, Error> {
    let mut record = reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?.record;
    let number = input.deactivate_request_no.as_str();
    let once = Once::new(&reach::own(principal), "busifavor_deactivate_coupon", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    let reason = input.deactivate_reason.clone();
    record.coupon = record.coupon.deactivate(input.deactivate_request_no.clone(), reason, work.now)?;
    work.store.update_user_coupon(&record)?;
    let answer = DeactivateCouponResponse { wechatpay_deactivate_time: work.now };
    once.note_answer(work, &answer)?;
    Ok(answer)
}
