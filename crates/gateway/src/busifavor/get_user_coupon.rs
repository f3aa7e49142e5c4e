//! GET /v3/marketing/busifavor/users/{openid}/coupons/{coupon_code}/appids/{appid} 查询用户单张券详情.

use axum::extract::Path;
use quan_model::busifavor::BusiCoupon;
use quan_platform::busifavor::get_user_coupon::{GetUserCoupon, get_user_coupon};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path((openid, coupon_code, appid)): Path<(String, String, String)>,
) -> Result<Answer<BusiCoupon>, Problem> {
    let fields = call.in_path();
    let input = GetUserCoupon {
        principal: call.principal.clone(),
        openid: fields.id("openid", &openid)?,
        coupon_code: fields.id("coupon_code", &coupon_code)?,
        appid: fields.id("appid", &appid)?,
    };
    call.view(move |view| get_user_coupon(view, &input)).await.map(Answer)
}
