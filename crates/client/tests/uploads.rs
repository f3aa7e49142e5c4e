//! Uploads: the bytes of the vector, what is refused, and what a repetition sends.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use platform::scripted::Scripted;
use platform::server::Server;
use platform::{Answer, FixedClock, NONCE, builder, vectors};
use quan_client::error::TransportError;
use quan_client::{Error, MediaError, NonceSource, RequestError, Upload};

const UPLOAD: &str = "v3/marketing/partner/product-coupon/media/upload-image";
const BRAND_UPLOAD: &str = "brand/marketing/product-coupon/media/upload-image";

/// First the boundary of the vector, then its nonce.
#[derive(Default)]
struct OfTheVector(AtomicBool);

impl NonceSource for OfTheVector {
    fn next_nonce(&self) -> String {
        let is_boundary = !self.0.swap(true, Ordering::SeqCst);
        if is_boundary { "wxpayTestBoundary7d33a816d302b6".to_owned() } else { NONCE.to_owned() }
    }
}

fn vector() -> (serde_json::Value, Vec<u8>) {
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(vectors().join("vectors.json")).unwrap()).unwrap();
    let request = index["requests"].as_array().unwrap().iter();
    let request = request.clone().find(|request| request["name"] == "req10_multipart_meta").unwrap().clone();
    (request, std::fs::read(vectors().join("bodies/req10_multipart_wire.bin")).unwrap())
}

fn pixel() -> Upload {
    Upload::from_path(vectors().join("bodies/pixel.png")).unwrap()
}

#[tokio::test]
async fn the_wire_bytes_are_those_of_the_vector() {
    let server = Server::start(|_| Answer::signed(200, r#"{"image_url":"https://x"}"#));
    let builder = || {
        builder().clock(FixedClock(1_760_000_000)).nonces(OfTheVector::default()).base_urls([server.url()])
    };
    builder().build().unwrap()[UPLOAD].upload(&pixel()).await.unwrap();
    builder().build_blocking().unwrap()[UPLOAD].upload(&pixel()).send().unwrap();
    let (vector, wire) = vector();
    let received = server.received();
    assert_eq!(received.len(), 2);
    for request in received {
        assert_eq!(request.body, wire);
        assert_eq!(request.header("authorization"), vector["authorization"].as_str());
        assert_eq!(
            request.header("content-type"),
            Some("multipart/form-data; boundary=wxpayTestBoundary7d33a816d302b6")
        );
        assert_eq!(request.header("content-length"), Some(wire.len().to_string().as_str()));
    }
}

#[test]
fn only_the_meta_is_signed() {
    let client = builder().clock(FixedClock(1_760_000_000)).nonces(OfTheVector::default());
    let client = client.build_blocking().unwrap();
    let signed = client[UPLOAD].upload(&pixel()).sign_only().unwrap();
    let (vector, wire) = vector();
    let message = std::fs::read(vectors().join(vector["message_file"].as_str().unwrap())).unwrap();
    assert_eq!((&signed.message[..], &signed.prepared.body[..]), (&message[..], &wire[..]));
}

#[test]
fn files_that_the_endpoint_does_not_take_are_refused_before_signing() {
    let client = builder().build_blocking_with(Scripted::new([])).unwrap();
    let large = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; 2 * 1024 * 1024 - 7]].concat();
    for path in [UPLOAD, BRAND_UPLOAD] {
        let refused = |upload: Upload| match client.chain(path).upload(&upload).send() {
            Err(Error::Request { reason: RequestError::Media(reason), .. }) => reason,
            other => panic!("{other:?}"),
        };
        let too_large = refused(Upload::from_bytes("a.png", large.clone()));
        assert!(matches!(too_large, MediaError::TooLarge { bytes: 2_097_153, bytes_max: 2_097_152 }));
        let fits = Upload::from_bytes("a.png", large[..large.len() - 1].to_vec());
        assert!(client.chain(path).upload(&fits).prepare().is_ok());
        assert!(matches!(refused(Upload::from_bytes("a.pdf", b"%PDF-1".as_slice())), MediaError::Kind));
        let renamed = Upload::from_bytes("a.png", b"<html>".as_slice());
        assert!(matches!(refused(renamed), MediaError::Extension { .. }));
        assert!(matches!(refused(Upload::from_bytes("a.png", b"".as_slice())), MediaError::Empty));
    }
    // Elsewhere other files are taken.
    let pdf = Upload::from_bytes("a.pdf", b"%PDF-1".as_slice());
    assert!(client["v3/merchant/media/upload"].upload(&pdf).prepare().is_ok());
}

#[test]
fn a_repetition_sends_the_same_bytes() {
    let scripted = Scripted::new([
        Err(TransportError::Read("reset".into())),
        Ok(Answer::signed(200, r#"{"image_url":"https://x"}"#)),
    ]);
    let client = builder()
        .nonces(quan_client::RandomNonces(quan_client::system::SystemEntropy))
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    let reply = client[UPLOAD].upload(&pixel()).send().unwrap();
    assert_eq!(reply.meta().attempts, 2);
    let received = scripted.received();
    assert_eq!(received[0].body, received[1].body);
    assert_ne!(received[0].authorization().signature, received[1].authorization().signature);
}
