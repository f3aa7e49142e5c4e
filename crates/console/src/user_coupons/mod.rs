//! User coupons: searched by openid, code and send number; one page each with its timeline.

mod deactivate;
mod list;
mod one;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Console;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/user-coupons", get(list::handle))
        .route("/user-coupons/export.csv", get(list::export))
        .route("/user-coupons/{stock_id}/{coupon_code}", get(one::handle))
        .route("/user-coupons/{stock_id}/{coupon_code}/deactivate", post(deactivate::handle))
}
