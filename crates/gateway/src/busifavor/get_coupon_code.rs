//! GET /v3/marketing/busifavor/stocks/{stock_id}/couponcodes/{coupon_code} 查询预存code详情.

use axum::extract::Path;
use quan_model::busifavor::CodeInformation;
use quan_platform::busifavor::get_coupon_code::{GetCouponCode, get_coupon_code};

use crate::answer::Answer;
use crate::busifavor::filter;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path((stock_id, coupon_code)): Path<(String, String)>,
) -> Result<Answer<CodeInformation>, Problem> {
    let input = GetCouponCode {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        coupon_code: call.in_path().id("coupon_code", &coupon_code)?,
        appid: filter::id(&call.query(), "appid")?,
    };
    call.view(move |view| get_coupon_code(view, &input)).await.map(Answer)
}
