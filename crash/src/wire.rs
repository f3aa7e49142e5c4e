//! Calls over the wire: signed ones through `quan-client`, claims and development calls as plain HTTP.
//!
//! Knows how to make a call once and to say how it ended; repeats nothing. What a call is for is the caller's.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use quan_client::{Client, Error, Raw, Reply};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::outcome::{Lost, Outcome, Refusal};

/// How long one exchange may take.
const EXCHANGE_MAX: Duration = Duration::from_secs(20);
/// The largest plain answer that is read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// The way to one node. Clones share connections.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    client: Client,
    pool: Pool<HttpConnector, Full<Bytes>>,
    base_url: String,
    admin_token: String,
}

impl Wire {
    /// The way that a connection file describes.
    ///
    /// # Errors
    /// When the keys cannot be used.
    pub(crate) fn open(connection: &Connection) -> Result<Self> {
        Ok(Self {
            client: connection.client()?,
            pool: Pool::builder(TokioExecutor::new()).build(HttpConnector::new()),
            base_url: connection.base_url.clone(),
            admin_token: connection.admin_token.clone(),
        })
    }

    /// A signed POST.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Outcome {
        outcome(self.client.chain(path).post(body).timeout(EXCHANGE_MAX).await)
    }

    /// A signed GET.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Outcome {
        let mut call = self.client.chain(path).get().timeout(EXCHANGE_MAX);
        for (name, value) in query {
            call = call.query(name, value);
        }
        outcome(call.await)
    }

    /// The claim of a token.
    pub(crate) async fn receive(&self, token: &str) -> Outcome {
        let body = json!({ "token": token }).to_string();
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let headers = HeaderMap::from_iter(headers);
        match self.plain(Method::POST, "/claim/v1/receive", headers, body).await {
            Err(error) => Outcome::Unknown(Lost {
                status: None,
                code: String::new(),
                has_request_id: false,
                text: format!("{error:#}"),
            }),
            Ok((status, body)) => claim_outcome(status, &body),
        }
    }

    /// Whether the node answers.
    pub(crate) async fn is_healthy(&self) -> bool {
        let health = self.plain(Method::GET, "/healthz", HeaderMap::new(), String::new()).await;
        matches!(health, Ok((StatusCode::OK, _)))
    }

    /// A signed POST that has to succeed; the real time that the platform puts into its signature, in Unix seconds.
    ///
    /// # Errors
    /// When it does not succeed.
    pub(crate) async fn post_at(&self, path: &str, body: &Value) -> Result<i64> {
        let reply = self.client.chain(path).post(body).timeout(EXCHANGE_MAX).await?;
        let stamp = reply.meta().headers.get("wechatpay-timestamp").context("an answer without a time")?;
        Ok(stamp.to_str()?.parse()?)
    }

    /// Whether the node lets the rules' clock be moved; where it does not, the rules live in real time.
    pub(crate) fn has_movable_clock(&self) -> bool {
        !self.admin_token.is_empty()
    }

    /// Moves the rules' clock forward, by 0 to only ask, and gives what it shows then.
    ///
    /// # Errors
    /// When the node does not do it.
    pub(crate) async fn advance(&self, seconds: u32) -> Result<String> {
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.admin_token))?;
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let body = json!({ "advance_seconds": seconds }).to_string();
        let (status, body) = self.plain(Method::POST, "/_quan/clock", headers, body).await?;
        ensure!(status == StatusCode::OK, "the clock was not moved: {status}");
        let shown: Value = serde_json::from_slice(&body)?;
        Ok(shown["now"].as_str().context("the clock shows no time")?.to_owned())
    }

    async fn plain(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: String,
    ) -> Result<(StatusCode, Bytes)> {
        let url = format!("{}{path}", self.base_url);
        let mut request = Request::builder().method(method).uri(url).body(Full::new(Bytes::from(body)))?;
        *request.headers_mut() = headers;
        let exchange = async {
            let answer = self.pool.request(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            Ok::<_, anyhow::Error>((status, body.map_err(|error| anyhow::anyhow!(error))?.to_bytes()))
        };
        tokio::time::timeout(EXCHANGE_MAX, exchange).await.context("no answer in time")?
    }
}

/// What a signed call's end means.
fn outcome(ended: Result<Reply<Raw>, Error>) -> Outcome {
    let error = match ended {
        Ok(reply) => {
            let body = reply.into_inner();
            return match body.value() {
                Ok(value) => Outcome::Done(value),
                Err(error) => Outcome::Broken(format!("an answer is no JSON: {error}")),
            };
        }
        Err(error) => error,
    };
    match &error {
        Error::Api(refusal) if error.is_definite_refusal() => Outcome::Refused(Refusal {
            status: refusal.status.as_u16(),
            code: refusal.code.as_str().to_owned(),
            number: refusal.detail_code.unwrap_or(0),
        }),
        Error::Api(refusal) => Outcome::Unknown(Lost {
            status: Some(refusal.status.as_u16()),
            code: refusal.code.as_str().to_owned(),
            has_request_id: refusal.request_id.is_some(),
            text: error.to_string(),
        }),
        Error::Transport { .. } | Error::Deadline { .. } => Outcome::Unknown(Lost {
            status: None,
            code: String::new(),
            has_request_id: false,
            text: error.to_string(),
        }),
        _ => Outcome::Broken(error.to_string()),
    }
}

/// What the end of a claim means.
fn claim_outcome(status: StatusCode, body: &[u8]) -> Outcome {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    if status == StatusCode::OK {
        return Outcome::Done(value);
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        let (code, text) = (text("code"), format!("the claim: {status} {value}"));
        // The claim page shows no request id; the signed faces do.
        return Outcome::Unknown(Lost { status: Some(status.as_u16()), code, has_request_id: true, text });
    }
    let code = if value["reason"].is_string() { text("reason") } else { text("code") };
    Outcome::Refused(Refusal { status: status.as_u16(), code, number: 0 })
}
