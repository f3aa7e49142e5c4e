//! Testing your own code without the network: scripted answers, faults, a clock that you move, and
//! assertions on what was sent.
//!
//! Run it: `cargo run -p quan-client --example testing_your_code`
//!
//! Your crate needs `quan-client` with the feature `testing` among its dev-dependencies.

use std::error::Error;
use std::time::Duration;

use http::Method;
use quan_client::ProductCouponEvent;
use quan_client::blocking::Client;
use quan_client::notification::NotificationParser;
use quan_client::testing::{Answer, FakePlatform, MockTransport, Recording, closed_after_request, samples};
use serde_json::json;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// The code under test: it knows nothing of fakes.
fn token(client: &Client, stock_id: &str, number: &str) -> Result<String, quan_client::Error> {
    let body = json!({ "stock_id": stock_id, "appid": "wx1", "send_request_no": number });
    let reply = client.chain(PRE_SEND).post(&body).send()?;
    Ok(reply.value().ok().and_then(|value| value["token"].as_str().map(str::to_owned)).unwrap_or_default())
}

/// The code under test: which coupon to confirm, if any.
fn to_confirm(parser: &NotificationParser, headers: &http::HeaderMap, body: &[u8]) -> Option<String> {
    match parser.parse(headers, body).ok()?.event {
        ProductCouponEvent::Sent(coupon) => Some(coupon.coupon_code),
        _ => None,
    }
}

fn a_lost_answer_is_asked_for_again() -> Result<Recording, Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .then_fail(closed_after_request())
        .reply_json(200, json!({ "token": "T" }));
    assert_eq!(token(&platform.blocking_client(&wire), "1", "test_0001")?, "T");
    // What was sent, and how long the client would have waited; nobody did.
    assert!(wire.requests().iter().all(|request| request.json()["send_request_no"] == "test_0001"));
    assert_eq!(wire.pauses().len(), 1);
    wire.verify_all();
    Ok(wire.recording())
}

fn a_forged_answer_is_not_believed() {
    let platform = FakePlatform::new();
    let wire =
        MockTransport::new(&platform).reply(Answer::json(200, json!({ "token": "F" })).bad_signature());
    let outcome = token(&platform.blocking_client(&wire), "1", "test_0002");
    assert!(matches!(outcome, Err(quan_client::Error::Verification(_))));
}

fn an_old_notification_is_refused() {
    let platform = FakePlatform::new();
    let parser = platform.notification_parser();
    let delivery = platform.notify(&ProductCouponEvent::Sent(Box::new(samples::sent())));
    let confirm = || to_confirm(&parser, &delivery.header_map(), &delivery.body);
    assert_eq!(confirm().as_deref(), Some("Code_123456"));
    platform.clock().advance(Duration::from_secs(301));
    assert_eq!(confirm(), None);
}

/// A recording is JSON without secrets: keep it in a file, and replay it in another test.
fn a_recording_is_replayed(recording: &Recording) -> Result<(), Box<dyn Error>> {
    let text = recording.to_json();
    println!("{text}");
    let platform = FakePlatform::new();
    let wire = MockTransport::replaying(&platform, &Recording::from_json(&text)?);
    assert_eq!(token(&platform.blocking_client(&wire), "1", "test_0001")?, "***");
    wire.verify_all();
    Ok(())
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let recording = a_lost_answer_is_asked_for_again()?;
    a_forged_answer_is_not_believed();
    an_old_notification_is_refused();
    a_recording_is_replayed(&recording)
}
