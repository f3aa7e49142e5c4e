//! POST …/stocks/{stock_id}/update-budget 修改商品券批次发放预算.

use axum::body::Bytes;
use axum::extract::Path;
use quan_model::coupon::Stock;
use quan_model::product_coupon::UpdateStockBudgetRequest;
use quan_platform::update_stock_budget::{UpdateStockBudget, update_stock_budget};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
    body: Bytes,
) -> Result<Answer<Stock>, Problem> {
    let mut request: UpdateStockBudgetRequest = call.read_body(&body)?;
    // Where it counts it stands in the address; on the brand face it is ignored.
    let brand_id = request.brand_id.take();
    let input = UpdateStockBudget {
        address: path.address(&call, call.scope(brand_id.as_deref())?)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        change: request,
    };
    call.write(move |work| update_stock_budget(work, &input)).await.map(Answer)
}
