//! GET /healthz: the process answers. GET /readyz: it should be given requests. For load balancers and supervisors; no
//! signature, no token, and nothing in the answer that others may not know.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::state::Gateway;

/// Whoever knows whether this node should be given requests.
pub trait Readiness: Send + Sync + 'static {
    /// Looks now. Called on a thread that may wait.
    ///
    /// # Errors
    /// One word why not: `draining`, `store`.
    fn check(&self) -> Result<(), &'static str>;
}

/// Always ready.
impl Readiness for () {
    fn check(&self) -> Result<(), &'static str> {
        Ok(())
    }
}

/// How long a look may take before the node counts as not ready.
const LOOK_MAX: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> Response {
    text(StatusCode::OK, "ok")
}

async fn ready(State(gateway): State<Gateway>) -> Response {
    let readiness = Arc::clone(&gateway.readiness);
    let looking = tokio::task::spawn_blocking(move || readiness.check());
    match tokio::time::timeout(LOOK_MAX, looking).await {
        Ok(Ok(Ok(()))) => text(StatusCode::OK, "ready"),
        Ok(Ok(Err(reason))) => text(StatusCode::SERVICE_UNAVAILABLE, reason),
        Ok(Err(_cut_off)) => text(StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        Err(_slow) => text(StatusCode::SERVICE_UNAVAILABLE, "slow"),
    }
}

fn text(status: StatusCode, word: &'static str) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], word).into_response()
}
