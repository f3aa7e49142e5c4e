//! Sensitive fields (敏感信息): sealed for the platform, opened with the merchant's key.
//!
//! Run it: `cargo run -p quan-client --example sensitive_fields`

use std::error::Error;

use http::Method;
use quan_client::Sealed;
use quan_client::testing::{Answer, FakePlatform, MockTransport};
use serde::Serialize;
use serde_json::json;

const MEMBERS: &str = "v3/marketing/members";

#[derive(Serialize)]
struct Member {
    name: &'static str,
    phone_number: Sealed,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, MEMBERS)
        .reply(Answer::json(200, json!({ "phone_number": platform.seal_field("13900000000") })));
    let client = platform.client(&wire);

    // The sealer holds one key of the platform, and the request names that key: both ends fit, also while
    // keys are being changed.
    let sealer = client.sealer()?;
    let member = Member { name: "小明", phone_number: sealer.seal("13800000000")? };
    let reply = client.chain(MEMBERS).post(&member).sealed_by(&sealer).await?;

    // What the platform got.
    let request = &wire.requests()[0];
    let serial = request.header("wechatpay-serial").unwrap_or_default();
    let ciphertext = request.json()["phone_number"].as_str().unwrap_or_default().to_owned();
    assert_eq!(platform.open_field(serial, &ciphertext).as_deref(), Some("13800000000"));
    assert_eq!(request.json()["name"], "小明");

    // What the platform sealed for us.
    let phone = client.open(reply.value()?["phone_number"].as_str().unwrap_or_default())?;
    assert_eq!(phone.expose(), "13900000000");
    println!("sent {} characters of ciphertext, received {phone:?}", ciphertext.len());
    wire.verify_all();
    Ok(())
}
