//! POST …/users/{openid}/coupons/{coupon_code}/deactivate 失效用户商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::DeactivateUserCouponRequest;
use quan_platform::deactivate_user_coupon::{DeactivateUserCoupon, deactivate_user_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::user_coupon_path::UserCouponPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponPath>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let (request, address): (DeactivateUserCouponRequest, _) = path.read(&call, &body)?;
    let fields = call.in_body();
    let reason = &request.deactivate_reason;
    let input = DeactivateUserCoupon {
        address,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        deactivate_reason: fields.filled_text("deactivate_reason", reason, DEACTIVATE_REASON_LEN_MAX)?,
    };
    call.write(move |work| deactivate_user_coupon(work, &input)).await.map(Answer)
}
