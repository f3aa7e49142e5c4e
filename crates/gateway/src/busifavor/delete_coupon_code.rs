//! DELETE /v3/marketing/busifavor/stocks/{stock_id}/couponcodes/{coupon_code} 删除预存code.

use axum::extract::Path;
use quan_model::busifavor::DeleteCouponCodeResponse;
use quan_platform::busifavor::delete_coupon_code::{DeleteCouponCode, delete_coupon_code};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path((stock_id, coupon_code)): Path<(String, String)>,
) -> Result<Answer<DeleteCouponCodeResponse>, Problem> {
    let input = DeleteCouponCode {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        coupon_code: call.in_path().id("coupon_code", &coupon_code)?,
        delete_request_no: call.query().id("delete_request_no")?,
    };
    call.write(move |work| delete_coupon_code(work, &input)).await.map(Answer)
}
