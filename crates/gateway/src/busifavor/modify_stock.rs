//! PATCH /v3/marketing/busifavor/stocks/{stock_id} 修改商家券基本信息: answers 204 without a body, signed.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use quan_model::busifavor::ModifyStockRequest;
use quan_platform::busifavor::modify_stock::{ModifyStock, modify_stock};

use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(
    call: Call,
    Path(stock_id): Path<String>,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let request: ModifyStockRequest = call.read_body(&body)?;
    let input = ModifyStock {
        principal: call.principal.clone(),
        stock_id: call.in_path().id("stock_id", &stock_id)?,
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        request,
    };
    call.write(move |work| modify_stock(work, &input)).await.map(|()| StatusCode::NO_CONTENT)
}
