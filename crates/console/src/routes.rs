//! Every URL of the console.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::failure::Failure;
use crate::session::session;
use crate::state::Console;
use crate::{
    assets, audit, catalogue, creation, notifications, overview, requests, settings, sign_in, uploads,
    user_coupons,
};

/// The console under `/console/`.
pub fn routes(console: Console) -> Router {
    let pages = Router::new()
        .route("/assets/{file}", get(assets::handle))
        .route("/sign-in", get(sign_in::show::handle).post(sign_in::submit::handle))
        .route("/sign-out", post(sign_in::sign_out::handle))
        .route("/language/{word}", get(sign_in::choose_language::handle))
        .route("/", get(overview::handle))
        .route("/audit", get(audit::handle))
        .merge(catalogue::routes())
        .merge(creation::routes())
        .merge(notifications::routes())
        .merge(settings::routes())
        .merge(uploads::routes())
        .merge(user_coupons::routes())
        .nest("/requests", requests::routes())
        .fallback(not_found)
        .layer(from_fn_with_state(console.clone(), session))
        .with_state(console);
    Router::new()
        .route("/console", get(async || crate::page::see_other("/console/")))
        .nest("/console/", pages)
}

async fn not_found() -> Failure {
    Failure::NotFound
}
