//! Repetitions: what the client repeats by itself, what it leaves to you, and how to repeat safely.
//!
//! Run it: `cargo run -p quan-client --example retry_and_idempotency`

use std::error::Error;
use std::time::Duration;

use http::Method;
use quan_client::Retry;
use quan_client::testing::{FakePlatform, MockTransport, closed_after_request, connection_refused};
use serde_json::json;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
const ORDERS: &str = "v3/pay/transactions/jsapi";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .then_fail(connection_refused())
        .then_fail(closed_after_request())
        .reply_json(200, json!({ "token": "T" }))
        .expect(Method::POST, ORDERS)
        .then_fail(closed_after_request())
        .reply_json(200, json!({ "prepay_id": "P" }));
    let client = platform.client(&wire);

    // 1. A write with its request number is repeated: same body, same number, new signature each time.
    let body = json!({ "stock_id": "1", "appid": "wx1", "send_request_no": "retry_20250101_0001" });
    let reply = client.chain(PRE_SEND).post(&body).await?;
    assert_eq!(reply.meta().attempts, 3);
    let [first, _, third] = &wire.requests()[..] else { return Err("three attempts".into()) };
    assert_eq!(first.body, third.body);
    assert_ne!(first.header("authorization"), third.header("authorization"));
    println!("done in {} attempts, waiting {:?}", reply.meta().attempts, wire.pauses());

    // 2. A write that the client does not know is not repeated once it may have arrived.
    let order = json!({ "out_trade_no": "order_0001" });
    let error = client.chain(ORDERS).post(&order).await.err().ok_or("it was lost")?;
    assert!(error.may_have_taken_effect() && !error.is_retryable());
    println!("{error}; it may have taken effect: {}", error.may_have_taken_effect());

    // 3. You know that out_trade_no makes it repeatable, so you say so.
    let call = client.chain(ORDERS).post(&order).idempotent();
    let patient =
        Retry::standard().attempts_max(5).backoff(Duration::from_millis(100), Duration::from_secs(2));
    let reply = call.retry(patient).deadline(Duration::from_secs(20)).await?;
    assert_eq!(reply.value()?["prepay_id"], "P");
    wire.verify_all();
    Ok(())
}
