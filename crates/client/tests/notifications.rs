//! The notification vectors through the parser, whole and damaged.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use platform::{API_V3_KEY, BRAND_API_KEY, FixedClock, NOW, key_file, public_key, vectors};
use quan_apiv3::aead::{AeadError, ApiV3Key};
use quan_apiv3::authorization::Scheme;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_client::error::VerificationReason;
use quan_client::notification::{
    BODY_BYTES_MAX, NotificationError, NotificationReply, Receiver, RecentNonces,
};
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
    assert_eq!(
        (NotificationReply::accepted().status().as_u16(), NotificationReply::accepted().body()),
        (204, "")
    );
    let with_body = NotificationReply::accepted_with_body();
    assert_eq!(
        (with_body.status().as_u16(), with_body.body()),
        (200, r#"{"code":"SUCCESS","message":"成功"}"#)
    );
    let failed = NotificationReply::failed();
    assert_eq!((failed.status().as_u16(), failed.body()), (500, r#"{"code":"FAIL","message":"处理失败"}"#));
}

#[test]
fn the_part_behind_the_last_dot_decides_for_both_prefixes() {
    let (_, _, vector) = vector("notify01_partner_send");
    let resource = vector["plaintext_utf8"].as_str().unwrap();
    let event = |event_type: &str, resource: &str| {
        let body = sealed(event_type, resource);
        parser().parse(&signed(&body), &body).unwrap()
    };
    for prefix in ["PRODUCT_COUPON_SP", "PRODUCT_COUPON"] {
        use ProductCouponEvent as E;
        let of = |word: &str, resource: &str| event(&format!("{prefix}.{word}"), resource).event;
        assert!(matches!(of("SEND", resource), E::Sent(_)), "{prefix}");
        let code_alone = r#"{"coupon_code":"C1"}"#;
        assert!(matches!(of("USE", code_alone), E::Used(used) if used.coupon_code == "C1"));
        assert!(matches!(of("RETURN", code_alone), E::Returned(returned) if returned.stock_id.is_none()));
        let image = r#"{"brand_id":"1","task_id":"T","image_generation_type":"CUT_OUT","task_state":"SUCCESS",
            "cut_out_result":{"image_url":"https://example.com"}}"#;
        assert!(matches!(of("IMAGE_GENERATION", image), E::ImageGenerated(task) if task.task_id == "T"));
    }
    let busifavor = r#"{"coupon_code":"C1","stock_id":"S","send_time":"2025-10-09T16:53:20+08:00",
        "send_channel":"JSAPI","send_merchant":"1900000001","attach_info":{"hall_belong_mch_id":1900000002}}"#;
    let notification = event("COUPON.SEND", busifavor);
    assert!(matches!(&notification.event, ProductCouponEvent::BusifavorSent(_)));
    assert_eq!(notification.dedupe_key(), "COUPON.SEND/S/C1");
}

#[test]
fn unknown_events_come_as_they_are() {
    for event_type in [
        "PRODUCT_COUPON_SP.EXPIRE",
        "COUPON.USE",
        "PRODUCT_COUPON_SPX.SEND",
        "A.PRODUCT_COUPON.SEND",
        "SEND",
        "",
    ] {
        for (resource, value) in
            [(r#"{"a":1}"#, json!({"a": 1})), ("no json", json!("no json")), ("", json!(""))]
        {
            let body = sealed(event_type, resource);
            let notification = parser().parse(&signed(&body), &body).unwrap();
            let other = ProductCouponEvent::Other { event_type: event_type.into(), value };
            assert_eq!((&notification.event, notification.resource_json.as_str()), (&other, resource));
            assert_eq!(notification.dedupe_key(), "EV-1");
        }
    }
}

#[test]
fn each_use_and_return_is_an_event_of_its_own() {
    let key = |event_type: &str, resource: Value| {
        let body = sealed(event_type, &resource.to_string());
        parser().parse(&signed(&body), &body).unwrap().dedupe_key()
    };
    let used = |number: &str| json!({"coupon_code": "C1", "stock_id": "S", "use_request_no": number});
    assert_eq!(key("PRODUCT_COUPON.USE", used("U1")), "PRODUCT_COUPON.USE/S/C1/U1");
    assert_ne!(key("PRODUCT_COUPON.USE", used("U1")), key("PRODUCT_COUPON.USE", used("U2")));
    let returned =
        json!({"coupon_code": "C1", "stock_id": "S", "use_request_no": "U1", "return_request_no": "R1"});
    assert_eq!(key("PRODUCT_COUPON_SP.RETURN", returned), "PRODUCT_COUPON_SP.RETURN/S/C1/R1");
    // Without a number the uses cannot be told apart, so only repetitions of the notification can.
    assert_eq!(key("PRODUCT_COUPON.USE", json!({"coupon_code": "C1", "stock_id": "S"})), "EV-1");
    assert_eq!(key("PRODUCT_COUPON.USE", json!({"coupon_code": "C1", "use_request_no": "U1"})), "EV-1");
}

#[test]
fn the_key_that_opened_it_says_whose_it_is() {
    let certificate = Certificate::from_pem(key_file("platform_cert.pem")).unwrap();
    let ring = KeyRing::new([certificate.into(), public_key().into()]).unwrap();
    let parser = NotificationParser::new(ring).clock(FixedClock(NOW));
    let parser = parser.api_v3_key(API_V3_KEY).unwrap().brand_key("120344", BRAND_API_KEY).unwrap();
    let receiver = |name| {
        let (headers, body, _) = vector(name);
        parser.parse(&headers, &body).unwrap().receiver
    };
    assert_eq!(receiver("notify01_partner_send"), Receiver::Merchant);
    assert_eq!(receiver("notify02_brand_send"), Receiver::Brand { brand_id: "120344".into() });
    let refused = parser.brand_key("1", "31 bytes are one byte too short");
    assert!(matches!(refused, Err(quan_client::error::ConfigError::ApiV3Key(_))));
}

#[test]
fn a_recorded_delivery_is_refused_once_a_guard_is_there() {
    let (headers, body, _) = vector("notify01_partner_send");
    let twice = [parser().parse(&headers, &body), parser().parse(&headers, &body)];
    assert!(twice.iter().all(Result::is_ok), "without a guard it is the caller's affair");
    let guard = std::sync::Arc::new(RecentNonces::new(10));
    let guarded = parser().replay_guard(std::sync::Arc::clone(&guard));
    assert!(guarded.parse(&headers, &body).is_ok());
    let error = guarded.parse(&headers, &body).unwrap_err();
    assert!(matches!(&error, NotificationError::Replayed) && error.reply().status() == 401);
    assert_eq!(error.reply().body(), r#"{"code":"FAIL","message":"验签失败"}"#);
    // What is not proven is not remembered: nobody else can fill the memory.
    let forged: Headers = headers
        .iter()
        .map(|(name, value)| {
            (name.clone(), if name == "Wechatpay-Nonce" { "forged".to_owned() } else { value.clone() })
        })
        .collect();
    assert!(matches!(guarded.parse(&forged, &body), Err(NotificationError::Signature(_))));
    assert_eq!(guard.len(), 1);
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
    let good: Value = serde_json::from_slice(&sealed("PRODUCT_COUPON_SP.EXPIRE", "{}")).unwrap();
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
    let body = sealed("PRODUCT_COUPON_SP.EXPIRE", "{}");
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
