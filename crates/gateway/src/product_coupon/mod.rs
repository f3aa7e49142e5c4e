//! The two product-coupon faces, which have the same tails: partner, `/v3/marketing/partner/product-coupon/…`,
//! and brand, `/brand/marketing/product-coupon/…`. One operation, one file, for both.
//!
//! The faces differ in who signs, in where the brand comes from (`Call::scope`), in `brand_id` of the answers
//! and in some numbers of refusals; no handler asks which face it serves.

mod confirm_user_coupon;
mod create_product_coupon;
mod create_stock;
mod create_stock_bundle;
mod deactivate_user_coupon;
mod deactivate_user_coupon_bundle;
mod get_notify_config;
mod get_product_coupon;
mod get_stock;
mod get_user_coupon;
mod list_user_coupons;
mod pre_send_user_coupon;
mod pre_send_user_coupon_bundle;
mod return_user_coupon;
mod send_user_coupon;
mod send_user_coupon_bundle;
mod set_notify_config;
mod stock_path;
mod upload_coupon_codes;
mod use_user_coupon;
mod user_coupon_path;

use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::refusal::Face;
use crate::state::Gateway;

/// The operations of a face and their tails, in the order of the official documentation.
pub(crate) fn routes(face: Face) -> Router<Gateway> {
    const STOCK: &str = "/product-coupons/{product_coupon_id}/stocks/{stock_id}";
    const COUPON: &str = "/users/{openid}/coupons/{coupon_code}";
    const BUNDLE: &str = "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}";
    Router::new()
        .route("/product-coupons", post(create_product_coupon::handle))
        .route("/product-coupons/{product_coupon_id}", get(get_product_coupon::handle))
        .route("/product-coupons/{product_coupon_id}/stocks", post(create_stock::handle))
        .route(STOCK, get(get_stock::handle))
        .route(&format!("{STOCK}/upload-coupon-codes"), post(upload_coupon_codes::handle))
        .route("/users/{openid}/coupons", post(send_user_coupon::handle).get(list_user_coupons::handle))
        .route("/product-coupons/{product_coupon_id}/stock-bundles", post(create_stock_bundle::handle))
        .route("/users/{openid}/pre-send-coupon", post(pre_send_user_coupon::handle))
        .route("/users/{openid}/coupon-bundles", post(send_user_coupon_bundle::handle))
        .route("/users/{openid}/pre-send-coupon-bundle", post(pre_send_user_coupon_bundle::handle))
        .route(&format!("{COUPON}/confirm"), post(confirm_user_coupon::handle))
        .route(&format!("{COUPON}/use"), post(use_user_coupon::handle))
        .route(&format!("{COUPON}/return"), post(return_user_coupon::handle))
        .route(&format!("{COUPON}/deactivate"), post(deactivate_user_coupon::handle))
        .route(COUPON, get(get_user_coupon::handle))
        .route(&format!("{BUNDLE}/deactivate"), post(deactivate_user_coupon_bundle::handle))
        .route("/notify-configs", post(set_notify_config::handle).get(get_notify_config::handle))
        .layer(Extension(face))
}
