//! What the log of a signed exchange names: the route, the caller and the reason; no openid, coupon code or body.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use quan_gateway::{GatewaySettings, RateLimits};
use quan_testkit::{APPID, OPENID, PARTNER, PRE_SEND, TestPlatform};
use serde_json::json;
use tracing::subscriber::DefaultGuard;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Everything that this thread logs from here on.
    fn begin(&self) -> DefaultGuard {
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

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

const CODE: &str = "CODE-OF-SOMEBODY";
const ORDER: &str = "ORDER-IN-A-BODY";

/// Calls with an openid and a code in the path and an order in the body: answered, refused, and signed wrongly.
async fn calls(platform: &TestPlatform) {
    let merchant = platform.merchant();
    let coupons = format!("{PARTNER}/users/{OPENID}/coupons");
    merchant.get(&format!("{coupons}?brand_id=120344&appid={APPID}&page_size=0")).await;
    let target = format!("{coupons}/{CODE}/use");
    let body = json!({ "out_request_no": 7, "associated_order_info": { "transaction_id": ORDER } });
    for actor in [merchant, platform.brand(), platform.wrong_key(), platform.merchant_expired()] {
        actor.post(&target, &body).await;
        actor.post(PRE_SEND, &json!({ "openid": OPENID, "coupon_code": CODE, "attach": ORDER })).await;
    }
    platform.post_unsigned(&target, &body).await;
    platform.post_unsigned(&format!("{PARTNER}/nowhere/{OPENID}"), &body).await;
}

#[tokio::test]
async fn no_log_holds_a_path_or_a_body() {
    let log = Log::default();
    let _guard = log.begin();
    let platform = TestPlatform::start().await;
    calls(&platform).await;
    let text = log.text();
    assert!(text.contains("route=\"/v3/marketing/partner/product-coupon/users/{openid}/coupons"), "{text}");
    for reason in [
        "BRAND-SHA256-RSA2048 where",
        "not over the message received",
        "no active certificate",
        "Authorization",
    ] {
        assert!(text.contains(reason), "{reason}: {text}");
    }
    for secret in [OPENID, CODE, ORDER] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn a_refused_signature_is_explained_where_that_is_asked_for() {
    let log = Log::default();
    let _guard = log.begin();
    let settings = GatewaySettings {
        explain_signatures: true,
        rate_limits: RateLimits::Off,
        ..GatewaySettings::default()
    };
    let platform = TestPlatform::start_with(settings).await;
    calls(&platform).await;
    let text = log.text();
    let explained: Vec<&str> = text.lines().filter(|line| line.contains(ORDER)).collect();
    assert_eq!(explained.len(), 2, "{text}");
    assert!(explained.iter().all(|line| line.contains("not over the message received")), "{text}");
}
