//! Deactivating stocks and product coupons: for good, with a reason, and without touching coupons already held.

use quan_testkit::{Caller, OPENID, PRE_SEND, TestPlatform};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const STATE: u64 = 268_578_367;
const NOT_SENDING: u64 = 268_577_984;
const NOT_FOUND: u64 = 268_578_608;

fn body(number: &str, reason: &str) -> Value {
    json!({ "out_request_no": number, "deactivate_reason": reason })
}

fn deactivate(tail: &str) -> String {
    format!("{tail}/deactivate")
}

/// What a deactivation shows.
fn shown(entity: &Value) -> [&Value; 4] {
    ["state", "deactivate_request_no", "deactivate_time", "deactivate_reason"].map(|name| &entity[name])
}

#[tokio::test]
async fn a_stock_ends_and_shows_why() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        let mut expected = caller.get(&offer.stock()).await.ok();
        let ended_at = platform.now();
        let answered = caller.post(&deactivate(&offer.stock()), body("END_0001", "配置有误")).await.ok();
        expected["state"] = json!("DEACTIVATED");
        expected["deactivate_request_no"] = json!("END_0001");
        expected["deactivate_time"] = json!(ended_at);
        expected["deactivate_reason"] = json!("配置有误");
        assert_eq!(answered, expected);
        platform.clock.move_by_seconds(60);
        assert_eq!(caller.get(&offer.stock()).await.ok(), expected);
        assert_eq!(
            caller.post(&deactivate(&offer.stock()), body("END_0001", "配置有误")).await.ok(),
            expected
        );
        let other_data = caller.post(&deactivate(&offer.stock()), body("END_0001", "其他原因")).await;
        other_data.refused(400, "INVALID_REQUEST", MISMATCH);
        let other_number = caller.post(&deactivate(&offer.stock()), body("END_0002", "配置有误")).await;
        other_number.refused(400, "INVALID_REQUEST", STATE);
        assert_eq!(caller.get(&offer.product_coupon()).await.ok()["state"], "EFFECTIVE");
    }
}

#[tokio::test]
async fn a_product_coupon_ends_with_all_its_stocks() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        platform.put_bundle(&offer, 3).await;
        let own = offer.member(9);
        let stock = json!({
            "out_request_no": platform.fresh_number(),
            "stock": quan_testkit::definition::single_stock(platform.now()),
        });
        let added = caller.post(&format!("{}/stocks", offer.product_coupon()), stock).await.ok();
        let earlier =
            format!("{}/stocks/{}", offer.product_coupon(), added["stock_id"].as_str().unwrap_or(""));
        let ended_first = caller.post(&deactivate(&earlier), body("END_0000", "先结束")).await.ok();
        let mut expected = caller.get(&offer.product_coupon()).await.ok();
        let ended_at = platform.now();
        let tail = deactivate(&offer.product_coupon());
        let answered = caller.post(&tail, body("END_0001", "活动提前结束")).await.ok();
        expected["state"] = json!("DEACTIVATED");
        expected["deactivate_request_no"] = json!("END_0001");
        expected["deactivate_time"] = json!(ended_at);
        expected["deactivate_reason"] = json!("活动提前结束");
        assert_eq!(answered, expected);
        platform.clock.move_by_seconds(60);
        assert_eq!(caller.get(&offer.product_coupon()).await.ok(), expected);
        for member in [offer.clone(), offer.member(0), offer.member(2)] {
            let stock = caller.get(&member.stock()).await.ok();
            assert_eq!(shown(&stock), shown(&expected), "a stock shows the end of its product coupon");
        }
        let kept = caller.get(&earlier).await.ok();
        assert_eq!(shown(&kept), shown(&ended_first), "what ended before keeps its own reason");
        caller.get(&own.stock()).await.refused(404, "NOT_FOUND", NOT_FOUND);
        assert_eq!(caller.post(&tail, body("END_0001", "活动提前结束")).await.ok(), expected);
        let other_data = caller.post(&tail, body("END_0001", "其他原因")).await;
        other_data.refused(400, "INVALID_REQUEST", MISMATCH);
        let other_number = caller.post(&tail, body("END_0002", "活动提前结束")).await;
        other_number.refused(400, "INVALID_REQUEST", STATE);
        let stock = caller.post(&deactivate(&offer.stock()), body("END_0003", "再结束")).await;
        stock.refused(400, "INVALID_REQUEST", STATE);
        let stock = json!({
            "out_request_no": platform.fresh_number(),
            "stock": quan_testkit::definition::single_stock(platform.now()),
        });
        let added = caller.post(&format!("{}/stocks", offer.product_coupon()), stock).await;
        added.refused(400, "INVALID_REQUEST", STATE);
    }
}

