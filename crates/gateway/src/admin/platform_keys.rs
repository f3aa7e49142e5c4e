//! GET /_quan/platform-keys shows the platform's keys; POST /_quan/platform-certificates/{step} and
//! /_quan/platform-public-keys/{step} rotate them: `rotate` adds a new one, `switch` lets it sign, `retire` takes the
//! other one away.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_apiv3::platform_keys::{PlatformKeys, RotationError};
use serde_json::json;

use crate::admin::authorised;
use crate::answer;
use crate::state::Gateway;

/// Which keys are rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformKeyKind {
    /// Platform certificates (平台证书).
    Certificate,
    /// WeChat Pay public keys (微信支付公钥).
    PublicKey,
}

/// A step of a rotation, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationStep {
    /// A new key is made and handed out; the old one still signs.
    Rotate,
    /// The other one signs; repeated, it goes back.
    Switch,
    /// The one that does not sign is taken away.
    Retire,
}

/// Keys that may be rotated while the platform runs.
pub trait PlatformKeyControl: Send + Sync + 'static {
    /// Makes one step, keeps it over restarts, and lets everything signed from here on know. It may take as long as
    /// making an RSA key does.
    ///
    /// # Errors
    /// [`PlatformKeyError`]; the keys are then as they were.
    fn turn(&self, kind: PlatformKeyKind, step: RotationStep) -> Result<(), PlatformKeyError>;
}

/// Why the keys were not changed.
#[derive(Debug, thiserror::Error)]
pub enum PlatformKeyError {
    /// The step does not fit where the rotation stands.
    #[error("the step cannot be made now")]
    Step(#[source] RotationError),
    /// A key could not be made or kept.
    #[error("the keys were not changed: {0}")]
    Failed(String),
}

impl From<RotationError> for PlatformKeyError {
    fn from(error: RotationError) -> Self {
        Self::Step(error)
    }
}

pub(crate) async fn show(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    match authorised(&gateway, &headers) {
        Ok(_) => keys(&gateway.platform_keys.now()),
        Err(refused) => refused.into_response(),
    }
}

pub(crate) async fn turn_certificates(
    State(gateway): State<Gateway>,
    Path(step): Path<String>,
    headers: HeaderMap,
) -> Response {
    turn(&gateway, &headers, PlatformKeyKind::Certificate, &step).await
}

pub(crate) async fn turn_public_keys(
    State(gateway): State<Gateway>,
    Path(step): Path<String>,
    headers: HeaderMap,
) -> Response {
    turn(&gateway, &headers, PlatformKeyKind::PublicKey, &step).await
}

async fn turn(gateway: &Gateway, headers: &HeaderMap, kind: PlatformKeyKind, step: &str) -> Response {
    let control = match authorised(gateway, headers) {
        Ok(admin) => Arc::clone(&admin.platform_keys),
        Err(refused) => return refused.into_response(),
    };
    let step = match step {
        "rotate" => RotationStep::Rotate,
        "switch" => RotationStep::Switch,
        "retire" => RotationStep::Retire,
        _ => return refused(StatusCode::NOT_FOUND, "NOT_FOUND", "the steps are rotate, switch and retire"),
    };
    let turned = tokio::task::spawn_blocking(move || control.turn(kind, step)).await;
    match turned {
        Ok(Ok(())) => keys(&gateway.platform_keys.now()),
        Ok(Err(PlatformKeyError::Step(error))) => {
            refused(StatusCode::CONFLICT, "INVALID_REQUEST", &error.to_string())
        }
        Ok(Err(PlatformKeyError::Failed(reason))) => failed(&reason),
        Err(cut_off) => failed(&cut_off.to_string()),
    }
}

fn failed(reason: &str) -> Response {
    tracing::error!(reason, "the platform's keys were not changed");
    refused(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", reason)
}

fn refused(status: StatusCode, code: &str, message: &str) -> Response {
    answer::json(status, &json!({ "code": code, "message": message }))
}

/// Names only: the keys themselves are in their files.
fn keys(keys: &PlatformKeys) -> Response {
    let other = |name: Option<&str>| name.map_or(json!(null), |name| json!(name));
    let next = keys.certificates.other().map(|other| other.certificate.serial_no.as_str());
    let body = json!({
        "certificates": { "signing": keys.by_certificate().serial, "other": other(next) },
        "public_keys": {
            "signing": keys.by_public_key().serial,
            "other": other(keys.public_keys.other().map(|other| other.id.as_str())),
        },
    });
    answer::json(StatusCode::OK, &body)
}
