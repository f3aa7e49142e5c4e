//! POST /_quan/caller-certificates adds an API certificate of a merchant or brand,
//! POST /_quan/caller-certificates/revoke revokes one: what a merchant does in its console.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_platform::caller_certificates::{
    CallerCertificate, CertificateError, add_certificate, revoke_certificate,
};
use serde::Deserialize;
use serde_json::json;

use crate::admin::{authorised, failed};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct Add {
    /// `mchid:…` or `brand:…`.
    caller: String,
    /// The certificate in PEM.
    certificate: String,
}

#[derive(Deserialize)]
struct Revoke {
    /// `mchid:…` or `brand:…`.
    caller: String,
    serial_no: String,
}

pub(crate) async fn add(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let Ok(add) = serde_json::from_slice::<Add>(&body) else {
        return wrong("send {\"caller\": \"mchid:…\", \"certificate\": PEM}");
    };
    let Ok(principal) = add.caller.parse::<Principal>() else {
        return wrong("caller is mchid:… or brand:…");
    };
    let certificate = match Certificate::from_pem(&add.certificate) {
        Ok(certificate) => certificate,
        Err(error) => return wrong(&error.to_string()),
    };
    let serial_no = certificate.serial_no.clone();
    let certificate = CallerCertificate {
        principal,
        serial_no: normalise_serial(&serial_no),
        pem: certificate.pem,
        not_after: Time::from_unix_seconds(certificate.not_after),
        revoked_at: None,
    };
    let now = gateway.wire_clock.now();
    let added = gateway.platform.write(move |work| add_certificate(work, &certificate, now)).await;
    answered(added, &serial_no)
}

pub(crate) async fn revoke(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let Ok(revoke) = serde_json::from_slice::<Revoke>(&body) else {
        return wrong("send {\"caller\": \"mchid:…\", \"serial_no\": …}");
    };
    let Ok(principal) = revoke.caller.parse::<Principal>() else {
        return wrong("caller is mchid:… or brand:…");
    };
    let now = gateway.wire_clock.now();
    let serial_no = normalise_serial(&revoke.serial_no);
    let revoked =
        gateway.platform.write(move |work| revoke_certificate(work, &principal, &serial_no, now)).await;
    answered(revoked, &revoke.serial_no)
}

fn answered(done: Result<(), CertificateError>, serial_no: &str) -> Response {
    let error = match done {
        Ok(()) => return answer::json(StatusCode::OK, &json!({ "serial_no": serial_no })),
        Err(error) => error,
    };
    let (status, code) = match &error {
        CertificateError::UnknownCaller | CertificateError::UnknownCertificate => {
            (StatusCode::NOT_FOUND, "NOT_FOUND")
        }
        CertificateError::TooMany | CertificateError::SerialTaken => {
            (StatusCode::CONFLICT, "INVALID_REQUEST")
        }
        CertificateError::Expired => (StatusCode::BAD_REQUEST, "PARAM_ERROR"),
        CertificateError::Failed(cause) => return failed(cause),
    };
    answer::json(status, &json!({ "code": code, "message": error.to_string() }))
}

fn wrong(message: &str) -> Response {
    answer::json(StatusCode::BAD_REQUEST, &json!({ "code": "PARAM_ERROR", "message": message }))
}
