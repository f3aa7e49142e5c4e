//! Every vector that a client receives, through the client's own paths: answers, notifications, sealed
//! certificates and fields, positive and negative. The request vectors are in `signed_bytes`, `uploads`
//! and `downloads`.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::sync::Arc;

use platform::certificate_mode::{auto_builder, by_current, certificate, signed_by};
use platform::scripted::Scripted;
use platform::{API_V3_KEY, Answer, BRAND_API_KEY, NOW, builder, key_file, public_key, vectors};
use quan_client::error::{Code, IntegrityError, VerificationReason};
use quan_client::notification::NotificationError;
use quan_client::{Client, Error, Merchant, NotificationParser, ProductCouponEvent, Trust};
use serde_json::{Value, json};

fn index() -> Value {
    serde_json::from_slice(&std::fs::read(vectors().join("vectors.json")).unwrap()).unwrap()
}

fn group(name: &str, count: usize) -> Vec<Value> {
    let cases = index()[name].as_array().unwrap().clone();
    assert_eq!(cases.len(), count, "a vector that is added must also be run");
    cases
}

fn named(cases: &[Value], name: &str) -> Value {
    cases.iter().find(|case| case["name"] == name).unwrap().clone()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn file(case: &Value, name: &str) -> Vec<u8> {
    std::fs::read(vectors().join(text(case, name))).unwrap()
}

/// A vector as it comes over the wire.
fn answer(case: &Value) -> Answer {
    let headers = case["headers"].as_object().unwrap();
    Answer {
        status: u16::try_from(case["status"].as_u64().unwrap_or(200)).unwrap(),
        headers: headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().into())).collect(),
        body: file(case, "body_file"),
    }
}

/// A client that trusts every key that signs a vector.
fn client(answer: Answer) -> quan_client::blocking::Client {
    let builder = builder().trust_all(
        ["platform_cert.pem", "platform_next_cert.pem", "platform_zero_cert.pem"].map(certificate),
    );
    builder.build_blocking_with(Scripted::new([Ok(answer)])).unwrap()
}

#[test]
fn response_vectors_are_believed() {
    for case in group("responses", 9) {
        let name = text(&case, "name");
        let path = match name {
            "resp04_brand" => "brand/x",
            // Signed by its digest, on this path alone.
            "resp06_statement_sha1" => "v3/global/statements",
            _ => "v3/x",
        };
        let outcome = client(answer(&case)).chain(path).get().send();
        if name == "resp08_error_400_signed" {
            let error = outcome.unwrap_err();
            assert!(error.is_definite_refusal(), "{error:?}");
            assert_eq!((error.code(), error.detail_code()), (Some(&Code::ParamError), Some(268_435_461)));
            continue;
        }
        let reply = outcome.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(matches!(reply.meta().trust, Trust::Verified { .. }), "{name}");
        assert_eq!(reply.bytes()[..], file(&case, "body_file"), "{name}");
    }
}

#[test]
fn a_statement_is_believed_on_its_path_and_with_its_digest_only() {
    let cases = group("responses", 9);
    let statement = || answer(&named(&cases, "resp06_statement_sha1"));
    let refused = |answer: Answer, path: &str| match client(answer).chain(path).get().send() {
        Err(Error::Verification(error)) => error.reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(statement(), "v3/x"), VerificationReason::BadSignature);
    let changed = Answer { body: b"other".to_vec(), ..statement() };
    assert_eq!(refused(changed, "v3/global/statements"), VerificationReason::BadSignature);
}

#[test]
fn the_certificates_of_the_vector_are_installed() {
    let cases = group("responses", 9);
    let list = answer(&named(&cases, "resp09_certificates"));
    let scripted = Scripted::new([Ok(list), Ok(by_current("{}"))]);
    let client = auto_builder().build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    client["v3/x"].get().send().unwrap();
    let serials = &index()["constants"]["serials"];
    for name in ["platform", "platform_next"] {
        assert!(client.keys().find(text(serials, name)).is_some(), "{name}");
    }
}

fn parser() -> NotificationParser {
    client(Answer::unsigned(200, "")).notifications().api_v3_key(BRAND_API_KEY).unwrap()
}

#[test]
fn notification_vectors_are_opened() {
    for case in group("notifications", 3) {
        let answer = answer(&case);
        let notification = parser().parse(&answer.headers, &answer.body).unwrap();
        assert_eq!(notification.resource_json, text(&case, "plaintext_utf8"));
        assert!(matches!(notification.event, ProductCouponEvent::Sent(_)), "{}", text(&case, "name"));
    }
}

/// A sealed text as the resource of a notification that the platform has signed.
fn delivered(nonce: &str, associated_data: &str, ciphertext: &str) -> Answer {
    let body = json!({"id": "1", "create_time": "2025-10-09T16:00:00+08:00", "event_type": "OTHER.EVENT",
        "resource_type": "encrypt-resource", "summary": "", "resource": {"algorithm": "AEAD_AES_256_GCM",
        "original_type": "x", "nonce": nonce, "associated_data": associated_data,
        "ciphertext": ciphertext}});
    signed_by("wechatpay_key.pem", platform::PUBLIC_KEY_ID, NOW, 200, body.to_string())
}

