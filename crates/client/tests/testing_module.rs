//! The fake platform: it verifies and signs for real, and what a test scripts is what the client sees.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use quan_client::error::{Part, SignDiagnosis, VerificationReason};
use quan_client::testing::{
    self, Answer, FakePlatform, MockTransport, Recorder, Recording, closed_after_request, slow_body,
};
use quan_client::transport::{BlockingTransport, Transport};
use quan_client::{Error, Raw, Reply, Retry, Trust, blocking};
use serde_json::{Value, json};

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
const COUPON: &str = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}";
const OPENID: &str = "oh-394z-6CGkNoJrsDLTTUKiAnp4";

fn numbered() -> Value {
    json!({"stock_id": "1", "openid": OPENID, "send_request_no": "test_0001"})
}

fn pre_send(client: &blocking::Client) -> Result<Reply<Raw>, Error> {
    client.chain(PRE_SEND).post(&numbered()).send()
}

#[test]
fn both_clients_are_verified_and_answered_with_the_key_they_ask_for() {
    let platform = FakePlatform::new();
    let answer = || Answer::json(200, json!({"token": "T"}));
    let wire = MockTransport::new(&platform).expect(Method::POST, PRE_SEND).reply(answer()).reply(answer());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reply = pre_send(&platform.blocking_client(&wire)).unwrap();
    assert!(
        matches!(&reply.meta().trust, Trust::Verified { key_id } if key_id.as_str().starts_with("PUB_KEY_ID_"))
    );
    let client = platform.client(&wire);
    let reply = runtime.block_on(client.chain(PRE_SEND).post(&numbered()).send()).unwrap();
    assert_eq!(reply.value().unwrap()["token"], "T");
    // Certificates, of which the newer is asked for.
    let by_certificate =
        platform.builder_trusting([platform.certificate().into(), platform.next_certificate().into()]);
    let wire = wire.expect(Method::POST, PRE_SEND).reply(answer());
    let client = by_certificate.build_blocking_with(Arc::new(wire.clone())).unwrap();
    let reply = pre_send(&client).unwrap();
    let Trust::Verified { key_id } = &reply.meta().trust else { panic!() };
    assert_eq!(key_id.as_str(), platform.next_certificate().serial_no());
    assert_eq!(wire.requests().len(), 3);
    assert!(wire.requests().iter().all(|request| request.is_signed && request.json() == numbered()));
    wire.verify_all();
}

#[test]
fn two_platforms_do_not_believe_each_other() {
    let (platform, other) = (FakePlatform::new(), FakePlatform::generate());
    let wire = MockTransport::new(&other).reply_json(200, json!({}));
    let client = platform.builder().retry(Retry::none()).build_blocking_with(Arc::new(wire)).unwrap();
    let Err(Error::Verification(error)) = pre_send(&client) else { panic!() };
    assert!(matches!(error.reason, VerificationReason::UnknownKey(_)));
    let wire = MockTransport::new(&other).reply_json(200, json!({}));
    assert!(pre_send(&other.blocking_client(&wire)).is_ok());
}

#[test]
fn each_fault_of_an_answer_has_its_name_in_the_client() {
    use VerificationReason as R;
    let platform = FakePlatform::new();
    let now = FakePlatform::STARTS_AT;
    let good = || Answer::json(200, json!({"token": "T"}));
    for (answer, reason) in [
        (good().unsigned(), R::MissingHeaders),
        (Answer::no_content().unsigned(), R::MissingHeaders),
        (good().bad_signature(), R::BadSignature),
        (good().cut_to(5), R::BadSignature),
        (good().aged(301), R::Stale { server: now - 301, local: now }),
        (good().aged(-301), R::Stale { server: now + 301, local: now }),
        (good().unknown_serial("PUB_KEY_ID_X"), R::UnknownKey("PUB_KEY_ID_X".into())),
        (good().probe(), R::SignProbe),
        (good().header("Wechatpay-Signature-Type", "SM2"), R::UnsupportedAlgorithm("SM2".into())),
    ] {
        let wire = MockTransport::new(&platform).reply(answer);
        let client =
            platform.builder().retry(Retry::none()).build_blocking_with(Arc::new(wire.clone())).unwrap();
        match pre_send(&client) {
            Err(Error::Verification(error)) => assert_eq!(error.reason, reason),
            other => panic!("{reason}: {other:?}"),
        }
        wire.verify_all();
    }
    let wire = MockTransport::new(&platform).reply(good().aged(300)).reply(Answer::no_content());
    let client = platform.blocking_client(&wire);
    assert!(pre_send(&client).is_ok());
    client.chain("v3/x").post_empty().decode::<()>().send().unwrap();
}

