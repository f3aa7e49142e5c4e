//! The outbox: one notification for each coupon issued, with what the merchant needs; none for anything refused.

use quan_testkit::{APPID, BRAND_ID, Coupon, Grant, OPENID, PARTNER, TestPlatform};
use serde_json::{Value, json};

async fn waiting(platform: &TestPlatform) -> u64 {
    platform.outbox_counts().await.waiting
}

#[tokio::test]
async fn an_issue_tells_everything_about_the_coupon_once() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let path = format!("{PARTNER}/users/{OPENID}/pre-send-coupon");
    let pre_send = json!({
        "brand_id": BRAND_ID, "product_coupon_id": offer.product_coupon_id, "stock_id": offer.stock_id,
        "appid": APPID, "send_request_no": "SEND_WITH_ATTACH", "attach": "门店42；\"引号\"",
    });
    let token = platform.merchant().post(&path, &pre_send).await.ok();
    assert_eq!(waiting(&platform).await, 0, "a pre-send tells nothing");
    platform.claim_call("receive", token["token"].as_str().unwrap_or_default()).await;
    let sent = platform.sent("SEND_WITH_ATTACH").await;
    let coupon = Coupon {
        offer: offer.clone(),
        openid: OPENID.to_owned(),
        coupon_code: sent["coupon_code"].as_str().unwrap_or_default().to_owned(),
    };
    let shown = platform.merchant().get(&coupon.query()).await.ok();
    assert_eq!(
        sent,
        json!({
            "brand_id": BRAND_ID,
            "coupon_code": shown["coupon_code"],
            "product_coupon_id": offer.product_coupon_id,
            "stock_id": offer.stock_id,
            "appid": APPID,
            "openid": OPENID,
            "unionid": "",
            "receive_time": platform.now(),
            "send_request_no": "SEND_WITH_ATTACH",
            "send_channel": "RECEIVE_COMPONENT",
            "valid_begin_time": shown["valid_begin_time"],
            "valid_end_time": shown["valid_end_time"],
            "attach": "门店42；\"引号\"",
        })
    );
}

#[tokio::test]
async fn a_second_tap_and_every_later_command_tell_nothing_more() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let pre_send = platform.pre_send_body(&offer);
    let token = platform.token(&pre_send).await;
    for _ in 0..3 {
        assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    }
    let again = platform.token(&pre_send).await;
    assert_eq!(platform.claim_call("receive", &again).await.status, 200);
    assert_eq!(waiting(&platform).await, 1, "one coupon, one notification");
    let coupon = platform.confirmed(&offer).await;
    let (used, returned) = (platform.use_body(&coupon, "USE_000001", None), coupon.body("RETURN_01"));
    platform.merchant().post(&coupon.command("use"), &used).await.ok();
    platform.merchant().post(&coupon.command("return"), &returned).await.ok();
    assert_eq!(waiting(&platform).await, 2, "USE and RETURN notifications are off (semantics Q15)");
}

#[tokio::test]
async fn the_rounds_of_a_sequential_coupon_are_one_notification() {
    let platform = TestPlatform::start().await;
    let offer = platform.sequential_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let used = platform.use_body(&coupon, "USE_ROUND_0", Some(0));
    platform.merchant().post(&coupon.command("use"), &used).await.ok();
    assert_eq!(waiting(&platform).await, 1);
}

#[tokio::test]
async fn whatever_is_refused_tells_nothing_and_counts_nothing() {
    let platform = TestPlatform::start().await;
    let one = json!({ "max_count": 1, "max_count_per_user": 1 });
    let offer = platform.single_stock_offer(|stock| stock["stock_send_rule"] = one).await;
    let mut other_user = platform.pre_send_body(&offer);
    other_user["openid"] = json!("oAnotherUser");
    let late = platform.token(&other_user).await;
    platform.claimed(&offer, OPENID).await;
    let refused = platform.claim_call("receive", &late).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (409, &json!("NOTENOUGH")));
    let empty = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!("UPLOAD")).await;
    let token = platform.token(&platform.pre_send_body(&empty)).await;
    let refused = platform.claim_call("receive", &token).await;
    assert_eq!((refused.status, &refused.json()["reason"]), (409, &json!("POOL_EMPTY")));
    assert_eq!(waiting(&platform).await, 1, "only the coupon that was issued");
    for (offer, count) in [(&offer, 1), (&empty, 0)] {
        let (product_coupon, stock) = (&offer.product_coupon_id, &offer.stock_id);
        let path = format!("{PARTNER}/product-coupons/{product_coupon}/stocks/{stock}?brand_id={BRAND_ID}");
        let sent: Value = platform.merchant().get(&path).await.ok()["sent_count_info"].clone();
        assert_eq!(sent, json!({ "total_count": count, "today_count": count }));
    }
}

#[tokio::test]
async fn a_withdrawn_authorisation_ends_what_waits_for_that_provider() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    platform.claimed(&offer, "oUser1").await;
    platform.claimed(&offer, "oUser2").await;
    assert_eq!(waiting(&platform).await, 2);
    platform.put_authorisation(Grant::Withdrawn).await;
    let counts = platform.outbox_counts().await;
    assert_eq!((counts.waiting, counts.delivered, counts.dead), (0, 0, 2));
    platform.put_authorisation(Grant::Given).await;
    assert_eq!(waiting(&platform).await, 0, "what was dropped does not come back");
    platform.claimed(&offer, "oUser3").await;
    assert_eq!(waiting(&platform).await, 1);
}
