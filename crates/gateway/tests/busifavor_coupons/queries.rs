//! Coupons are found by those who may see them, and by nobody else.

use quan_testkit::{APPID, BUSIFAVOR, Grant, MCHID, OPENID, OTHER_MCHID, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

use crate::{
    APPID_NOT_BOUND, COUPON_NOT_FOUND, NOT_FOUND, RANGE, RULE, product_body, run, send_product, shown,
};

#[tokio::test]
async fn a_user_s_coupons_are_listed_by_merchant_and_state() {
    let platform = TestPlatform::start().await;
    let own = platform.merchant_stock(|_| {}).await;
    let shared = platform.merchant_stock(|stock| stock["belong_merchant"] = json!(OTHER_MCHID)).await;
    let offer = platform.single_offer(|_| {}).await;
    let first = platform.merchant_coupon(&own, OPENID).await;
    platform.clock.move_by_seconds(1);
    let second = platform.merchant_coupon(&shared, OPENID).await;
    platform.clock.move_by_seconds(1);
    let third = send_product(&platform, &product_body(&platform, &offer.stock_id, OPENID)).await.ok();
    let third = third["coupon_code"].as_str().unwrap().to_owned();
    platform.merchant_coupon(&own, "oAnotherUser").await;
    run(&platform, "use", (&own, &first)).await.ok();
    platform.bind_appid(APPID, OTHER_MCHID).await;
    let target = |query: &str| format!("{BUSIFAVOR}/users/{OPENID}/coupons?appid={APPID}{query}");
    let codes = |answer: &Value| -> Vec<String> {
        let data = answer["data"].as_array().cloned().unwrap_or_default();
        data.iter().map(|coupon| coupon["coupon_code"].as_str().unwrap().to_owned()).collect()
    };
    let me = format!("&creator_merchant={MCHID}");
    let answer = platform.merchant().get(&target(&me)).await.ok();
    assert_eq!(codes(&answer), [third.clone(), second.clone(), first.clone()], "newest first");
    assert_eq!(
        (&answer["total_count"], &answer["limit"], &answer["offset"]),
        (&json!(3), &json!(20), &json!(0))
    );
    let page = platform.merchant().get(&target(&format!("{me}&offset=1&limit=1"))).await.ok();
    assert_eq!((codes(&page), &page["total_count"]), (vec![second.clone()], &json!(3)));
    let sended = platform.merchant().get(&target(&format!("{me}&coupon_state=SENDED"))).await.ok();
    assert_eq!((codes(&sended), &sended["total_count"]), (vec![third, second.clone()], &json!(2)));
    let used = platform.merchant().get(&target(&format!("{me}&coupon_state=USED&stock_id={own}"))).await.ok();
    assert_eq!(codes(&used), [first]);
    let of_other = format!("&belong_merchant={OTHER_MCHID}");
    let both = platform.merchant().get(&target(&format!("{me}{of_other}"))).await.ok();
    assert_eq!(codes(&both), std::slice::from_ref(&second));
    let belonging = platform.other_merchant().get(&target(&of_other)).await.ok();
    assert_eq!(codes(&belonging), [second], "the belonging merchant sees them too");
    let none = platform.other_merchant().get(&target(&format!("&sender_merchant={OTHER_MCHID}"))).await.ok();
    assert_eq!((none.get("data"), &none["total_count"]), (None, &json!(0)));
    for query in [String::new(), format!("&creator_merchant={OTHER_MCHID}")] {
        let answer = platform.merchant().get(&target(&query)).await;
        let refused = answer.refused_field("INVALID_REQUEST", RULE, "creator_merchant");
        assert_eq!(refused["detail"]["location"], "query");
    }
    for (query, number) in [("limit=0", RANGE), ("limit=51", RANGE), ("offset=x", 268_435_461)] {
        let answer = platform.merchant().get(&target(&format!("{me}&{query}"))).await;
        answer.refused_field("PARAM_ERROR", number, query.split('=').next().unwrap());
    }
    platform.merchant().get(&target(&format!("{me}&limit=50"))).await.ok();
    let word = platform.merchant().get(&target(&format!("{me}&coupon_state=EFFECTIVE"))).await;
    word.refused_field("PARAM_ERROR", 268_435_461, "coupon_state");
    let unbound = format!("{BUSIFAVOR}/users/{OPENID}/coupons?appid={UNBOUND_APPID}{me}");
    platform.merchant().get(&unbound).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    platform.put_authorisation(Grant::Withdrawn).await;
    let answer = platform.merchant().get(&target(&me)).await.ok();
    assert_eq!(answer["total_count"], 2, "a brand that took its authorisation back is left out");
}

#[tokio::test]
async fn another_merchant_finds_no_coupon() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    platform.bind_appid(APPID, OTHER_MCHID).await;
    let other = platform.other_merchant();
    let bodies = |code: &str, stock_id: &str| {
        let number = platform.fresh_number();
        let coupon = json!({ "coupon_code": code, "stock_id": stock_id });
        let with = |members: Value| {
            let mut body = coupon.clone();
            for (name, value) in members.as_object().unwrap() {
                body[name] = value.clone();
            }
            body
        };
        [
            ("use", with(json!({ "appid": APPID, "use_time": platform.now(), "use_request_no": number }))),
            ("return", with(json!({ "return_request_no": number }))),
            ("deactivate", with(json!({ "deactivate_request_no": number }))),
            ("associate", with(json!({ "out_trade_no": "A", "out_request_no": number }))),
            ("disassociate", with(json!({ "out_trade_no": "A", "out_request_no": number }))),
        ]
    };
    for (name, body) in bodies(&code, &stock_id) {
        let answer = other.post(&format!("{BUSIFAVOR}/coupons/{name}"), &body).await;
        answer.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    }
    for (name, body) in bodies("NOBODYS", &stock_id) {
        let answer = platform.merchant().post(&format!("{BUSIFAVOR}/coupons/{name}"), &body).await;
        answer.refused(404, "RESOURCE_NOT_EXISTS", COUPON_NOT_FOUND);
    }
    let by_code = json!({
        "coupon_code": code, "appid": APPID, "use_time": platform.now(), "use_request_no": "FOREIGN",
    });
    let answer = other.post(&format!("{BUSIFAVOR}/coupons/use"), &by_code).await;
    answer.refused(404, "RESOURCE_NOT_EXISTS", COUPON_NOT_FOUND);
    let target = format!("{BUSIFAVOR}/users/{OPENID}/coupons/{code}/appids/{APPID}");
    other.get(&target).await.refused(404, "RESOURCE_NOT_EXISTS", COUPON_NOT_FOUND);
    let unbound = target.replace(APPID, UNBOUND_APPID);
    platform.merchant().get(&unbound).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    assert_eq!(shown(&platform, &code, OPENID).await["coupon_state"], "SENDED");
}
