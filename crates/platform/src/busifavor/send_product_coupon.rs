//! send_product_coupon 向用户发放商品券: of every stock that the caller may send, whichever face created it.

use quan_model::busifavor::SendProductCouponResponse;
use quan_model::ids::Principal;

use crate::access;
pub use crate::busifavor::sending::Send;
use crate::busifavor::sending::send;
use crate::error::Error;
use crate::send_user_coupon::ensure_alone;
use crate::work::Work;

/// Issues a coupon; a replay gives the same one. A coupon of a product coupon then waits for its confirm over the
/// face that created the stock.
///
/// # Errors
/// `NotFound`, `NoAuthority`, `AppidNotBound`, `RequestMismatch`, `Invalid` for a stock of a bundle or a code
/// against the stock's mode, `StockNotSending`, `StockOut`, `DayOut`, `UserLimit`, `PoolEmpty`, `CodeTaken`,
/// `Reentry`.
pub fn send_product_coupon(
    work: &mut Work<'_>,
    principal: &Principal,
    input: &Send,
) -> Result<SendProductCouponResponse, Error> {
    let (scope, reached) = access::stock_alone(work.store, principal, &input.stock_id)?;
    ensure_alone(&reached)?;
    let coupon_code = send(work, "busifavor_send_product_coupon", &scope, &reached, input)?;
    Ok(SendProductCouponResponse {
        stock_id: input.stock_id.to_string(),
        coupon_code: coupon_code.to_string(),
        out_request_no: input.out_request_no.to_string(),
    })
}
