//! POST /_quan/stocks/pause and /_quan/stocks/resume {stock_id}: what an operator does on the platform.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_model::enums::StockState;
use quan_model::ids::StockId;
use quan_platform::Error;
use quan_platform::pause_stock::{pause_stock, resume_stock};
use quan_platform::work::Work;
use serde::Deserialize;
use serde_json::json;

use crate::admin::{authorised, failed, wrong_body};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct Named {
    stock_id: StockId,
}

pub(crate) async fn pause(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    turn(&gateway, &headers, &body, pause_stock).await
}

pub(crate) async fn resume(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    turn(&gateway, &headers, &body, resume_stock).await
}

async fn turn(
    gateway: &Gateway,
    headers: &HeaderMap,
    body: &Bytes,
    use_case: fn(&mut Work<'_>, &StockId) -> Result<StockState, Error>,
) -> Response {
    if let Err(refused) = authorised(gateway, headers) {
        return refused.into_response();
    }
    let Ok(Named { stock_id }) = serde_json::from_slice(body) else {
        return wrong_body("send {\"stock_id\": …}");
    };
    match gateway.platform.write(move |work| use_case(work, &stock_id)).await {
        Ok(state) => answer::json(StatusCode::OK, &json!({ "state": state })),
        Err(error) => failed(&error),
    }
}
