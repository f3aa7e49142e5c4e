//! GET /openapi.json and GET /openapi: the API described, for programs and for people. Not signed, and the same for
//! everybody; nothing here knows what the platform holds.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use quan_openapi::Language;

use crate::answer::JSON;
use crate::state::Gateway;

/// The document and the page.
pub(crate) fn routes() -> Router<Gateway> {
    Router::new().route("/openapi.json", get(document)).route("/openapi", get(page))
}

/// The OpenAPI 3.1 document.
async fn document() -> Response {
    static TEXT: OnceLock<Bytes> = OnceLock::new();
    let text = TEXT.get_or_init(|| Bytes::from(quan_openapi::document().to_string()));
    let headers =
        [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, header::HeaderValue::from_static("no-cache"))];
    (headers, text.clone()).into_response()
}

/// The page, in the language that `?lang=` or the browser asks for.
async fn page(RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    static ENGLISH: OnceLock<String> = OnceLock::new();
    static CHINESE: OnceLock<String> = OnceLock::new();
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = language(query.as_deref(), accepted);
    let held = match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    let page = held.get_or_init(|| quan_openapi::page(language));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        quan_openapi::STYLE_DIGEST
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::VARY, "Accept-Language"),
    ];
    (headers, Html(page.as_str())).into_response()
}

/// `lang=zh` or `lang=en` decide; without them the first language that the browser accepts.
fn language(query: Option<&str>, accepted: Option<&str>) -> Language {
    let asked = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "lang")
        .map(|(_, value)| value.into_owned());
    let wanted = asked.as_deref().or(accepted).unwrap_or_default();
    if wanted.trim_start().to_ascii_lowercase().starts_with("zh") {
        Language::Chinese
    } else {
        Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_decides_before_the_browser() {
        for (query, accepted, language_of_page) in [
            (None, None, Language::English),
            (None, Some("zh-CN,zh;q=0.9,en;q=0.8"), Language::Chinese),
            (None, Some("en-GB,zh;q=0.9"), Language::English),
            (Some("lang=en"), Some("zh-CN"), Language::English),
            (Some("lang=zh"), Some("en"), Language::Chinese),
            (Some("other=zh"), None, Language::English),
        ] {
            assert_eq!(language(query, accepted), language_of_page, "{query:?} {accepted:?}");
        }
    }
}
