//! The first call: credentials in, a verified answer out.
//!
//! Run it: `cargo run -p quan-client --example first_call`
//!
//! It talks to the fake platform in process. Against the real one leave out `.clock(…)`, build with
//! `.build()` instead of `.build_with(…)`, and put in your own values from the merchant console.

use std::error::Error;
use std::sync::Arc;

use http::Method;
use quan_client::testing::{FakePlatform, MockTransport};
use quan_client::{Client, Merchant, Trust};
use serde_json::json;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .reply_json(200, json!({ "token": "a-token-for-300-seconds" }));

    let client = Client::builder()
        .merchant(Merchant::new(
            platform.mchid(),                    // 商户号
            platform.merchant_serial_no(),       // serial of apiclient_cert.pem
            platform.merchant_private_key_pem(), // text of apiclient_key.pem
        )?)
        .api_v3_key(platform.api_v3_key())? // APIv3密钥, for notifications
        .trust(platform.public_key()) // PublicKey::new("PUB_KEY_ID_…", pem)?
        .clock(platform.clock())
        .build_with(Arc::new(wire.clone()))?;

    let reply = client
        .chain(PRE_SEND)
        .post(&json!({
            "stock_id": "1000000013001",
            "appid": "wx233544546545989",
            "openid": "oh-394z-6CGkNoJrsDLTTUKiAnp4",
            "send_request_no": "first_20250101_0001",
        }))
        .await?;

    // `Verified` means that the platform's signature over these very bytes was checked.
    assert!(matches!(reply.meta().trust, Trust::Verified { .. }));
    let token = reply.value()?["token"].as_str().unwrap_or_default().to_owned();
    println!("{:?}, a token of {} characters", reply.meta().trust, token.len());
    assert_eq!(token, "a-token-for-300-seconds");
    wire.verify_all();
    Ok(())
}
