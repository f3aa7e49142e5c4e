//! The two product-coupon faces, which have the same tails: partner, `/v3/marketing/partner/product-coupon/…`,
//! and brand, `/brand/marketing/product-coupon/…`. One operation, one file, for both.
//!
//! The faces differ in who signs, in where the brand comes from (`Call::scope`), in `brand_id` of the answers
//! and in some numbers of refusals; no handler asks which face it serves.

mod associate_stores;
mod associate_stores_for_stock_bundle;
mod confirm_user_coupon;
mod create_image_generation_task;
mod create_product_coupon;
mod create_stock;
mod create_stock_bundle;
mod deactivate_product_coupon;
mod deactivate_stock;
mod deactivate_user_coupon;
mod deactivate_user_coupon_bundle;
mod disassociate_stores;
mod disassociate_stores_for_stock_bundle;
mod get_image_generation_task;
mod get_notify_config;
mod get_product_coupon;
mod get_stock;
mod get_user_coupon;
mod list_associated_stores;
mod list_stocks;
mod list_user_coupons;
mod pre_send_user_coupon;
mod pre_send_user_coupon_bundle;
mod return_user_coupon;
mod send_user_coupon;
mod send_user_coupon_bundle;
mod set_notify_config;
mod stock_bundle_path;
mod stock_path;
mod update_product_coupon;
mod update_stock;
mod update_stock_budget;
mod update_stock_bundle;
mod update_stock_bundle_budget;
mod upload_coupon_codes;
mod upload_image;
mod use_user_coupon;
mod user_coupon_path;

use axum::routing::{get, patch, post};
use axum::{Extension, Router};

use crate::refusal::Face;
use crate::state::Gateway;

/// The operations of a face and their tails, in the order of the official documentation.
pub(crate) fn routes(face: Face) -> Router<Gateway> {
    const PRODUCT_COUPON: &str = "/product-coupons/{product_coupon_id}";
    const COUPON: &str = "/users/{openid}/coupons/{coupon_code}";
    const BUNDLE: &str = "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}";
    Router::new()
        .route("/product-coupons", post(create_product_coupon::handle))
        .route(PRODUCT_COUPON, get(get_product_coupon::handle).patch(update_product_coupon::handle))
        .route(&format!("{PRODUCT_COUPON}/deactivate"), post(deactivate_product_coupon::handle))
        .merge(stock_routes())
        .merge(stock_bundle_routes())
        .route("/users/{openid}/coupons", post(send_user_coupon::handle).get(list_user_coupons::handle))
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
        .route("/media/upload-image", post(upload_image::handle))
        .merge(image_generation(face))
        .layer(Extension(face))
}

/// The operations that only the partner face has (api-product-coupon U1).
fn image_generation(face: Face) -> Router<Gateway> {
    match face {
        Face::Partner => Router::new()
            .route("/image-generation-tasks", post(create_image_generation_task::handle))
            .route("/image-generation-tasks/{task_id}", get(get_image_generation_task::handle)),
        Face::Brand | Face::Busifavor => Router::new(),
    }
}

fn stock_routes() -> Router<Gateway> {
    const STOCKS: &str = "/product-coupons/{product_coupon_id}/stocks";
    const STOCK: &str = "/product-coupons/{product_coupon_id}/stocks/{stock_id}";
    Router::new()
        .route(STOCKS, post(create_stock::handle).get(list_stocks::handle))
        .route(STOCK, get(get_stock::handle).patch(update_stock::handle))
        .route(&format!("{STOCK}/update-budget"), post(update_stock_budget::handle))
        .route(&format!("{STOCK}/deactivate"), post(deactivate_stock::handle))
        .route(&format!("{STOCK}/associate-stores"), post(associate_stores::handle))
        .route(&format!("{STOCK}/disassociate-stores"), post(disassociate_stores::handle))
        .route(&format!("{STOCK}/associated-stores"), get(list_associated_stores::handle))
        .route(&format!("{STOCK}/upload-coupon-codes"), post(upload_coupon_codes::handle))
}

fn stock_bundle_routes() -> Router<Gateway> {
    const BUNDLE: &str = "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}";
    Router::new()
        .route("/product-coupons/{product_coupon_id}/stock-bundles", post(create_stock_bundle::handle))
        .route(BUNDLE, patch(update_stock_bundle::handle))
        .route(&format!("{BUNDLE}/update-budget"), post(update_stock_bundle_budget::handle))
        .route(&format!("{BUNDLE}/associate-stores"), post(associate_stores_for_stock_bundle::handle))
        .route(&format!("{BUNDLE}/disassociate-stores"), post(disassociate_stores_for_stock_bundle::handle))
}
