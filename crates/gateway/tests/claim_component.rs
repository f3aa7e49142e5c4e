//! What the claim component gets from its server beside the coupon: pages of which origins may use it, how often,
//! under which headers, and what its faces hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use http::Request;
use quan_gateway::GatewaySettings;
use quan_testkit::{Answer, OPENID, TestPlatform};
use serde_json::{Value, json};

const SHOP: &str = "https://shop.example";

async fn asked(platform: &TestPlatform, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    platform.request_unsigned(request.body(Body::from(r#"{"token":"x"}"#)).unwrap()).await
}

#[tokio::test]
async fn listed_origins_may_call_and_load_and_others_may_not() {
    let platform = TestPlatform::start_with_claim_origins(&[SHOP, "https://m.shop.example:8443"]).await;
    for (origin, listed) in [
        (SHOP, true),
        ("https://m.shop.example:8443", true),
        ("https://m.shop.example", false),
        ("http://shop.example", false),
        ("https://shop.example.evil", false),
        ("null", false),
    ] {
        for (method, target) in
            [("POST", "/claim/v1/open"), ("POST", "/claim/v1/receive"), ("GET", "/claim/quan-claim.js")]
        {
            let answer = asked(&platform, method, target, &[("origin", origin)]).await;
            assert_eq!(answer.header("access-control-allow-origin"), listed.then_some(origin), "{target}");
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("Origin")), "{target}");
        }
        let preflight = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "content-type"),
        ];
        let answer = asked(&platform, "OPTIONS", "/claim/v1/open", &preflight).await;
        assert_eq!((answer.status, answer.body.len()), (204, 0));
        assert_eq!(answer.header("access-control-allow-origin"), listed.then_some(origin));
        assert_eq!(answer.header("access-control-allow-methods"), listed.then_some("POST"));
        assert_eq!(answer.header("access-control-allow-headers"), listed.then_some("content-type"));
    }
    let closed = TestPlatform::start().await;
    let answer = asked(&closed, "POST", "/claim/v1/open", &[("origin", SHOP)]).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, None));
    let page = asked(&platform, "GET", "/claim", &[("origin", SHOP)]).await;
    assert_eq!(page.header("access-control-allow-origin"), None, "the page is nobody else's");
}

