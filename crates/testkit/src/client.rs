//! The client against the platform in this process: its transport calls the routes, without a socket.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use quan_apiv3::{headers, request_id};
use quan_client::error::TransportError;
use quan_client::transport::{BoxFuture, Limits, Transport, WireRequest, WireResponse};
use quan_client::{Brand, Builder, Client, Merchant, PublicKey, Retry};
use tower::ServiceExt;

use crate::evidence::{Answered, Caller, Exchange};
use crate::keys;
use crate::parties::{BRAND_ID, MCHID, SECRET};
use crate::platform::{PUBLIC_URL, TestPlatform};

impl TestPlatform {
    /// The client of the merchant. It makes one attempt, so that a test sees the first answer.
    ///
    /// # Panics
    /// When a vector key is not readable.
    pub fn client(&self) -> Client {
        let serial_no = keys::merchant().certificate.serial_no;
        let merchant = Merchant::new(MCHID, serial_no, keys::MERCHANT_KEY_PEM).expect("a vector key");
        self.client_from(Client::builder().merchant(merchant))
    }

    /// The client of the brand, as [`TestPlatform::client`].
    ///
    /// # Panics
    /// When a vector key is not readable.
    pub fn brand_client(&self) -> Client {
        let serial_no = keys::brand().certificate.serial_no;
        let brand = Brand::new(BRAND_ID, serial_no, keys::BRAND_KEY_PEM).expect("a vector key");
        self.client_from(Client::builder().brand(brand))
    }

    /// The operations that clients have called with success, by their ids in the OpenAPI document.
    pub fn called_by_clients(&self) -> BTreeSet<String> {
        self.answered.by_client()
    }

    fn client_from(&self, builder: Builder) -> Client {
        let public_key = PublicKey::new(keys::PUBLIC_KEY_ID, keys::PUBLIC_KEY_PEM).expect("a vector key");
        let routes = InProcess { routes: self.routes.clone(), answered: self.answered.clone() };
        builder
            .trust(public_key)
            .api_v3_key(SECRET)
            .expect("the secret has 32 bytes")
            .base_urls([PUBLIC_URL])
            .clock(self.wire_clock.clone())
            .retry(Retry::none())
            .build_with(Arc::new(routes))
            .expect("everything is set")
    }
}

/// Carries requests to the routes and writes down what each exchange shows.
struct InProcess {
    routes: Router,
    answered: Arc<Answered>,
}

impl Transport for InProcess {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        _limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        Box::pin(async move { Ok(self.carry(request).await) })
    }

    /// Not at all: the clocks of a test stand still.
    fn pause(&self, _duration: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl InProcess {
    async fn carry(&self, request: &WireRequest) -> WireResponse {
        let mut sent = Request::builder()
            .method(request.method.clone())
            .uri(&request.target)
            .body(Body::from(request.body.clone()))
            .expect("the client makes well-formed requests");
        *sent.headers_mut() = request.headers.clone();
        let Ok(response) = self.routes.clone().oneshot(sent).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is in memory").to_bytes();
        let answer = WireResponse { status: parts.status, headers: parts.headers, body };
        self.write_down(request, &answer);
        answer
    }

    fn write_down(&self, request: &WireRequest, answer: &WireResponse) {
        // An answer to somebody who was not identified is that of a gate before the operation.
        if !answer.headers.contains_key(headers::WECHATPAY_SIGNATURE) {
            return;
        }
        let number =
            answer.headers.get(headers::REQUEST_ID).and_then(|id| request_id::suffix(id.to_str().ok()?));
        let content_type = request.headers.get(header::CONTENT_TYPE);
        let exchange = Exchange {
            method: request.method.as_str(),
            target: &request.target,
            body: &request.body,
            is_json: content_type.is_none_or(|value| value == "application/json"),
            status: answer.status.as_u16(),
            number: number.unwrap_or_default(),
            answer: &answer.body,
        };
        self.answered.exchange(Caller::Client, &exchange);
    }
}
