//! Answers that are signed with a platform certificate, the list of certificates, and a clock that moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use quan_apiv3::aead::{ALGORITHM, ApiV3Key};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_client::{AutoCertificates, Builder, Certificate, Client};
use quan_model::clock::Clock;
use serde_json::json;

use super::{API_V3_KEY, Answer, FixedClock, NOW, OneNonce, key_file, merchant, vectors};

pub const PLATFORM_SERIAL: &str = "6C8E3F201B4D59750C3F8E51607DA2B4C6E8FA03";
pub const NEXT_SERIAL: &str = "7D9F40312C5E6A861D409F62718EB3C5D7F90B14";

/// An answer signed with one of the test keys, under any serial.
pub fn signed_by(key: &str, serial: &str, at: i64, status: u16, body: impl Into<Vec<u8>>) -> Answer {
    let mut answer = Answer::unsigned(status, body);
    let key = PrivateKey::from_pem(&key_file(key)).unwrap();
    let nonce = "d824f2e086d3c1df967785d13fcd22ef";
    let headers = SignatureHeaders::sign(&key, serial, Scheme::Merchant, at, nonce, &answer.body).unwrap();
    answer.headers.extend(headers.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())));
    answer
}

/// An answer of the current certificate.
pub fn by_current(body: &str) -> Answer {
    signed_by("platform_key.pem", PLATFORM_SERIAL, NOW, 200, body)
}

/// An answer of the next certificate.
pub fn by_next(body: &str) -> Answer {
    signed_by("platform_next_key.pem", NEXT_SERIAL, NOW, 200, body)
}

/// The list with both certificates, as the vectors have it.
pub fn list_body() -> Vec<u8> {
    std::fs::read(vectors().join("bodies/resp09_certificates.body")).unwrap()
}

/// That list, signed by the current certificate.
pub fn list() -> Answer {
    signed_by("platform_key.pem", PLATFORM_SERIAL, NOW, 200, list_body())
}

/// A list of one row, sealed with the APIv3 key.
pub fn list_of(serial_no: &str, certificate: &str) -> Vec<u8> {
    let key = ApiV3Key::new(API_V3_KEY).unwrap();
    let ciphertext = key.seal("61f9c719728a", "certificate", key_file(certificate).as_bytes()).unwrap();
    let row = json!({"serial_no": serial_no, "encrypt_certificate": {"algorithm": ALGORITHM,
        "nonce": "61f9c719728a", "associated_data": "certificate", "ciphertext": ciphertext}});
    serde_json::to_vec(&json!({"data": [row]})).unwrap()
}

pub fn certificate(name: &str) -> Certificate {
    Certificate::from_pem(key_file(name)).unwrap()
}

/// A client that has no key yet and downloads certificates.
pub fn auto_builder() -> Builder {
    Client::builder()
        .merchant(merchant())
        .api_v3_key(API_V3_KEY)
        .unwrap()
        .auto_certificates(AutoCertificates::standard())
        .clock(FixedClock(NOW))
        .nonces(OneNonce)
}

/// A clock that stands where it is put.
pub struct Movable(AtomicI64);

impl Movable {
    pub fn at(seconds: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(seconds * 1000)))
    }

    pub fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for Movable {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
