//! The busifavor face: `/v3/marketing/busifavor/…`. One operation, one file.

mod pre_send_product_coupon;

use axum::Router;
use axum::routing::post;

use crate::refusal::Face;
use crate::state::Gateway;

const FACE: Face = Face::Busifavor;

/// The operations and their URLs.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/product-coupons/pre-send", post(pre_send_product_coupon::handle))
}
