//! What a call costs in this process, beside what its cryptography costs: one RSA-2048 signature and one
//! verification, measured in the same run. `docs/client-benchmark.md` says how to read it.

#![expect(clippy::expect_used, reason = "a fixture that cannot be read ends the run")]
#![allow(missing_docs, reason = "a program, not a library")]

use std::sync::Arc;
use std::time::Duration;

use divan::Bencher;
use http::{HeaderMap, StatusCode};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::message::response_message;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_client::error::TransportError;
use quan_client::transport::{BlockingTransport, Limits, WireRequest, WireResponse};
use quan_client::{Client, Merchant, PublicKey, blocking};
use quan_model::busifavor::PreSendRequest;
use quan_model::clock::Clock;

const NOW: i64 = 1_760_000_001;
const NONCE: &str = "d824f2e086d3c1df967785d13fcd22ef";
const ID: &str = "PUB_KEY_ID_0119000000012025080100192837465001";
const BODY: &[u8] = br#"{"token":"7f0d5a3e9b1c4d2e8a6f7f0d5a3e9b1c4d2e8a6f7f0d5a3e9b1c4d2e8a6f"}"#;
const MERCHANT: &str = include_str!("../../apiv3/tests/vectors/keys/merchant_key.pem");
const PLATFORM: &str = include_str!("../../apiv3/tests/vectors/keys/wechatpay_key.pem");
const PUBLIC: &str = include_str!("../../apiv3/tests/vectors/keys/wechatpay_pub.pem");

fn main() {
    divan::main();
}

struct Still;

impl Clock for Still {
    fn now_ms(&self) -> i64 {
        NOW * 1000
    }
}

fn platform() -> PrivateKey {
    PrivateKey::from_pem(PLATFORM).expect("a test key")
}

/// Gives the same signed answer to every request, so that only our side is measured.
struct Ready {
    headers: HeaderMap,
}

impl Ready {
    fn new() -> Self {
        let signed = SignatureHeaders::sign(&platform(), ID, Scheme::Merchant, NOW, NONCE, BODY);
        let signed = signed.expect("a signature");
        let mut headers = HeaderMap::new();
        for (name, value) in signed.pairs() {
            headers.insert(
                http::HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                value.parse().expect("a value"),
            );
        }
        Self { headers }
    }
}

impl BlockingTransport for Ready {
    fn round_trip(&self, _: &WireRequest, _: &Limits) -> Result<WireResponse, TransportError> {
        let body = bytes::Bytes::from_static(BODY);
        Ok(WireResponse { status: StatusCode::OK, headers: self.headers.clone(), body })
    }
    fn pause(&self, _: Duration) {}
}

fn client() -> blocking::Client {
    let serial = "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1";
    let merchant = Merchant::new("1900000001", serial, MERCHANT).expect("a merchant");
    let trusted = PublicKey::new(ID, PUBLIC).expect("a public key");
    let builder = Client::builder().merchant(merchant).trust(trusted).clock(Still);
    builder.build_blocking_with(Arc::new(Ready::new())).expect("a client")
}

fn request() -> PreSendRequest {
    PreSendRequest::new("1000000013001", "wx233544546545989", "34657_20250101_123456")
        .openid("oh-394z-6CGkNoJrsDLTTUKiAnp4")
}

/// The floor: one signature and one verification.
#[divan::bench(sample_count = 200, sample_size = 5)]
fn a_signature_and_a_verification(bencher: Bencher<'_, '_>) {
    let merchant = PrivateKey::from_pem(MERCHANT).expect("a test key");
    let signature = platform().sign(&response_message("1760000001", NONCE, BODY)).expect("a signature");
    let public = platform().public_key();
    let request = [b'x'; 300];
    let answer = response_message("1760000001", NONCE, BODY);
    bencher.bench_local(|| {
        let signed = merchant.sign(divan::black_box(&request)).expect("a signature");
        public.verify(divan::black_box(&answer), &signature).expect("it verifies");
        signed
    });
}

/// A typed call: build, sign, verify, decode.
#[divan::bench(sample_count = 200, sample_size = 5)]
fn b_whole_call(bencher: Bencher<'_, '_>) {
    let client = client();
    let body = request();
    bencher.bench_local(|| {
        let pre_send = client.v3().marketing().busifavor().product_coupons().pre_send();
        pre_send.post(divan::black_box(&body)).send().expect("an answer").into_inner().token
    });
}

/// The same up to the signature, which is left out by building only.
#[divan::bench(sample_count = 200, sample_size = 50)]
fn c_building_only(bencher: Bencher<'_, '_>) {
    let client = client();
    let body = request();
    bencher.bench_local(|| {
        let pre_send = client.v3().marketing().busifavor().product_coupons().pre_send();
        pre_send.post(divan::black_box(&body)).prepare().expect("a request")
    });
}
