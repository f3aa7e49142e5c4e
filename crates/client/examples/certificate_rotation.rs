//! Platform certificates: downloaded before the first call, replaced without a restart.
//!
//! Run it: `cargo run -p quan-client --example certificate_rotation`

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use quan_client::testing::{Answer, FakePlatform, MockTransport, SequenceNonces};
use quan_client::{AutoCertificates, Client, KeySet, Trust};
use serde_json::json;

const CERTIFICATES: &str = "v3/certificates";
const CONFIG: &str = "v3/marketing/partner/product-coupon/notify-configs";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let (current, next) = (platform.certificate(), platform.next_certificate());
    let answer = || Answer::json(200, json!({ "notify_url": "https://shop.example.com/notify" }));
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, CERTIFICATES)
        .reply(platform.certificates(std::slice::from_ref(&current)))
        .reply(platform.certificates(&[current.clone(), next.clone()]))
        .expect(Method::GET, CONFIG)
        .reply(answer())
        .reply(answer().signed_by(next.serial_no()));

    // No key is given: the list is sealed with the APIv3 key, which is what makes it believable.
    let client = Client::builder()
        .merchant(platform.merchant())
        .api_v3_key(platform.api_v3_key())?
        .auto_certificates(AutoCertificates::standard())
        .clock(platform.clock())
        .nonces(SequenceNonces::default())
        .build_with(Arc::new(wire.clone()))?;

    let reply = client.chain(CONFIG).get().await?;
    println!("the first answer: {:?}", reply.meta().trust);
    assert!(
        matches!(&reply.meta().trust, Trust::Verified { key_id } if key_id.as_str() == current.serial_no())
    );

    // An hour later the platform signs with its next certificate. The client fetches it and goes on.
    platform.clock().advance(Duration::from_secs(3600));
    let reply = client.chain(CONFIG).get().await?;
    println!("after the rotation: {:?}", reply.meta().trust);
    assert!(matches!(&reply.meta().trust, Trust::Verified { key_id } if key_id.as_str() == next.serial_no()));

    // Both stay valid. The set can be kept, so that the next start needs no download.
    let kept = client.keys().snapshot().to_json();
    assert_eq!(KeySet::from_json(&kept)?.keys().count(), 2);
    wire.verify_all();
    Ok(())
}
