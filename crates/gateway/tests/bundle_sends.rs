//! Sending, pre-sending and claiming a stock bundle on both product-coupon faces: the first coupon of a chain, the
//! one number space, the limits, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_coupon::user_coupon::Deactivation;
use quan_platform::Error;
use quan_testkit::{
    Answer, BundleOffer, Grant, OPENID, Side, TestPlatform, UNBOUND_APPID, claim_call, definition,
};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const NOT_FOUND: u64 = 268_578_608;
const OTHER: &str = "oAnotherUser";
const DAY: i64 = 86_400;

fn sides(platform: &TestPlatform) -> [Side; 2] {
    [platform.partner_side(), platform.brand_side()]
}

async fn started() -> (TestPlatform, Side, BundleOffer) {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |_| {}).await;
    (platform, side, offer)
}

async fn with_limits(limits: Value) -> (TestPlatform, Side, BundleOffer) {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |r| r["stock_bundle"]["stock_send_rule"] = limits).await;
    (platform, side, offer)
}

fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

async fn send(side: &Side, body: &Value) -> Answer {
    side.post(&format!("/users/{OPENID}/coupon-bundles"), body).await
}

async fn pre_send(side: &Side, body: &Value) -> Answer {
    side.post(&format!("/users/{OPENID}/pre-send-coupon-bundle"), body).await
}

