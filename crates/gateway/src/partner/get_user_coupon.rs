//! GET …/users/{openid}/coupons/{coupon_code} 查询用户商品券详情.

use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use quan_model::coupon::UserCoupon;
use quan_platform::get_user_coupon::get_user_coupon;

use crate::answer::Answer;
use crate::partner::FACE;
use crate::partner::user_coupon_path::UserCouponPath;
use crate::problem::Problem;
use crate::query::Query;
use crate::signature::Caller;
use crate::state::Gateway;

pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Extension(caller): Extension<Caller>,
    Path(path): Path<UserCouponPath>,
    RawQuery(query): RawQuery,
) -> Result<Answer<UserCoupon>, Problem> {
    let query = Query::read(query.as_deref(), FACE);
    let address = path.address_by_query(caller.principal, &query)?;
    let found = gateway.platform.read(move |view| get_user_coupon(view, &address)).await;
    found.map(Answer).map_err(|error| Problem::failed(&error, FACE))
}
