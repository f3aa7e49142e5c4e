//! The development calls that change coupons and stocks: the user's card pack, pause and resume.

use http::Method;
use quan_testkit::{Answer, Coupon, OPENID, PARTNER, TestPlatform};
use serde_json::{Value, json};

async fn started() -> (TestPlatform, Coupon) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    (platform, coupon)
}

async fn delete(platform: &TestPlatform, coupon: &Coupon) -> Answer {
    let body = json!({ "stock_id": coupon.offer.stock_id, "coupon_code": coupon.coupon_code });
    platform.admin("/_quan/user-coupons/delete", Some(&body)).await
}

#[track_caller]
fn answered(answer: &Answer, status: u16, body: &Value) {
    assert_eq!((answer.status, &answer.json()), (status, body));
}

#[tokio::test]
async fn a_deleted_coupon_is_deleted_for_the_merchant_too_and_nobody_is_told() {
    let (platform, coupon) = started().await;
    let told = platform.outbox_counts().await.waiting;
    answered(&delete(&platform, &coupon).await, 200, &json!({ "coupon_state": "DELETED" }));
    assert_eq!(platform.outbox_counts().await.waiting, told, "a deletion is silent (semantics 9.1)");
    let side = platform.partner_side();
    assert_eq!(side.coupon(&coupon).await.ok()["coupon_state"], "DELETED");
    let list = side
        .get(
            &format!("/users/{OPENID}/coupons"),
            &[("appid", quan_testkit::APPID), ("coupon_state", "DELETED")],
        )
        .await
        .ok();
    assert_eq!(list["total_count"], 1);
    let used = platform.use_body(&coupon, "USE_000001", None);
    let mut deactivate = coupon.body("DEACT_001");
    deactivate["deactivate_reason"] = json!("测试");
    for (name, body) in [
        ("confirm", coupon.body("CONFIRM_2")),
        ("use", used),
        ("return", coupon.body("RETURN_01")),
        ("deactivate", deactivate),
    ] {
        let refused = platform.merchant().post(&coupon.command(name), &body).await;
        refused.refused(400, "INVALID_REQUEST", 272_756_769);
    }
    platform.clock.move_by_seconds(60);
    answered(&delete(&platform, &coupon).await, 200, &json!({ "coupon_state": "DELETED" }));
}

#[tokio::test]
async fn an_open_round_is_deleted_with_its_coupon() {
    let platform = TestPlatform::start().await;
    let offer = platform.sequential_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let used = platform.use_body(&coupon, "USE_000001", Some(0));
    platform.merchant().post(&coupon.command("use"), &used).await.ok();
    delete(&platform, &coupon).await;
    let shown = platform.partner_side().coupon(&coupon).await.ok();
    let rounds = &shown["sequential_usage_detail"]["detail_item_list"];
    assert_eq!((&rounds[0]["detail_state"], rounds[0].get("delete_time")), (&json!("USED"), None));
    assert_eq!(
        (&rounds[1]["detail_state"], &rounds[1]["delete_time"]),
        (&json!("DELETED"), &json!(platform.now()))
    );
}

#[tokio::test]
async fn a_used_coupon_is_only_hidden() {
    let (platform, coupon) = started().await;
    let used = platform.use_body(&coupon, "USE_000001", None);
    platform.merchant().post(&coupon.command("use"), &used).await.ok();
    answered(&delete(&platform, &coupon).await, 200, &json!({ "coupon_state": "USED" }));
    let returned = platform.merchant().post(&coupon.command("return"), &coupon.body("RETURN_01")).await.ok();
    assert_eq!(returned["coupon_state"], "EFFECTIVE");
}

