//! POST …/users/{openid}/coupons/{coupon_code}/confirm 确认发放用户商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::ConfirmUserCouponRequest;
use quan_platform::LaneKey;
use quan_platform::confirm_user_coupon::confirm_user_coupon;
use quan_platform::user_coupon_access::UserCouponCommand;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::user_coupon_path::UserCouponPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponPath>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let (request, address): (ConfirmUserCouponRequest, _) = path.read(&call, &body)?;
    let input = UserCouponCommand {
        address,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
    };
    call.write_for(LaneKey::from(&input.address.stock_id), move |work| confirm_user_coupon(work, &input))
        .await
        .map(Answer)
}
