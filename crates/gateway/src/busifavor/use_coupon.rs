//! POST /v3/marketing/busifavor/coupons/use 核销用户券.

use axum::body::Bytes;
use quan_model::busifavor::{UseCouponRequest, UseCouponResponse};
use quan_model::coupon::AssociatedOrderInfo;
use quan_platform::LaneKey;
use quan_platform::busifavor::use_coupon::{UseCoupon, use_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

/// Of order numbers and merchants.
const ORDER_LEN_MAX: usize = 32;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<UseCouponResponse>, Problem> {
    let request: UseCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let text = |name: &str, text: Option<&String>| {
        text.map(|text| fields.filled_text(name, text, ORDER_LEN_MAX)).transpose()
    };
    let order = AssociatedOrderInfo {
        transaction_id: text("transaction_id", request.transaction_id.as_ref())?,
        out_trade_no: text("out_trade_no", request.out_trade_no.as_ref())?,
        mchid: text("mch_id", request.mch_id.as_ref())?,
        sub_mchid: None,
    };
    let input = UseCoupon {
        coupon_code: fields.id("coupon_code", &request.coupon_code)?,
        stock_id: fields.optional("stock_id", request.stock_id.as_deref())?,
        appid: fields.id("appid", &request.appid)?,
        use_time: request.use_time,
        use_request_no: fields.id("use_request_no", &request.use_request_no)?,
        openid: fields.optional("openid", request.openid.as_deref())?,
        order,
    };
    let lane = input.stock_id.as_ref().map_or(LaneKey::NONE, LaneKey::from);
    let principal = call.principal.clone();
    call.write_for(lane, move |work| use_coupon(work, &principal, &input)).await.map(Answer)
}
