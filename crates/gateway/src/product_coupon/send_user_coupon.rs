//! POST …/users/{openid}/coupons 向用户发放商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::ATTACH_LEN_MAX;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::SendUserCouponRequest;
use quan_platform::LaneKey;
use quan_platform::access::StockAddress;
use quan_platform::send_user_coupon::{SendUserCoupon, send_user_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(openid): Path<String>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let request: SendUserCouponRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let attach = request.attach.as_deref().map(|attach| fields.text("attach", attach, ATTACH_LEN_MAX));
    let input = SendUserCoupon {
        stock: StockAddress {
            scope: call.scope(request.brand_id.as_deref())?,
            product_coupon_id: fields.id("product_coupon_id", &request.product_coupon_id)?,
            stock_id: fields.id("stock_id", &request.stock_id)?,
        },
        appid: fields.id("appid", &request.appid)?,
        openid: call.in_path().openid(&openid)?,
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        coupon_code: fields.optional_code("coupon_code", request.coupon_code.as_deref())?,
        attach: attach.transpose()?,
        tags: request.coupon_tag_info,
    };
    call.write_for(LaneKey::from(&input.stock.stock_id), move |work| send_user_coupon(work, &input))
        .await
        .map(Answer)
}
