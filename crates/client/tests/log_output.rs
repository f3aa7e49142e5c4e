//! The whole log output of a scenario, at the finest level: it tells what happened and no secret.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use platform::certificate_mode::{PLATFORM_SERIAL, auto_builder, by_current, list};
use platform::scripted::Scripted;
use platform::{API_V3_KEY, Answer, key_file};
use quan_client::error::TransportError;
use quan_client::{DownloadTicket, Upload};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

const OPENID: &str = "oh-394z-6CGkNoJrsDLTTUKiAnp4";
const CODE: &str = "Coupon_9988776655";
const TOKEN: &str = "token-that-must-not-show";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn scenario() {
    let real = by_current(&json!({"token": TOKEN}).to_string());
    let signature = real.header("Wechatpay-Signature").unwrap().to_owned();
    let probe = format!("WECHATPAY/SIGNTEST/{}", &signature[19..]);
    let probe = real.with("Wechatpay-Signature", &probe);
    let scripted = Scripted::new([
        Ok(list()),
        Err(TransportError::Read("reset".into())),
        Ok(by_current(&json!({"token": TOKEN}).to_string())),
        Ok(probe),
        Ok(Answer::unsigned(404, json!({"code": "NOT_FOUND", "message": "m"}).to_string())),
        Ok(by_current("{}")),
        Ok(Answer::unsigned(200, "another file")),
    ]);
    let client = auto_builder()
        .brand(platform::brand())
        .api_v2_key("the-key-of-apiv2")
        .unwrap()
        .build_blocking_with(Arc::<Scripted>::clone(&scripted))
        .unwrap();
    let sealed = client.keys().snapshot();
    assert_eq!(sealed.keys().count(), 0);
    let path = "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}";
    let coupon = || client[path].get().var("openid", OPENID).var("coupon_code", CODE).query("token", TOKEN);
    coupon().send().unwrap();
    coupon().retry(quan_client::Retry::none()).send().unwrap_err();
    coupon().send().unwrap_err();
    let upload = Upload::from_bytes("secret-name.csv", b"1,2".as_slice());
    client["v3/merchant/media/upload"].upload(&upload).send().unwrap();
    let url = format!("https://api.mch.weixin.qq.com/v3/billdownload/file?token={TOKEN}");
    let ticket = DownloadTicket::unverified_source(url, "SHA1", "0".repeat(40)).unwrap();
    client.download(&ticket).to_memory().unwrap_err();
}

#[test]
fn the_log_tells_what_happened_and_no_secret() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, scenario);
    let shown = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for told in [
        "wechatpay_call",
        "wechatpay_attempt",
        "http.template=v3/certificates",
        "users/{openid}/coupons/{coupon_code}",
        "the call will be repeated",
        "the answer failed verification",
        "the platform's keys have changed",
        PLATFORM_SERIAL,
        "signature probe",
        "http.status=404",
        "trust=\"verified\"",
    ] {
        assert!(shown.contains(told), "{told} is not told in\n{shown}");
    }
    let merchant_key = key_file("merchant_key.pem");
    let mut secrets = vec![
        OPENID,
        CODE,
        TOKEN,
        API_V3_KEY,
        "1900000001",
        "the-key-of-apiv2",
        "WECHATPAY2-SHA256",
        "secret-name",
        "another file",
        "billdownload",
    ];
    secrets.extend(merchant_key.lines().filter(|line| line.len() == 64));
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} shows in\n{shown}");
    }
}