async fn token(side: &Side, body: &Value) -> String {
    pre_send(side, body).await.ok()["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_send_begins_a_chain_with_its_first_coupon() {
    let platform = TestPlatform::start().await;
    for (side, names_brand) in sides(&platform).into_iter().zip([true, false]) {
        let offer = platform.bundle_offer(&side, |_| {}).await;
        let number = platform.fresh_number();
        let body = with(&offer.send_body(&number), "attach", json!("campaign=loyal"));
        let sent = send(&side, &body).await.ok();
        let chain = sent["user_coupon_bundle_id"].as_str().unwrap();
        assert!((1..=40).contains(&chain.len()), "{chain}");
        let coupons = sent["user_product_coupon_list"].as_array().unwrap();
        assert_eq!(coupons.len(), 1, "the later ones come with the uses");
        let first = &coupons[0];
        assert_eq!((&first["coupon_state"], &first["send_channel"]), (&json!("CONFIRMING"), &json!("API")));
        let info = json!({ "user_coupon_bundle_id": chain, "user_coupon_bundle_index": 0, "total_count": 3, "used_count": 0 });
        assert_eq!(first["user_product_coupon_bundle_info"], info);
        assert_eq!(first["stock"]["stock_id"], offer.stock_ids[0].as_str());
        assert_eq!(first["stock"]["sent_count_info"]["total_count"], 1);
        assert_eq!(
            (first.get("brand_id").is_some(), &first["attach"]),
            (names_brand, &json!("campaign=loyal"))
        );
        assert_eq!(first.get("progressive_bundle_usage_detail"), None);
        let told = platform.sent(&number).await;
        for (name, value) in [
            ("stock_bundle_id", &json!(offer.stock_bundle_id)),
            ("user_coupon_bundle_id", &json!(chain)),
            ("stock_id", &json!(offer.stock_ids[0])),
            ("coupon_code", &first["coupon_code"]),
            ("attach", &json!("campaign=loyal")),
        ] {
            assert_eq!(&told[name], value, "{name}");
        }
    }
}

#[tokio::test]
async fn the_same_number_gives_the_chain_and_other_data_are_refused() {
    let (platform, side, offer) = started().await;
    let body = with(&offer.send_body("SEND_0001"), "attach", json!("a"));
    let sent = send(&side, &body).await.ok();
    assert_eq!(send(&side, &body).await.ok(), sent);
    for other in [with(&body, "attach", json!("b")), offer.send_body("SEND_0001")] {
        send(&side, &other).await.refused(400, "INVALID_REQUEST", MISMATCH);
    }
    let other_user = side.post(&format!("/users/{OTHER}/coupon-bundles"), &body).await;
    other_user.refused(400, "INVALID_REQUEST", MISMATCH);
    let single = platform.single_offer(|_| {}).await;
    let answer = side.post(&format!("/users/{OPENID}/coupons"), &single.send_body("SEND_0001")).await;
    answer.refused(400, "INVALID_REQUEST", MISMATCH);
    assert_eq!(platform.outbox_counts().await.waiting, 1);
    // Another principal has its own numbers.
    let brand = platform.brand_side();
    assert_ne!(send(&brand, &body).await.ok()["user_coupon_bundle_id"], sent["user_coupon_bundle_id"]);
}

#[tokio::test]
async fn two_sends_at_once_under_one_number_begin_one_chain() {
    let (platform, side, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    let (one, other) = tokio::join!(send(&side, &body), send(&side, &body));
    assert_eq!(one.ok(), other.ok());
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}

#[tokio::test]
async fn send_and_pre_send_are_two_ways_to_one_chain() {
    let (platform, side, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    let ahead = token(&side, &body).await;
    let sent = send(&side, &body).await.ok();
    assert_eq!(platform.claim_call("open", &ahead).await.json()["status"], "CLAIMED");
    let received = platform.claim_call("receive", &ahead).await.json();
    assert_eq!(received["first_time"], false);
    assert_eq!(platform.claim_call("open", &token(&side, &body).await).await.json()["status"], "CLAIMED");
    assert_eq!(send(&side, &body).await.ok(), sent);
    let other = with(&body, "attach", json!("x"));
    pre_send(&side, &other).await.refused(400, "INVALID_REQUEST", MISMATCH);
    let claimed = offer.send_body("SEND_0002");
    let token = token(&side, &claimed).await;
    assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    let replayed = send(&side, &claimed).await.ok();
    assert_eq!(replayed["user_product_coupon_list"][0]["send_channel"], "RECEIVE_COMPONENT");
    assert_eq!(platform.outbox_counts().await.waiting, 2);
}

#[tokio::test]
async fn a_claim_shows_the_chain_and_begins_it_once() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let offer = platform
            .bundle_offer(&side, |r| r["progressive_bundle_usage_info"]["interval_days"] = json!(2))
            .await;
        let number = platform.fresh_number();
        let token = token(&side, &offer.send_body(&number)).await;
        let opened = platform.claim_call("open", &token).await.json();
        assert_eq!(opened["status"], "CLAIMABLE");
        let face = &opened["coupon"];
        assert_eq!(face["usage_mode"], "PROGRESSIVE_BUNDLE");
        let amounts: Vec<_> =
            face["benefits"].as_array().unwrap().iter().map(|b| &b["discount_amount"]).collect();
        assert_eq!(amounts, [600, 900, 1200]);
        assert_eq!(face["rounds"], json!({ "total_count": 3, "used_count": 0, "interval_days": 2 }));
        assert_eq!(platform.claim_call("state", &token).await.json()["code"], "NOT_CLAIMED");
        let (one, other) = tokio::join!(
            claim_call(platform.routes.clone(), "receive", &token),
            claim_call(platform.routes.clone(), "receive", &token)
        );
        let mut firsts = [one.json()["first_time"].clone(), other.json()["first_time"].clone()];
        firsts.sort_by_key(Value::to_string);
        assert_eq!(firsts, [json!(false), json!(true)]);
        assert_eq!(platform.sent(&number).await["send_channel"], "RECEIVE_COMPONENT");
        assert_eq!(platform.claim_call("state", &token).await.json()["coupon_state"], "CONFIRMING");
        // The page follows the chain: the coupon whose turn it is, and when.
        let sent = send(&side, &offer.send_body(&number)).await.ok();
        let chain = quan_testkit::UserChain {
            offer: offer.clone(),
            openid: OPENID.to_owned(),
            user_coupon_bundle_id: sent["user_coupon_bundle_id"].as_str().unwrap().to_owned(),
        };
        let code = sent["user_product_coupon_list"][0]["coupon_code"].as_str().unwrap();
        let next = platform.confirm_and_use(&side, &chain, &chain.coupon(0, code)).await.unwrap();
        let begins = platform.now().start_of_day_after(2);
        let shown = platform.claim_call("open", &token).await.json()["coupon"].clone();
        let rounds =
            json!({ "total_count": 3, "used_count": 1, "interval_days": 2, "next_begin_time": begins });
        assert_eq!((&shown["coupon_state"], &shown["rounds"]), (&json!("CONFIRMING"), &rounds));
        side.command(&next, "confirm", &next.body(&platform.fresh_number())).await.ok();
        assert_eq!(platform.claim_call("state", &token).await.json()["coupon_state"], "PENDING");
        assert_eq!(platform.claim_call("state", &token).await.json()["valid_begin_time"], json!(begins));
    }
}

#[tokio::test]
async fn numbers_have_the_length_of_their_operation() {
    let (_platform, side, offer) = started().await;
    for accepted in ["aZ_-09", &"n".repeat(128)] {
        send(&side, &offer.send_body(accepted)).await.ok();
    }
    for accepted in ["pZ_-09", &"p".repeat(40)] {
        pre_send(&side, &offer.send_body(accepted)).await.ok();
    }
    for (number, code) in [("12345", 268_435_463), (&"n".repeat(129), 268_435_462), ("number 1", 268_435_461)]
    {
        send(&side, &offer.send_body(number)).await.refused_field("PARAM_ERROR", code, "/send_request_no");
    }
    for (number, code) in [("12345", 268_435_463), (&"p".repeat(41), 268_435_462), ("number|1", 268_435_461)]
    {
        pre_send(&side, &offer.send_body(number)).await.refused_field(
            "PARAM_ERROR",
            code,
            "/send_request_no",
        );
    }
}

#[tokio::test]
async fn every_other_member_has_its_form() {
    let platform = TestPlatform::start().await;
    for (side, (missing, openid)) in
        sides(&platform).into_iter().zip([(268_578_101, 268_578_526), (268_435_461, 268_578_532)])
    {
        let offer = platform.bundle_offer(&side, |_| {}).await;
        let body = offer.send_body(&platform.fresh_number());
        for name in ["product_coupon_id", "stock_bundle_id", "appid", "send_request_no"] {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(name);
            for answer in [send(&side, &without).await, pre_send(&side, &without).await] {
                answer.refused_field("PARAM_ERROR", missing, &format!("/{name}"));
            }
        }
        let max = quan_coupon::field::ATTACH_LEN_MAX;
        let long = with(&body, "attach", json!("附".repeat(max + 1)));
        let wrong_id = with(&body, "stock_bundle_id", json!("1/2"));
        for call in [&long, &wrong_id] {
            let (number, field) =
                if call == &long { (268_435_462, "/attach") } else { (268_435_461, "/stock_bundle_id") };
            send(&side, call).await.refused_field("PARAM_ERROR", number, field);
            pre_send(&side, call).await.refused_field("PARAM_ERROR", number, field);
        }
        for tail in ["coupon-bundles", "pre-send-coupon-bundle"] {
            let answer = side.post(&format!("/users/o%20user/{tail}"), &body).await;
            answer.refused_field("PARAM_ERROR", openid, "openid");
        }
        let member = json!({ "coupon_tag_list": ["MEMBER"] });
        let answer = send(&side, &with(&body, "coupon_tag_info", member.clone())).await;
        answer.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_tag_info/member_tag_info");
        let tags = with(&member, "member_tag_info", json!({ "member_card_id": "card-1" }));
        let full = with(&with(&body, "attach", json!("附".repeat(max))), "coupon_tag_info", tags.clone());
        let sent = send(&side, &full).await.ok();
        assert_eq!(sent["user_product_coupon_list"][0]["coupon_tag_info"], tags);
    }
}

#[tokio::test]
async fn the_limits_of_the_first_stock_bound_the_chains() {
    let (platform, side, offer) = with_limits(json!({ "max_count": 2, "max_count_per_user": 1 })).await;
    let calls = |platform: &TestPlatform| offer.send_body(&platform.fresh_number());
    let ahead = token(&side, &calls(&platform)).await;
    side.send_bundle(&offer, OPENID, &platform.fresh_number()).await.ok();
    let limited = 272_756_740;
    send(&side, &calls(&platform)).await.refused(400, "INVALID_REQUEST", limited);
    pre_send(&side, &calls(&platform)).await.refused(400, "INVALID_REQUEST", limited);
    assert_eq!(platform.claim_call("open", &ahead).await.json()["reason"], "MAXQUOTA");
    assert_eq!(platform.claim_call("receive", &ahead).await.json()["reason"], "MAXQUOTA");
    side.send_bundle(&offer, OTHER, &platform.fresh_number()).await.ok();
    let third = side.send_bundle(&offer, "oThird", &platform.fresh_number()).await;
    third.refused(400, "INVALID_REQUEST", 299_000_001);
    assert_eq!(platform.claim_call("open", &ahead).await.json()["reason"], "NOTENOUGH");

    let daily = json!({ "max_count": 9, "max_count_per_day": 1, "max_count_per_user": 9 });
    let (platform, side, offer) = with_limits(daily).await;
    side.send_bundle(&offer, OPENID, "SEND_0001").await.ok();
    side.send_bundle(&offer, OTHER, "SEND_0002").await.refused(400, "INVALID_REQUEST", 299_000_002);
    platform.clock.move_by_seconds(DAY);
    side.send_bundle(&offer, OTHER, "SEND_0002").await.ok();
}

#[tokio::test]
async fn an_empty_pool_of_the_first_stock_begins_no_chain() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer =
        platform.bundle_offer(&side, |r| r["stock_bundle"]["coupon_code_mode"] = json!("UPLOAD")).await;
    let body = offer.send_body("SEND_0001");
    let token = token(&side, &body).await;
    assert_eq!(platform.claim_call("open", &token).await.json()["reason"], "POOL_EMPTY");
    assert_eq!(platform.claim_call("receive", &token).await.json()["reason"], "POOL_EMPTY");
    send(&side, &body).await.refused(400, "INVALID_REQUEST", 299_000_003);
    let tail = format!(
        "/product-coupons/{}/stocks/{}/upload-coupon-codes",
        offer.product_coupon_id, offer.stock_ids[0]
    );
    side.post(&tail, &json!({ "out_request_no": "CODES_01", "code_list": ["A-1"] })).await.ok();
    let sent = send(&side, &body).await.ok();
    assert_eq!(sent["user_product_coupon_list"][0]["coupon_code"], "A-1");
}

