//! disassociate_trade_info 取消关联订单信息.

use quan_coupon::association;
use quan_coupon::refusal::Refusal;
use quan_model::busifavor::DisassociateTradeInfoResponse;
use quan_model::ids::Principal;

pub use crate::busifavor::associate_trade_info::TradeInfo;
use crate::busifavor::reach;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// Takes the association with this order back.
///
/// # Errors
/// `NotFound`, `CouponNotFound`, `RequestMismatch`, `Invalid` for a stock of a product coupon, `WrongState` for
/// a coupon that is used or deactivated or does not have this order, `ExpiredForOperation`, `Deleted`.
pub fn disassociate_trade_info(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &TradeInfo,
) -> Result<DisassociateTradeInfoResponse, Error> {
    let record = reach::coupon(work.store, principal, &input.stock_id, &input.coupon_code)?.record;
    let number = input.out_request_no.as_str();
    let own = reach::own(principal);
    let once = Once::new(&own, "busifavor_disassociate_trade_info", String::new(), number, input);
    if let Some(replay) = once.replay(work, Refusal::RequestMismatch)? {
        return Ok(replay.first_answer()?);
    }
    let current = work.store.coupon_order(&input.stock_id, &input.coupon_code)?;
    association::disassociate(&record.coupon, current.as_deref(), &input.out_trade_no, work.now)?;
    work.store.put_coupon_order(&input.stock_id, &input.coupon_code, None)?;
    let answer = DisassociateTradeInfoResponse { wechatpay_disassociate_time: work.now };
    once.note_answer(work, &answer)?;
    Ok(answer)
}
