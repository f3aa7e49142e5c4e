//! deactivate_user_coupon 失效用户商品券: ends an unused coupon for good.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::UserCoupon;
use quan_model::ids::RequestNo;
use serde::Serialize;

use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::user_coupon_access::{self, UserCouponAddress};
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateUserCoupon {
    /// The coupon.
    pub address: UserCouponAddress,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// Why, at most 150 characters.
    pub deactivate_reason: String,
}

/// Deactivates. Nothing is given back to the stock's limits.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound`, `RequestMismatch`, and by the coupon's
/// state `WrongState`, `ExpiredForOperation`, `Deleted`.
pub fn deactivate_user_coupon(
    work: &mut Work<'_>,
    input: &DeactivateUserCoupon,
) -> Result<UserCoupon, Error> {
    let (_, mut record) = user_coupon_access::reach_to_change(work, &input.address)?;
    let address = &input.address;
    let once = Once::new(
        &address.scope,
        "deactivate_user_coupon",
        String::new(),
        input.out_request_no.as_str(),
        input,
    );
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        let reason = input.deactivate_reason.clone();
        record.coupon = record.coupon.deactivate(input.out_request_no.clone().into(), reason, work.now)?;
        work.store.update_user_coupon(&record)?;
        once.note(work, String::new())?;
    }
    Viewer::new(work.store, &address.scope, work.now).user_coupon(&record)
}
