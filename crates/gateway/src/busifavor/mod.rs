//! The busifavor face: `/v3/marketing/busifavor/…`. One operation, one file.

mod pre_send_product_coupon;

use axum::routing::post;
use axum::{Extension, Router};

use crate::refusal::Face;
use crate::state::Gateway;

/// The operations and their URLs.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/product-coupons/pre-send", post(pre_send_product_coupon::handle))
        .layer(Extension(Face::Busifavor))
}
