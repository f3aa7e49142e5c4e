//! What others may see of the exchanges: whoever counts them is told here, once for each.
//!
//! Names are bounded: a face, the official name of an operation, a status, a reason out of a short list. No id, path
//! or openid goes this way.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use quan_apiv3::headers;

use crate::bounds;
use crate::rate::operation_of;
use crate::state::Gateway;

/// One exchange, done.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'e> {
    /// The method.
    pub method: &'e str,
    /// The template that the path was matched by, such as `/v3/…/users/{openid}/coupons`; `unknown` where none fits.
    pub route: &'e str,
    /// `partner`, `brand`, `busifavor`, `certificates`, `claim`, `other`.
    pub face: &'static str,
    /// The official name, such as `pre_send_user_coupon`; `other` where there is none.
    pub operation: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// From the head of the request to the answer.
    pub took: Duration,
    /// The Request-ID of the answer, if it has one.
    pub request_id: Option<&'e str>,
    /// The caller's `traceparent`, unread.
    pub traceparent: Option<&'e str>,
}

/// Why a signature was not accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureFailure {
    /// There is no Authorization header, or it cannot be read.
    #[default]
    Malformed,
    /// A merchant's scheme on a brand's path, or the other way round.
    WrongScheme,
    /// The timestamp is more than five minutes off.
    Clock,
    /// The caller has no such certificate in force.
    UnknownCertificate,
    /// The signature is not over what was received.
    Mismatch,
    /// `Wechatpay-Serial` names no key of ours.
    PlatformSerial,
}

impl SignatureFailure {
    /// The word for labels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::WrongScheme => "wrong_scheme",
            Self::Clock => "clock",
            Self::UnknownCertificate => "unknown_certificate",
            Self::Mismatch => "mismatch",
            Self::PlatformSerial => "platform_serial",
        }
    }
}

/// Whoever counts exchanges. Called on the threads that serve: it must not wait.
pub trait Observer: Send + Sync + 'static {
    /// An exchange was answered.
    fn answered(&self, exchange: &Exchange<'_>);
    /// A signature was not accepted.
    fn signature_failed(&self, failure: SignatureFailure);
    /// A call was refused because its caller makes too many.
    fn rate_limited(&self);
}

/// Nobody counts.
impl Observer for () {
    fn answered(&self, _: &Exchange<'_>) {}
    fn signature_failed(&self, _: SignatureFailure) {}
    fn rate_limited(&self) {}
}

/// The layer around everything. It bounds the request too: a layer of its own would cost each request a dozen allocations.
pub(crate) async fn observed(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map(MatchedPath::as_str);
    let (face, operation) = named(request.method(), request.uri().path(), route);
    let method = request.method().clone();
    let traceparent = request.headers().get("traceparent").cloned();
    let response = bounds::bounded(gateway.settings.limits, request, next).await;
    let exchange = Exchange {
        method: method.as_str(),
        route: route.unwrap_or("unknown"),
        face,
        operation,
        status: response.status().as_u16(),
        took: begun.elapsed(),
        request_id: response.headers().get(headers::REQUEST_ID).and_then(|value| value.to_str().ok()),
        traceparent: traceparent.as_ref().and_then(|value| value.to_str().ok()),
    };
    gateway.observer.answered(&exchange);
    response
}

fn named(method: &Method, path: &str, route: Option<&str>) -> (&'static str, &'static str) {
    let face = match path {
        _ if path.starts_with("/v3/marketing/partner/") => "partner",
        _ if path.starts_with("/v3/marketing/busifavor/") => "busifavor",
        _ if path.starts_with("/brand/") => "brand",
        "/v3/certificates" => "certificates",
        _ if path == "/claim" || path.starts_with("/claim/") => "claim",
        _ => "other",
    };
    let operation = match (face, route) {
        ("certificates", _) => "download_certificates",
        ("claim", Some("/claim/v1/open")) => "open",
        ("claim", Some("/claim/v1/receive")) => "receive",
        ("claim", Some("/claim/v1/state")) => "state",
        ("claim", Some("/claim" | "/claim/")) => "page",
        ("claim", Some("/claim/{file}")) => "asset",
        ("partner" | "brand" | "busifavor", _) => operation_of(method, path).unwrap_or("other"),
        _ => "other",
    };
    (face, operation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn tell(route: MatchedPath, request: Request, _: Next) -> &'static str {
        named(request.method(), request.uri().path(), Some(route.as_str())).1
    }

    #[tokio::test]
    async fn the_page_and_its_files_have_their_names() {
        let claim = Router::new().route("/", get(|| async {})).route("/{file}", get(|| async {}));
        // Around the routes, where the path is still whole.
        let routes: Router = Router::new().nest("/claim", claim).layer(axum::middleware::from_fn(tell));
        for (path, name) in [("/claim", "page"), ("/claim/claim.js", "asset")] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let answer = routes.clone().oneshot(request).await.expect("an answer");
            let said = axum::body::to_bytes(answer.into_body(), 64).await.expect("a name");
            assert_eq!(said, name, "{path}");
        }
    }
}
