//! USE and RETURN notifications: off by default, and what they tell when they are on.

use quan_platform::Settings;
use quan_testkit::{APPID, BRAND_ID, MCHID, OPENID, Offer, Side, TestPlatform, definition};
use serde_json::{Value, json};

async fn started() -> TestPlatform {
    TestPlatform::start_set(Settings { notify_use_return: true, ..Settings::default() }).await
}

/// A coupon of an offer, used and returned; `index` is the round of a sequential one.
async fn use_and_return(platform: &TestPlatform, side: &Side, offer: &Offer, index: Option<u32>) -> Value {
    let coupon = side.sent(offer, OPENID, "SEND_0001").await;
    let tail = coupon.tail();
    side.post(&format!("{tail}/confirm"), &coupon.body("CONFIRM_1")).await.ok();
    let mut used = platform.use_body(&coupon, "USE_000001", index);
    used["saved_amount"] = json!(800);
    for _ in 0..2 {
        side.post(&format!("{tail}/use"), &used).await.ok();
    }
    let mut returned = coupon.body("RETURN_01");
    if let Some(index) = index {
        returned["sequential_coupon_index"] = json!(index);
    }
    for _ in 0..2 {
        side.post(&format!("{tail}/return"), &returned).await.ok();
    }
    json!(coupon.coupon_code)
}

/// The waiting notifications by event, but for SEND.
async fn told(platform: &TestPlatform) -> Vec<(String, String, String, Value)> {
    let told = platform.outbox().await.into_iter().filter(|told| !told.event_type.ends_with(".SEND"));
    let mut told: Vec<_> = told
        .map(|told| {
            let resource = serde_json::from_str(&told.resource).unwrap_or_default();
            (told.event_type, told.receiver.to_string(), told.summary, resource)
        })
        .collect();
    told.sort_by(|one, other| other.0.cmp(&one.0));
    told
}

#[tokio::test]
async fn a_use_and_a_return_are_told_once_each_to_the_provider() {
    let platform = started().await;
    let offer = platform.single_offer(|_| {}).await;
    let code = use_and_return(&platform, &platform.partner_side(), &offer, None).await;
    let used = json!({
        "brand_id": BRAND_ID, "coupon_code": code, "product_coupon_id": offer.product_coupon_id,
        "stock_id": offer.stock_id, "appid": APPID, "openid": OPENID, "use_request_no": "USE_000001",
        "use_time": platform.now(), "saved_amount": 800,
        "associated_order_info": { "transaction_id": "4200000000202603021234567890" },
    });
    let mut returned = used.clone();
    returned["return_request_no"] = json!("RETURN_01");
    returned["return_time"] = json!(platform.now());
    let receiver = format!("mchid:{MCHID}");
    let expected = [
        ("PRODUCT_COUPON_SP.USE".to_owned(), receiver.clone(), "商品券核销通知".to_owned(), used),
        ("PRODUCT_COUPON_SP.RETURN".to_owned(), receiver, "商品券退券通知".to_owned(), returned),
    ];
    assert_eq!(told(&platform).await, expected);
}

#[tokio::test]
async fn the_brand_hears_of_its_own_without_its_name() {
    let platform = started().await;
    let brand = platform.brand_side();
    let offer = brand.create(&definition::single(platform.now(), &platform.fresh_number())).await;
    use_and_return(&platform, &brand, &offer, None).await;
    let told = told(&platform).await;
    let events: Vec<&str> = told.iter().map(|told| told.0.as_str()).collect();
    assert_eq!(events, ["PRODUCT_COUPON.USE", "PRODUCT_COUPON.RETURN"]);
    for (_, receiver, _, resource) in &told {
        assert_eq!((receiver, resource.get("brand_id")), (&format!("brand:{BRAND_ID}"), None));
    }
    let associated: Vec<String> =
        platform.outbox().await.into_iter().map(|told| told.associated_data).collect();
    assert_eq!(associated, ["product_coupon"; 3]);
}

#[tokio::test]
async fn a_round_is_told_with_its_index() {
    let platform = started().await;
    let offer = platform.sequential_offer(|_| {}).await;
    use_and_return(&platform, &platform.partner_side(), &offer, Some(0)).await;
    let told = told(&platform).await;
    assert_eq!(told.len(), 2);
    for (event, _, _, resource) in &told {
        assert_eq!(resource["sequential_coupon_index"], 0, "{event}");
        assert_eq!(resource["use_request_no"], "USE_000001", "{event}");
    }
}

#[tokio::test]
async fn nothing_is_told_of_what_is_refused_and_by_default_nothing_at_all() {
    let platform = started().await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.claimed(&offer, OPENID).await;
    let used = platform.use_body(&coupon, "USE_000001", None);
    platform.merchant().post(&coupon.command("use"), &used).await.refused(
        400,
        "INVALID_REQUEST",
        268_578_367,
    );
    assert_eq!(told(&platform).await, []);
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    use_and_return(&platform, &platform.partner_side(), &offer, None).await;
    assert_eq!(told(&platform).await, []);
}
