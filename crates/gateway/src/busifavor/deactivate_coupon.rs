//! POST /v3/marketing/busifavor/coupons/deactivate 使券失效.

use axum::body::Bytes;
use quan_model::busifavor::{DeactivateCouponRequest, DeactivateCouponResponse};
use quan_platform::busifavor::deactivate_coupon::{DeactivateCoupon, deactivate_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

/// Of the reason (api-busifavor 5.15).
const REASON_LEN_MAX: usize = 64;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<DeactivateCouponResponse>, Problem> {
    let request: DeactivateCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let reason = request.deactivate_reason.unwrap_or_default();
    let input = DeactivateCoupon {
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        stock_id: fields.id("stock_id", &request.stock_id)?,
        deactivate_request_no: fields.id("deactivate_request_no", &request.deactivate_request_no)?,
        deactivate_reason: fields.text("deactivate_reason", &reason, REASON_LEN_MAX)?,
    };
    let principal = call.principal.clone();
    call.write(move |work| deactivate_coupon(work, &principal, &input)).await.map(Answer)
}
