//! POST /_quan/user-coupons/delete {stock_id, coupon_code}: the user removes a coupon from the card pack (卡包).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_model::ids::{CouponCode, StockId};
use quan_platform::delete_user_coupon::delete_user_coupon;
use serde::Deserialize;
use serde_json::json;

use crate::admin::{authorised, failed, wrong_body};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct Delete {
    stock_id: StockId,
    coupon_code: CouponCode,
}

pub(crate) async fn delete(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let Ok(Delete { stock_id, coupon_code }) = serde_json::from_slice(&body) else {
        return wrong_body("send {\"stock_id\": …, \"coupon_code\": …}");
    };
    let deleted = gateway.platform.write(move |work| delete_user_coupon(work, &stock_id, &coupon_code)).await;
    match deleted {
        Ok(state) => answer::json(StatusCode::OK, &json!({ "coupon_state": state })),
        Err(error) => failed(&error),
    }
}
