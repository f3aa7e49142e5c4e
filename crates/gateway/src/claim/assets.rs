//! The files of the claim component and the sample pictures, out of the binary. A page of a listed origin may load
//! the element's file as one of its own (`crossorigin`, `integrity`).

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::state::Gateway;

/// Files and, where the development calls are, the demo.
pub(crate) async fn handle(
    State(gateway): State<Gateway>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Some(file) = quan_claim_web::files().iter().find(|file| file.name == name) {
        return serve(file.media_type, &file.text, &headers);
    }
    let demo = quan_claim_web::DEMO.iter().find(|(demo, _)| *demo == name && gateway.admin.is_some());
    demo.map_or_else(not_found, |(name, text)| serve(media_type(name), text, &headers))
}

/// The pictures of the coupons that `quan dev` seeds.
pub(crate) async fn sample(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let file = quan_claim_web::SAMPLES.iter().find(|file| file.name == name);
    file.map_or_else(not_found, |file| serve(media_type(file.name), file.text, &headers))
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "no such file").into_response()
}

/// The file, or that it has not changed. It is asked for again each time, so that a new version of the platform is
/// a new version of the component at once.
fn serve(media_type: &'static str, text: &'static str, asked: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..12]));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ETAG, tag.as_str()),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    if known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, text).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some(_) | None => "application/octet-stream",
    }
}
