//! The notification vectors through the parser, whole and damaged.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use platform::{API_V3_KEY, BRAND_API_KEY, FixedClock, NOW, key_file, public_key, vectors};
use quan_apiv3::aead::{AeadError, ApiV3Key};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_client::error::VerificationReason;
use quan_client::notification::{BODY_BYTES_MAX, NotificationError, NotificationReply};
use quan_client::{Certificate, KeyRing, NotificationParser, ProductCouponEvent};
use serde_json::{Value, json};

type Headers = Vec<(String, String)>;

fn parser() -> NotificationParser {
    let certificate = Certificate::from_pem(key_file("platform_cert.pem")).unwrap();
    let ring = KeyRing::new([certificate.into(), public_key().into()]).unwrap();
    let parser = NotificationParser::new(ring).clock(FixedClock(NOW));
    parser.api_v3_key(API_V3_KEY).unwrap().api_v3_key(BRAND_API_KEY).unwrap()
}

fn vector(name: &str) -> (Headers, Vec<u8>, Value) {
    let index: Value =
        serde_json::from_slice(&std::fs::read(vectors().join("vectors.json")).unwrap()).unwrap();
    let all = index["notifications"].as_array().unwrap();
    let vector = all.iter().find(|vector| vector["name"] == name).unwrap().clone();
    let body = std::fs::read(vectors().join(vector["body_file"].as_str().unwrap())).unwrap();
    let headers = vector["headers"].as_object().unwrap();
    let headers =
        headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    (headers, body, vector)
}

