//! The requests of a turn, ready to be sent: pre-sends signed ahead on every core, and claims with their tokens.

use anyhow::Context;
use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::headers::AUTHORIZATION;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::message::request_message;
use quan_model::busifavor::PreSendRequest;
use quan_model::claim::TokenRequest;
use quan_model::clock::Clock;
use quan_model::entropy;

use crate::bench::machine::cores;
use crate::clock::WallClock;
use crate::entropy::SystemEntropy;
use crate::sandbox::Sandbox;

/// The signed call that is measured.
const PRE_SEND: &str = "/v3/marketing/busifavor/product-coupons/pre-send";
/// The call of the claim page that is measured.
const RECEIVE: &str = "/claim/v1/receive";

/// Who signs, and for what.
pub(crate) struct Signer<'s> {
    pub(crate) sandbox: &'s Sandbox,
    pub(crate) key: &'s PrivateKey,
    pub(crate) stock_id: &'s str,
}

/// Pre-sends for as many users, each with a number of its own that begins with `series`.
///
/// # Errors
/// When a request cannot be signed.
pub(crate) fn pre_sends(signer: &Signer<'_>, series: &str, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
    let share = count.div_ceil(cores());
    let numbers: Vec<usize> = (0..count).collect();
    std::thread::scope(|scope| {
        let parts: Vec<_> = numbers
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(|at| pre_send(signer, series, *at)).collect()))
            .collect();
        let mut requests = Vec::with_capacity(count);
        for part in parts {
            let signed: anyhow::Result<Vec<Vec<u8>>> = part.join().ok().context("signing broke down")?;
            requests.extend(signed?);
        }
        Ok(requests)
    })
}

fn pre_send(signer: &Signer<'_>, series: &str, at: usize) -> anyhow::Result<Vec<u8>> {
    let sandbox = signer.sandbox;
    let number = format!("{series}_{at:07}");
    let body = PreSendRequest::new(signer.stock_id, &sandbox.appid, &number)
        .openid(format!("oBench{series}{at:07}"));
    let body = serde_json::to_vec(&body)?;
    let (timestamp, nonce_str) = (
        WallClock.now().unix_seconds().to_string(),
        entropy::text(&SystemEntropy, entropy::ALPHANUMERIC, 32),
    );
    let signature = signer.key.sign(&request_message("POST", PRE_SEND, &timestamp, &nonce_str, &body))?;
    let authorization = Authorization {
        scheme: Scheme::Merchant,
        identity: sandbox.merchant.mchid.clone(),
        nonce_str,
        timestamp,
        serial_no: sandbox.merchant.serial_no.clone(),
        signature,
    };
    Ok(post(&sandbox.base_url, PRE_SEND, &format!("{AUTHORIZATION}: {authorization}\r\n"), &body))
}

/// The claims of tokens.
///
/// # Errors
/// Never in practice: a token is always JSON.
pub(crate) fn claims(base_url: &str, tokens: &[String]) -> anyhow::Result<Vec<Vec<u8>>> {
    let claim = |token: &String| -> anyhow::Result<Vec<u8>> {
        Ok(post(base_url, RECEIVE, "", &serde_json::to_vec(&TokenRequest { token: token.clone() })?))
    };
    tokens.iter().map(claim).collect()
}

fn post(base_url: &str, path: &str, more_headers: &str, body: &[u8]) -> Vec<u8> {
    let host = base_url.trim_start_matches("http://");
    let length = body.len();
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
         {more_headers}Content-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}
