//! Unsigned HTTP for the claim calls and the development calls.

use anyhow::Context;
use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Status and JSON of an answer.
pub(super) type Answer = (u16, Value);

/// GET.
pub(super) async fn get(base_url: &str, path: &str, bearer: Option<&str>) -> anyhow::Result<Answer> {
    send(Method::GET, base_url, path, bearer, Bytes::new()).await
}

/// POST with a JSON body.
pub(super) async fn post(
    base_url: &str,
    path: &str,
    bearer: Option<&str>,
    body: &Value,
) -> anyhow::Result<Answer> {
    send(Method::POST, base_url, path, bearer, Bytes::from(body.to_string())).await
}

async fn send(
    method: Method,
    base_url: &str,
    path: &str,
    bearer: Option<&str>,
    body: Bytes,
) -> anyhow::Result<Answer> {
    let mut request = Request::builder().method(method).uri(format!("{base_url}{path}"));
    request = request.header(http::header::CONTENT_TYPE, "application/json");
    if let Some(bearer) = bearer {
        request = request.header(http::header::AUTHORIZATION, format!("Bearer {bearer}"));
    }
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request.body(Full::new(body))?).await;
    let response = response.with_context(|| format!("{path} was not answered"))?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    let value = serde_json::from_slice(&body).with_context(|| format!("{path} did not answer JSON"))?;
    Ok((status, value))
}