#[tokio::test]
async fn a_paused_stock_issues_nothing_until_it_is_resumed() {
    let (platform, coupon) = started().await;
    let stock = json!({ "stock_id": coupon.offer.stock_id });
    let offer = &coupon.offer;
    let side = platform.partner_side();
    let waiting = platform.token(&platform.pre_send_body(offer)).await;
    answered(&platform.admin("/_quan/stocks/pause", Some(&stock)).await, 200, &json!({ "state": "PAUSED" }));
    let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_id);
    assert_eq!(side.get(&tail, &[]).await.ok()["state"], "PAUSED");
    for name in ["coupons", "pre-send-coupon"] {
        let refused = side.post(&format!("/users/{OPENID}/{name}"), &offer.send_body("SEND_0001")).await;
        refused.refused(400, "INVALID_REQUEST", 268_577_984);
    }
    let claim = platform.claim_call("receive", &waiting).await;
    assert_eq!((claim.status, &claim.json()["reason"]), (409, &json!("NOTRUNNING")));
    // Held coupons are untouched (semantics 3.2).
    let used = platform.use_body(&coupon, "USE_000001", None);
    assert_eq!(platform.merchant().post(&coupon.command("use"), &used).await.ok()["coupon_state"], "USED");
    let again = platform.admin("/_quan/stocks/pause", Some(&stock)).await;
    assert_eq!((again.status, &again.json()["code"]), (400, &json!("INVALID_REQUEST")));
    answered(
        &platform.admin("/_quan/stocks/resume", Some(&stock)).await,
        200,
        &json!({ "state": "SENDING" }),
    );
    let again = platform.admin("/_quan/stocks/resume", Some(&stock)).await;
    assert_eq!((again.status, &again.json()["code"]), (400, &json!("INVALID_REQUEST")));
    assert_eq!(platform.claim_call("receive", &waiting).await.status, 200);
    side.post(&format!("/users/{OPENID}/coupons"), &offer.send_body("SEND_0001")).await.ok();
}

#[tokio::test]
async fn what_is_unknown_or_unreadable_or_without_the_token_is_refused() {
    let (platform, coupon) = started().await;
    let unknown = json!({ "stock_id": "998", "coupon_code": coupon.coupon_code });
    for path in ["user-coupons/delete", "stocks/pause", "stocks/resume"] {
        let answer = platform.admin(&format!("/_quan/{path}"), Some(&unknown)).await;
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("NOT_FOUND")), "{path}");
        for body in [json!({}), json!({ "stock_id": "a b", "coupon_code": "c" }), json!([])] {
            let answer = platform.admin(&format!("/_quan/{path}"), Some(&body)).await;
            assert_eq!(
                (answer.status, &answer.json()["code"]),
                (400, &json!("PARAM_ERROR")),
                "{path} {body}"
            );
        }
        let answer = platform.post_unsigned(&format!("/_quan/{path}"), &unknown).await;
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("NO_AUTH")), "{path}");
    }
    assert!(coupon.path().starts_with(PARTNER));
    assert_eq!(platform.partner_side().coupon(&coupon).await.ok()["coupon_state"], "EFFECTIVE");
}

async fn split(platform: &TestPlatform, stock_id: &str, body: Value) -> Answer {
    let target = format!("/_quan/stocks/{stock_id}/counter-shards");
    platform.admin_call(Method::PUT, &target, Some(&body)).await
}

#[tokio::test]
async fn a_split_stock_shows_and_grants_what_it_did() {
    let platform = TestPlatform::start().await;
    let offer = platform
        .single_stock_offer(|stock| {
            stock["stock_send_rule"] = json!({ "max_count": 3, "max_count_per_user": 1 });
        })
        .await;
    platform.claimed(&offer, OPENID).await;
    answered(&split(&platform, &offer.stock_id, json!({ "shards": 2 })).await, 200, &json!({ "shards": 2 }));
    let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_id);
    let shown = platform.partner_side().get(&tail, &[]).await.ok();
    assert_eq!(shown["sent_count_info"]["total_count"], 1, "{shown}");
    platform.claimed(&offer, "o2").await;
    platform.claimed(&offer, "o3").await;
    let mut body = platform.pre_send_body(&offer);
    body["openid"] = json!("o4");
    platform.merchant().post(quan_testkit::PRE_SEND, &body).await.refused(
        400,
        "INVALID_REQUEST",
        299_000_001,
    );
    answered(&split(&platform, &offer.stock_id, json!({ "shards": 1 })).await, 200, &json!({ "shards": 1 }));
}

#[tokio::test]
async fn a_split_that_is_not_possible_is_refused() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    for wrong in
        [json!({}), json!({ "shards": 0 }), json!({ "shards": 65 }), json!({ "shards": "2" }), json!(2)]
    {
        let refused = split(&platform, &offer.stock_id, wrong).await;
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("PARAM_ERROR")));
        assert!(refused.json()["message"].as_str().is_some_and(|text| text.contains("from 1 to 64")));
    }
    for unknown in ["3999999999999999", "%E5%88%B8"] {
        let refused = split(&platform, unknown, json!({ "shards": 2 })).await;
        assert_eq!((refused.status, &refused.json()["code"]), (404, &json!("NOT_FOUND")));
    }
    let target = format!("/_quan/stocks/{}/counter-shards", offer.stock_id);
    let unsigned = platform.post_unsigned(&target, &json!({ "shards": 2 })).await;
    assert_eq!(unsigned.status, 405, "it is a PUT");
}
