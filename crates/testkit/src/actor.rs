//! Callers that sign, in process and without a socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Request, header};
use http_body_util::BodyExt;
use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::headers;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::message::request_message;
use quan_model::clock::Clock;
use serde_json::Value;
use tower::ServiceExt;

use crate::answer::Answer;
use crate::clock::ManualClock;
use crate::evidence::{Answered, Caller, Exchange};

/// Someone who signs requests.
#[derive(Clone)]
pub struct Actor {
    /// The scheme of the signature.
    pub scheme: Scheme,
    /// The mchid or brand_id claimed.
    pub identity: String,
    /// The serial number claimed.
    pub serial_no: String,
    /// The key that signs.
    pub key: PrivateKey,
    /// Names the platform's key with every call.
    pub(crate) platform_serial: Option<String>,
    pub(crate) routes: Router,
    pub(crate) wire_clock: Arc<ManualClock>,
    pub(crate) nonce_count: Arc<AtomicU64>,
    pub(crate) answered: Arc<Answered>,
}

impl Actor {
    /// A call to be changed where it matters, then sent.
    #[must_use]
    pub fn call(&self, method: &str, target: &str) -> Call<'_> {
        Call {
            actor: self,
            method: method.to_owned(),
            target: target.to_owned(),
            body: Bytes::new(),
            signed_body: None,
            signed_at: self.wire_clock.now().unix_seconds(),
            authorization: None,
            platform_serial: self.platform_serial.clone(),
            content_type: "application/json".to_owned(),
        }
    }

    /// POST of a JSON body.
    pub async fn post(&self, target: &str, body: &Value) -> Answer {
        self.call("POST", target).json(body).send().await
    }

    /// POST of bytes.
    pub async fn post_bytes(&self, target: &str, body: impl Into<Bytes>) -> Answer {
        self.call("POST", target).body(body).send().await
    }

    /// GET.
    pub async fn get(&self, target: &str) -> Answer {
        self.call("GET", target).send().await
    }

    /// Changes whom the actor claims to be; the key stays.
    #[must_use]
    pub fn claiming(mut self, identity: &str, serial_no: &str) -> Self {
        identity.clone_into(&mut self.identity);
        serial_no.clone_into(&mut self.serial_no);
        self
    }
}

/// One call under construction.
pub struct Call<'a> {
    actor: &'a Actor,
    method: String,
    target: String,
    body: Bytes,
    signed_body: Option<Bytes>,
    signed_at: i64,
    authorization: Option<Option<String>>,
    platform_serial: Option<String>,
    content_type: String,
}

impl Call<'_> {
    /// With these bytes.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// With this JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body(body.to_string())
    }

    /// With this Content-Type instead of that of JSON.
    #[must_use]
    pub fn content_type(mut self, content_type: &str) -> Self {
        content_type.clone_into(&mut self.content_type);
        self
    }

    /// Signs other bytes than are sent.
    #[must_use]
    pub fn signing(mut self, body: impl Into<Bytes>) -> Self {
        self.signed_body = Some(body.into());
        self
    }

    /// Signs with a time so many seconds from the platform's.
    #[must_use]
    pub fn signed_seconds_off(mut self, seconds: i64) -> Self {
        self.signed_at += seconds;
        self
    }

    /// Sends this Authorization header instead of a right one, or none.
    #[must_use]
    pub fn authorization(mut self, header: Option<&str>) -> Self {
        self.authorization = Some(header.map(str::to_owned));
        self
    }

    /// Names the platform's key that is to sign the answer.
    #[must_use]
    pub fn platform_serial(mut self, serial: &str) -> Self {
        self.platform_serial = Some(serial.to_owned());
        self
    }

    /// The right Authorization header.
    #[must_use]
    pub fn signed(&self) -> String {
        let timestamp = self.signed_at.to_string();
        let nonce_str = format!("{:032X}", self.actor.nonce_count.fetch_add(1, Ordering::Relaxed));
        let signed_body = self.signed_body.as_ref().unwrap_or(&self.body);
        let message = request_message(&self.method, &self.target, &timestamp, &nonce_str, signed_body);
        let signature = self.actor.key.sign(&message).expect("a vector key signs");
        Authorization {
            scheme: self.actor.scheme,
            identity: self.actor.identity.clone(),
            nonce_str,
            timestamp,
            serial_no: self.actor.serial_no.clone(),
            signature,
        }
        .to_string()
    }

    /// Sends it, verifies the answer's signature, if there is one, and holds both to the OpenAPI document.
    pub async fn send(self) -> Answer {
        let authorization = self.authorization.clone().unwrap_or_else(|| Some(self.signed()));
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.target)
            .header(header::CONTENT_TYPE, &self.content_type)
            .header(header::ACCEPT, "application/json");
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(serial) = &self.platform_serial {
            request = request.header(headers::WECHATPAY_SERIAL, serial);
        }
        let sent = self.body.clone();
        let request = request.body(Body::from(self.body)).expect("the request is well formed");
        let Ok(response) = self.actor.routes.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the body is in memory").to_bytes();
        let now = self.actor.wire_clock.now().unix_seconds();
        let answer = Answer::read(parts.status.as_u16(), parts.headers, body, now);
        // An answer to somebody who was not identified is that of a gate before the operation.
        if answer.signed_by.is_some() {
            self.actor.answered.exchange(
                Caller::Actor,
                &Exchange {
                    method: &self.method,
                    target: &self.target,
                    body: &sent,
                    is_json: self.content_type == "application/json",
                    status: answer.status,
                    number: answer.number(),
                    answer: &answer.body,
                },
            );
        }
        answer
    }
}
