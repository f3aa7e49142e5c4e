//! Uploading a picture: the file is checked here, its digest is signed, and a lost answer is repeated with
//! the same bytes.
//!
//! Run it: `cargo run -p quan-client --example upload_image`

use std::error::Error;

use http::Method;
use quan_client::testing::{FakePlatform, MockTransport, closed_after_request};
use quan_client::{Error as ClientError, RequestError, Upload};
use serde_json::json;

const UPLOAD: &str = "v3/marketing/partner/product-coupon/media/upload-image";
/// The beginning of a PNG file; a real one comes from `Upload::from_path`.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nthe rest of the picture";

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, UPLOAD)
        .then_fail(closed_after_request())
        .reply_json(200, json!({ "image_url": "https://wxpaylogo.qpic.cn/wxpaylogo/EXAMPLEicon/0" }));
    let client = platform.client(&wire);

    let upload = Upload::from_bytes("icon.png", PICTURE);
    let reply = client.chain(UPLOAD).upload(&upload).await?;
    println!("{} after {} attempts", reply.value()?["image_url"], reply.meta().attempts);
    assert_eq!(reply.meta().attempts, 2);

    // Only the JSON of the `meta` part is signed; it holds the digest of the file.
    let [first, second] = &wire.requests()[..] else { return Err("two attempts".into()) };
    assert!(first.is_signed && second.is_signed && first.body == second.body);
    let body = String::from_utf8_lossy(&first.body);
    assert!(body.contains(&format!(r#"{{"filename":"icon.png","sha256":"{}"}}"#, upload.sha256())));

    // A file that is no picture is refused before anything is sent.
    let refused = client.chain(UPLOAD).upload(&Upload::from_bytes("icon.png", &b"GIF89a"[..])).await;
    assert!(matches!(refused, Err(ClientError::Request { reason: RequestError::Media(_), .. })));
    wire.verify_all();
    Ok(())
}
