//! GET …/users/{openid}/coupons/{coupon_code} 查询用户商品券详情.

use axum::extract::Path;
use quan_model::coupon::UserCoupon;
use quan_platform::get_user_coupon::get_user_coupon;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::user_coupon_path::UserCouponPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<UserCouponPath>,
) -> Result<Answer<UserCoupon>, Problem> {
    let address = path.address_by_query(&call)?;
    call.view(move |view| get_user_coupon(view, &address)).await.map(Answer)
}
