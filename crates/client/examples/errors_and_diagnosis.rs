//! Errors: what happened, whether it had an effect, and why a signature is not accepted.
//!
//! Run it: `cargo run -p quan-client --example errors_and_diagnosis`

use std::error::Error;

use http::Method;
use quan_client::error::{Code, Part, SignDiagnosis, meaning_of_detail_code};
use quan_client::testing::{Answer, FakePlatform, MockTransport, slow_body};
use quan_client::{Error as ClientError, Retry};
use serde_json::json;

const USE: &str = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}/use";

/// What a shop decides after a failed use.
#[derive(Debug, PartialEq)]
enum Decision {
    /// It did not happen and will not: tell the cashier.
    GiveUp,
    /// It may have happened: ask for the state, or repeat with the same number.
    AskAgain,
    /// It did not happen: repeat later.
    Later,
}

fn decide(error: &ClientError) -> Decision {
    if error.is_definite_refusal() {
        Decision::GiveUp
    } else if error.may_have_taken_effect() {
        Decision::AskAgain
    } else if error.is_retryable() {
        Decision::Later
    } else {
        Decision::GiveUp
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, USE)
        .reply(Answer::refusal(400, "INVALID_REQUEST", "用户券已被锁定").detail_code(272_756_746))
        .reply(Answer::refusal(404, "NOT_FOUND", "不存在").unsigned())
        .then_fail(slow_body())
        .refuse(429, "RATELIMIT_EXCEEDED", "频率过快");
    let client = platform.builder().retry(Retry::none()).build_with(std::sync::Arc::new(wire.clone()))?;
    let use_coupon = || {
        let body = json!({ "stock_id": "1", "out_request_no": "use_20250102_0001" });
        client.chain(USE).post(&body).var("openid", "oh-394z").var("coupon_code", "Code_1")
    };
    let mut decisions = Vec::new();
    for _ in 0..4 {
        let error = use_coupon().await.err().ok_or("it is refused")?;
        // One line with method, template, status, code, message and Request-ID, and no secret in it.
        println!("{error} -> {:?}", decide(&error));
        if let Some(meaning) = error.detail_code().and_then(meaning_of_detail_code) {
            println!("  precisely: {meaning}");
        }
        decisions.push((decide(&error), error.code().cloned()));
    }
    assert_eq!(
        decisions,
        [
            (Decision::GiveUp, Some(Code::InvalidRequest)),
            // Nobody signed this 404: a proxy may have sent it.
            (Decision::AskAgain, Some(Code::NotFound)),
            (Decision::AskAgain, None),
            (Decision::Later, Some(Code::RateLimitExceeded)),
        ]
    );

    // SIGN_ERROR: a proxy in between decodes the path, and the client finds the byte.
    let proxied = MockTransport::new(&platform)
        .distorted(|request| request.target = request.target.replace("%2F", "/"));
    let client = platform.client(&proxied);
    let error = client.chain(USE).post(&json!({})).var("openid", "a/b").var("coupon_code", "C").await;
    let Err(ClientError::Api(error)) = error else { return Err("it is refused".into()) };
    println!("{error}");
    assert!(matches!(&error.diagnosis, Some(SignDiagnosis::Differs { part: Part::Target, .. })));
    wire.verify_all();
    Ok(())
}
