//! Platform certificates that the client fetches by itself: the first time, when they rotate, when that
//! fails, and how seldom it asks.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::sync::{Arc, Barrier};

use platform::certificate_mode::{
    Movable, NEXT_SERIAL, PLATFORM_SERIAL, auto_builder, by_current, by_next, certificate, list, list_body,
    list_of, signed_by,
};
use platform::scripted::Scripted;
use platform::server::Server;
use platform::{Answer, NOW, PUBLIC_KEY_ID, public_key};
use quan_client::error::{CertificateListError as List, KeysError, TransportError, VerificationReason};
use quan_client::{Builder, Error, KeySet, Retry, Trust, blocking};

const HOURS_12: i64 = 12 * 60 * 60;

fn build(builder: Builder, scripted: &Arc<Scripted>) -> blocking::Client {
    builder.build_blocking_with(Arc::<Scripted>::clone(scripted)).unwrap()
}

fn targets(scripted: &Scripted) -> Vec<String> {
    scripted.received().into_iter().map(|request| request.target).collect()
}

fn lost() -> Result<Answer, TransportError> {
    Err(TransportError::Read("the connection was reset".into()))
}

#[test]
fn the_first_call_downloads_what_verifies_its_answer() {
    let scripted = Scripted::new([Ok(list()), Ok(by_current("{}")), Ok(by_next("{}"))]);
    let client = build(auto_builder(), &scripted);
    let reply = client["v3/x"].get().send().unwrap();
    let Trust::Verified { key_id } = &reply.meta().trust else { panic!("{:?}", reply.meta()) };
    assert_eq!((key_id.as_str(), reply.meta().attempts), (PLATFORM_SERIAL, 1));
    client["v3/x"].get().send().unwrap();
    assert_eq!(targets(&scripted), ["/v3/certificates", "/v3/x", "/v3/x"]);
    let received = scripted.received();
    assert!(received.iter().all(platform::Received::is_signed));
    // Without a key there is none to ask for; afterwards it is the newest.
    assert_eq!(received[0].header("wechatpay-serial"), None);
    assert_eq!(received[1].header("wechatpay-serial"), Some(NEXT_SERIAL));
    assert_eq!(client.keys().snapshot().keys().count(), 2);
}

#[tokio::test]
async fn the_async_client_downloads_alike() {
    let scripted = Scripted::new([Ok(list()), Ok(by_current("{}"))]);
    let client = auto_builder().build_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    client["v3/x"].get().await.unwrap();
    assert_eq!(targets(&scripted), ["/v3/certificates", "/v3/x"]);
}

/// The outcome of a first call, of which only the download is ever sent.
fn first_call_fails(builder: Builder, answer: Answer) -> Arc<KeysError> {
    let scripted = Scripted::new([Ok(answer)]);
    let client = build(builder.retry(Retry::none()), &scripted);
    let error = client["v3/x"].post_empty().send().unwrap_err();
    assert_eq!(targets(&scripted), ["/v3/certificates"]);
    assert!(!error.may_have_taken_effect(), "the write itself was never sent");
    assert_eq!(error.phase(), "keys");
    assert_eq!(client.keys().snapshot().keys().count(), 0, "nothing is installed");
    // A second call does not ask again at once, and says the same.
    assert!(matches!(client["v3/x"].get().send(), Err(Error::Keys { .. })));
    assert_eq!(scripted.attempts(), 1);
    let Error::Keys { reason, .. } = error else { panic!("{error:?}") };
    reason
}

