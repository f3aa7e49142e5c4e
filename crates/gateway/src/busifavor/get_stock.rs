//! GET /v3/marketing/busifavor/stocks/{stock_id} 查询商家券详情.

use axum::extract::Path;
use quan_model::busifavor::BusiStock;
use quan_platform::busifavor::get_stock::get_stock;

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, Path(stock_id): Path<String>) -> Result<Answer<BusiStock>, Problem> {
    let stock_id = call.in_path().id("stock_id", &stock_id)?;
    let principal = call.principal.clone();
    call.view(move |view| get_stock(view, &principal, &stock_id)).await.map(Answer)
}
