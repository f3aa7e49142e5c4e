//! POST …/users/{openid}/coupons/{coupon_code}/return 退券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::ReturnUserCouponRequest;
use quan_platform::LaneKey;
use quan_platform::return_user_coupon::{ReturnUserCoupon, return_user_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::user_coupon_path::UserCouponPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponPath>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let (request, address): (ReturnUserCouponRequest, _) = path.read(&call, &body)?;
    let fields = call.in_body();
    let input = ReturnUserCoupon {
        address,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        sequential_coupon_index: fields.index("sequential_coupon_index", request.sequential_coupon_index)?,
    };
    call.write_for(LaneKey::from(&input.address.stock_id), move |work| return_user_coupon(work, &input))
        .await
        .map(Answer)
}