fn refused_by(reason: &KeysError) -> &VerificationReason {
    match reason {
        KeysError::Download(error) => match &**error {
            Error::Verification(error) => &error.reason,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_that_is_not_the_platforms_is_refused() {
    let current = |body: Vec<u8>| signed_by("platform_key.pem", PLATFORM_SERIAL, NOW, 200, body);

    let other_key = auto_builder();
    let merchant_only = quan_client::Client::builder().merchant(platform::merchant());
    let wrong = merchant_only
        .api_v3_key("AnotherApiV3KeyThatIsNotTheRight")
        .unwrap()
        .auto_certificates(quan_client::AutoCertificates::standard())
        .clock(platform::FixedClock(NOW))
        .nonces(platform::OneNonce);
    let reason = first_call_fails(wrong, list());
    assert!(matches!(&*reason, KeysError::List(List::Sealed { .. })), "{reason:?}");

    let tampered =
        String::from_utf8(list_body()).unwrap().replace("\"ciphertext\":\"", "\"ciphertext\":\"AAAA");
    let reason = first_call_fails(other_key, current(tampered.into_bytes()));
    assert!(matches!(&*reason, KeysError::List(List::Sealed { .. })), "{reason:?}");

    // The entries are real, but the answer around them was changed after it was signed.
    let mut spaced = list();
    spaced.body.push(b' ');
    let reason = first_call_fails(auto_builder(), spaced);
    assert_eq!(*refused_by(&reason), VerificationReason::BadSignature);

    // Real entries in an answer that somebody else has signed.
    let foreign = signed_by("wechatpay_key.pem", "1234ABCD", NOW, 200, list_body());
    let reason = first_call_fails(auto_builder(), foreign);
    assert_eq!(*refused_by(&reason), VerificationReason::UnknownKey("1234ABCD".into()));

    let mismatch = current(list_of("1234ABCD", "platform_cert.pem"));
    let reason = first_call_fails(auto_builder(), mismatch);
    assert!(matches!(&*reason, KeysError::List(List::SerialMismatch { .. })), "{reason:?}");

    let unsigned = first_call_fails(auto_builder(), Answer::unsigned(200, list_body()));
    assert_eq!(*refused_by(&unsigned), VerificationReason::MissingHeaders);

    // The merchant's own certificate, sealed by somebody who knows the key, signs nothing here.
    let own = current(list_of(platform::MERCHANT_SERIAL, "merchant_cert.pem"));
    let reason = first_call_fails(auto_builder(), own);
    assert!(matches!(refused_by(&reason), VerificationReason::UnknownKey(_)));
}

#[test]
fn expired_certificates_are_no_keys() {
    let late = 7_258_118_400;
    let answer = signed_by("platform_key.pem", PLATFORM_SERIAL, late, 200, list_body());
    let builder = auto_builder().clock(platform::FixedClock(late));
    let reason = first_call_fails(builder, answer);
    assert!(matches!(&*reason, KeysError::List(List::NoneValid { rows: 2 })), "{reason:?}");
}

#[test]
fn a_merchant_in_public_key_mode_is_told_what_to_configure() {
    for (status, code) in [(404, "RESOURCE_NOT_EXISTS"), (404, "NOT_FOUND"), (403, "NO_AUTH")] {
        let body = format!(r#"{{"code":"{code}","message":"无可用的平台证书"}}"#);
        // Signed by a key that cannot be known yet, or not at all.
        let signed = signed_by("wechatpay_key.pem", PUBLIC_KEY_ID, NOW, status, body.clone());
        for answer in [Answer::unsigned(status, body), signed] {
            let reason = first_call_fails(auto_builder(), answer);
            assert!(matches!(&*reason, KeysError::PublicKeyModeRequired), "{status} {code} {reason:?}");
            assert!(reason.to_string().contains("PUB_KEY_ID_"));
        }
    }
    let other = Answer::unsigned(500, r#"{"code":"SYSTEM_ERROR","message":""}"#);
    let reason = first_call_fails(auto_builder(), other);
    assert!(matches!(&*reason, KeysError::Download(_)), "{reason:?}");
}

#[test]
fn a_new_certificate_is_fetched_when_it_is_first_seen_and_the_old_one_stays() {
    let scripted = Scripted::new([Ok(by_next("{}")), Ok(list()), Ok(by_current("{}"))]);
    let client = build(auto_builder().trust(certificate("platform_cert.pem")), &scripted);
    let reply = client["v3/x"].post_empty().send().unwrap();
    // The answer in hand is verified with the new key; the call is not made again.
    assert_eq!(reply.meta().attempts, 1);
    let Trust::Verified { key_id } = &reply.meta().trust else { panic!() };
    assert_eq!(key_id.as_str(), NEXT_SERIAL);
    client["v3/x"].get().send().unwrap();
    assert_eq!(targets(&scripted), ["/v3/x", "/v3/certificates", "/v3/x"]);
}

#[test]
fn certificates_and_public_keys_stand_side_by_side() {
    let scripted = Scripted::new([Ok(Answer::signed(200, "{}")), Ok(by_current("{}")), Ok(by_next("{}"))]);
    let builder = auto_builder().trust(public_key()).trust(certificate("platform_cert.pem"));
    let client = build(builder.trust(certificate("platform_next_cert.pem")), &scripted);
    for _ in 0..3 {
        client["v3/x"].get().send().unwrap();
    }
    let asked = scripted.received();
    assert!(asked.iter().all(|request| request.header("wechatpay-serial") == Some(PUBLIC_KEY_ID)));
}

#[test]
fn old_keys_are_refreshed_and_a_failed_refresh_keeps_them() {
    let clock = Movable::at(NOW);
    let at = |seconds: i64| signed_by("platform_key.pem", PLATFORM_SERIAL, NOW + seconds, 200, "{}");
    let script = [
        Ok(at(0)),
        lost(),
        Ok(at(HOURS_12)),
        Ok(at(HOURS_12)),
        Ok(signed_by("platform_key.pem", PLATFORM_SERIAL, NOW + HOURS_12 + 60, 200, list_body())),
        Ok(at(HOURS_12 + 60)),
        Ok(at(HOURS_12 + 60)),
    ];
    let scripted = Scripted::new(script);
    let builder = auto_builder().trust(certificate("platform_cert.pem")).clock(Arc::clone(&clock));
    let client = build(builder.retry(Retry::none()), &scripted);
    client["v3/a"].get().send().unwrap();
    clock.forward(HOURS_12);
    // The download fails, the call does not; and the next one does not try again at once.
    client["v3/b"].get().send().unwrap();
    assert!(matches!(client.keys_failure().as_deref(), Some(KeysError::Download(_))));
    client["v3/c"].get().send().unwrap();
    clock.forward(60);
    client["v3/d"].get().send().unwrap();
    client["v3/e"].get().send().unwrap();
    assert!(client.keys_failure().is_none());
    assert_eq!(
        targets(&scripted),
        ["/v3/a", "/v3/certificates", "/v3/b", "/v3/c", "/v3/certificates", "/v3/d", "/v3/e"]
    );
}

#[test]
fn unknown_serials_cause_one_download_a_minute() {
    let strange = |serial: &str| Ok(signed_by("wechatpay_key.pem", serial, NOW, 200, "{}"));
    let scripted =
        Scripted::new([strange("1234ABCD"), Ok(list()), strange("1234ABCE"), strange("PUB_KEY_ID_2")]);
    let client = build(auto_builder().trust(certificate("platform_cert.pem")), &scripted);
    for serial in ["1234ABCD", "1234ABCE", "PUB_KEY_ID_2"] {
        let error = client["v3/x"].post_empty().send().unwrap_err();
        let Error::Verification(error) = error else { panic!("{error:?}") };
        assert_eq!(error.reason, VerificationReason::UnknownKey(serial.into()));
        assert!(error.context.may_have_taken_effect);
    }
    assert_eq!(targets(&scripted), ["/v3/x", "/v3/certificates", "/v3/x", "/v3/x"]);
}

#[test]
fn without_automatic_downloads_nothing_is_fetched() {
    let scripted = Scripted::new([Ok(by_current("{}"))]);
    let client = build(platform::builder(), &scripted);
    let error = client["v3/x"].get().send().unwrap_err();
    assert!(matches!(error, Error::Verification(_)));
    assert!(client.refresh_keys().is_ok(), "there is nothing to do");
    assert_eq!(scripted.attempts(), 1);
}

#[test]
fn a_call_whose_answer_could_not_be_verified_is_not_made() {
    let scripted = Scripted::new([]);
    let builder = platform::builder().key_ring(quan_client::KeyRing::new([]).unwrap());
    let client = build(builder, &scripted);
    client.keys().retire(PUBLIC_KEY_ID);
    let error = client["v3/x"].post_empty().send().unwrap_err();
    let Error::Keys { reason, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**reason, KeysError::NoValidKey) && !error.may_have_taken_effect());
    assert!(client.sealer().is_err());
}

#[test]
fn a_set_that_was_written_down_saves_the_download() {
    let scripted = Scripted::new([Ok(list()), Ok(by_current("{}"))]);
    let client = build(auto_builder(), &scripted);
    client["v3/x"].get().send().unwrap();
    let kept = client.keys().snapshot().to_json();

    let scripted = Scripted::new([Ok(by_next("{}"))]);
    let restored = KeySet::from_json(&kept).unwrap();
    let client = build(auto_builder().trust_all(restored.keys().cloned()), &scripted);
    client["v3/x"].get().send().unwrap();
    assert_eq!(targets(&scripted), ["/v3/x"]);
}

#[test]
fn a_notification_of_an_unknown_certificate_may_be_parsed_after_a_refresh() {
    let body = std::fs::read(platform::vectors().join("bodies/notify01_partner_send.body")).unwrap();
    let delivery = signed_by("platform_key.pem", PLATFORM_SERIAL, NOW, 200, body.clone());
    let scripted = Scripted::new([Ok(list())]);
    let client = build(auto_builder().trust(public_key()), &scripted);
    let parser = client.notifications();
    assert!(parser.parse(&delivery.headers, &body).is_err());
    // Neither a malformed serial nor a known one is a reason to ask.
    client.refresh_keys_for("no serial").unwrap();
    client.refresh_keys_for(PUBLIC_KEY_ID).unwrap();
    assert_eq!(scripted.attempts(), 0);
    client.refresh_keys_for(PLATFORM_SERIAL).unwrap();
    assert_eq!(parser.parse(&delivery.headers, &body).unwrap().key_id.as_str(), PLATFORM_SERIAL);
    assert_eq!(scripted.attempts(), 1);
}

/// Gives the list or an answer, by path.
fn platform_of_certificates() -> Server {
    Server::start(|request| match request.target.as_str() {
        "/v3/certificates" => list(),
        _ => by_current("{}"),
    })
}

fn downloads(server: &Server) -> usize {
    server.received().iter().filter(|request| request.target == "/v3/certificates").count()
}

#[tokio::test]
async fn a_hundred_calls_at_once_download_once() {
    let server = platform_of_certificates();
    let client = auto_builder().base_urls([server.url()]).build().unwrap();
    let calls: Vec<_> = (0..100).map(|_| tokio::spawn(client["v3/x"].get().send())).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!((downloads(&server), server.received().len()), (1, 101));
}

#[test]
fn threads_that_call_at_once_download_once() {
    let server = platform_of_certificates();
    let client = auto_builder().base_urls([server.url()]).build_blocking().unwrap();
    let begin = Barrier::new(16);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                begin.wait();
                client["v3/x"].get().send().unwrap();
            });
        }
    });
    assert_eq!((downloads(&server), server.received().len()), (1, 17));
}

#[tokio::test]
async fn a_cancelled_download_is_taken_over() {
    let server = platform_of_certificates();
    let client = auto_builder().base_urls([server.url()]).build().unwrap();
    let mut cancelled = Box::pin(client["v3/x"].get().send());
    // One poll makes it the one that downloads.
    let polled =
        std::future::poll_fn(|context| std::task::Poll::Ready(cancelled.as_mut().poll(context).is_pending()));
    assert!(polled.await);
    let waiting = tokio::spawn(client["v3/y"].get().send());
    tokio::task::yield_now().await;
    drop(cancelled);
    waiting.await.unwrap().unwrap();
    assert!(client["v3/z"].get().await.is_ok());
}

#[tokio::test]
async fn a_task_may_keep_the_certificates_fresh_and_ends_with_the_client() {
    let clock = Movable::at(NOW);
    let scripted = Scripted::new([Ok(list())]);
    let client =
        auto_builder().clock(Arc::clone(&clock)).build_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let mut task = Box::pin(client.refresher());
    drop(client);
    task.as_mut().await;
    assert_eq!(scripted.attempts(), 0, "a dropped client downloads nothing");
}
