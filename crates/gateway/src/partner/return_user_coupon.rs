//! POST …/users/{openid}/coupons/{coupon_code}/return 退券.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_model::coupon::UserCoupon;
use quan_model::partner::ReturnUserCouponRequest;
use quan_platform::return_user_coupon::{ReturnUserCoupon, return_user_coupon};

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
    let (request, address): (ReturnUserCouponRequest, _) = path.read(caller.principal, &body)?;
    let fields = Fields::of_body(FACE);
    let input = ReturnUserCoupon {
        address,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        sequential_coupon_index: fields.index("sequential_coupon_index", request.sequential_coupon_index)?,
    };
    let done = gateway.platform.write(move |work| return_user_coupon(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
