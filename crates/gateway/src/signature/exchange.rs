//! One signed exchange: read the body, verify, handle, sign, log.

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header, response};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::headers;
use quan_apiv3::platform_keys::SigningKey;
use quan_apiv3::probe::probe_signature;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_model::entropy;
use quan_model::verification::VerificationMode;

use crate::bounds::Deadline;
use crate::problem::{Problem, Reason, RefusalNumber};
use crate::rate;
use crate::refusal;
use crate::request_log::{Ending, Observation};
use crate::signature::Caller;
use crate::signature::keys::signing_key;
use crate::signature::upload;
use crate::signature::verify::{Received, Unproved, verify};
use crate::state::Gateway;

/// The middleware around every operation of the API. A call that takes too long is answered here, so that the answer has
/// its Request-ID, and its signature once the caller is known. It asks the rate limits too, since a layer costs a dozen allocations.
///
/// Handlers get no headers: what an operation needs of them is read here, and the request log keeps them without a copy.
pub(crate) async fn signed_exchange(
    State(gateway): State<Gateway>,
    request: Request,
    next: Next,
) -> Response {
    let deadline = Deadline::after(gateway.settings.limits.request);
    let (mut parts, body) = request.into_parts();
    let method = parts.method.clone();
    let target =
        parts.uri.path_and_query().map_or_else(|| "/".to_owned(), |target| target.as_str().to_owned());
    // The path holds openids and coupon codes of the caller's own users; what it was matched by does not.
    let route = parts.extensions.get::<MatchedPath>().cloned();
    let scheme = Scheme::for_path(parts.uri.path()).unwrap_or(Scheme::Merchant);
    let request_headers = std::mem::take(&mut parts.headers);
    let platform_serial = text(&request_headers, headers::WECHATPAY_SERIAL);
    let at = (gateway.wire_clock.now_ms(), gateway.platform.now());
    let mut observation = Observation::begin(gateway.request_log.as_ref(), at);
    let authenticated = async {
        let body = read(body, gateway.settings.limits.body_bytes_max).await?;
        if let Some(observation) = &mut observation {
            observation.received(&body);
        }
        let upload = if upload::is_upload(parts.uri.path(), &request_headers) {
            Some(upload::split(&request_headers, body.clone()).await.map_err(refusal::malformed_upload)?)
        } else {
            None
        };
        let received = Received {
            method: method.as_str(),
            target: &target,
            authorization: request_headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()),
            platform_serial: platform_serial.as_deref(),
            // Of an upload only `meta` is signed (wire-protocol 9).
            body: upload.as_ref().map_or(&body, |upload| &upload.meta),
        };
        let caller = verify(&gateway, &received).await?;
        Ok::<_, Unproved>((caller, upload, body))
    };
    let (response, known, fault) = match deadline.meet(authenticated).await {
        Ok(Ok((caller, upload, body))) => {
            let known = caller.clone();
            parts.extensions.insert(caller);
            if let Some(upload) = upload {
                parts.extensions.insert(upload);
            }
            let request = Request::from_parts(parts, Body::from(body));
            (handled(&gateway, &known, request, next, deadline).await, Some(known), None)
        }
        Ok(Err(unproved)) => (unproved.problem.into_response(), None, unproved.fault),
        Err(late) => (late.into_response(), None, None),
    };
    let number = response.extensions().get::<RefusalNumber>().map_or(0, |number| number.0);
    let request_id = gateway.mint_request_id(number);
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    log(&method, route, &response, &request_id, known.as_ref().map(|known| known.principal.to_string()));
    let signer =
        known.as_ref().map(|known| Signer { scheme, mode: known.verification_mode, platform_serial });
    let (response, body) = finish(&gateway, response, &request_id, signer).await;
    if let Some(observation) = observation {
        observation.end(Ending {
            method,
            target,
            request_headers,
            request_id: &request_id,
            caller: known.as_ref().map(|known| &known.principal),
            status: response.status.as_u16(),
            headers: &response.headers,
            extensions: &response.extensions,
            body: &body,
            fault,
        });
    }
    Response::from_parts(response, Body::from(body))
}

