//! POST /v3/marketing/busifavor/stocks 创建商家券.

use axum::body::Bytes;
use quan_model::busifavor::{CreateStockRequest, CreateStockResponse};
use quan_platform::busifavor::create_stock::{CreateStock, create_stock};

use crate::answer::Answer;
use crate::call::Call;
use crate::problem::Problem;

pub(crate) async fn handle(call: Call, body: Bytes) -> Result<Answer<CreateStockResponse>, Problem> {
    let request: CreateStockRequest = call.read_body(&body)?;
    let input = CreateStock {
        principal: call.principal.clone(),
        out_request_no: call.in_body().id("out_request_no", &request.out_request_no)?,
        request,
    };
    call.write(move |work| create_stock(work, &input)).await.map(Answer)
}
