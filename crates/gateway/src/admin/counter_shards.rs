//! PUT /_quan/stocks/{stock_id}/counter-shards {shards}: into how many counters a hot stock is split.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_coupon::field;
use quan_coupon::refusal::Refusal;
use quan_model::ids::StockId;
use quan_platform::counter_shards::{self, COUNTER_SHARDS_MAX, CounterShards};
use serde::Deserialize;
use serde_json::json;

use crate::admin::{authorised, failed, wrong_body};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct Wanted {
    shards: i64,
}

pub(crate) async fn set(
    State(gateway): State<Gateway>,
    Path(stock_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let wanted = serde_json::from_slice(&body).ok();
    let shards = wanted.and_then(|Wanted { shards }| CounterShards::parse("/shards", shards).ok());
    let Some(shards) = shards else {
        return wrong_body(&format!("send {{\"shards\": n}}, a whole number from 1 to {COUNTER_SHARDS_MAX}"));
    };
    // What cannot be the id of a stock is the id of none.
    let Ok(stock_id) = field::id::<StockId>("stock_id", &stock_id) else {
        return failed(&Refusal::NotFound.into());
    };
    match gateway.platform.write(move |work| counter_shards::set(work, &stock_id, shards)).await {
        Ok(()) => answer::json(StatusCode::OK, &json!({ "shards": shards.get() })),
        Err(error) => failed(&error),
    }
}
