//! GET /claim: the H5 page. The token stands in the fragment, which never reaches a server.

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{Html, IntoResponse, Response};

use quan_claim_web::PAGE_HTML as PAGE;

use crate::state::Gateway;

/// Where the page wants the allow-list of origins.
const ORIGINS: &str = "<meta name=\"quan-return-origins\" content=\"\" />";

pub(crate) async fn handle(State(gateway): State<Gateway>) -> Response {
    let origins = gateway.claim_origins.join(" ");
    let page = PAGE.replace(ORIGINS, &ORIGINS.replace("\"\"", &format!("\"{origins}\"")));
    let ancestors = if origins.is_empty() { "'none'" } else { &origins };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    (headers, Html(page)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_the_place_for_the_origins_and_nothing_inline() {
        assert_eq!(PAGE.matches(ORIGINS).count(), 1);
        assert!(!PAGE.contains("style=\"") && !PAGE.contains("<style") && !PAGE.contains("onclick"));
        assert!(PAGE.match_indices("<script").all(|(at, _)| PAGE[at..].contains("src=\"")));
    }
}
