//! POST /_quan/verification-mode sets with which of the platform's keys a merchant verifies.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_model::ids::Mchid;
use quan_model::verification::VerificationMode;
use quan_platform::{Error, verification_mode};
use serde::Deserialize;
use serde_json::json;

use crate::admin::{authorised, failed};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
struct SetMode {
    mchid: String,
    verification_mode: VerificationMode,
}

pub(crate) async fn set(State(gateway): State<Gateway>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let asked = serde_json::from_slice::<SetMode>(&body).ok();
    let asked = asked.and_then(|asked| Some((Mchid::parse(asked.mchid).ok()?, asked.verification_mode)));
    let Some((mchid, mode)) = asked else {
        let message = "send {\"mchid\": …, \"verification_mode\": PLATFORM_CERTIFICATE, BOTH or PUBLIC_KEY}";
        return answer::json(StatusCode::BAD_REQUEST, &json!({ "code": "PARAM_ERROR", "message": message }));
    };
    let answered = json!({ "mchid": mchid.as_str(), "verification_mode": mode });
    let set = gateway.platform.write(move |work| verification_mode::set(work, &mchid, mode)).await;
    match set {
        Ok(()) => answer::json(StatusCode::OK, &answered),
        Err(Error::Refused(_)) => {
            let body = json!({ "code": "NOT_FOUND", "message": "nobody has this mchid" });
            answer::json(StatusCode::NOT_FOUND, &body)
        }
        Err(error @ (Error::Lane(_) | Error::Store(_) | Error::Interrupted)) => failed(&error),
    }
}
