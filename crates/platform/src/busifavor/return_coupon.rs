//! return_coupon 申请退券: undoes the use; the coupon can be used again while it is valid.

use quan_coupon::refusal::Refusal;
use quan_model::busifavor::ReturnCouponResponse;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockId};
use serde::Serialize;

use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct ReturnCoupon {
    /// The coupon.
    pub coupon_code: CouponCode,
    /// Its stock.
    pub stock_id: StockId,
    /// The idempotency key.
    pub return_request_no: RequestNumber,
}

/// Returns. Nothing is given back to the stock's limits.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `RequestMismatch`, `Invalid` for a stock of a product coupon, and by the
/// coupon's state `WrongState`, `Expired`, `Deleted`.
pub fn return_coupon(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &ReturnCoupon,
) -> Result<ReturnCouponResponse, Error> {
    let mut record = reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?.record;
    let number = input.return_request_no.as_str();
    let once = Once::new(&reach::own(principal), "busifavor_return_coupon", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    record.coupon = record.coupon.return_(input.return_request_no.clone(), None, work.now)?;
    work.store.update_user_coupon(&record)?;
    let answer = ReturnCouponResponse { wechatpay_return_time: work.now };
    once.note_answer(work, &answer)?;
    Ok(answer)
}
