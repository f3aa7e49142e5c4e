//! associate_trade_info 关联订单信息: notes an order for a coupon that is not used yet. Statistics only.

use quan_coupon::association;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::AssociateTradeInfoResponse;
use quan_model::ids::{CouponCode, Principal, RequestNumber, StockId};
use serde::Serialize;

use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for, here and when it takes the association back.
#[derive(Clone, Debug, Serialize)]
pub struct TradeInfo {
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The coupon.
    pub coupon_code: CouponCode,
    /// The caller's order.
    pub out_trade_no: String,
    /// The idempotency key.
    pub out_request_no: RequestNumber,
}

/// Associates.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `RequestMismatch`, `Invalid` for a stock of a product coupon, `WrongState` for
/// a coupon that is used or deactivated or has another order, `ExpiredForOperation`, `Deleted`.
pub fn associate_trade_info(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &TradeInfo,
) -> Result<AssociateTradeInfoResponse, Error> {
    let record = reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?.record;
    let number = input.out_request_no.as_str();
    let own = reach::own(principal);
    let once = Once::new(&own, "busifavor_associate_trade_info", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    let current = work.store.coupon_order(&input.stock_id, &input.coupon_code)?;
    association::associate(&record.coupon, current.as_deref(), &input.out_trade_no, work.now)?;
    work.store.put_coupon_order(&input.stock_id, &input.coupon_code, Some(&input.out_trade_no))?;
    let answer = AssociateTradeInfoResponse { wechatpay_associate_time: work.now };
    once.note_answer(work, &answer)?;
    Ok(answer)
}
