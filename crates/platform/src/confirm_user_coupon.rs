//! confirm_user_coupon 确认发放用户商品券: the merchant has booked the coupon; it may be used from now on.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::UserCoupon;

use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::user_coupon_access::{self, UserCouponCommand};
use crate::work::Work;

/// Confirms a coupon; allowed as soon as it exists, in every state of its stock.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound`, `RequestMismatch`, and by the coupon's
/// state `WrongState`, `Expired`, `Deleted`.
pub fn confirm_user_coupon(work: &mut Work<'_>, input: &UserCouponCommand) -> Result<UserCoupon, Error> {
    let (_, mut record) = user_coupon_access::reach_to_change(work, &input.address)?;
    let address = &input.address;
    let once = Once::new(
        &address.scope,
        "confirm_user_coupon",
        format!("{}/{}", address.stock_id, address.coupon_code),
        input.out_request_no.as_str(),
        input,
    );
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        record.coupon = record.coupon.confirm(input.out_request_no.clone().into(), work.now)?;
        work.store.update_user_coupon(&record)?;
        once.note(work, String::new())?;
    }
    Viewer::new(work.store, &address.scope, work.now).user_coupon(&record)
}
