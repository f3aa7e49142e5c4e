//! PATCH /v3/marketing/busifavor/stocks/{stock_id}/budget 修改批次预算.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::busifavor::{ModifyStockBudgetRequest, ModifyStockBudgetResponse};
use quan_platform::busifavor::modify_stock_budget::{ModifyStockBudget, modify_stock_budget};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(stock_id): Path<String>,
    body: Bytes,
) -> Result<Answer<ModifyStockBudgetResponse>, Problem> {
    let request: ModifyStockBudgetRequest = call.read_body(&body)?;
    let number = call.in_body().id("modify_budget_request_no", &request.modify_budget_request_no)?;
    let input = ModifyStockBudget {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        modify_budget_request_no: number,
        request,
    };
    call.write(move |work| modify_stock_budget(work, &input)).await.map(Answer)
}