/// What a caller that was identified is answered, within its rate and in time.
async fn handled(
    gateway: &Gateway,
    caller: &Caller,
    request: Request,
    next: Next,
    deadline: Deadline,
) -> Response {
    if let Err(too_many) = rate::limited(gateway, caller, request.method(), request.uri().path()) {
        return too_many.into_response();
    }
    match deadline.meet(next.run(request)).await {
        Ok(response) => in_our_words(response),
        Err(late) => late.into_response(),
    }
}

/// The router refuses a path whose escapes are no UTF-8 by itself, in plain text; every refusal of the API is
/// JSON (wire-protocol S-13).
fn in_our_words(response: Response) -> Response {
    let is_ours = response.status().is_success() || response.extensions().get::<RefusalNumber>().is_some();
    if is_ours {
        response
    } else if response.status().is_client_error() {
        refusal::malformed_path().into_response()
    } else {
        refusal::system_error("a handler could not answer".to_owned()).into_response()
    }
}

/// How an answer is to be signed; answers to callers that were not identified are not (wire-protocol S-8).
struct Signer {
    scheme: Scheme,
    mode: VerificationMode,
    platform_serial: Option<String>,
}

/// The layer around has bounded the time of a body.
async fn read(body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(refusal::body_too_large(bytes_max)),
        Err(error) => Err(refusal::body_unreadable(format!("the body broke off: {error}"))),
    }
}

fn text(headers: &axum::http::HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

/// Adds Request-ID and, for identified callers, the signature over the body as it will be sent.
async fn finish(
    gateway: &Gateway,
    response: Response,
    request_id: &str,
    signer: Option<Signer>,
) -> (response::Parts, Bytes) {
    let (mut parts, body) = collected(response).await;
    insert(&mut parts.headers, headers::REQUEST_ID, request_id);
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, must-revalidate"));
    parts.headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("zh-CN"));
    parts.headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(signer) = signer {
        match sign(gateway, &signer, &body) {
            Ok(signed) => {
                for (name, value) in signed.pairs() {
                    insert(&mut parts.headers, name, value);
                }
            }
            Err(reason) => {
                tracing::error!(reason, "an answer could not be signed");
                return collected(refusal::system_error(reason).into_response()).await;
            }
        }
    }
    (parts, body)
}

/// The body was made in memory by a handler, so collecting it cannot fail or grow without bound.
async fn collected(response: Response) -> (response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default())
}

/// Signs where the call is served. RSA is the dearest step of a call, but it only computes: on another thread it would
/// take the same core, and a third of its time more for the way there and back.
fn sign(gateway: &Gateway, signer: &Signer, body: &[u8]) -> Result<SignatureHeaders, String> {
    let keys = gateway.platform_keys.now();
    let SigningKey { key, serial } = signing_key(&keys, signer.mode, signer.platform_serial.as_deref());
    if signer.platform_serial.as_deref().is_some_and(|named| !keys.knows(named)) {
        tracing::warn!(
            serial = signer.platform_serial,
            "the caller names a Wechatpay-Serial that is not ours"
        );
    }
    let nonce = entropy::text(&*gateway.entropy, entropy::LOWER_HEX, 32);
    let timestamp = gateway.wire_clock.now().unix_seconds();
    let signed = SignatureHeaders::sign(key, serial, signer.scheme, timestamp, &nonce, body);
    let mut signed = signed.map_err(|error| error.to_string())?;
    if gateway.settings.answer_probes.hits(entropy::number(&*gateway.entropy)) {
        tracing::info!("an answer is a probe: its signature is wrong on purpose");
        signed.signature = probe_signature(&signed.signature);
    }
    Ok(signed)
}

fn insert(headers: &mut axum::http::HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

fn log(method: &Method, route: &str, response: &Response, request_id: &str, caller: Option<String>) {
    let status = response.status().as_u16();
    let caller = caller.unwrap_or_else(|| "unidentified".to_owned());
    match response.extensions().get::<Reason>() {
        None => tracing::info!(%method, route, status, request_id, caller, "answered"),
        Some(Reason(reason)) => tracing::info!(%method, route, status, request_id, caller, reason, "refused"),
    }
}
