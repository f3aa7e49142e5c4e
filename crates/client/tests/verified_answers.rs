//! What an answer has to be before it is believed, and what each failure is called.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use platform::scripted::Scripted;
use platform::server::Server;
use platform::{Answer, NOW, PRE_SEND, PUBLIC_KEY_ID, builder};
use quan_apiv3::error_body::sign_mismatch_detail;
use quan_client::error::{Code, DecodeReason, Part, SignDiagnosis, VerificationReason};
use quan_client::{Error, Raw, Reply, Retry, Trust};
use serde_json::json;

/// One attempt at a write, answered so.
fn post(answer: Answer) -> Result<Reply<Raw>, Error> {
    let client = builder().retry(Retry::none()).build_blocking_with(Scripted::new([Ok(answer)])).unwrap();
    client.chain(PRE_SEND).post(&json!({"send_request_no": "34657_1"})).send()
}

fn post_fails(answer: Answer) -> Error {
    post(answer).unwrap_err()
}

#[test]
fn a_signed_answer_is_verified_and_says_by_which_key() {
    let reply = post(Answer::signed(200, r#"{"token":"T"}"#)).unwrap();
    let Trust::Verified { key_id } = &reply.meta().trust else { panic!("{:?}", reply.meta()) };
    assert_eq!(key_id.as_str(), PUBLIC_KEY_ID);
    assert_eq!(reply.meta().request_id.as_deref(), Some("08F5B8C2B506102C18FDDFEEA30620BE821E28EDC405-0"));
}

#[test]
fn each_failure_of_a_success_has_its_name_and_an_unknown_effect() {
    use VerificationReason as R;
    let good = || Answer::signed(200, r#"{"token":"T"}"#);
    for (answer, reason) in [
        (Answer::unsigned(200, r#"{"token":"T"}"#), R::MissingHeaders),
        (Answer::unsigned(204, ""), R::MissingHeaders),
        (good().without("Wechatpay-Nonce"), R::MissingHeaders),
        (good().and("Wechatpay-Serial", "X"), R::DuplicateHeader("Wechatpay-Serial")),
        (Answer::signed_at(NOW - 301, 200, "{}"), R::Stale { server: NOW - 301, local: NOW }),
        (Answer::signed_at(NOW + 301, 200, "{}"), R::Stale { server: NOW + 301, local: NOW }),
        (good().with("Wechatpay-Timestamp", "-9223372036854775808"), R::InvalidTimestamp),
        (good().with("Wechatpay-Serial", "PUB_KEY_ID_X"), R::UnknownKey("PUB_KEY_ID_X".into())),
        (good().with("Wechatpay-Signature-Type", "SM2"), R::UnsupportedAlgorithm("SM2".into())),
        (good().with("Wechatpay-Nonce", "other"), R::BadSignature),
        (Answer { body: b"{\"token\":\"U\"}".to_vec(), ..good() }, R::BadSignature),
        (Answer::probe(200, "{}"), R::SignProbe),
    ] {
        let status = answer.status;
        match post_fails(answer) {
            Error::Verification(error) => {
                assert_eq!((&error.reason, error.status.as_u16()), (&reason, status));
                assert!(error.context.may_have_taken_effect);
                assert_eq!(error.context.retryable, reason == R::SignProbe);
            }
            other => panic!("{reason}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_empty_answer_is_verified_too() {
    let server = Server::start(|_| Answer::signed(204, ""));
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    let reply = client["v3/x"].post_empty().decode::<()>().await.unwrap();
    assert_eq!(reply.meta().status, 204);
    blocking["v3/x"].post_empty().decode::<()>().send().unwrap();
    let error = blocking["v3/x"].post_empty().decode::<serde_json::Value>().send().unwrap_err();
    assert!(matches!(&error, Error::Decode(decode) if matches!(decode.reason, DecodeReason::Empty)));
    assert!(error.may_have_taken_effect(), "it was carried out, only not understood");
}

#[test]
fn a_refusal_is_definite_only_when_it_is_verified() {
    let body = r#"{"code":"RESOURCE_NOT_EXISTS","message":"批次不存在"}"#;
    let verified = post_fails(Answer::signed(404, body));
    assert!(verified.is_definite_refusal() && !verified.may_have_taken_effect() && !verified.is_retryable());
    assert_eq!(verified.code(), Some(&Code::ResourceNotExists));
    let unsigned = post_fails(Answer::unsigned(404, body));
    assert!(!unsigned.is_definite_refusal() && unsigned.may_have_taken_effect());
    assert!(matches!(&unsigned, Error::Api(error) if error.trust == Trust::Unsigned));
    // A signature that is there must hold, also on a refusal; the status is kept.
    let forged = post_fails(Answer::signed(404, body).with("Wechatpay-Nonce", "other"));
    assert!(matches!(&forged, Error::Verification(error) if error.status == 404));
    assert!(forged.may_have_taken_effect() && !forged.is_definite_refusal());
}

#[test]
fn the_effect_of_each_kind_of_refusal() {
    let error = |status, code: &str| {
        post_fails(Answer::signed(status, format!(r#"{{"code":"{code}","message":"m"}}"#)))
    };
    for (status, code, has_effect, is_retryable) in [
        (400, "PARAM_ERROR", false, false),
        (403, "RULE_LIMIT", false, false),
        (408, "", true, true),
        (429, "FREQUENCY_LIMITED", false, true),
        (403, "RATELIMIT_EXCEEDED", false, true),
        (500, "SYSTEM_ERROR", true, true),
        (502, "", true, true),
        (202, "", true, true),
        (302, "", true, false),
    ] {
        let error = error(status, code);
        assert_eq!(error.may_have_taken_effect(), has_effect, "{status} {code}");
        assert_eq!(error.is_retryable(), is_retryable, "{status} {code}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    assert_eq!(error(202, "").code(), Some(&Code::Pending));
    assert!(error(429, "").is_rate_limited());
}

#[test]
fn error_bodies_of_any_kind_keep_their_status() {
    let html = format!("<html>\r\n<head><title>502 Bad Gateway</title></head>\t{}</html>", "x".repeat(500));
    for (body, message) in [
        (html.as_bytes(), "<html> <head><title>502 Bad Gateway</title></head> xxxxx"),
        (b"", ""),
        (b"[]", "[]"),
        (b"{\"code\":7}", "{\"code\":7}"),
        (b"\xff\xfe\x00", "\u{fffd}\u{fffd}"),
    ] {
        let Error::Api(error) = post_fails(Answer::unsigned(502, body)) else { panic!() };
        assert_eq!((error.status.as_u16(), &error.code), (502, &Code::Other(String::new())));
        assert!(error.message.starts_with(message) && error.message.len() <= 200, "{}", error.message);
        assert_eq!(error.raw, body);
        assert!(!error.to_string().contains('\n'));
    }
}

#[test]
fn the_precise_cause_is_read_from_the_request_id() {
    let answer = Answer::signed(400, r#"{"code":"INVALID_REQUEST","message":"用户券已被锁定"}"#);
    let error = post_fails(answer.with("Request-ID", "08F1A2B3C40610EF0618D4A0B1C2D301-272756746"));
    assert_eq!(error.detail_code(), Some(272_756_746));
    assert_eq!(
        error.to_string(),
        "POST v3/marketing/busifavor/product-coupons/pre-send: 400 INVALID_REQUEST: 用户券已被锁定 \
         [the coupon is locked] (Request-ID 08F1A2B3C40610EF0618D4A0B1C2D301-272756746)"
    );
}

#[tokio::test]
async fn a_sign_error_names_the_first_part_that_differs() {
    // A proxy in between that decodes the path before the platform verifies.
    let server = Server::start(|request| {
        let mut seen = request.clone();
        seen.target = seen.target.replace("%7E", "~");
        let detail = sign_mismatch_detail(&seen.method, &seen.target, &seen.message());
        let body = json!({"code": "SIGN_ERROR", "detail": detail, "message": "错误的签名，验签失败"});
        Answer::unsigned(401, body.to_string())
    });
    let client = builder().base_urls([server.url()]).build().unwrap();
    let error = client["v3/a/%7Eb"].get().await.unwrap_err();
    assert!(error.is_signature_error());
    let Error::Api(error) = error else { panic!() };
    assert_eq!(
        error.diagnosis,
        Some(SignDiagnosis::Differs {
            part: Part::Target,
            at: 6,
            ours: "/v3/a/%7Eb".into(),
            theirs: "/v3/a/~b".into()
        })
    );
    let error = client["v3/same"].get().await.unwrap_err();
    let Error::Api(error) = error else { panic!() };
    assert_eq!(error.diagnosis, Some(SignDiagnosis::SameMessage));
}

#[test]
fn an_answer_of_another_shape_is_kept() {
    let scripted = Scripted::new([Ok(Answer::signed(200, r#"{"tokens":"T"}"#))]);
    let client = builder().build_blocking_with(scripted).unwrap();
    let body = quan_model::busifavor::PreSendRequest::new("1", "wx", "34657_1");
    let call = client.v3().marketing().busifavor().product_coupons().pre_send().post(&body);
    let Err(Error::Decode(error)) = call.send() else { panic!() };
    assert_eq!(&error.body[..], br#"{"tokens":"T"}"#);
    assert!(error.context.may_have_taken_effect && !error.context.retryable);
}
