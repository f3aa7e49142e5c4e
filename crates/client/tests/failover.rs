//! What calls of one client share: which host is well, how many repetitions are left, the pace; and who
//! waits. No test here waits.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use platform::certificate_mode::Movable;
use platform::scripted::Scripted;
use platform::server::Server;
use platform::{Answer, NOW, PRE_SEND, builder};
use quan_client::error::TransportError;
use quan_client::observer::{AttemptReport, Observer, RetryReport, VerifyFailureReport};
use quan_client::transport::BoxFuture;
use quan_client::{KeyChange, Pace, RequestError, Retry, RetryBudget, Sleeper, blocking};
use serde_json::json;

const PRIMARY: &str = "https://api.mch.weixin.qq.com";
const BACKUP: &str = "https://api2.mch.weixin.qq.com";

fn not_sent() -> Result<Answer, TransportError> {
    Err(TransportError::Connect("refused".into()))
}

fn lost() -> Result<Answer, TransportError> {
    Err(TransportError::Read("the connection was reset".into()))
}

fn done() -> Result<Answer, TransportError> {
    Ok(Answer::signed(200, "{}"))
}

fn done_at(seconds: i64) -> Result<Answer, TransportError> {
    Ok(Answer::signed_at(NOW + seconds, 200, "{}"))
}

#[test]
fn a_host_in_trouble_is_avoided_for_a_minute_and_then_tried_by_one_call() {
    let scripted = Scripted::new([
        not_sent(),
        done(),
        not_sent(),
        done(),
        done(),
        not_sent(),
        done_at(60),
        done_at(60),
        done_at(120),
        done_at(120),
    ]);
    let clock = Movable::at(NOW);
    let client = builder().clock(Arc::clone(&clock));
    let client = client.build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let call = || client["v3/x"].get().send().unwrap().meta().host.clone();
    // One failure may be chance: the second call begins at the primary again.
    assert_eq!([call(), call(), call()], [BACKUP; 3]);
    clock.forward(60);
    assert_eq!([call(), call()], [BACKUP; 2], "the primary was tried once more and failed");
    clock.forward(60);
    assert_eq!([call(), call()], [PRIMARY; 2]);
    assert_eq!(
        scripted.origins(),
        [PRIMARY, BACKUP, PRIMARY, BACKUP, BACKUP, PRIMARY, BACKUP, BACKUP, PRIMARY, PRIMARY]
    );
}

#[test]
fn an_unknown_outcome_moves_only_idempotent_calls() {
    let scripted = Scripted::new([lost(), done(), lost()]);
    let client = builder().build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    client.chain(PRE_SEND).post(&json!({"send_request_no": "34657_1"})).send().unwrap();
    client["v3/x"].post(&json!({})).send().unwrap_err();
    assert_eq!(scripted.origins(), [PRIMARY, BACKUP, PRIMARY]);
    let received = scripted.received();
    assert_eq!(received[0].body, received[1].body, "the request number is the same");
}

#[test]
fn a_signed_system_error_is_no_trouble_of_the_host() {
    let error = || Ok(Answer::signed(500, r#"{"code":"SYSTEM_ERROR","message":""}"#));
    let scripted = Scripted::new([error(), error(), error(), done()]);
    let client = builder().retry(Retry::none());
    let client = client.build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    for _ in 0..3 {
        client["v3/x"].get().send().unwrap_err();
    }
    client["v3/x"].get().send().unwrap();
    assert_eq!(scripted.origins(), [PRIMARY; 4]);
}

/// Passes the waits on to nobody.
#[derive(Default)]
struct Noted(Mutex<Vec<Duration>>);

impl Sleeper for Noted {
    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.sleep_blocking(duration);
        Box::pin(std::future::ready(()))
    }
    fn sleep_blocking(&self, duration: Duration) {
        self.0.lock().unwrap().push(duration);
    }
}

#[tokio::test]
async fn a_refused_connection_leads_to_the_backup_over_both_transports() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let backup = Server::start(|_| Answer::signed(200, "{}"));
    let urls = [format!("http://{closed}"), backup.url()];
    let waits = Arc::new(Noted::default());
    let builder = || builder().base_urls(urls.clone()).sleeper(Arc::clone(&waits));
    // A write without any number: nothing was sent, so it may be repeated.
    let reply = builder().build().unwrap()["v3/x"].post_empty().await.unwrap();
    assert_eq!((reply.meta().host.as_str(), reply.meta().attempts), (backup.url().as_str(), 2));
    let reply = builder().build_blocking().unwrap()["v3/x"].post_empty().send().unwrap();
    assert_eq!((reply.meta().host.as_str(), reply.meta().attempts), (backup.url().as_str(), 2));
    assert_eq!(waits.0.lock().unwrap().len(), 2);
}