#[test]
fn aead_vectors_open_as_resources() {
    for case in group("aead", 8) {
        let nonce = text(&case, "nonce");
        let answer = delivered(nonce, text(&case, "associated_data"), text(&case, "ciphertext_and_tag_b64"));
        match parser().parse(&answer.headers, &answer.body) {
            Ok(notification) => assert_eq!(notification.resource_json, text(&case, "plaintext_utf8")),
            // Opened, and no JSON: what the vector holds is a plain text.
            Err(NotificationError::Resource(_)) => {
                assert!(serde_json::from_str::<Value>(text(&case, "plaintext_utf8")).is_err());
            }
            Err(other) => panic!("{}: {other:?}", text(&case, "name")),
        }
    }
}

/// A client whose merchant has this private key.
fn holder_of(key: &str) -> quan_client::blocking::Client {
    let merchant = Merchant::new("1900000001", platform::MERCHANT_SERIAL, key_file(key)).unwrap();
    let trusted = match key {
        "wechatpay_key.pem" => certificate("platform_cert.pem").into(),
        _ => quan_client::VerifyKey::from(public_key()),
    };
    let builder = Client::builder().merchant(merchant).trust(trusted);
    builder.build_blocking_with(Scripted::new([])).unwrap()
}

#[test]
fn oaep_vectors_open() {
    for case in group("oaep", 3) {
        let key = text(&case, "decrypt_with").strip_prefix("keys/").unwrap().to_owned();
        let opened = holder_of(&key).open(text(&case, "ciphertext_b64")).unwrap();
        assert_eq!(opened.expose(), text(&case, "plaintext_utf8"));
        assert_eq!(opened.to_string(), "***");
    }
}

#[test]
fn negative_vectors_are_refused() {
    let negative = group("negative", 5);
    let responses = group("responses", 9);

    let probe = named(&negative, "neg01_signtest_probe");
    let base = answer(&named(&responses, text(&probe, "base")));
    let probed = base.with("Wechatpay-Signature", text(&probe, "wechatpay_signature"));
    let Err(Error::Verification(error)) =
        client(probed).chain("v3/x").post_empty().retry(quan_client::Retry::none()).send()
    else {
        panic!()
    };
    assert_eq!(error.reason, VerificationReason::SignProbe);

    // A trimmed body and changed line ends, as they would come in an answer.
    let utf8 = || answer(&named(&responses, "resp05_utf8"));
    let mut longer = utf8();
    longer.body.push(b'\n');
    let crlf = Answer { body: [utf8().body, b"\r".to_vec()].concat(), ..utf8() };
    for changed in [longer, crlf] {
        let Err(Error::Verification(error)) = client(changed).chain("v3/x").get().send() else { panic!() };
        assert_eq!(error.reason, VerificationReason::BadSignature);
    }
    // And in a request: the client signs the body with its last line feed, and with LF.
    let requests = index()["requests"].as_array().unwrap().clone();
    for name in ["neg02_body_trimmed", "neg03_crlf"] {
        let case = named(&requests, text(&named(&negative, name), "base"));
        let body = file(&case, "body_file");
        let clock = platform::FixedClock(1_760_000_000);
        let client = builder().clock(clock).build_blocking_with(Scripted::new([])).unwrap();
        let request = client.chain(text(&case, "url")).request(text(&case, "method").parse().unwrap());
        let call = if body.is_empty() { request.empty() } else { request.raw(body, "application/json") };
        let message = call.sign_only().unwrap().message;
        assert!(message.ends_with(b"\n\n") && !message.contains(&b'\r'), "{name}");
        assert_eq!(message[..], file(&case, "message_file"));
    }

    let notifications = group("notifications", 3);
    let wrong_data = named(&negative, "neg04_wrong_aad");
    let case = named(&notifications, text(&wrong_data, "base"));
    let body: Value = serde_json::from_slice(&file(&case, "body_file")).unwrap();
    let resource = &body["resource"];
    let answer = delivered(
        text(resource, "nonce"),
        text(&wrong_data, "associated_data"),
        text(resource, "ciphertext"),
    );
    let refused = parser().parse(&answer.headers, &answer.body);
    assert!(matches!(refused, Err(NotificationError::Decryption(_))), "{refused:?}");
}

#[test]
fn a_field_that_was_sealed_otherwise_does_not_open_and_says_nothing_more() {
    use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
    use base64::Engine as _;
    let pem = key_file("wechatpay_pub.pem");
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(der).unwrap();
    let key = OaepPublicEncryptingKey::new(PublicEncryptingKey::from_der(&der).unwrap()).unwrap();
    let mut sealed = vec![0; key.ciphertext_size()];
    let sealed = key.encrypt(&OAEP_SHA256_MGF1SHA256, "张三".as_bytes(), &mut sealed, None).unwrap();
    let sealed = base64::engine::general_purpose::STANDARD.encode(sealed);
    let client = holder_of("wechatpay_key.pem");
    let shown: Vec<String> = [sealed.as_str(), "AAAA"]
        .into_iter()
        .map(|ciphertext| match client.open(ciphertext) {
            Err(Error::Integrity { context: None, reason: IntegrityError::Sealed(cause) }) => {
                cause.to_string()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(shown[0], shown[1], "every failure looks alike");
    let _ = API_V3_KEY;
}
