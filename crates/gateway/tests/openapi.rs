//! The document and the page that describe the API.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use axum::body::Body;
use http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt;
use quan_testkit::TestPlatform;
use serde_json::Value;
use tower::ServiceExt;

async fn call(method: Method, target: &str, accept_language: &str) -> (u16, HeaderMap, String) {
    let platform = TestPlatform::start().await;
    let request =
        Request::builder().method(method).uri(target).header(header::ACCEPT_LANGUAGE, accept_language);
    let response = platform.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_document_is_openapi_3_1_and_needs_no_signature() {
    let (status, headers, body) = call(Method::GET, "/openapi.json", "").await;
    assert_eq!(
        (status, headers[header::CONTENT_TYPE].as_bytes()),
        (200, &b"application/json; charset=utf-8"[..])
    );
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document, *quan_openapi::document());
    let (status, _, _) = call(Method::POST, "/openapi.json", "").await;
    assert_eq!(status, 405);
}

#[tokio::test]
async fn the_page_is_safe_and_speaks_both_languages() {
    for (target, accepted, marker) in [
        ("/openapi", "", "lang=\"en\""),
        ("/openapi", "zh-CN,zh;q=0.9", "lang=\"zh-CN\""),
        ("/openapi?lang=zh", "en", "lang=\"zh-CN\""),
        ("/openapi?lang=en", "zh-CN", "lang=\"en\""),
    ] {
        let (status, headers, body) = call(Method::GET, target, accepted).await;
        assert_eq!(
            (status, headers[header::CONTENT_TYPE].to_str().unwrap()),
            (200, "text/html; charset=utf-8")
        );
        assert!(body.contains(marker), "{target} {accepted}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
