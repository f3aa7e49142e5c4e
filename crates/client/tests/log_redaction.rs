//! No secret and no person shows in the log, at the level `trace`, of a whole scenario over both transports
//! (client.md C-101). What values show in `Debug` and `Display` is the other redaction test's affair.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::io;
use std::sync::{Arc, Mutex};

use platform::server::Server;
use platform::{API_V3_KEY, Answer, BRAND_API_KEY, builder, key_file};
use quan_client::testing::{FakePlatform, samples};
use quan_client::{Builder, Client, Error, ProductCouponEvent, Redaction, Retry, Upload, blocking};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
const COUPON: &str = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}";
const OPENID: &str = "oh-394z-6CGkNoJrsDLTTUKiAnp4";
const CODE: &str = "Coupon_9988776655";
const TOKEN: &str = "token-that-must-not-show";

/// Collects what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::ErrorKind::Other)?.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What the platform answers, by the last segment of the path.
fn answer(target: &str) -> Answer {
    let token = json!({ "token": TOKEN }).to_string();
    let echo = json!({"code": "PARAM_ERROR", "message": "参数错误",
        "detail": {"field": "/openid", "value": OPENID, "location": "body", "issue": "x"}});
    match target.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default() {
        "pre-send" => Answer::signed(200, token),
        "refused" => Answer::signed(400, echo.to_string()),
        "unsigned" => Answer::unsigned(200, token),
        "probe" => Answer::probe(200, token),
        "forged" => Answer::signed(200, token).with("Wechatpay-Nonce", "other"),
        "misfit" => Answer::signed(200, "[7]"),
        "busy" => Answer::signed(500, r#"{"code":"SYSTEM_ERROR","message":"系统异常"}"#),
        _ => Answer::signed(200, json!({ "coupon_code": CODE, "openid": OPENID }).to_string()),
    }
}

const PATHS: [&str; 7] =
    [PRE_SEND, "v3/x/refused", "v3/x/unsigned", "v3/x/probe", "v3/x/forged", "v3/x/misfit", "v3/x/busy"];

fn body() -> serde_json::Value {
    json!({ "openid": OPENID, "coupon_code": CODE, "send_request_no": "34657_1" })
}

async fn walk(client: &Client) -> Vec<Error> {
    let mut errors = Vec::new();
    for path in PATHS {
        errors.extend(
            client.chain(path).post(&body()).idempotent().decode::<serde_json::Map<_, _>>().await.err(),
        );
    }
    let get = client.chain(COUPON).get().var("openid", OPENID).var("coupon_code", CODE);
    errors.extend(get.query("openid", OPENID).query("token", TOKEN).await.err());
    errors
}

fn walk_blocking(client: &blocking::Client) -> Vec<Error> {
    let mut errors = Vec::new();
    for path in PATHS {
        let call = client.chain(path).post(&body()).idempotent().decode::<serde_json::Map<_, _>>();
        errors.extend(call.send().err());
    }
    let get = client.chain(COUPON).get().var("openid", OPENID).var("coupon_code", CODE);
    errors.extend(get.query("openid", OPENID).query("token", TOKEN).send().err());
    errors
}

fn receive() {
    let platform = FakePlatform::new();
    let parser = platform.notification_parser();
    let mut sent = samples::sent();
    (sent.openid, sent.coupon_code) = (OPENID.to_owned(), CODE.to_owned());
    let delivery = platform.notify(&ProductCouponEvent::Sent(Box::new(sent)));
    assert!(parser.parse(&delivery, &delivery.body).is_ok());
    let half_known = platform.notify_as("PRODUCT_COUPON_SP.SEND", &json!({ "openid": OPENID }));
    let bad =
        [delivery.clone().probe(), delivery.clone().tampered(), half_known, platform.notify_raw(OPENID)];
    for delivery in bad {
        assert!(parser.parse(&delivery, &delivery.body).is_err());
    }
}

/// Every call over both transports, with settings that the test has added to.
fn scenario(server: &Server, settings: impl Fn(Builder) -> Builder) {
    let retry = Retry::standard().attempts_max(2);
    let settings = || settings(builder().base_urls([server.url()]).retry(retry));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut errors = runtime.block_on(walk(&settings().build().unwrap()));
    errors.extend(walk_blocking(&settings().build_blocking().unwrap()));
    assert_eq!(errors.len(), 12, "{errors:?}");
    for error in &errors {
        tracing::error!(%error, ?error, source = std::error::Error::source(error), "as a caller may log it");
    }
    receive();
}

/// The log of a scenario that ran, and of which no line shows a secret.
fn checked(log: &Log, server: &Server) -> String {
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for shown in [PRE_SEND, "attempt", "PARAM_ERROR", "failed verification", "refused a notification"] {
        assert!(log.contains(shown), "{shown} is not in the log: the scenario did not run\n{log}");
    }
    let signatures: Vec<String> =
        server.received().iter().map(|request| request.authorization().signature).collect();
    let merchant_key = key_file("merchant_key.pem");
    let mut secrets =
        vec![OPENID, TOKEN, CODE, API_V3_KEY, BRAND_API_KEY, "mchid=\"1900000001\"", "signature=\""];
    secrets.extend(merchant_key.lines().filter(|line| line.len() == 64));
    secrets.extend(signatures.iter().map(String::as_str));
    for secret in secrets {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(lines.is_empty(), "{secret} shows in\n{}", lines.join("\n"));
    }
    log
}

#[test]
fn the_log_names_calls_and_no_secret() {
    let log = Log::default();
    // Global, so that it also has what the libraries below say through the `log` crate.
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).init();
    let server = Server::start(|request| answer(&request.target));
    scenario(&server, |builder| builder);
    let log = checked(&log, &server);
    // Nobody has asked for bodies.
    for body in ["request body", "answer body", "34657_1", "系统异常\"}"] {
        assert!(!log.contains(body), "{body} shows");
    }
}

