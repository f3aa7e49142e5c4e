//! The six call styles: three ways to name an endpoint, each async or blocking. The bytes are the same.
//!
//! Run it: `cargo run -p quan-client --example six_styles`

use std::error::Error;

use quan_client::testing::{Answer, FakePlatform, MockTransport};
use quan_model::busifavor::PreSendRequest;
use serde_json::json;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).otherwise(|_| Answer::json(200, json!({ "token": "T" })));
    let client = platform.client(&wire);
    let blocking = platform.blocking_client(&wire);
    let body = PreSendRequest::new("1000000013001", "wx233544546545989", "styles_20250101_0001");

    // 1. Typed, async: a path that has no POST has no `post`, and the answer is a struct.
    let reply = client.v3().marketing().busifavor().product_coupons().pre_send().post(&body).await?;
    assert_eq!(reply.token, "T");

    // 2. Chained, async: any path, also one that is made at run time.
    let reply = client.chain(PRE_SEND).post(&body).await?;
    assert_eq!(reply.value()?["token"], "T");

    // 3. Indexed, async: any path that is a literal; the endpoint is made once and kept.
    let reply = client["v3/marketing/busifavor/product-coupons/pre-send"].post(&body).await?;
    assert_eq!(reply.text()?, r#"{"token":"T"}"#);

    // 4 to 6. The same, blocking. They need no runtime, and may run on the thread of one.
    let reply = blocking.v3().marketing().busifavor().product_coupons().pre_send().post(&body).send()?;
    assert_eq!(reply.token, "T");
    let reply = blocking.chain(PRE_SEND).post(&body).send()?;
    assert_eq!(reply.value()?["token"], "T");
    let reply = blocking["v3/marketing/busifavor/product-coupons/pre-send"].post(&body).send()?;
    assert_eq!(reply.value()?["token"], "T");

    let requests = wire.requests();
    assert_eq!(requests.len(), 6);
    for request in &requests {
        assert!(request.is_signed);
        assert_eq!((&request.method, &request.target), (&requests[0].method, &requests[0].target));
        assert_eq!(request.body, requests[0].body);
    }
    println!("six styles, one request: {} {}", requests[0].method, requests[0].target);
    Ok(())
}
