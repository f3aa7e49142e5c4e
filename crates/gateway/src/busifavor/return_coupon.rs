//! POST /v3/marketing/busifavor/coupons/return 申请退券.

use axum::body::Bytes;
use quan_model::busifavor::{ReturnCouponRequest, ReturnCouponResponse};
use quan_platform::LaneKey;
use quan_platform::busifavor::return_coupon::{ReturnCoupon, return_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<ReturnCouponResponse>, Problem> {
    let request: ReturnCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let input = ReturnCoupon {
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        stock_id: fields.id("stock_id", &request.stock_id)?,
        return_request_no: fields.id("return_request_no", &request.return_request_no)?,
    };
    let principal = call.principal.clone();
    call.write_for(LaneKey::from(&input.stock_id), move |work| return_coupon(work, &principal, &input))
        .await
        .map(Answer)
}