#[tokio::test]
async fn held_coupons_outlive_their_stock_and_product_coupon() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    for of_product_coupon in [false, true] {
        let offer = platform.single_offer(|_| {}).await;
        let waiting = platform.claimed(&offer, "oWaitingUser").await;
        let held = platform.confirmed(&offer).await;
        let token = platform.token(&platform.pre_send_body(&offer)).await;
        let tail = if of_product_coupon { offer.product_coupon() } else { offer.stock() };
        caller.post(&deactivate(&tail), body("END_0001", "活动提前结束")).await.ok();
        // Nothing is issued any more, also not for a token given out before.
        let pre_send = platform.merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
        pre_send.refused(400, "INVALID_REQUEST", NOT_SENDING);
        let claim = platform.claim_call("receive", &token).await;
        assert_eq!((claim.status, &claim.json()["reason"]), (409, &json!("NOTRUNNING")));
        let merchant = platform.merchant();
        let confirm = waiting.body(&platform.fresh_number());
        assert_eq!(
            merchant.post(&waiting.command("confirm"), &confirm).await.ok()["coupon_state"],
            "EFFECTIVE"
        );
        let used = platform.use_body(&held, &platform.fresh_number(), None);
        assert_eq!(merchant.post(&held.command("use"), &used).await.ok()["coupon_state"], "USED");
        let returned = held.body(&platform.fresh_number());
        assert_eq!(merchant.post(&held.command("return"), &returned).await.ok()["coupon_state"], "EFFECTIVE");
        assert_eq!(held.openid, OPENID);
    }
}

#[tokio::test]
async fn a_stopped_stock_may_still_be_deactivated() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_offer(|_| {}).await;
    platform.clock.move_by_seconds(quan_testkit::definition::STOCK_DAYS * 86_400);
    assert_eq!(caller.get(&offer.stock()).await.ok()["state"], "STOPPED");
    let ended = caller.post(&deactivate(&offer.stock()), body("END_0001", "收尾")).await.ok();
    assert_eq!(ended["state"], "DEACTIVATED");
}

#[tokio::test]
async fn a_reason_says_something_short() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let missing = if caller.names_brand() { 268_578_101 } else { 268_435_461 };
        for of_product_coupon in [false, true] {
            let offer = caller.offer(&platform, |_| {}).await;
            let tail = if of_product_coupon { offer.product_coupon() } else { offer.stock() };
            for (reason, number) in [(String::new(), 268_435_463), ("券".repeat(151), 268_435_462)] {
                let answer = caller.post(&deactivate(&tail), body("END_0001", &reason)).await;
                answer.refused_field("PARAM_ERROR", number, "/deactivate_reason");
            }
            let answer = caller.post(&deactivate(&tail), json!({ "out_request_no": "END_0001" })).await;
            answer.refused_field("PARAM_ERROR", missing, "/deactivate_reason");
            let answer = caller.post(&deactivate(&tail), body("12345", "收尾")).await;
            answer.refused_field("PARAM_ERROR", 268_435_463, "/out_request_no");
            caller.post(&deactivate(&tail), body("END_0001", &"券".repeat(150))).await.ok();
        }
        caller.post("/product-coupons/1/deactivate", body("END_0001", "收尾")).await.refused(
            404,
            "NOT_FOUND",
            NOT_FOUND,
        );
    }
}
