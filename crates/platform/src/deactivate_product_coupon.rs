//! deactivate_product_coupon 失效商品券: ends a product coupon and every stock of it, for good.

use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::Deactivation;
use quan_model::coupon::ProductCoupon;
use quan_model::ids::{ProductCouponId, RequestNo};
use quan_store::lock::Lock;
use serde::Serialize;

use crate::access::{self, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::once::Once;
use crate::work::Work;

/// What the caller asks for.
#[derive(Clone, Debug, Serialize)]
pub struct DeactivateProductCoupon {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// The product coupon.
    pub product_coupon_id: ProductCouponId,
    /// The idempotency key, within the product coupon.
    pub out_request_no: RequestNo,
    /// Why, at most 150 characters.
    pub deactivate_reason: String,
}

/// Deactivates. That its stocks are DEACTIVATED follows from this one fact, whichever they are and whatever
/// their own state was; coupons already issued stay as they are.
///
/// # Errors
/// `NoAuthority`, `NotFound`, `RequestMismatch`, `ProductCouponNotEffective`.
pub fn deactivate_product_coupon(
    work: &mut Work<'_>,
    input: &DeactivateProductCoupon,
) -> Result<ProductCoupon, Error> {
    access::authorised(work.store, &input.scope)?;
    // Once this is answered, nothing is issued any more.
    work.store.lock(Lock::ProductCoupon(&input.product_coupon_id))?;
    let record = access::product_coupon(work.store, &input.scope, &input.product_coupon_id)?;
    let id = &input.product_coupon_id;
    let number = input.out_request_no.as_str();
    let once = Once::new(&input.scope, "deactivate_product_coupon", id.to_string(), number, input);
    if once.replay(work, Refusal::RequestMismatch)?.is_none() {
        access::lifecycle(&record).ensure_effective(work.now)?;
        let deactivation = Deactivation {
            request_no: input.out_request_no.clone().into(),
            time: work.now,
            reason: input.deactivate_reason.clone(),
        };
        work.store.deactivate_product_coupon(id, &deactivation)?;
        once.note(work, String::new())?;
    }
    let record = access::product_coupon(work.store, &input.scope, id)?;
    Ok(Viewer::new(work.store, &input.scope, work.now).product_coupon(&record))
}
