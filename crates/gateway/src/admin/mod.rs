//! The development calls, `/_quan/…`: health, pictures, the movable clock, and what a merchant or the
//! platform's operator does in a console: certificates, verification modes, rotation of the platform's keys,
//! the user's card pack, pausing of stocks, counters of hot stocks. All but
//! the first two need the admin token and exist in `quan dev` only.

mod caller_certificates;
mod card_pack;
mod clock;
mod counter_shards;
mod image;
mod platform_keys;
mod stocks;
mod verification_mode;

use std::sync::Arc;

use axum::Router;
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

/// What the development calls need.
pub struct Admin {
    /// Whoever sends it may make the calls.
    pub token: String,
    /// The rules' clock.
    pub clock: Arc<dyn ClockControl>,
    /// The platform's keys.
    pub platform_keys: Arc<dyn PlatformKeyControl>,
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

/// The development calls.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new()
        .route("/health", get(health))
        .route("/samples/{file}", get(sample))
        .route("/images/{image_id}", get(image::show))
        .route("/clock", get(clock::show).post(clock::advance))
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
            Self::Off => (StatusCode::NOT_FOUND, "the development calls are off"),
            Self::WrongToken => {
                (StatusCode::UNAUTHORIZED, "send Authorization: Bearer <admin_token of sandbox.json>")
            }
        };
        answer::json(status, &json!({ "code": "NO_AUTH", "message": message }))
    }
}

/// What the development calls need, for who holds the admin token.
fn authorised<'g>(gateway: &'g Gateway, headers: &HeaderMap) -> Result<&'g Admin, AdminRefusal> {
    let admin = gateway.admin.as_ref().ok_or(AdminRefusal::Off)?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if is_same(given, &admin.token) { Ok(admin) } else { Err(AdminRefusal::WrongToken) }
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