/// Signs any body as the platform would, so that what stands behind the signature can be tested.
fn signed(body: &[u8]) -> Headers {
    let key = PrivateKey::from_pem(&key_file("wechatpay_key.pem")).unwrap();
    let headers =
        SignatureHeaders::sign(&key, platform::PUBLIC_KEY_ID, Scheme::Merchant, NOW, "n", body).unwrap();
    headers.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn sealed(event_type: &str, resource: &str) -> Vec<u8> {
    let key = ApiV3Key::new(API_V3_KEY).unwrap();
    let ciphertext = key.seal("61f9c719728a", "product_coupon_sp", resource.as_bytes()).unwrap();
    let envelope = json!({
        "id": "EV-1", "create_time": "2025-10-09T16:53:20+08:00", "resource_type": "encrypt-resource",
        "event_type": event_type, "summary": "", "resource": {
            "algorithm": "AEAD_AES_256_GCM", "ciphertext": ciphertext, "nonce": "61f9c719728a",
            "associated_data": "product_coupon_sp"
        }
    });
    envelope.to_string().into_bytes()
}

fn failure(body: &[u8]) -> NotificationError {
    parser().parse(&signed(body), body).unwrap_err()
}

#[test]
fn every_vector_is_opened_and_typed() {
    for name in ["notify01_partner_send", "notify02_brand_send", "notify03_partner_send_pubkey"] {
        let (headers, body, vector) = vector(name);
        let notification = parser().parse(&headers, &body).unwrap();
        assert_eq!(notification.resource_json, vector["plaintext_utf8"].as_str().unwrap(), "{name}");
        let ProductCouponEvent::Sent(resource) = &notification.event else { panic!("{name}") };
        assert_eq!(resource.coupon_code, "Code_123456");
        assert_eq!(resource.brand_id.is_some(), name != "notify02_brand_send");
        let key = format!("{}/1000000013001/Code_123456", notification.event_type);
        assert_eq!(notification.dedupe_key(), key);
        let map: http::HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect::<http::HeaderMap>();
        assert_eq!(parser().parse(&map, &body).unwrap().id, notification.id);
    }
    assert_eq!(NotificationReply::accepted().status(), 204);
}

#[test]
fn both_prefixes_are_sent_events_and_others_come_as_they_are() {
    let (_, _, vector) = vector("notify01_partner_send");
    let resource = vector["plaintext_utf8"].as_str().unwrap();
    for event_type in ["PRODUCT_COUPON_SP.SEND", "PRODUCT_COUPON.SEND"] {
        let body = sealed(event_type, resource);
        let notification = parser().parse(&signed(&body), &body).unwrap();
        assert!(matches!(notification.event, ProductCouponEvent::Sent(_)), "{event_type}");
    }
    for event_type in ["PRODUCT_COUPON_SP.USE", "COUPON.SEND", "PRODUCT_COUPON_SPX.SEND", "SEND", ""] {
        let body = sealed(event_type, r#"{"a":1}"#);
        let notification = parser().parse(&signed(&body), &body).unwrap();
        let other = ProductCouponEvent::Other { event_type: event_type.into(), value: json!({"a": 1}) };
        assert_eq!(notification.event, other);
        assert_eq!(notification.dedupe_key(), "EV-1");
    }
}

#[test]
fn an_unproven_delivery_is_refused_with_401() {
    use VerificationReason as R;
    let (headers, body, _) = vector("notify01_partner_send");
    let with = |name: &str, value: &str| -> Headers {
        let mut headers = headers.clone();
        headers.retain(|(candidate, _)| candidate != name);
        headers.push((name.into(), value.into()));
        headers
    };
    let index: Value =
        serde_json::from_slice(&std::fs::read(vectors().join("vectors.json")).unwrap()).unwrap();
    let probe = index["negative"][0]["wechatpay_signature"].as_str().unwrap();
    let none: Headers = Vec::new();
    for (headers, reason) in [
        (none, R::MissingHeaders),
        (with("Wechatpay-Signature", probe), R::SignProbe),
        (with("Wechatpay-Timestamp", "1759999700"), R::Stale { server: 1_759_999_700, local: NOW }),
        (with("Wechatpay-Timestamp", "-9223372036854775808"), R::InvalidTimestamp),
        (with("Wechatpay-Serial", "00"), R::UnknownKey("00".into())),
        (with("Wechatpay-Nonce", "x"), R::BadSignature),
    ] {
        let error = parser().parse(&headers, &body).unwrap_err();
        assert_eq!(error.reply().status(), 401);
        assert!(matches!(error, NotificationError::Signature(found) if found == reason));
    }
    let mut trimmed = body.clone();
    trimmed.push(b'\n');
    assert!(matches!(parser().parse(&headers, &trimmed), Err(NotificationError::Signature(R::BadSignature))));
    assert!(matches!(
        parser().parse(&headers, &vec![b' '; BODY_BYTES_MAX + 1]),
        Err(NotificationError::TooLarge { .. })
    ));
}

#[test]
fn what_is_signed_but_malformed_has_its_name() {
    let good: Value = serde_json::from_slice(&sealed("PRODUCT_COUPON_SP.USE", "{}")).unwrap();
    let changed = |pointer: &str, value: Value| {
        let mut envelope = good.clone();
        *envelope.pointer_mut(pointer).unwrap() = value;
        failure(envelope.to_string().as_bytes())
    };
    for body in [&b""[..], b"null", b"{}", b"\xff", b"{\"id\":\"1\",\"resource\":null}"] {
        let error = failure(body);
        assert_eq!(error.reply().status(), 400);
        assert!(matches!(error, NotificationError::Envelope(_)), "{error}");
    }
    let error = changed("/resource/algorithm", json!("AEAD_SM4_GCM"));
    assert!(matches!(&error, NotificationError::UnsupportedAlgorithm(_)) && error.reply().status() == 400);
    let error = changed("/resource/nonce", json!("券券券券"));
    assert!(matches!(error, NotificationError::Decryption(AeadError::TagMismatch)), "{error:?}");
    assert!(matches!(
        changed("/resource/nonce", json!("short")),
        NotificationError::NonceLength { bytes: 5 }
    ));
    assert!(matches!(
        changed("/resource/ciphertext", json!("AAAA")),
        NotificationError::Decryption(AeadError::TooShort { bytes: 3 })
    ));
    assert!(matches!(
        changed("/resource/ciphertext", json!("%")),
        NotificationError::Decryption(AeadError::NotBase64)
    ));
    // Vector neg04: the associated data of the other face.
    let error = changed("/resource/associated_data", json!("product_coupon"));
    assert!(matches!(&error, NotificationError::Decryption(AeadError::TagMismatch)));
    assert_eq!(error.reply().status(), 500);
    let error = failure(&sealed("PRODUCT_COUPON_SP.SEND", "{}"));
    assert!(matches!(&error, NotificationError::Resource(_)) && error.reply().status() == 500);
    let keyless =
        NotificationParser::new(KeyRing::new([public_key().into()]).unwrap()).clock(FixedClock(NOW));
    let body = sealed("PRODUCT_COUPON_SP.USE", "{}");
    let error = keyless.parse(&signed(&body), &body).unwrap_err();
    assert!(matches!(&error, NotificationError::NoDecryptionKey) && error.reply().status() == 500);
    assert!(error.reply().body().starts_with(r#"{"code":"FAIL","message":""#));
}

proptest::proptest! {
    /// Behind a good signature anything may stand.
    #[test]
    fn no_signed_body_makes_it_panic(body: Vec<u8>) {
        let _any = parser().parse(&signed(&body), &body);
    }

    #[test]
    fn no_headers_make_it_panic(headers: Vec<(String, Vec<u8>)>, timestamp: String, body: Vec<u8>) {
        let mut headers = headers;
        for name in ["Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"] {
            headers.push((name.to_owned(), timestamp.clone().into_bytes()));
        }
        headers.push(("Wechatpay-Timestamp".to_owned(), timestamp.into_bytes()));
        let _any = parser().parse(&headers, &body);
    }
}
