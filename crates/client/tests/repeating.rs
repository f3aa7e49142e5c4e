//! Which calls are repeated, how, and what is known afterwards. No test waits: pauses are recorded.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use platform::scripted::Scripted;
use platform::{Answer, NOW, PRE_SEND, Received, builder};
use quan_client::error::TransportError;
use quan_client::{Error, NonceSource, Retry};
use quan_model::clock::Clock;
use serde_json::json;

fn lost() -> Result<Answer, TransportError> {
    Err(TransportError::Read("the connection was reset".into()))
}

fn not_sent() -> Result<Answer, TransportError> {
    Err(TransportError::Connect("refused".into()))
}

fn done() -> Result<Answer, TransportError> {
    Ok(Answer::signed(200, r#"{"token":"T"}"#))
}

struct Counted(AtomicI64);

impl NonceSource for Counted {
    fn next_nonce(&self) -> String {
        format!("nonce{}", self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// A clock that moves on by a step at each look.
struct Moving {
    now_ms: AtomicI64,
    step_ms: i64,
}

impl Clock for Moving {
    fn now_ms(&self) -> i64 {
        self.now_ms.fetch_add(self.step_ms, Ordering::SeqCst)
    }
}

fn client(scripted: &Arc<Scripted>) -> quan_client::blocking::Client {
    let nonces = Counted(AtomicI64::new(0));
    builder().nonces(nonces).build_blocking_with(Arc::<Scripted>::clone(scripted)).unwrap()
}

fn numbered() -> serde_json::Value {
    json!({"send_request_no": "34657_20250101_123456"})
}

#[test]
fn a_numbered_write_is_repeated_with_the_same_body_and_a_new_signature() {
    let scripted = Scripted::new([lost(), Ok(Answer::unsigned(502, "<html>")), done()]);
    let reply = client(&scripted).chain(PRE_SEND).post(&numbered()).send().unwrap();
    assert_eq!(reply.meta().attempts, 3);
    let received = scripted.received();
    assert!(received.iter().all(Received::is_signed));
    assert!(received.iter().all(|request| request.body == received[0].body));
    let nonces: std::collections::HashSet<_> =
        received.iter().map(|request| request.authorization().nonce_str).collect();
    assert_eq!(nonces.len(), 3);
    let pauses = scripted.pauses();
    assert!(pauses[0] < Duration::from_millis(200) && pauses[1] < Duration::from_millis(400));
}

#[test]
fn the_async_client_repeats_alike() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let scripted = Scripted::new([lost(), done()]);
    let client = builder().build_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let reply = runtime.block_on(client.chain(PRE_SEND).post(&numbered()).send()).unwrap();
    assert_eq!((reply.meta().attempts, scripted.pauses().len()), (2, 1));
}

#[test]
fn a_write_without_its_number_is_not_repeated_when_its_effect_is_unknown() {
    let scripted = Scripted::new([lost()]);
    let error = client(&scripted).chain(PRE_SEND).post(&json!({})).send().unwrap_err();
    assert!(error.may_have_taken_effect() && !error.is_retryable());
    let scripted = Scripted::new([lost()]);
    let error = client(&scripted)["v3/unknown"].post(&numbered()).send().unwrap_err();
    assert!(error.may_have_taken_effect());
    // The caller's word, or a method that reads, is enough.
    let scripted = Scripted::new([lost(), done(), lost(), done()]);
    let client = client(&scripted);
    client["v3/unknown"].post(&json!({})).idempotent().send().unwrap();
    client["v3/unknown"].get().send().unwrap();
}

#[test]
fn what_was_not_sent_is_always_repeated_and_at_the_next_host() {
    let scripted = Scripted::new([not_sent(), done()]);
    client(&scripted)["v3/unknown"].post(&json!({})).send().unwrap();
    let hosts = ["https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com"];
    assert_eq!(scripted.origins(), hosts);
}

#[test]
fn a_busy_platform_is_given_a_second() {
    let busy = || Ok(Answer::unsigned(429, r#"{"code":"RATELIMIT_EXCEEDED","message":"频率过快"}"#));
    let scripted = Scripted::new([busy(), busy(), busy()]);
    let error = client(&scripted)["v3/unknown"].post(&json!({})).send().unwrap_err();
    assert!(error.is_rate_limited() && error.is_retryable() && !error.may_have_taken_effect());
    let pauses = scripted.pauses();
    assert!(pauses.len() == 2 && pauses[0] >= Duration::from_secs(1) && pauses[1] >= Duration::from_secs(2));
    // The same host: it is not in trouble, it asks for patience.
    assert!(scripted.origins().windows(2).all(|pair| pair[0] == pair[1]));
    let patient = Ok(Answer::unsigned(429, "").with("Retry-After", "7"));
    let scripted = Scripted::new([patient, done()]);
    client(&scripted)["v3/unknown"].post(&json!({})).send().unwrap();
    assert_eq!(scripted.pauses(), [Duration::from_secs(7)]);
}

#[test]
fn an_unsigned_failure_that_speaks_of_limits_says_nothing_of_the_effect() {
    let failure = Answer::unsigned(502, r#"{"code":"FREQUENCY_LIMITED","message":"x"}"#);
    let scripted = Scripted::new([Ok(failure)]);
    let error = client(&scripted)["v3/unknown"].post(&json!({})).send().unwrap_err();
    assert!(error.may_have_taken_effect() && !error.is_retryable() && !error.is_rate_limited());
    assert!(scripted.pauses().is_empty());
}

#[test]
fn a_probe_is_repeated_and_then_believed() {
    let scripted = Scripted::new([Ok(Answer::probe(200, "{}")), done()]);
    client(&scripted).chain(PRE_SEND).post(&numbered()).send().unwrap();
    let scripted = Scripted::new([Ok(Answer::probe(200, "{}"))]);
    let error = client(&scripted)["v3/unknown"].post(&json!({})).send().unwrap_err();
    assert!(error.may_have_taken_effect());
}

#[test]
fn an_accepted_call_is_asked_for_again() {
    let scripted = Scripted::new([Ok(Answer::signed(202, "")), done()]);
    client(&scripted).chain(PRE_SEND).post(&numbered()).send().unwrap();
}

#[test]
fn an_earlier_unknown_effect_is_not_forgotten() {
    let scripted = Scripted::new([lost(), not_sent(), not_sent()]);
    let error = client(&scripted).chain(PRE_SEND).post(&numbered()).send().unwrap_err();
    assert!(error.is_connect() && error.may_have_taken_effect());
    let scripted = Scripted::new([lost(), Ok(Answer::signed(400, r#"{"code":"PARAM_ERROR","message":""}"#))]);
    let error = client(&scripted).chain(PRE_SEND).post(&numbered()).send().unwrap_err();
    assert!(error.is_definite_refusal() && !error.may_have_taken_effect());
}

#[test]
fn the_deadline_ends_the_call_and_keeps_the_last_error() {
    let scripted = Scripted::new([lost(), lost()]);
    // Every look at the clock takes 10 s of the 30 s: answer, repeat, answer.
    let clock = Moving { now_ms: AtomicI64::new(NOW * 1000), step_ms: 10_000 };
    let client = builder().clock(clock).build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let error = client.chain(PRE_SEND).post(&numbered()).send().unwrap_err();
    let Error::Deadline { last, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(**last, Error::Transport { .. }));
    assert!(error.is_timeout() && error.is_retryable() && error.may_have_taken_effect());
    assert_eq!(scripted.attempts(), 2);
}

#[test]
fn one_attempt_is_one_attempt() {
    let scripted = Scripted::new([not_sent()]);
    let error = client(&scripted)["v3/x"].get().retry(Retry::none()).send().unwrap_err();
    assert!(error.is_connect());
    assert_eq!(error.context().map(|context| context.attempts), Some(1));
}
