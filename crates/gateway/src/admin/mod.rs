//! Calls of our own, `/_quan/…`: pictures, which are public; what a merchant or the platform's operator does in a
//! console, with the admin token: certificates, verification modes, rotation of the platform's keys, the user's card
//! pack, pausing of stocks, counters of hot stocks; and, in `quan dev` only, samples and the movable clock.

mod caller_certificates;
mod card_pack;
mod clock;
mod counter_shards;
mod image;
mod parties;
mod platform_keys;
mod stocks;
mod verification_mode;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde_json::json;

use crate::answer;
use crate::claim::sample;
use crate::problem::Problem;
use crate::refusal::Face;
use crate::state::Gateway;

pub use platform_keys::{PlatformKeyControl, PlatformKeyError, PlatformKeyKind, RotationStep};

/// What the operator's calls need.
pub struct Admin {
    /// Whoever sends it may make the calls; without it nobody may.
    pub token: Option<String>,
    /// The rules' clock, if it may be moved: in `quan dev` only.
    pub clock: Option<Arc<dyn ClockControl>>,
    /// The metrics, if there are any.
    pub metrics: Option<Arc<dyn Exposition>>,
    /// The platform's keys.
    pub platform_keys: Arc<dyn PlatformKeyControl>,
}

/// Metrics as a text.
pub trait Exposition: Send + Sync + 'static {
    /// The metrics now, in Prometheus's text format 0.0.4. Called on a thread that may wait.
    fn text(&self) -> String;
}

/// A clock that may be moved.
pub trait ClockControl: Send + Sync + 'static {
    /// Moves the rules' clock forward and remembers it over restarts.
    ///
    /// # Errors
    /// [`ClockError`] when the move cannot be kept.
    fn advance(&self, seconds: u32) -> Result<(), ClockError>;
}

/// The move of the clock could not be kept; it was not made.
#[derive(Debug, thiserror::Error)]
#[error("the clock was not moved: {0}")]
pub struct ClockError(pub String);

/// What everybody may reach.
pub(crate) fn public_routes() -> Router<Gateway> {
    Router::new().route("/images/{image_id}", get(image::show))
}

/// What exists in `quan dev` only.
pub(crate) fn development_routes() -> Router<Gateway> {
    Router::new().route("/samples/{file}", get(sample)).route("/clock", get(clock::show).post(clock::advance))
}

/// What needs the admin token.
pub(crate) fn operator_routes() -> Router<Gateway> {
    Router::new()
        .route("/health", get(health))
        .route("/parties", get(parties::show).post(parties::apply))
        .route("/platform-keys", get(platform_keys::show))
        .route("/platform-certificates/{step}", post(platform_keys::turn_certificates))
        .route("/platform-public-keys/{step}", post(platform_keys::turn_public_keys))
        .route("/caller-certificates", post(caller_certificates::add))
        .route("/caller-certificates/revoke", post(caller_certificates::revoke))
        .route("/verification-mode", post(verification_mode::set))
        .route("/user-coupons/delete", post(card_pack::delete))
        .route("/stocks/pause", post(stocks::pause))
        .route("/stocks/resume", post(stocks::resume))
        .route("/stocks/{stock_id}/counter-shards", put(counter_shards::set))
}

/// GET /metrics. Without the token: the listener that has it is for the operator's machines.
pub(crate) async fn metrics(State(gateway): State<Gateway>) -> Response {
    let Some(metrics) = gateway.admin.as_ref().and_then(|admin| admin.metrics.clone()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::task::spawn_blocking(move || metrics.text()).await {
        Ok(text) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
        }
        Err(_cut_off) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

async fn health() -> Response {
    answer::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Why a development call is not answered.
enum AdminRefusal {
    Off,
    WrongToken,
}

impl IntoResponse for AdminRefusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Off => (StatusCode::NOT_FOUND, "the operator's calls are off"),
            Self::WrongToken => (StatusCode::UNAUTHORIZED, "send Authorization: Bearer <admin token>"),
        };
        answer::json(status, &json!({ "code": "NO_AUTH", "message": message }))
    }
}

/// What the development calls need, for who holds the admin token.
fn authorised<'g>(gateway: &'g Gateway, headers: &HeaderMap) -> Result<&'g Admin, AdminRefusal> {
    let admin = gateway.admin.as_ref().ok_or(AdminRefusal::Off)?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let token = admin.token.as_ref().ok_or(AdminRefusal::Off)?;
    if is_same(given, token) { Ok(admin) } else { Err(AdminRefusal::WrongToken) }
}

/// The answer to a body that cannot be read.
fn wrong_body(message: &str) -> Response {
    answer::json(StatusCode::BAD_REQUEST, &json!({ "code": "PARAM_ERROR", "message": message }))
}

/// The answer when a use case said no or failed: status and code of the API, the reason in English.
fn failed(error: &quan_platform::Error) -> Response {
    let problem = Problem::failed(error, Face::Partner);
    answer::json(problem.status, &json!({ "code": problem.code, "message": problem.reason }))
}

/// Compares without telling by its time how much was right.
fn is_same(given: &str, token: &str) -> bool {
    let differing =
        given.bytes().zip(token.bytes()).fold(0, |differing, (one, other)| differing | (one ^ other));
    given.len() == token.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn tokens_are_compared_whole() {
        assert!(is_same("abc", "abc"));
        for other in ["", "ab", "abcd", "abd", "ABC"] {
            assert!(!is_same(other, "abc"));
        }
    }
}