#[test]
fn refusals_and_unsigned_errors_differ() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .reply(Answer::refusal(400, "INVALID_REQUEST", "用户券已被锁定").detail_code(272_756_746))
        .reply(Answer::refusal(404, "NOT_FOUND", "不存在").unsigned());
    let client = platform.blocking_client(&wire);
    let error = pre_send(&client).unwrap_err();
    assert!(error.is_definite_refusal() && error.detail_code() == Some(272_756_746));
    let error = pre_send(&client).unwrap_err();
    assert!(!error.is_definite_refusal() && error.may_have_taken_effect());
    wire.verify_all();
}

#[test]
fn waits_and_timeouts_move_the_clock_and_cost_nothing() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::POST, PRE_SEND)
        .then_fail(slow_body())
        .then_fail(closed_after_request())
        .reply_json(200, json!({"token": "T"}));
    let client = platform.blocking_client(&wire);
    let reply = pre_send(&client).unwrap();
    assert_eq!((reply.meta().attempts, wire.pauses().len()), (3, 2));
    let passed = Duration::from_secs(10) + wire.pauses().iter().sum::<Duration>();
    assert!(reply.meta().elapsed.abs_diff(passed) < Duration::from_millis(5), "{:?}", reply.meta().elapsed);
    let [first, second, third] = &wire.requests()[..] else { panic!() };
    assert!(first.body == second.body && second.body == third.body);
    assert_ne!(first.header("authorization"), second.header("authorization"));
    wire.verify_all();
    // Three slow attempts of 10 s do not fit into the 30 s of a call.
    let wire =
        MockTransport::new(&platform).then_fail(slow_body()).then_fail(slow_body()).then_fail(slow_body());
    let error = pre_send(&platform.blocking_client(&wire)).unwrap_err();
    assert!(error.is_timeout() && error.may_have_taken_effect());
}

#[test]
fn a_wrong_signature_is_refused_with_the_message_that_was_verified() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .distorted(|request| request.target = request.target.replace("%7E", "~"));
    let client = platform.blocking_client(&wire);
    let Err(Error::Api(error)) = client.chain("v3/a/%7Eb").get().send() else { panic!() };
    assert_eq!(error.status, 401);
    assert!(matches!(error.diagnosis, Some(SignDiagnosis::Differs { part: Part::Target, at: 6, .. })));
    assert!(!wire.requests()[0].is_signed);
    assert_eq!(wire.complaints(), ["a wrong signature: GET /v3/a/~b"]);
}

#[test]
fn callers_that_the_platform_does_not_know_are_refused() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).otherwise(|_| Answer::json(200, json!({})));
    let refused = |builder: quan_client::Builder, path: &'static str| {
        let client = builder.build_blocking_with(Arc::new(wire.clone())).unwrap();
        client.chain(path).get().send().unwrap_err()
    };
    let other_serial =
        quan_client::Merchant::new(platform.mchid(), "00AA", platform.merchant_private_key_pem()).unwrap();
    let error = refused(platform.builder().merchant(other_serial), "v3/x");
    assert!(error.is_signature_error() && error.status().unwrap() == 401);
    let late = testing::ManualClock::at(FakePlatform::STARTS_AT + 301);
    assert!(refused(platform.builder().clock(late), "v3/x").is_signature_error());
    let client = platform.blocking_client(&wire);
    assert!(client.chain("brand/x").get().send().is_ok(), "the brand signs its own paths");
}

#[test]
fn what_is_not_expected_is_refused_and_complained_about() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).expect(Method::GET, COUPON).reply_json(200, json!({}));
    let client = platform.blocking_client(&wire);
    let error = client.chain("v3/else").get().send().unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    assert_eq!(
        wire.complaints(),
        ["unexpected: GET /v3/else".to_owned(), format!("1 more of GET /{COUPON}")]
    );
    let call = client.chain(COUPON).get().var("openid", OPENID).var("coupon_code", "C1").query("brand_id", 1);
    call.send().unwrap();
    assert_eq!(wire.requests()[1].query("brand_id"), Some("1"));
    assert_eq!(wire.requests()[1].query("stock_id"), None);
}

