//! The fake platform behind a socket: the built-in transports meet what a test scripts.

use std::time::Duration;

use http::Method;
use quan_client::error::{Phase, TransportError};
use quan_client::testing::{
    Answer, FakePlatform, FakeServer, MockTransport, closed_after_request, slow_body,
};
use quan_client::{Client, Error, Merchant, Retry, Trust};
use serde_json::json;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// Code under test: it knows a base URL and files, and nothing of fakes.
fn client_of_a_shop(platform: &FakePlatform, url: &str) -> quan_client::Builder {
    let merchant =
        Merchant::new(platform.mchid(), platform.merchant_serial_no(), platform.merchant_private_key_pem());
    Client::builder()
        .merchant(merchant.expect("the shipped key"))
        .trust(platform.public_key())
        .base_urls([url])
}

#[tokio::test]
async fn both_transports_are_answered_in_real_time() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .reply_json(200, json!({ "token": "异步" }))
        .reply_json(200, json!({ "token": "同步" }))
        .expect(Method::GET, "v3/gone")
        .reply(Answer::no_content());
    let server = FakeServer::start(&wire).unwrap();
    let body = json!({ "send_request_no": "test_0001", "name": "券" });
    let client = client_of_a_shop(&platform, &server.url()).build().unwrap();
    let reply = client.chain(PRE_SEND).post(&body).await.unwrap();
    assert!(matches!(reply.meta().trust, Trust::Verified { .. }));
    assert_eq!(reply.value().unwrap()["token"], "异步");
    let blocking = client_of_a_shop(&platform, &server.url()).build_blocking().unwrap();
    let reply = blocking.chain(PRE_SEND).post(&body).send().unwrap();
    assert_eq!(reply.value().unwrap()["token"], "同步");
    blocking.chain("v3/gone").get().decode::<()>().send().unwrap();
    assert!(wire.requests()[..2].iter().all(|request| request.is_signed && request.json() == body));
    wire.verify_all();
}

#[test]
fn faults_are_what_a_socket_can_do() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .then_fail(closed_after_request())
        .then_fail(slow_body())
        .reply(Answer::json(200, json!({})).aged(301))
        .reply(Answer::json(500, json!({})).unsigned());
    let server = FakeServer::start(&wire).unwrap();
    let client = client_of_a_shop(&platform, &server.url()).retry(Retry::none()).build_blocking().unwrap();
    let fails = || {
        let call = client.chain(PRE_SEND).post(&json!({ "send_request_no": "test_0001" }));
        call.timeout(Duration::from_millis(300)).send().unwrap_err()
    };
    assert!(matches!(fails(), Error::Transport { reason: TransportError::Read(_), .. }));
    assert!(matches!(fails(), Error::Transport { reason: TransportError::Timeout(Phase::Read), .. }));
    assert!(matches!(fails(), Error::Verification(_)));
    let error = fails();
    assert!(matches!(&error, Error::Api(error) if error.trust == Trust::Unsigned));
    wire.verify_all();
    assert!(format!("{server:?}").starts_with("FakeServer(127.0.0.1:"));
}

#[test]
fn a_server_that_is_dropped_listens_no_more() {
    let platform = FakePlatform::new();
    let server = FakeServer::start(&MockTransport::new(&platform)).unwrap();
    let client = client_of_a_shop(&platform, &server.url()).retry(Retry::none()).build_blocking().unwrap();
    drop(server);
    assert!(client.chain(PRE_SEND).get().send().unwrap_err().is_connect());
}

#[test]
fn certificates_and_fields_are_sealed_for_real() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, "v3/certificates")
        .reply(platform.certificates(&[platform.certificate(), platform.next_certificate()]));
    let client = platform.builder_trusting([platform.certificate().into()]);
    let client = client.build_blocking_with(std::sync::Arc::new(wire.clone())).unwrap();
    let reply = client.chain("v3/certificates").get().send().unwrap();
    let Trust::Verified { key_id } = &reply.meta().trust else { panic!() };
    assert_eq!(key_id.as_str(), platform.certificate().serial_no());
    let list = reply.value().unwrap()["data"].clone();
    let key = quan_apiv3::aead::ApiV3Key::new(platform.api_v3_key()).unwrap();
    for (entry, certificate) in
        list.as_array().unwrap().iter().zip([platform.certificate(), platform.next_certificate()])
    {
        let sealed = &entry["encrypt_certificate"];
        let text = |name: &str| sealed[name].as_str().unwrap();
        let opened = key.open(text("nonce"), text("associated_data"), text("ciphertext")).unwrap();
        let opened = quan_client::Certificate::from_pem(String::from_utf8(opened).unwrap()).unwrap();
        assert_eq!(opened.serial_no(), certificate.serial_no());
        assert_eq!(entry["serial_no"], certificate.serial_no());
    }
    let merchant = quan_apiv3::key::PrivateKey::from_pem(platform.merchant_private_key_pem()).unwrap();
    assert_eq!(
        quan_apiv3::oaep::decrypt(&merchant, &platform.seal_field("13800000000")).unwrap(),
        "13800000000"
    );
    assert_eq!(platform.open_field("PUB_KEY_ID_OF_NOBODY", "AAAA"), None);
}
