//! The claim component's page and its calls, `/claim/…` (semantics 8). The project's own, not signed: the
//! token in the body is the caller's right.

mod assets;
mod cors;
mod failure;
mod limits;
mod open;
mod page;
mod receive;
mod state;
mod token;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, http::HeaderName, http::HeaderValue, http::header};
use quan_model::claim::TokenRequest;
use quan_platform::pre_send::Ticket;

use crate::claim::failure::ClaimFailure;
use crate::server::ClientAddress;
use crate::state::Gateway;

pub(crate) use assets::sample;
pub(crate) use limits::ClaimLimits;
pub use token::TokenSealer;

/// The page, its files and its calls.
pub(crate) fn routes(gateway: &Gateway) -> Router<Gateway> {
    let with = gateway.clone();
    let calls = Router::new()
        .route("/v1/open", post(open::handle).options(cors::options))
        .route("/v1/receive", post(receive::handle).options(cors::options))
        .route("/v1/state", post(state::handle).options(cors::options))
        .layer(axum::extract::DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(with.clone(), limited))
        .layer(axum::middleware::map_response(never_kept));
    Router::new()
        .merge(calls)
        .route("/{file}", get(assets::handle))
        // Around calls and files, so that a foreign page can use both; the page itself is nobody else's.
        .route_layer(from_fn_with_state(with, cors::listed_origins))
        .route("/", get(page::handle))
}

/// A claim call holds a token and little else.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// The middleware that counts an address's calls, before anything is read.
async fn limited(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().copied();
    match (gateway.claim_limits(), address) {
        (Some(limits), Some(address)) if !limits.admits_address(address) => {
            ClaimFailure::TooFrequent.into_response()
        }
        (_, _) => next.run(request).await,
    }
}

/// What a claim call answers is about one person: no cache keeps it, no page frames it, no link tells of it.
async fn never_kept(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The ticket inside the token of a claim call. A token that is not ours has one that leads nowhere, so that it takes
/// the same way as one of ours that is dead: a look into the store. What differs is what the answer says.
fn ticket(gateway: &Gateway, body: Result<Bytes, BytesRejection>) -> Result<Ticket, ClaimFailure> {
    let body = body.map_err(|rejection| ClaimFailure::Unreadable(rejection.status()))?;
    let request: TokenRequest = serde_json::from_slice(&body).map_err(|_| ClaimFailure::NotJson)?;
    let opened = gateway.token_sealer.open(&request.token);
    if let (Ok(ticket), Some(limits)) = (&opened, gateway.claim_limits())
        && !limits.admits_token(ticket)
    {
        return Err(ClaimFailure::TooFrequent);
    }
    Ok(opened.unwrap_or_else(|_| Ticket::nowhere()))
}
