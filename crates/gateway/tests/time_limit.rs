//! A call that is cut off by the time limit is answered like any other: with a Request-ID, signed once its caller is
//! known, and with a line in both logs. What is no call of the API is answered in its own words.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::io::Write;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Request;
use futures_util::stream;
use quan_gateway::{GatewaySettings, RateLimits, RequestLimits};
use quan_platform::Error;
use quan_platform::console::ConsoleError;
use quan_platform::console::request_log::{self, RequestFilter};
use quan_testkit::{Answer, Offer, PRE_SEND, TestPlatform};
use tokio::task::JoinHandle;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps the writer busy until it is let go.
struct Held {
    go_on: mpsc::Sender<()>,
    holding: JoinHandle<Result<(), Error>>,
}

impl Held {
    async fn writer_of(platform: &TestPlatform) -> Self {
        let (begun, begins) = mpsc::channel();
        let (go_on, held) = mpsc::channel::<()>();
        let (working, held) = (platform.platform.clone(), Mutex::new(held));
        let holding = tokio::spawn(async move {
            let hold = move |_: &mut quan_platform::work::Work<'_>| {
                begun.send(()).unwrap();
                let _ = held.lock().unwrap().recv();
                Ok::<_, Error>(())
            };
            working.write(hold).await
        });
        tokio::task::spawn_blocking(move || begins.recv()).await.unwrap().unwrap();
        Self { go_on, holding }
    }

    async fn let_go(self) {
        drop(self.go_on);
        self.holding.await.unwrap().unwrap();
    }
}

/// A pre-send while the writer is held: with the clock paused, half a minute is over as soon as nothing else happens.
async fn cut_off(platform: &TestPlatform, offer: &Offer) -> Answer {
    let held = Held::writer_of(platform).await;
    tokio::time::pause();
    let answer = platform.merchant().post(PRE_SEND, &platform.pre_send_body(offer)).await;
    tokio::time::resume();
    held.let_go().await;
    answer
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_answered_signed_and_with_a_request_id() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let answer = cut_off(&platform, &offer).await;
    drop(guard);
    answer.refused(500, "SYSTEM_ERROR", 0);
    assert_eq!(answer.header("Connection"), Some("close"));
    let request_id = answer.header("Request-ID").unwrap();
    let text = log.text();
    let line = text.lines().find(|line| line.contains("refused") && line.contains(request_id));
    let line = line.unwrap_or_else(|| panic!("{request_id} in {text}"));
    assert!(line.contains("no answer within 30 s") && line.contains("1900000001"), "{line}");
    // The next one goes through.
    platform.merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await.ok();
}

#[tokio::test]
async fn the_request_log_shows_what_was_cut_off() {
    let platform = TestPlatform::start_with_console("https://quan.example.com").await;
    let offer = platform.single_offer(|_| {}).await;
    let answer = cut_off(&platform, &offer).await;
    platform.request_log.as_ref().unwrap().flush().await;
    let look = |view: &quan_platform::work::View<'_>| {
        request_log::requests(view, &RequestFilter::default(), None, 1)
    };
    let (_, head) = platform.platform.read::<_, ConsoleError>(look).await.unwrap().remove(0);
    assert_eq!(Some(head.request_id.as_str()), answer.header("Request-ID"));
    assert_eq!((head.status, head.code.as_deref()), (500, Some("SYSTEM_ERROR")));
    assert_eq!(head.reason.as_deref(), Some("no answer within 30 s"));
    assert!(head.caller.contains("1900000001"), "{}", head.caller);
}

/// A call whose body never comes, under these limits.
async fn without_body(limits: RequestLimits) -> Answer {
    let settings = GatewaySettings { rate_limits: RateLimits::Off, limits, ..GatewaySettings::default() };
    let platform = TestPlatform::start_with(settings).await;
    let body = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let request = Request::post(PRE_SEND).body(body).unwrap();
    tokio::time::pause();
    platform.request_unsigned(request).await
}

#[tokio::test]
async fn a_call_that_is_cut_off_before_its_caller_is_known_has_a_request_id_and_no_signature() {
    let body = Duration::from_secs(60);
    let answer = without_body(RequestLimits { body, ..RequestLimits::default() }).await;
    answer.refused_unsigned(500, "SYSTEM_ERROR", 0);
    assert!(answer.header("Request-ID").is_some());
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_keeps_its_own_answer() {
    without_body(RequestLimits::default()).await.refused_unsigned(408, "PARAM_ERROR", 268_435_461);
}

#[tokio::test]
async fn a_claim_that_takes_too_long_is_answered_as_before() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let token = platform.token(&platform.pre_send_body(&offer)).await;
    let held = Held::writer_of(&platform).await;
    tokio::time::pause();
    let claim = platform.claim_call("receive", &token).await;
    tokio::time::resume();
    held.let_go().await;
    assert_eq!((claim.status, claim.header("Connection")), (500, Some("close")));
    assert_eq!(claim.json()["code"], "SYSTEM_ERROR");
}
