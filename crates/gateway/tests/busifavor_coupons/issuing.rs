//! Coupons are sent: repeated, refused, with an assigned code, of both families, by the belonging merchant.

use quan_testkit::{
    APPID, BUSIFAVOR, Grant, MCHID, OPENID, OTHER_MCHID, TestPlatform, UNBOUND_APPID, claim_call,
};
use serde_json::{Value, json};

use crate::{
    APPID_NOT_BOUND, COUPON_NOT_FOUND, DAY, MISMATCH, NOT_FOUND, RULE, USER_LIMIT, product_body, run, send,
    send_product,
};

#[tokio::test]
async fn a_send_is_repeated_by_number_stock_and_user() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let body = platform.merchant_send_body(&stock_id, OPENID);
    let sent = send(&platform, &body).await.ok();
    assert_eq!(sent["send_coupon_result"]["out_request_no"], body["out_request_no"]);
    assert_eq!(send(&platform, &body).await.ok(), sent);
    assert_eq!(platform.notifications().await[0]["send_channel"], "BUSICOUPON_SEND_CHANNEL_API");
    let mut another_user = body.clone();
    another_user["openid"] = json!("oAnotherUser");
    let other = send(&platform, &another_user).await.ok();
    assert_ne!(other["send_coupon_result"]["coupon_code"], sent["send_coupon_result"]["coupon_code"]);
    let second_stock = platform.merchant_stock(|_| {}).await;
    let mut another_stock = body.clone();
    another_stock["stock_id"] = json!(second_stock);
    send(&platform, &another_stock).await.ok();
    // The same person under another appid: the same number with other data.
    platform.bind_appid("wx15ad7703be48c92f", MCHID).await;
    platform.same_person("wx15ad7703be48c92f", "oSamePerson", "person-1").await;
    let mut other_data = body.clone();
    (other_data["appid"], other_data["openid"]) = (json!("wx15ad7703be48c92f"), json!("oSamePerson"));
    send(&platform, &other_data).await.refused(400, "INVALID_REQUEST", MISMATCH);
    assert_eq!(platform.outbox_counts().await.waiting, 3, "one notification each");
}

#[tokio::test]
async fn a_send_is_refused_by_the_shared_rules() {
    let platform = TestPlatform::start().await;
    let stock_id = platform
        .merchant_stock(|stock| {
            stock["stock_send_rule"] = json!({ "max_coupons": 2, "max_coupons_per_user": 1 });
        })
        .await;
    let fresh = |user: &str| platform.merchant_send_body(&stock_id, user);
    let mut with_code = fresh("oUser1");
    with_code["coupon_code"] = json!("CODE");
    send(&platform, &with_code).await.refused_field("INVALID_REQUEST", RULE, "/coupon_code");
    let mut unbound = fresh("oUser1");
    unbound["appid"] = json!(UNBOUND_APPID);
    send(&platform, &unbound).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    send(&platform, &fresh("oUser1")).await.ok();
    send(&platform, &fresh("oUser1")).await.refused(400, "INVALID_REQUEST", USER_LIMIT);
    send(&platform, &fresh("oUser2")).await.ok();
    send(&platform, &fresh("oUser3")).await.refused(400, "INVALID_REQUEST", 299_000_001);
    let answer = platform.other_merchant().post(&format!("{BUSIFAVOR}/coupons/send"), &fresh("oUser3")).await;
    answer.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let mut nowhere = fresh("oUser3");
    nowhere["stock_id"] = json!("999");
    send(&platform, &nowhere).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let ended = platform.merchant_stock(|_| {}).await;
    platform.clock.move_by_seconds(31 * DAY);
    let body = platform.merchant_send_body(&ended, "oUser1");
    send(&platform, &body).await.refused(400, "INVALID_REQUEST", 268_577_984);
}

