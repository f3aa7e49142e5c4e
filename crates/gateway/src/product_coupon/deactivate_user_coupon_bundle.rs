//! POST …/users/{openid}/coupon-bundles/{user_coupon_bundle_id}/deactivate 失效用户商品券组.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::coupon::UserCouponBundle;
use quan_model::product_coupon::DeactivateUserCouponBundleRequest;
use quan_platform::deactivate_user_coupon_bundle::{
    DeactivateUserCouponBundle, deactivate_user_coupon_bundle,
};
use quan_platform::stock_bundle_access::StockBundleAddress;
use serde::Deserialize;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

/// `/users/{openid}/coupon-bundles/{user_coupon_bundle_id}`, decoded.
#[derive(Deserialize)]
pub(crate) struct UserCouponBundlePath {
    openid: String,
    user_coupon_bundle_id: String,
}

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponBundlePath>,
    body: Bytes,
) -> Result<Answer<UserCouponBundle>, Problem> {
    let request: DeactivateUserCouponBundleRequest = call.read_body(&body)?;
    let fields = call.in_body();
    let reason = &request.deactivate_reason;
    let input = DeactivateUserCouponBundle {
        bundle: StockBundleAddress {
            scope: call.scope(request.brand_id.as_deref())?,
            product_coupon_id: fields.id("product_coupon_id", &request.product_coupon_id)?,
            stock_bundle_id: fields.id("stock_bundle_id", &request.stock_bundle_id)?,
        },
        appid: fields.id("appid", &request.appid)?,
        openid: call.in_path().openid(&path.openid)?,
        user_coupon_bundle_id: call.in_path().id("user_coupon_bundle_id", &path.user_coupon_bundle_id)?,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        deactivate_reason: fields.filled_text("deactivate_reason", reason, DEACTIVATE_REASON_LEN_MAX)?,
    };
    call.write(move |work| deactivate_user_coupon_bundle(work, &input)).await.map(Answer)
}