#[tokio::test]
async fn pages_files_and_answers_carry_their_headers() {
    let platform = TestPlatform::start_with_claim_origins(&[SHOP]).await;
    let page = platform.get_unsigned("/claim").await;
    let policy = page.header("content-security-policy").unwrap();
    for part in
        ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors https://shop.example"]
    {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert!(page.header("permissions-policy").is_some());
    let text = String::from_utf8(page.body.to_vec()).unwrap();
    assert!(text.contains(r#"content="https://shop.example""#), "{text}");
    let alone = TestPlatform::start().await.get_unsigned("/claim").await;
    assert!(alone.header("content-security-policy").unwrap().ends_with("frame-ancestors 'none'"));

    let answer = platform.claim_call("open", "x").await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[tokio::test]
async fn files_are_typed_and_not_sent_again_while_they_are_the_same() {
    let platform = TestPlatform::start().await;
    for (name, media_type) in [
        ("quan-claim.js", "text/javascript; charset=utf-8"),
        ("page.js", "text/javascript; charset=utf-8"),
        ("page.css", "text/css; charset=utf-8"),
        ("demo.html", "text/html; charset=utf-8"),
    ] {
        let target = format!("/claim/{name}");
        let file = platform.get_unsigned(&target).await;
        assert_eq!((file.status, file.header("content-type")), (200, Some(media_type)), "{name}");
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        let tag = file.header("etag").unwrap().to_owned();
        let again = asked(&platform, "GET", &target, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
        let other = asked(&platform, "GET", &target, &[("if-none-match", "\"other\"")]).await;
        assert_eq!((other.status, other.body), (200, file.body), "{name}");
    }
    assert_eq!(platform.get_unsigned("/claim/nothing.js").await.status, 404);
}

#[tokio::test]
async fn ten_calls_a_minute_for_a_token_and_no_more() {
    let platform = TestPlatform::start_with(GatewaySettings::default()).await;
    let offer = platform.single_offer(|_| {}).await;
    let body = platform.pre_send_body(&offer);
    let [token, sibling] = [platform.token(&body).await, platform.token(&body).await];
    let other = platform.token(&platform.pre_send_body(&offer)).await;
    for call in 0..10 {
        let name = ["open", "state"][call % 2];
        assert_ne!(platform.claim_call(name, &token).await.status, 429, "call {call}");
    }
    for name in ["open", "receive", "state"] {
        for token in [&token, &sibling] {
            let refused = platform.claim_call(name, token).await;
            assert_eq!((refused.status, refused.json()["code"].as_str()), (429, Some("FREQUENCY_LIMITED")));
        }
    }
    assert_eq!(platform.claim_call("open", &other).await.status, 200, "each pre-send has its own");
    platform.clock.move_by_seconds(60);
    assert_eq!(platform.claim_call("open", &token).await.status, 429, "real time counts");
    platform.wire_clock.move_by_seconds(6);
    assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    assert_eq!(platform.claim_call("open", &token).await.status, 429);
    for _ in 0..20 {
        let unknown = platform.claim_call("open", "no-token-of-ours").await;
        assert_eq!(unknown.status, 404, "what is no token has no bucket of its own");
    }
}

#[tokio::test]
async fn a_code_comes_with_its_drawing_as_the_stock_wants_it() {
    for (mode, is_square) in [("QRCODE", Some(true)), ("BARCODE", Some(false)), ("INVISIBLE", None)] {
        let platform = TestPlatform::start().await;
        let offer = platform
            .single_stock_offer(|stock| stock["coupon_display_info"]["code_display_mode"] = json!(mode))
            .await;
        let body = platform.pre_send_body(&offer);
        let token = platform.token(&body).await;
        let received = platform.claim_call("receive", &token).await.json();
        assert!(received["coupon"].get("code_drawing").is_none(), "not before the confirm: {received}");
        let coupon = platform.sent(body["send_request_no"].as_str().unwrap()).await;
        let path = format!(
            "{}/users/{OPENID}/coupons/{}/confirm",
            quan_testkit::PARTNER,
            coupon["coupon_code"].as_str().unwrap()
        );
        let confirm = json!({
            "brand_id": coupon["brand_id"], "product_coupon_id": coupon["product_coupon_id"],
            "stock_id": coupon["stock_id"], "appid": coupon["appid"], "out_request_no": "CONFIRM_1",
        });
        platform.merchant().post(&path, &confirm).await.ok();
        let face = platform.claim_call("open", &token).await.json()["coupon"].clone();
        let drawing = face.get("code_drawing");
        assert_eq!(face.get("coupon_code").is_some(), is_square.is_some(), "{face}");
        assert_eq!(drawing.map(|it| it["width"] == it["height"]), is_square, "{face}");
        assert!(drawing.is_none_or(|it| it["path"].as_str().unwrap().starts_with('M')), "{face}");
    }
}

#[tokio::test]
async fn the_face_tells_packages_and_periods() {
    let platform = TestPlatform::start().await;
    let choice = |name: &str| json!({ "name": name, "price": 2800, "count": 2 });
    let offer = platform
        .single_offer(|body| {
            body["scope"] = json!("SINGLE");
            // The benefit of a coupon for one product stands in its stock.
            let usage = body["single_usage_info"].take();
            body.as_object_mut().unwrap().remove("single_usage_info");
            body["stock"]["single_usage_rule"]["normal_coupon"] = usage["normal_coupon"].clone();
            body["display_info"]["original_price"] = json!(2800);
            body["display_info"]["combo_package_list"] = json!([
                { "name": "任选饮品", "pick_count": 1, "choice_list": [choice("拿铁"), choice("美式")] },
            ]);
            body["stock"]["single_usage_rule"]["coupon_available_period"]["weekly_available_period"] = json!({
                "day_list": ["MONDAY", "FRIDAY"],
                "day_period_list": [{ "begin_time": 21600, "end_time": 36000 }],
            });
        })
        .await;
    let token = platform.token(&platform.pre_send_body(&offer)).await;
    let face = platform.claim_call("open", &token).await.json()["coupon"].clone();
    let packages: &Value = &face["combo_packages"];
    assert_eq!(
        packages,
        &json!([{ "name": "任选饮品", "pick_count": 1,
            "choices": [{ "name": "拿铁", "count": 2 }, { "name": "美式", "count": 2 }] }])
    );
    assert_eq!(
        face["periods"],
        json!({ "weekly": { "days": ["MONDAY", "FRIDAY"], "hours": [{ "begin": 21600, "end": 36000 }] } })
    );
}

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_holds_a_token() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let token = platform.token(&platform.pre_send_body(&offer)).await;
    for name in ["open", "receive", "state"] {
        assert_eq!(platform.claim_call(name, &token).await.status, 200);
        platform.claim_call(name, &format!("{token}A")).await;
    }
    tracing::info!("the log is read");
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("the log is read"));
    assert!(!text.contains(&token) && !text.contains(&token[..12]), "{text}");
}
