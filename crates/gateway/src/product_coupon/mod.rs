//! The two product-coupon faces, which have the same tails: partner, `/v3/marketing/partner/product-coupon/…`,
//! and brand, `/brand/marketing/product-coupon/…`. One operation, one file, for both.
//!
//! The faces differ in who signs, in where the brand comes from (`Call::scope`), in `brand_id` of the answers
//! and in some numbers of refusals; no handler asks which face it serves.

mod confirm_user_coupon;
mod create_image_generation_task;
mod create_product_coupon;
mod create_stock;
mod deactivate_user_coupon;
mod get_image_generation_task;
mod get_notify_config;
mod get_product_coupon;
mod get_stock;
mod get_user_coupon;
mod list_user_coupons;
mod pre_send_user_coupon;
mod return_user_coupon;
mod send_user_coupon;
mod set_notify_config;
mod stock_path;
mod upload_coupon_codes;
mod upload_image;
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
    Router::new()
        .route("/product-coupons", post(create_product_coupon::handle))
        .route("/product-coupons/{product_coupon_id}", get(get_product_coupon::handle))
        .route("/product-coupons/{product_coupon_id}/stocks", post(create_stock::handle))
        .route(STOCK, get(get_stock::handle))
        .route(&format!("{STOCK}/upload-coupon-codes"), post(upload_coupon_codes::handle))
        .route("/users/{openid}/coupons", post(send_user_coupon::handle).get(list_user_coupons::handle))
        .route("/users/{openid}/pre-send-coupon", post(pre_send_user_coupon::handle))
        .route(&format!("{COUPON}/confirm"), post(confirm_user_coupon::handle))
        .route(&format!("{COUPON}/use"), post(use_user_coupon::handle))
        .route(&format!("{COUPON}/return"), post(return_user_coupon::handle))
        .route(&format!("{COUPON}/deactivate"), post(deactivate_user_coupon::handle))
        .route(COUPON, get(get_user_coupon::handle))
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
