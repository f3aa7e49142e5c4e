//! POST …/users/{openid}/coupons/{coupon_code}/confirm 确认发放用户商品券.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_model::coupon::UserCoupon;
use quan_model::partner::ConfirmUserCouponRequest;
use quan_platform::confirm_user_coupon::confirm_user_coupon;
use quan_platform::user_coupon_access::UserCouponCommand;

use crate::answer::Answer;
use crate::fields::Fields;
use crate::partner::FACE;
use crate::partner::user_coupon_path::UserCouponPath;
use crate::problem::Problem;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Path(path): Path<UserCouponPath>,
    body: Bytes,
) -> Result<Answer<UserCoupon>, Problem> {
    let (request, address): (ConfirmUserCouponRequest, _) = path.read(caller.principal, &body)?;
    let input = UserCouponCommand {
        address,
        out_request_no: Fields::of_body(FACE).id("out_request_no", &request.out_request_no)?,
    };
    let done = gateway.platform.write(move |work| confirm_user_coupon(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