#[test]
fn an_empty_budget_ends_repetitions_until_successes_fill_it() {
    let script = [lost(), lost(), done(), lost(), done(), done(), lost(), done()];
    let scripted = Scripted::new(script);
    let client = builder()
        .retry_budget(RetryBudget::new(2, 1, 1))
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    let get = || client["v3/x"].get().send();
    assert_eq!(get().unwrap().meta().attempts, 3, "two repetitions, and one token earned");
    assert_eq!(get().unwrap().meta().attempts, 2);
    assert_eq!(get().unwrap().meta().attempts, 1);
    assert_eq!(get().unwrap().meta().attempts, 2);

    let scripted = Scripted::new([lost()]);
    let client = builder()
        .retry_budget(RetryBudget::new(0, 1, 0))
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    let error = client["v3/x"].get().send().unwrap_err();
    assert!(error.is_retryable(), "it is safe, only not now");
    assert_eq!(scripted.attempts(), 1);
}

#[test]
fn calls_of_one_endpoint_keep_the_pace() {
    let scripted = Scripted::new([done(), done(), done(), done(), lost(), done()]);
    let client: blocking::Client = builder()
        .pace(Pace::per_second(20))
        .pace_of(&http::Method::POST, "v3/slow", Pace::new(1, Duration::from_secs(20)))
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    client["v3/a/{id}"].get().var("id", 1).send().unwrap();
    client["v3/a/{id}"].get().var("id", 2).send().unwrap();
    client["v3/b"].get().send().unwrap();
    assert_eq!(scripted.pauses(), [Duration::from_millis(50)], "one template, one rhythm");
    client["v3/slow"].post_empty().send().unwrap();
    // A wait that fits into the call is waited, a repetition takes its own place after it.
    let error = client["v3/slow"].post_empty().idempotent().send().unwrap_err();
    assert_eq!(scripted.pauses()[1], Duration::from_secs(20));
    assert!(matches!(error, quan_client::Error::Deadline { .. }), "{error:?}");
    let error = client["v3/slow"].post_empty().send().unwrap_err();
    let quan_client::Error::Request { reason: RequestError::Paced { wait }, .. } = &error else {
        panic!("{error:?}")
    };
    assert!(*wait >= Duration::from_secs(30) && !error.may_have_taken_effect());
    assert_eq!(scripted.attempts(), 5);
}

#[derive(Default)]
struct Counted(Mutex<Vec<String>>);

impl Counted {
    fn add(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Observer for Counted {
    fn on_attempt(&self, attempt: &AttemptReport) {
        let status = attempt.status.map_or(0, |status| status.as_u16());
        self.add(format!("attempt {} {} {status} {}", attempt.attempt, attempt.template, attempt.bytes_in));
    }
    fn on_retry(&self, retry: &RetryReport) {
        self.add(format!("retry after {} failover {}", retry.attempts, retry.is_failover));
    }
    fn on_verify_failure(&self, failure: &VerifyFailureReport) {
        self.add(format!("unverified {} {}", failure.status.as_u16(), failure.reason));
    }
    fn on_key_change(&self, change: &KeyChange) {
        self.add(format!("keys +{} -{}", change.added.len(), change.dropped.len()));
    }
}

#[test]
fn an_observer_sees_attempts_repetitions_failures_and_keys() {
    let scripted =
        Scripted::new([Ok(platform::certificate_mode::list()), lost(), Ok(Answer::unsigned(200, "{}"))]);
    let seen = Arc::new(Counted::default());
    let client = platform::certificate_mode::auto_builder()
        .observer(Arc::clone(&seen))
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    client["v3/x/{id}"].get().var("id", "secret").send().unwrap_err();
    let list = platform::certificate_mode::list_body().len();
    assert_eq!(
        *seen.0.lock().unwrap(),
        [
            format!("attempt 1 v3/certificates 200 {list}"),
            "keys +2 -0".to_owned(),
            "attempt 1 v3/x/{id} 0 0".to_owned(),
            "retry after 1 failover true".to_owned(),
            "attempt 2 v3/x/{id} 200 2".to_owned(),
            "unverified 200 signature headers are missing".to_owned(),
        ]
    );
}
