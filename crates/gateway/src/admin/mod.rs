//! The development calls, `/_quan/…`: health, the sample pictures, and the movable clock. The clock needs the
//! admin token and exists in `quan dev` only.

mod card_pack;
mod clock;
mod stocks;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::answer;
use crate::claim::sample;
use crate::problem::Problem;
use crate::refusal::Face;
use crate::state::Gateway;

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
        .route("/clock", get(clock::show).post(clock::advance))
        .route("/user-coupons/delete", post(card_pack::delete))
        .route("/stocks/pause", post(stocks::pause))
        .route("/stocks/resume", post(stocks::resume))
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

/// The movable clock, for who holds the admin token.
fn authorised<'g>(
    gateway: &'g Gateway,
    headers: &HeaderMap,
) -> Result<&'g std::sync::Arc<dyn ClockControl>, AdminRefusal> {
    let (token, control) = gateway.admin.as_ref().ok_or(AdminRefusal::Off)?;
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    if is_same(given, token) { Ok(control) } else { Err(AdminRefusal::WrongToken) }
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
