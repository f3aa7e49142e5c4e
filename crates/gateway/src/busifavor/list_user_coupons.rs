//! GET /v3/marketing/busifavor/users/{openid}/coupons 根据过滤条件查询用户券.

use axum::extract::Path;
use quan_model::busifavor::ListUserCouponsResponse;
use quan_platform::busifavor::list_user_coupons::{ListUserCoupons, list_user_coupons};

use crate::answer::Answer;
use crate::busifavor::filter;
use crate::call::Call;
use crate::problem::Problem;

const LIMIT_DEFAULT: u64 = 20;
const LIMIT_MAX: u64 = 50;

pub(crate) async fn handle(
    call: Call,
    Path(openid): Path<String>,
) -> Result<Answer<ListUserCouponsResponse>, Problem> {
    let query = call.query();
    let input = ListUserCoupons {
        principal: call.principal.clone(),
        openid: call.in_path().id("openid", &openid)?,
        appid: query.id("appid")?,
        stock_id: filter::id(&query, "stock_id")?,
        coupon_state: filter::word(&query, "coupon_state")?,
        creator_merchant: filter::id(&query, "creator_merchant")?,
        belong_merchant: filter::id(&query, "belong_merchant")?,
        sender_merchant: filter::id(&query, "sender_merchant")?,
        offset: filter::number(&query, "offset", 0, 0, u64::MAX)?,
        limit: filter::number(&query, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX)?,
    };
    call.view(move |view| list_user_coupons(view, &input)).await.map(Answer)
}