#[test]
fn bodies_are_logged_on_request_and_show_no_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let subscriber = subscriber.with_writer(log.clone()).finish();
    let server = Server::start(|request| answer(&request.target));
    tracing::subscriber::with_default(subscriber, || {
        let redaction = Redaction::default().hide(["issue"]);
        scenario(&server, |builder| builder.log_bodies(redaction.clone()));
        let client = builder().base_urls([server.url()]).log_bodies(redaction.clone());
        let client = client.build_blocking().unwrap();
        let upload = Upload::from_bytes("name-of-a-file.csv", b"1,2".as_slice());
        client.chain("v3/merchant/media/upload").upload(&upload).send().unwrap();
    });
    let log = checked(&log, &server);
    let request = r#"{"coupon_code":"Coup***55","openid":"oh-3***p4","send_request_no":"34657_1"}"#;
    for (shown, count_min) in [
        // Fourteen calls with a body, and what is repeated of them.
        (request, 14),
        (r#"{"token":"***"}"#, 8),
        (r#"{"coupon_code":"Coup***55","openid":"oh-3***p4"}"#, 2),
        (r#""issue":"***","location":"body","value":"oh-3***p4""#, 2),
        (r#"{"code":"SYSTEM_ERROR","message":"系统异常"}"#, 2),
    ] {
        let lines = log.lines().filter(|line| line.contains(shown));
        let lines = lines.filter(|line| line.contains("TRACE") && line.contains(" body "));
        assert!(lines.count() >= count_min, "{shown} is not in\n{log}");
    }
    let upload = log.lines().find(|line| line.contains("request body") && line.contains("SHA-256"));
    assert!(upload.is_some_and(|line| line.contains("<")), "an upload is length and hash\n{log}");
    assert!(!log.contains("name-of-a-file"), "no name of a file shows");
}
