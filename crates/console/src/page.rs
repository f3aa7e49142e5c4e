//! Rendering a page with its headers.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::failure::Failure;

/// What pages may load and do: nothing inline, nothing from elsewhere but pictures.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page, or a fragment of one.
pub(crate) fn render(template: &impl Template) -> Result<Response, Failure> {
    match template.render() {
        Ok(text) => Ok(Html(text).into_response()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            Err(Failure::Internal)
        }
    }
}

/// A page with a status.
pub(crate) fn render_with(status: StatusCode, template: &impl Template) -> Result<Response, Failure> {
    let mut response = render(template)?;
    *response.status_mut() = status;
    Ok(response)
}

/// After a change: the page that shows it, fetched anew, so that reloading does not repeat the change.
pub(crate) fn see_other(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// The headers of every answer of the console.
pub(crate) fn guard(response: &mut Response) {
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Pages show what only the team may see; a cache in between keeps none of it.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
