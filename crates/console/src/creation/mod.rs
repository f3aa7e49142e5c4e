//! Creating a product coupon with its first stock or bundle, by form: five kinds of benefit in each use mode, with the
//! ticket as it will look.

mod fields;
mod page;
mod preview;
mod request;
mod submit;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Console;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/product-coupons/new", get(page::handle).post(submit::handle))
        .route("/product-coupons/preview", post(preview::handle))
}
