//! GET /_quan/clock shows the rules' clock, POST {"advance_seconds": n} moves it forward.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_model::time::Time;
use serde::Deserialize;
use serde_json::json;

use crate::admin::authorised;
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct Advance {
    /// Seconds forward; the clock of the rules never goes back.
    advance_seconds: u32,
}

pub(crate) async fn show(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    match authorised(&gateway, &headers) {
        Ok(_) => time(gateway.platform.now()),
        Err(refused) => refused.into_response(),
    }
}

pub(crate) async fn advance(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    let control = match authorised(&gateway, &headers) {
        Ok(admin) => admin.clock.as_ref(),
        Err(refused) => return refused.into_response(),
    };
    let Some(control) = control else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(advance) = serde_json::from_slice::<Advance>(&body) else {
        let message = "send {\"advance_seconds\": n} with a whole number of 0 or more";
        return answer::json(StatusCode::BAD_REQUEST, &json!({ "code": "PARAM_ERROR", "message": message }));
    };
    match control.advance(advance.advance_seconds) {
        Ok(()) => time(gateway.platform.now()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the clock was not moved");
            let body = json!({ "code": "SYSTEM_ERROR", "message": error.to_string() });
            answer::json(StatusCode::INTERNAL_SERVER_ERROR, &body)
        }
    }
}

fn time(now: Time) -> Response {
    answer::json(StatusCode::OK, &json!({ "now": now }))
}
