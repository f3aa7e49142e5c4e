//! Claim calls from pages of other origins: answered to the listed origins, to each by its name, and never with
//! credentials (semantics 7). An origin that is not listed gets no header, and its browser keeps the answer from it.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::Gateway;

/// How long a browser may remember what it was allowed, in seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// What a browser asks before it calls from a page of another origin; the middleware says whether it may.
pub(crate) async fn options() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The middleware around everything below `/claim/` that a foreign page may ask for.
pub(crate) async fn listed_origins(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_listed = |origin: &HeaderValue| gateway.claim_origins.iter().any(|listed| listed == origin);
    let listed = origin.filter(is_listed);
    let asks_before = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // Also without an origin: a cache must not give one the answer of another.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = listed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if asks_before {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
            let allowed = HeaderValue::from_static("content-type");
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
    }
    response
}
