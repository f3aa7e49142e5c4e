//! POST …/users/{openid}/coupon-bundles 向用户发放商品券批次组.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::ATTACH_LEN_MAX;
use quan_model::coupon::UserCouponBundle;
use quan_model::product_coupon::SendUserCouponBundleRequest;
use quan_platform::LaneKey;
use quan_platform::send_user_coupon_bundle::{SendUserCouponBundle, send_user_coupon_bundle};
use quan_platform::stock_bundle_access::StockBundleAddress;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(openid): Path<String>,
    body: Bytes,
) -> Result<Answer<UserCouponBundle>, Problem> {
    let request: SendUserCouponBundleRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let attach = request.attach.as_deref().map(|attach| fields.text("attach", attach, ATTACH_LEN_MAX));
    let input = SendUserCouponBundle {
        bundle: StockBundleAddress {
            scope: call.scope(request.brand_id.as_deref())?,
            product_coupon_id: fields.id("product_coupon_id", &request.product_coupon_id)?,
            stock_bundle_id: fields.id("stock_bundle_id", &request.stock_bundle_id)?,
        },
        appid: fields.id("appid", &request.appid)?,
        openid: call.in_path().openid(&openid)?,
        send_request_no: fields.id("send_request_no", &request.send_request_no)?,
        attach: attach.transpose()?,
        tags: request.coupon_tag_info,
    };
    call.write_for(LaneKey::from(&input.bundle.stock_bundle_id), move |work| {
        send_user_coupon_bundle(work, &input)
    })
    .await
    .map(Answer)
}
