//! The user removes a coupon from the card pack (用户删除). A call of our own: on the real platform only the user
//! can do it, in the app, and nobody is notified of it (semantics 3.4).

use quan_coupon::refusal::Refusal;
use quan_model::enums::UserCouponState;
use quan_model::ids::{CouponCode, StockId};

use crate::error::Error;
use crate::work::Work;

/// Removes the coupon and says in which state that leaves it: DELETED, unless it was USED, EXPIRED or
/// DEACTIVATED; then it is only hidden from the user. Removing it again changes nothing.
///
/// # Errors
/// `CouponNotFound`.
pub fn delete_user_coupon(
    work: &mut Work<'_>,
    stock_id: &StockId,
    coupon_code: &CouponCode,
) -> Result<UserCouponState, Error> {
    let mut record = work.store.user_coupon(stock_id, coupon_code)?.ok_or(Refusal::CouponNotFound)?;
    let after = record.coupon.delete(work.now)?;
    let state = after.state(work.now);
    if after != record.coupon {
        record.coupon = after;
        work.store.update_user_coupon(&record)?;
    }
    Ok(state)
}
