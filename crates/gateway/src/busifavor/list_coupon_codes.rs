//! GET /v3/marketing/busifavor/stocks/{stock_id}/couponcodes 查询预存code列表.

use axum::extract::Path;
use quan_model::busifavor::ListCouponCodesResponse;
use quan_platform::busifavor::list_coupon_codes::{ListCouponCodes, list_coupon_codes};

use crate::answer::Answer;
use crate::busifavor::filter;
use crate::call::Call;
use crate::problem::Problem;

/// No bounds of `limit` are published: the default of the sibling list, and as many as one upload has.
const LIMIT_DEFAULT: u64 = 20;
const LIMIT_MAX: u64 = 200;

pub(crate) async fn handle(
    call: Call,
    Path(stock_id): Path<String>,
) -> Result<Answer<ListCouponCodesResponse>, Problem> {
    let query = call.query();
    let input = ListCouponCodes {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        appid: filter::id(&query, "appid")?,
        status: filter::word(&query, "status")?,
        offset: filter::number(&query, "offset", 0, 0, u64::MAX)?,
        limit: filter::number(&query, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX)?,
    };
    call.view(move |view| list_coupon_codes(view, &input)).await.map(Answer)
}
