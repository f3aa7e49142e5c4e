//! GET …/users/{openid}/coupons 指定券状态查询用户商品券列表.

use axum::extract::Path;
use quan_model::product_coupon::ListUserCouponsResponse;
use quan_platform::list_user_coupons::{ListUserCoupons, PageOrder, UserCouponPlace, list_user_coupons};

use crate::answer::Answer;
use crate::call::Call;
use crate::page::Page;
use crate::problem::Problem;
use crate::refusal;

/// The most coupons of a page (semantics 5.5).
const PAGE_SIZE_MAX: u32 = 50;

pub(crate) async fn handle(
    call: Call,
    Path(openid): Path<String>,
) -> Result<Answer<ListUserCouponsResponse>, Problem> {
    let query = call.query();
    let input = ListUserCoupons {
        scope: call.scope_of_query(&query)?,
        appid: query.id("appid")?,
        openid: call.in_path().openid(&openid)?,
        product_coupon_id: query.optional("product_coupon_id")?,
        stock_id: query.optional("stock_id")?,
        coupon_state: query.optional_word("coupon_state")?,
        user_coupon_bundle_id: query.optional("user_coupon_bundle_id")?,
    };
    let page: Page<UserCouponPlace> =
        Page::read(&call, &query, PAGE_SIZE_MAX, &("list_user_coupons", &input))?;
    let order = PageOrder {
        after: page.after.clone(),
        size: usize::try_from(page.size).map_err(|error| refusal::system_error(error.to_string()))?,
        counts: page.is_first(),
    };
    let found = call.view(move |view| list_user_coupons(view, &input, &order)).await?;
    let total_count = found.total_count.map(i64::try_from).transpose();
    Ok(Answer(ListUserCouponsResponse {
        total_count: total_count.map_err(|error| refusal::system_error(error.to_string()))?,
        next_page_token: page.next_token(&call, found.last.as_ref())?,
        user_coupon_list: found.coupons,
    }))
}
