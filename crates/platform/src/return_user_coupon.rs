//! return_user_coupon 退券: undoes the latest redemption.

use quan_coupon::refusal::Refusal;
use quan_model::coupon::UserCoupon;
use quan_model::ids::RequestNo;
use serde::Serialize;

use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::usage_notification::{self, Happened};
use crate::user_coupon_access::{self, UserCouponAddress};
use crate::user_coupon_chain;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct ReturnUserCoupon {
    /// The coupon.
    pub address: UserCouponAddress,
    /// The idempotency key.
    pub out_request_no: RequestNo,
    /// The round, in sequential mode.
    pub sequential_coupon_index: Option<u32>,
}

/// Returns; of a chain the coupon used last, and the one behind it is withdrawn. Nothing is given back to the
/// stock's limits: the same coupon opens again.
///
/// # Errors
/// `NoAuthority`, `AppidNotBound`, `NotFound`, `CouponNotFound`, `RequestMismatch`, `Invalid` for the
/// index, `NotLatestRedemption`, and by the coupon's state `WrongState`, `Expired`, `Deleted`.
pub fn return_user_coupon(work: &mut Work<'_>, input: &ReturnUserCoupon) -> Result<UserCoupon, Error> {
    let (reached, mut record) = user_coupon_access::reach_to_change(work, &input.address)?;
    let address = &input.address;
    let once =
        Once::new(&address.scope, "return_user_coupon", String::new(), input.out_request_no.as_str(), input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        user_coupon_chain::ensure_latest_use(work.store, &record.coupon)?;
        record.coupon = record.coupon.return_(
            input.out_request_no.clone().into(),
            input.sequential_coupon_index,
            work.now,
        )?;
        work.store.update_user_coupon(&record)?;
        user_coupon_chain::after_return(work, &record.coupon, &input.out_request_no.clone().into())?;
        once.note(work, String::new())?;
        let index = input.sequential_coupon_index;
        usage_notification::tell(work, &reached, &record.coupon, index, Happened::Returned)?;
    }
    Viewer::new(work.store, &address.scope, work.now).user_coupon(&record)
}
