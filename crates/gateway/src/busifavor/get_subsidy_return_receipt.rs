//! GET /v3/marketing/busifavor/subsidy/return-receipts/{subsidy_return_receipt_id} 查询商家券营销补差回退单详情.

use axum::extract::Path;
use quan_model::busifavor::ReturnReceipt;
use quan_platform::busifavor::get_subsidy_return_receipt::get_subsidy_return_receipt;

use crate::answer::Answer;
use crate::busifavor::subsidy_pay::OFFICIAL_NUMBER_LEN;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, Path(id): Path<String>) -> Result<Answer<ReturnReceipt>, Problem> {
    let id = call.in_path().sized_text("subsidy_return_receipt_id", &id, OFFICIAL_NUMBER_LEN)?;
    let principal = call.principal.clone();
    call.view(move |view| get_subsidy_return_receipt(view, &principal, &id)).await.map(Answer)
}
