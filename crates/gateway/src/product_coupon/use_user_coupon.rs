//! POST …/users/{openid}/coupons/{coupon_code}/use 核销用户商品券.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::UserCoupon;
use quan_model::product_coupon::UseUserCouponRequest;
use quan_platform::LaneKey;
use quan_platform::use_user_coupon::{UseUserCoupon, use_user_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::user_coupon_path::UserCouponPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponPath>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let (request, address): (UseUserCouponRequest, _) = path.read(&call, &body)?;
    let fields = call.in_body();
    let input = UseUserCoupon {
        address,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        use_time: request.use_time,
        sequential_coupon_index: fields.index("sequential_coupon_index", request.sequential_coupon_index)?,
        store_id: fields.optional("store_id", request.store_id.as_deref())?,
        associated_order_info: request.associated_order_info,
        associated_pay_score_order_info: request.associated_pay_score_order_info,
        saved_amount: request.saved_amount,
    };
    call.write_for(LaneKey::from(&input.address.stock_id), move |work| use_user_coupon(work, &input))
        .await
        .map(Answer)
}
