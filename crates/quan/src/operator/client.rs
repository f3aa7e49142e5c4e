//! Calls of the operator's listener of a running node, over plain HTTP with the admin token.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::configuration::{self, Flags, Secret};

/// How long a call may take.
const CALL_MAX: Duration = Duration::from_secs(60);
/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The operator's side of a node.
pub(crate) struct Operator {
    address: SocketAddr,
    token: Secret,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) body: Value,
}

impl Operator {
    /// By the same settings as the node's: `admin_listen` and `admin_token`.
    pub(crate) fn of(flags: &Flags) -> anyhow::Result<Self> {
        let mut address: SocketAddr = configuration::load_one(flags, "admin_listen")?;
        // Who listens everywhere is reached on this machine.
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            IpAddr::V4(_) | IpAddr::V6(_) => {}
        }
        Ok(Self { address, token: configuration::load_one(flags, "admin_token")? })
    }

    /// Makes a call; what is no success is an error that says what the node said.
    pub(crate) fn call(&self, method: &Method, path: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let url = format!("http://{}{path}", self.address);
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = Request::builder()
            .method(method)
            .uri(&url)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token.reveal()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let exchange = async {
            let answer = Client::builder(TokioExecutor::new()).build_http().request(request).await?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| anyhow::anyhow!(error))?.to_bytes();
            Ok::<_, anyhow::Error>((status, body))
        };
        let ended = runtime.block_on(async { tokio::time::timeout(CALL_MAX, exchange).await });
        let (status, body) = ended.context("no answer in time").and_then(|ended| ended).with_context(|| {
            format!("cannot reach the node's operator listener at {url}: is it running, and is admin_listen right?")
        })?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status == StatusCode::OK {
            return Ok(Answer { body: value });
        }
        let advice = match status {
            StatusCode::UNAUTHORIZED => "; give the admin token that the node was started with",
            StatusCode::NOT_FOUND => "; start the node with admin_token, and check admin_listen",
            _ => "",
        };
        let problems = value["problems"].as_array().cloned().unwrap_or_default();
        let problems: String =
            problems.iter().filter_map(Value::as_str).map(|problem| format!("\n  {problem}")).collect();
        anyhow::bail!(
            "the node answered {status}: {}{advice}{problems}",
            value["message"].as_str().unwrap_or("nothing")
        )
    }
}
