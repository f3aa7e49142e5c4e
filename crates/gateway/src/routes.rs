//! Every URL of the platform.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};

use crate::refusal::Face;
use crate::state::Gateway;
use crate::{admin, busifavor, claim, openapi, platform_keys, product_coupon, rate, refusal};

/// The whole gateway as one service.
pub fn routes(gateway: Gateway) -> Router {
    let signed = Router::new()
        .nest("/v3/marketing/partner/product-coupon", product_coupon::routes(Face::Partner))
        .nest("/brand/marketing/product-coupon", product_coupon::routes(Face::Brand))
        .nest("/v3/marketing/busifavor", busifavor::routes())
        .merge(platform_keys::routes())
        .route("/v3/{*rest}", axum::routing::any(unknown_url))
        .route("/brand/{*rest}", axum::routing::any(unknown_url))
        .method_not_allowed_fallback(method_not_allowed)
        // The exchange around it has read the body within its own, larger bound and answers as the API does.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(gateway.clone(), rate::limited))
        .layer(from_fn_with_state(gateway.clone(), crate::signature::signed_exchange));
    Router::new()
        .merge(signed)
        .merge(openapi::routes())
        .nest("/claim", claim::routes(&gateway))
        .nest("/_quan", admin::routes())
        .fallback(unknown_url)
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(gateway)
}

async fn unknown_url() -> Response {
    refusal::unknown_url().into_response()
}

async fn method_not_allowed() -> Response {
    refusal::method_not_allowed().into_response()
}