#[test]
#[should_panic(expected = "1 more of any request")]
fn verify_all_names_what_is_missing() {
    MockTransport::new(&FakePlatform::new()).reply_json(200, json!({})).verify_all();
}

#[test]
fn a_recording_is_masked_kept_and_replayed() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .reply_json(200, json!({"token": "very-secret"}))
        .refuse(404, "RESOURCE_NOT_EXISTS", "券不存在")
        .then_fail(closed_after_request());
    let inner: Arc<dyn BlockingTransport> = Arc::new(wire.clone());
    let recorder = Arc::new(Recorder::new(inner));
    let client = platform
        .builder()
        .retry(Retry::none())
        .build_blocking_with(Arc::<Recorder<_>>::clone(&recorder))
        .unwrap();
    let walk = |client: &blocking::Client| {
        let get = || client.chain(COUPON).get().var("openid", OPENID).var("coupon_code", "Code_123456");
        (pre_send(client).unwrap(), get().send().unwrap_err(), get().send().unwrap_err())
    };
    let first = walk(&client);
    assert!(matches!(&first.2, Error::Transport { .. }));
    assert_eq!(recorder.recording(), wire.recording());
    let text = recorder.recording().to_json();
    for secret in ["very-secret", OPENID, "Code_123456", "WECHATPAY2", "signature"] {
        assert!(!text.contains(secret) && !format!("{recorder:?}").contains(secret), "{secret} in {text}");
    }
    let recording = Recording::from_json(&text).unwrap();
    assert_eq!((recording.len(), recording.is_empty()), (3, false));
    // Weeks later, on a platform with another clock.
    let later = FakePlatform::new();
    later.clock().advance(Duration::from_secs(30 * 86_400));
    let replay = MockTransport::replaying(&later, &recording);
    let client = later.builder().retry(Retry::none()).build_blocking_with(Arc::new(replay.clone())).unwrap();
    let second = walk(&client);
    assert_eq!(second.0.value().unwrap()["token"], "***");
    assert_eq!(second.1.code(), first.1.code());
    assert!(matches!(&second.2, Error::Transport { .. }));
    replay.verify_all();
    assert!(Recording::from_json("[]").is_err());
}

#[tokio::test]
async fn the_recorder_serves_the_async_client_too() {
    let platform = FakePlatform::new();
    let inner: Arc<dyn Transport> = Arc::new(MockTransport::new(&platform).reply_json(200, json!({"a": 1})));
    let recorder = Arc::new(Recorder::new(inner));
    let client = platform.builder().build_with(Arc::<Recorder<_>>::clone(&recorder)).unwrap();
    client.chain("v3/x").get().await.unwrap();
    assert_eq!(recorder.recording().len(), 1);
}

#[test]
fn nothing_happens_before_a_call_is_awaited() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).reply_json(200, json!({}));
    drop(platform.client(&wire).chain("v3/x").get().send());
    assert!(wire.exchanges().is_empty());
}

#[tokio::test]
async fn a_sleeper_notes_the_waits_of_both_clients() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform);
    let wire =
        (0..2).fold(wire, |wire, _| wire.then_fail(testing::connection_refused()).reply_json(200, json!({})));
    let sleeper = testing::RecordingSleeper::new(platform.clock());
    let builder = || platform.builder().sleeper(sleeper.clone());
    builder().build_with(Arc::new(wire.clone())).unwrap().chain("v3/x").get().await.unwrap();
    builder().build_blocking_with(Arc::new(wire.clone())).unwrap().chain("v3/x").get().send().unwrap();
    assert_eq!((sleeper.pauses().len(), wire.pauses().len()), (2, 0));
    let passed: Duration = sleeper.pauses().iter().sum();
    assert_eq!(
        platform.clock().unix_seconds(),
        FakePlatform::STARTS_AT + i64::try_from(passed.as_secs()).unwrap()
    );
    wire.verify_all();
}
