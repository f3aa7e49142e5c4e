//! send_coupon 向用户发券: of stocks that were created over busifavor.

use quan_model::busifavor::{SendCouponResponse, SendCouponResult};
use quan_model::ids::Principal;

use crate::busifavor::reach;
pub use crate::busifavor::sending::Send;
use crate::busifavor::sending::send;
use crate::error::Error;
use crate::work::Work;

/// Issues a coupon; a replay gives the same one.
///
/// # Errors
/// `NotFound`, `AppidNotBound`, `RequestMismatch`, `Invalid` for a stock of a product coupon or a code against
/// the stock's mode, `StockNotSending`, `StockOut`, `DayOut`, `UserLimit`, `PoolEmpty`, `CodeTaken`, `Reentry`.
pub fn send_coupon(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &Send,
) -> Result<SendCouponResponse, Error> {
    let (scope, reached) = reach::stock(work.store, principal, &input.stock_id)?;
    let coupon_code = send(work, "busifavor_send_coupon", &scope, &reached, input)?;
    let send_coupon_result = SendCouponResult {
        stock_id: input.stock_id.to_string(),
        out_request_no: input.out_request_no.to_string(),
        coupon_code: coupon_code.to_string(),
    };
    Ok(SendCouponResponse { send_coupon_result })
}
