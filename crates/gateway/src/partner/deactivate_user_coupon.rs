//! POST …/users/{openid}/coupons/{coupon_code}/deactivate 失效用户商品券.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
use quan_model::coupon::UserCoupon;
use quan_model::partner::DeactivateUserCouponRequest;
use quan_platform::deactivate_user_coupon::{DeactivateUserCoupon, deactivate_user_coupon};

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
    let (request, address): (DeactivateUserCouponRequest, _) = path.read(caller.principal, &body)?;
    let fields = Fields::of_body(FACE);
    let input = DeactivateUserCoupon {
        address,
        out_request_no: fields.id("out_request_no", &request.out_request_no)?,
        deactivate_reason: fields.filled_text(
            "deactivate_reason",
            &request.deactivate_reason,
            DEACTIVATE_REASON_LEN_MAX,
        )?,
    };
    let done = gateway.platform.write(move |work| deactivate_user_coupon(work, &input)).await;
    done.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
