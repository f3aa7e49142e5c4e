//! A platform for the tests: a raw TCP server that signs with real keys, and a scripted transport that
//! does the same without a socket. All keys are public test keys; clocks stand still.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(unreachable_pub, reason = "a test file is a crate of its own")]
#![allow(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

pub mod certificate_mode;
pub mod scripted;
pub mod server;

use std::path::{Path, PathBuf};

use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::key::PrivateKey;
use quan_apiv3::message::request_message;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_client::{Brand, Builder, Client, Merchant, NonceSource, PublicKey};
use quan_model::clock::Clock;

pub const NOW: i64 = 1_760_000_001;
pub const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
pub const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012025080100192837465001";
pub const MERCHANT_SERIAL: &str = "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1";
pub const BRAND_SERIAL: &str = "5B7D2E1F0A3C48649B2E7D405F6C91A3B5D7E9F2";
pub const API_V3_KEY: &str = "TestApiV3KeyForVectors0123456789";
pub const BRAND_API_KEY: &str = "BrandApiKeyForVectors01234567890";
pub const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// The folder of the shared vectors.
pub fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../apiv3/tests/vectors")
}

pub fn key_file(name: &str) -> String {
    std::fs::read_to_string(vectors().join("keys").join(name)).unwrap()
}

/// A clock that stands still.
pub struct FixedClock(pub i64);

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0 * 1000
    }
}

/// The same nonce every time, so that signatures can be compared.
pub struct OneNonce;

impl NonceSource for OneNonce {
    fn next_nonce(&self) -> String {
        NONCE.to_owned()
    }
}

pub fn merchant() -> Merchant {
    Merchant::new("1900000001", MERCHANT_SERIAL, key_file("merchant_key.pem")).unwrap()
}

pub fn brand() -> Brand {
    Brand::new("120344", BRAND_SERIAL, key_file("brand_key.pem")).unwrap()
}

pub fn public_key() -> PublicKey {
    PublicKey::new(PUBLIC_KEY_ID, key_file("wechatpay_pub.pem")).unwrap()
}

/// A client of both kinds, with a clock that stands still and one nonce.
pub fn builder() -> Builder {
    Client::builder()
        .merchant(merchant())
        .brand(brand())
        .api_v3_key(API_V3_KEY)
        .unwrap()
        .trust(public_key())
        .clock(FixedClock(NOW))
        .nonces(OneNonce)
}

/// What the platform has received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub method: String,
    /// Exactly as on the request line.
    pub target: String,
    /// Names in lower case, in the order received.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn authorization(&self) -> Authorization {
        Authorization::parse(self.header("authorization").unwrap()).unwrap()
    }

    /// The message over the received bytes.
    pub fn message(&self) -> Vec<u8> {
        let given = self.authorization();
        request_message(&self.method, &self.target, &given.timestamp, &given.nonce_str, &self.body)
    }

    /// Whether the signature holds over the received bytes.
    pub fn is_signed(&self) -> bool {
        let given = self.authorization();
        let key = match given.scheme {
            Scheme::Merchant => key_file("merchant_key.pem"),
            Scheme::Brand => key_file("brand_key.pem"),
        };
        let key = PrivateKey::from_pem(&key).unwrap().public_key();
        key.verify(&self.message(), &given.signature).is_ok()
    }
}

/// What the platform answers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn unsigned(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let id = "08F5B8C2B506102C18FDDFEEA30620BE821E28EDC405-0";
        Self { status, headers: vec![("Request-ID".into(), id.into())], body: body.into() }
    }

    pub fn signed(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::signed_at(NOW, status, body)
    }

    pub fn signed_at(timestamp: i64, status: u16, body: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self::unsigned(status, body);
        let key = PrivateKey::from_pem(&key_file("wechatpay_key.pem")).unwrap();
        let nonce = "d824f2e086d3c1df967785d13fcd22ef";
        let headers =
            SignatureHeaders::sign(&key, PUBLIC_KEY_ID, Scheme::Merchant, timestamp, nonce, &answer.body)
                .unwrap();
        answer.headers.extend(headers.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())));
        answer
    }

    /// A signature that is wrong on purpose, as the platform sends now and then.
    pub fn probe(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let answer = Self::signed(status, body);
        let signature = answer.header("Wechatpay-Signature").unwrap();
        let probe = format!("WECHATPAY/SIGNTEST/{}", &signature[19..]);
        answer.with("Wechatpay-Signature", &probe)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(candidate, _)| candidate != name);
        self
    }

    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
