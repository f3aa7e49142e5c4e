//! HTTP without signatures: the claim calls, the development calls, and a forger's attempt.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use quan_model::claim::TokenRequest;
use quan_model::time::Time;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// The claim call that shows what a token offers.
pub(crate) const OPEN: &str = "/claim/v1/open";
/// The claim call that issues the coupon.
pub(crate) const RECEIVE: &str = "/claim/v1/receive";
/// The development call of the rules' clock.
pub(crate) const CLOCK: &str = "/_quan/clock";

/// How long one exchange may take.
const EXCHANGE_MAX: Duration = Duration::from_secs(15);
/// The largest answer that is read; the real ones have a few kilobytes.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A plain HTTP client of one platform. Clones share connections.
#[derive(Clone)]
pub(crate) struct Plain {
    pool: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
    admin_token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// The body as a type.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        serde_json::from_slice(&self.body)
            .with_context(|| format!("an answer with status {} has another shape than expected", self.status))
    }

    /// The body of an answer that should be a success.
    pub(crate) fn success<T: DeserializeOwned>(&self) -> anyhow::Result<T> {
        let text = String::from_utf8_lossy(&self.body);
        anyhow::ensure!(self.status == StatusCode::OK, "expected 200, got {}: {text}", self.status);
        self.json()
    }
}

impl Plain {
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        let pool = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { pool, base_url: sandbox.base_url.clone(), admin_token: sandbox.admin_token.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", self.base_url);
        self.exchange(Method::GET, &url, HeaderMap::new(), Bytes::new()).await
    }

    /// A claim call: [`OPEN`] or [`RECEIVE`].
    pub(crate) async fn claim(&self, path: &str, token: &str) -> anyhow::Result<Answer> {
        let url = format!("{}{path}", self.base_url);
        let body = serde_json::to_vec(&TokenRequest { token: token.to_owned() })?;
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        self.exchange(Method::POST, &url, headers, body.into()).await
    }

    /// The rules' clock.
    pub(crate) async fn now(&self) -> anyhow::Result<Time> {
        self.clock(Method::GET, None).await
    }

    /// Moves the rules' clock forward and gives what it shows then.
    pub(crate) async fn advance(&self, seconds: i64) -> anyhow::Result<Time> {
        self.clock(Method::POST, Some(json!({ "advance_seconds": seconds }))).await
    }

    async fn clock(&self, method: Method, body: Option<Value>) -> anyhow::Result<Time> {
        #[derive(Deserialize)]
        struct Clock {
            now: Time,
        }
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.admin_token))?;
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let answer = self.exchange(method, &format!("{}{CLOCK}", self.base_url), headers, body).await?;
        Ok(answer.success::<Clock>()?.now)
    }

    /// Any exchange.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> anyhow::Result<Answer> {
        let mut request = Request::builder().method(method).uri(url).body(Full::new(body))?;
        *request.headers_mut() = headers;
        let exchange = async {
            let answer = self.pool.request(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
            Ok::<_, anyhow::Error>(Answer { status, body })
        };
        let ended = tokio::time::timeout(EXCHANGE_MAX, exchange).await;
        let answered = ended.context("no answer in time").and_then(|answered| answered);
        answered.with_context(|| format!("calling {url}"))
    }
}
