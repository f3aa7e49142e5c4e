//! POST /v3/marketing/busifavor/coupons/send 向用户发券.

use axum::body::Bytes;
use quan_model::busifavor::{SendCouponRequest, SendCouponResponse};
use quan_model::ids::BusifavorCode;
use quan_platform::LaneKey;
use quan_platform::busifavor::send_coupon::{Send, send_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<SendCouponResponse>, Problem> {
    let request: SendCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let code = fields.optional::<BusifavorCode>("coupon_code", request.coupon_code.as_deref())?;
    let input = Send {
        openid: fields.id("openid", &request.openid)?,
        appid: fields.id("appid", &request.appid)?,
        stock_id: fields.id("stock_id", &request.stock_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        coupon_code: code.map(Into::into),
        tags: None,
    };
    let principal = call.principal.clone();
    call.write_for(LaneKey::from(&input.stock_id), move |work| send_coupon(work, &principal, &input))
        .await
        .map(Answer)
}