#[tokio::test]
async fn an_assigned_code_is_one_coupon_s() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|stock| stock["coupon_code_mode"] = json!("MERCHANT_API")).await;
    let with = |user: &str, code: &str| {
        let mut body = platform.merchant_send_body(&stock_id, user);
        body["coupon_code"] = json!(code);
        body
    };
    let without = platform.merchant_send_body(&stock_id, "oUser1");
    send(&platform, &without).await.refused_field("INVALID_REQUEST", RULE, "/coupon_code");
    send(&platform, &with("oUser1", &"x".repeat(33))).await.refused_field(
        "PARAM_ERROR",
        268_435_462,
        "/coupon_code",
    );
    send(&platform, &with("oUser1", "券")).await.refused_field("PARAM_ERROR", 268_435_461, "/coupon_code");
    send(&platform, &with("oUser1", &"x".repeat(32))).await.ok();
    send(&platform, &with("oUser1", "A B\\/=|")).await.ok();
    send(&platform, &with("oUser1", "A B\\/=|")).await.refused(400, "INVALID_REQUEST", 272_755_200);
    send(&platform, &with("oUser2", "A B\\/=|")).await.refused(400, "ALREADY_EXISTS", 299_000_004);
    let pre_send = json!({
        "stock_id": stock_id, "appid": APPID, "openid": "oUser1", "send_request_no": "PROMISED",
        "coupon_code": "PROMISED",
    });
    let token = platform.token(&pre_send).await;
    send(&platform, &with("oUser2", "PROMISED")).await.refused(400, "ALREADY_EXISTS", 299_000_004);
    assert_eq!(claim_call(platform.routes.clone(), "receive", &token).await.status, 200);
    // Without the stock such a code cannot be told from another's.
    let by_code = |name: &'static str| {
        let (platform, stock_id) = (&platform, &stock_id);
        async move {
            let number = platform.fresh_number();
            let edit = |body: &mut Value| drop(body.as_object_mut().unwrap().remove("stock_id"));
            platform.merchant_command("use", (stock_id, name), &number, edit).await
        }
    };
    by_code("PROMISED").await.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    by_code("NOBODYS").await.refused(404, "RESOURCE_NOT_EXISTS", COUPON_NOT_FOUND);
    run(&platform, "use", (&stock_id, "A B\\/=|")).await.ok();
}

#[tokio::test]
async fn a_product_send_takes_stocks_of_both_families() {
    let platform = TestPlatform::start().await;
    let own = platform.merchant_stock(|_| {}).await;
    let sent = send_product(&platform, &product_body(&platform, &own, OPENID)).await.ok();
    assert_eq!(sent["stock_id"], own.as_str(), "the answer is flat");
    let offer = platform.single_offer(|_| {}).await;
    let body = product_body(&platform, &offer.stock_id, OPENID);
    let sent = send_product(&platform, &body).await.ok();
    assert_eq!(send_product(&platform, &body).await.ok(), sent);
    let events = platform.notifications().await;
    assert!(
        events.iter().any(|event| event["product_coupon_id"] == offer.product_coupon_id.as_str()),
        "{events:?}"
    );
    assert_eq!(events.len(), 2);
    let mut member = product_body(&platform, &own, OPENID);
    member["coupon_type"] = json!("MEMBER");
    send_product(&platform, &member).await.refused_field("INVALID_REQUEST", RULE, "/member_card_id");
    member["member_card_id"] = json!("x".repeat(33));
    send_product(&platform, &member).await.refused_field("PARAM_ERROR", 268_435_462, "/member_card_id");
    member["member_card_id"] = json!("pQ7EXAMPLEmembercard0000000001");
    send_product(&platform, &member).await.ok();
    let mut word = product_body(&platform, &own, OPENID);
    word["coupon_type"] = json!("GOLD");
    send_product(&platform, &word).await.refused_field("PARAM_ERROR", 268_435_461, "/coupon_type");
    let foreign = platform.other_merchant().post(&format!("{BUSIFAVOR}/product-coupons/send"), &body).await;
    foreign.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    platform.put_authorisation(Grant::Withdrawn).await;
    let body = product_body(&platform, &offer.stock_id, OPENID);
    send_product(&platform, &body).await.refused(403, "NO_AUTH", 268_579_803);
}

#[tokio::test]
async fn the_belonging_merchant_sends_and_is_the_sender() {
    let platform = TestPlatform::start().await;
    let shared = platform.merchant_stock(|stock| stock["belong_merchant"] = json!(OTHER_MCHID)).await;
    platform.bind_appid(APPID, OTHER_MCHID).await;
    let body = platform.merchant_send_body(&shared, OPENID);
    let sent = platform.other_merchant().post(&format!("{BUSIFAVOR}/coupons/send"), &body).await.ok();
    let [event] = platform.notifications().await.try_into().unwrap();
    assert_eq!(event["send_merchant"], OTHER_MCHID, "the creator of the stock is told who sent it");
    let target = format!("{BUSIFAVOR}/users/{OPENID}/coupons?appid={APPID}&sender_merchant={OTHER_MCHID}");
    let listed = platform.other_merchant().get(&target).await.ok();
    assert_eq!(listed["data"][0]["coupon_code"], sent["send_coupon_result"]["coupon_code"]);
    let mine = target.replace(OTHER_MCHID, MCHID);
    assert_eq!(platform.merchant().get(&mine).await.ok()["total_count"], 0, "the creator did not send it");
}

#[tokio::test]
async fn notifications_without_a_notify_appid_name_nobody() {
    let platform = TestPlatform::start().await;
    let stock_id =
        platform.merchant_stock(|stock| drop(stock.as_object_mut().unwrap().remove("notify_config"))).await;
    platform.merchant_coupon(&stock_id, OPENID).await;
    let [event] = platform.notifications().await.try_into().unwrap();
    assert_eq!((&event["openid"], &event["unionid"]), (&json!(""), &json!("")));
}
