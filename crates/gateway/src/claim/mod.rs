//! The claim component's page and its calls, `/claim/…` (semantics 8). The project's own, not signed: the
//! token in the body is the caller's right.

mod assets;
mod failure;
mod open;
mod page;
mod receive;
mod state;
mod token;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::routing::{get, post};
use quan_model::claim::TokenRequest;
use quan_platform::claim::ClaimError;
use quan_platform::pre_send::Ticket;

use crate::claim::failure::ClaimFailure;
use crate::state::Gateway;

pub(crate) use assets::sample;
pub use token::TokenSealer;

/// The page, its files and its calls.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/", get(page::handle))
        .route("/assets/{file}", get(assets::handle))
        .route("/v1/open", post(open::handle))
        .route("/v1/receive", post(receive::handle))
        .route("/v1/state", post(state::handle))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// A claim call holds a token and little else.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// The ticket inside the token of a claim call.
fn ticket(gateway: &Gateway, body: Result<Bytes, BytesRejection>) -> Result<Ticket, ClaimFailure> {
    let body = body.map_err(|rejection| ClaimFailure::Unreadable(rejection.status()))?;
    let request: TokenRequest = serde_json::from_slice(&body).map_err(|_| ClaimFailure::NotJson)?;
    let ticket = gateway.token_sealer.open(&request.token);
    ticket.map_err(|_| ClaimFailure::Refused(ClaimError::TokenInvalid))
}
