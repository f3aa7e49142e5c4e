//! Rate limits: per caller and class of operations, after the signature, before anything else.

use quan_gateway::GatewaySettings;
use quan_testkit::{Actor, PARTNER, PRE_SEND, TestPlatform, definition, keys};
use serde_json::json;

const NUMBER: u64 = 270_924_289;
const NOTIFY_CONFIGS: &str = "/v3/marketing/partner/product-coupon/notify-configs";

async fn limited() -> TestPlatform {
    TestPlatform::start_with(GatewaySettings::default()).await
}

/// Empties the bucket of management calls.
async fn manage_twenty_times(actor: &Actor) {
    for _ in 0..20 {
        actor.get(NOTIFY_CONFIGS).await.refused(404, "NOT_FOUND", 268_578_608);
    }
}

#[tokio::test]
async fn twenty_management_calls_a_second_and_no_more() {
    let platform = limited().await;
    let merchant = platform.merchant();
    manage_twenty_times(&merchant).await;
    let refused = merchant.get(NOTIFY_CONFIGS).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
    assert!(refused.get("detail").is_none(), "{refused}");
    // The bucket is the caller's for a class: other operations of the class share it, everybody and everything else
    // does not.
    let body = definition::single(platform.now(), "RATE_0001");
    let create = format!("{PARTNER}/product-coupons");
    merchant.post(&create, &body).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
    platform.merchant_with_leading_zero().get(NOTIFY_CONFIGS).await.refused(
        429,
        "RATELIMIT_EXCEEDED",
        NUMBER,
    );
    platform.other_merchant().get(NOTIFY_CONFIGS).await.refused(404, "NOT_FOUND", 268_578_608);
    let coupon = format!("{PARTNER}/users/o1/coupons/C1");
    assert_eq!(
        merchant.get(&coupon).await.status,
        400,
        "calls about user coupons have a bucket of their own"
    );
    merchant.get("/v3/certificates").await.ok();
    platform.wire_clock.move_by_seconds(1);
    manage_twenty_times(&merchant).await;
    merchant.get(NOTIFY_CONFIGS).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
}

#[tokio::test]
async fn the_clock_of_the_rules_fills_no_bucket() {
    let platform = limited().await;
    let merchant = platform.merchant();
    manage_twenty_times(&merchant).await;
    platform.clock.move_by_seconds(86_400);
    merchant.get(NOTIFY_CONFIGS).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
}

#[tokio::test]
async fn a_refused_call_has_done_nothing() {
    let platform = limited().await;
    let merchant = platform.merchant();
    manage_twenty_times(&merchant).await;
    let create = format!("{PARTNER}/product-coupons");
    let first = definition::single(platform.now(), "RATE_0002");
    merchant.post(&create, &first).await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
    platform.wire_clock.move_by_seconds(1);
    // The number is free: other data under it is a creation, not a mismatch.
    let mut other = first.clone();
    other["stock"]["remark"] = json!("另一批次");
    let made = merchant.post(&create, &other).await.ok();
    assert_eq!(made["stock"]["remark"], "另一批次");
}

#[tokio::test]
async fn the_signature_is_looked_at_before_and_the_body_after() {
    let platform = limited().await;
    let merchant = platform.merchant();
    for _ in 0..30 {
        let unsigned = merchant.call("GET", NOTIFY_CONFIGS).authorization(None).send().await;
        unsigned.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
    }
    // Who was not identified has taken nothing from anybody.
    manage_twenty_times(&merchant).await;
    let nonsense = merchant.post_bytes(NOTIFY_CONFIGS, "{").await;
    nonsense.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
}

#[tokio::test]
async fn a_brand_has_its_own_buckets() {
    let platform = limited().await;
    let brand = platform.brand();
    let target = "/brand/marketing/product-coupon/notify-configs";
    let call = || brand.call("GET", target).platform_serial(keys::PUBLIC_KEY_ID).send();
    for _ in 0..20 {
        assert_ne!(call().await.status, 429);
    }
    call().await.refused(429, "RATELIMIT_EXCEEDED", NUMBER);
    platform.merchant().get(NOTIFY_CONFIGS).await.refused(404, "NOT_FOUND", 268_578_608);
}

#[tokio::test]
async fn busifavor_has_its_own_word() {
    let platform = limited().await;
    let merchant = platform.merchant();
    for _ in 0..500 {
        assert_eq!(merchant.post(PRE_SEND, &json!({})).await.status, 400);
    }
    merchant.post(PRE_SEND, &json!({})).await.refused(429, "FREQUENCY_LIMITED", NUMBER);
}

#[tokio::test]
async fn limits_can_be_off() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    for _ in 0..30 {
        merchant.get(NOTIFY_CONFIGS).await.refused(404, "NOT_FOUND", 268_578_608);
    }
}