#[tokio::test]
async fn every_stock_of_the_bundle_must_be_sending() {
    let (platform, side, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    let token = token(&side, &body).await;
    let (stock, time) = (offer.stock_ids[2].parse().unwrap(), platform.now());
    let ended = Deactivation { request_no: "DEACT_01".parse().unwrap(), time, reason: "停用".to_owned() };
    let end =
        move |work: &mut quan_platform::work::Work<'_>| Ok(work.store.deactivate_stock(&stock, &ended)?);
    platform.platform.write::<_, Error>(end).await.unwrap();
    let stopped = 268_577_984;
    send(&side, &body).await.refused(400, "INVALID_REQUEST", stopped);
    pre_send(&side, &offer.send_body("SEND_0002")).await.refused(400, "INVALID_REQUEST", stopped);
    for call in ["open", "receive"] {
        assert_eq!(platform.claim_call(call, &token).await.json()["reason"], "NOTRUNNING", "{call}");
    }
    let (platform, side, offer) = started().await;
    platform.clock.move_by_seconds(definition::STOCK_DAYS * DAY);
    send(&side, &offer.send_body("SEND_0001")).await.refused(400, "INVALID_REQUEST", stopped);
}

#[tokio::test]
async fn a_bundle_is_the_callers_own_and_belongs_to_its_product_coupon() {
    let (platform, side, offer) = started().await;
    let other = platform.bundle_offer(&side, |_| {}).await;
    let body = offer.send_body("SEND_0001");
    let crossed = with(&body, "product_coupon_id", json!(other.product_coupon_id));
    let unknown = with(&body, "stock_bundle_id", json!("1"));
    let stock = with(&body, "stock_bundle_id", json!(offer.stock_ids[0]));
    for call in [&crossed, &unknown, &stock] {
        send(&side, call).await.refused(404, "NOT_FOUND", NOT_FOUND);
        pre_send(&side, call).await.refused(404, "NOT_FOUND", NOT_FOUND);
    }
    let foreign = platform.other_partner_side();
    send(&foreign, &body).await.refused(404, "NOT_FOUND", NOT_FOUND);
    pre_send(&foreign, &body).await.refused(404, "NOT_FOUND", NOT_FOUND);
    // A provider does not reach what the brand added to its product coupon.
    let added =
        json!({ "out_request_no": "BUNDLE_01", "stock_bundle": definition::stock_bundle(platform.now()) });
    let tail = format!("/product-coupons/{}/stock-bundles", offer.product_coupon_id);
    let added = platform.brand_side().post(&tail, &added).await.ok();
    let brands = with(&body, "stock_bundle_id", added["stock_bundle_id"].clone());
    send(&side, &brands).await.refused(404, "NOT_FOUND", NOT_FOUND);
    send(&platform.brand_side(), &brands).await.ok();
    let unbound = with(&body, "appid", json!(UNBOUND_APPID));
    send(&side, &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
    pre_send(&side, &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
    platform.put_authorisation(Grant::Withdrawn).await;
    send(&side, &body).await.refused(403, "NO_AUTH", 268_579_803);
    pre_send(&side, &body).await.refused(403, "NO_AUTH", 268_579_803);
}
