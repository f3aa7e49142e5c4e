//! Every URL of the platform.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};

use crate::refusal::Face;
use crate::state::Gateway;
use crate::{admin, busifavor, claim, health, observe, openapi, platform_keys, product_coupon, refusal};

/// Everything on one listener, as `quan dev` and tests have it: what is public, the operator's calls and the
/// development calls.
pub fn routes(gateway: Gateway) -> Router {
    let all =
        public(&gateway).nest("/_quan", admin::operator_routes()).nest("/_quan", admin::development_routes());
    finished(all, gateway)
}

/// What everybody may reach: the API, the claim page, the description, pictures, and whether the node is well.
pub fn public_routes(gateway: Gateway) -> Router {
    let public = public(&gateway);
    finished(public, gateway)
}

/// What only the operator may reach: metrics, and the calls that need the admin token.
pub fn operator_routes(gateway: Gateway) -> Router {
    let operator = Router::new()
        .merge(health::routes())
        .route("/metrics", axum::routing::get(admin::metrics))
        .nest("/_quan", admin::operator_routes());
    finished(operator, gateway)
}

fn finished(routes: Router<Gateway>, gateway: Gateway) -> Router {
    routes
        .fallback(unknown_url)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(gateway.clone(), observe::observed))
        .with_state(gateway)
}

fn public(gateway: &Gateway) -> Router<Gateway> {
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
        .layer(from_fn_with_state(gateway.clone(), crate::signature::signed_exchange));
    Router::new()
        .merge(signed)
        .merge(openapi::routes())
        .nest("/claim", claim::routes(gateway))
        .merge(health::routes())
        .nest("/_quan", admin::public_routes())
}

async fn unknown_url() -> Response {
    refusal::unknown_url().into_response()
}

async fn method_not_allowed() -> Response {
    refusal::method_not_allowed().into_response()
}
