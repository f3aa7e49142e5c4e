//! Direct send on both product-coupon faces: what is issued, what is refused, and the one number space that it
//! shares with pre-send.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{APPID, Answer, BRAND_ID, OPENID, Offer, PRE_SEND, Side, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

const OTHER: &str = "oAnotherUser";

async fn started() -> (TestPlatform, Offer) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    (platform, offer)
}

fn of_mode(mode: &str) -> impl FnOnce(&mut Value) {
    let mode = mode.to_owned();
    move |stock| stock["coupon_code_mode"] = json!(mode)
}

fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}

fn without(body: &Value, name: &str) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove(name);
    body
}

async fn send_to(side: &Side, openid: &str, body: &Value) -> Answer {
    side.post(&format!("/users/{openid}/coupons"), body).await
}

async fn send(platform: &TestPlatform, body: &Value) -> Answer {
    send_to(&platform.partner_side(), OPENID, body).await
}

#[tokio::test]
async fn a_send_issues_a_coupon_that_waits_for_its_confirm_and_tells_of_it_once() {
    let (platform, offer) = started().await;
    let body = with(&offer.send_body("SEND_0001"), "attach", json!("附言\"1\""));
    let sent = send(&platform, &body).await.ok();
    assert_eq!(sent["coupon_state"], "CONFIRMING");
    assert_eq!(sent["send_channel"], "API");
    assert_eq!(sent["send_request_no"], "SEND_0001");
    assert_eq!(sent["attach"], "附言\"1\"");
    assert_eq!(sent["brand_id"], BRAND_ID);
    assert_eq!(sent["receive_time"], json!(platform.now()));
    assert_eq!(sent["stock"]["sent_count_info"], json!({ "total_count": 1, "today_count": 1 }));
    assert_eq!(sent.get("coupon_tag_info"), None);
    let told = platform.sent("SEND_0001").await;
    assert_eq!(told["send_channel"], "API");
    assert_eq!((&told["coupon_code"], &told["attach"]), (&sent["coupon_code"], &sent["attach"]));
    let coupon = quan_testkit::Coupon {
        offer,
        openid: OPENID.to_owned(),
        coupon_code: sent["coupon_code"].as_str().unwrap().to_owned(),
    };
    assert_eq!(platform.partner_side().coupon(&coupon).await.ok(), sent);
    let confirmed =
        platform.merchant().post(&coupon.command("confirm"), &coupon.body("CONFIRM_1")).await.ok();
    assert_eq!(confirmed["coupon_state"], "EFFECTIVE");
}

#[tokio::test]
async fn a_sequential_coupon_is_sent_as_one() {
    let platform = TestPlatform::start().await;
    let offer = platform.sequential_offer(|_| {}).await;
    let sent = send(&platform, &offer.send_body("SEND_0001")).await.ok();
    assert_eq!(sent["sequential_usage_detail"]["total_count"], 3);
    assert_eq!(sent["sequential_usage_detail"]["detail_item_list"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_number_gives_the_same_coupon_in_its_present_state() {
    let (platform, offer) = started().await;
    let side = platform.partner_side();
    let coupon = side.sent(&offer, OPENID, "SEND_0001").await;
    platform.merchant().post(&coupon.command("confirm"), &coupon.body("CONFIRM_1")).await.ok();
    let again = send(&platform, &offer.send_body("SEND_0001")).await.ok();
    assert_eq!(
        (&again["coupon_code"], &again["coupon_state"]),
        (&json!(coupon.coupon_code), &json!("EFFECTIVE"))
    );
    assert_eq!(platform.outbox_counts().await.waiting, 1);
    let next = send(&platform, &offer.send_body("SEND_0002")).await.ok();
    assert_ne!(next["coupon_code"], again["coupon_code"], "another number is another coupon");
}

#[tokio::test]
async fn a_number_with_other_data_is_a_mismatch_field_by_field() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let sibling = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let body = with(&offer.send_body("SEND_0001"), "coupon_code", json!("CODE-1"));
    send(&platform, &body).await.ok();
    let member = json!({ "coupon_tag_list": ["MEMBER"], "member_tag_info": { "member_card_id": "card" } });
    let other_stock = json!({ "product_coupon_id": sibling.product_coupon_id, "stock_id": sibling.stock_id });
    let mut to_sibling = body.clone();
    to_sibling.as_object_mut().unwrap().extend(other_stock.as_object().unwrap().clone());
    for other in [
        to_sibling,
        with(&body, "coupon_code", json!("CODE-2")),
        with(&body, "attach", json!("x")),
        with(&body, "coupon_tag_info", member),
    ] {
        send(&platform, &other).await.refused(400, "INVALID_REQUEST", 268_578_927);
    }
    send_to(&platform.partner_side(), OTHER, &body).await.refused(400, "INVALID_REQUEST", 268_578_927);
    send(&platform, &body).await.ok();
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}

#[tokio::test]
async fn a_send_after_a_pre_send_issues_now_and_the_token_leads_to_the_coupon() {
    let (platform, offer) = started().await;
    let pre_send = platform.pre_send_body(&offer);
    let token = platform.token(&pre_send).await;
    let number = pre_send["send_request_no"].as_str().unwrap();
    let sent = send(&platform, &offer.send_body(number)).await.ok();
    assert_eq!(sent["send_channel"], "API");
    let opened = platform.claim_call("open", &token).await.json();
    assert_eq!(opened["status"], "CLAIMED");
    let received = platform.claim_call("receive", &token).await.json();
    assert_eq!((&received["status"], &received["first_time"]), (&json!("CLAIMED"), &json!(false)));
    assert_eq!(platform.outbox_counts().await.waiting, 1, "one number, one coupon");
    let again = send(&platform, &offer.send_body(number)).await.ok();
    assert_eq!(again["coupon_code"], sent["coupon_code"]);
}

#[tokio::test]
async fn a_send_after_a_dead_token_still_issues() {
    let (platform, offer) = started().await;
    let pre_send = platform.pre_send_body(&offer);
    let token = platform.token(&pre_send).await;
    platform.clock.move_by_seconds(301);
    send(&platform, &offer.send_body(pre_send["send_request_no"].as_str().unwrap())).await.ok();
    assert_eq!(platform.claim_call("receive", &token).await.status, 410);
}

#[tokio::test]
async fn a_send_after_a_claim_returns_the_coupon() {
    let (platform, offer) = started().await;
    let pre_send = platform.pre_send_body(&offer);
    let token = platform.token(&pre_send).await;
    assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    let number = pre_send["send_request_no"].as_str().unwrap();
    let sent = send(&platform, &offer.send_body(number)).await.ok();
    assert_eq!(sent["send_channel"], "RECEIVE_COMPONENT");
    assert_eq!(sent["coupon_code"], platform.sent(number).await["coupon_code"]);
}

#[tokio::test]
async fn a_pre_send_after_a_send_leads_to_the_already_claimed_page() {
    let (platform, offer) = started().await;
    let pre_send = platform.pre_send_body(&offer);
    send(&platform, &offer.send_body(pre_send["send_request_no"].as_str().unwrap())).await.ok();
    let token = platform.token(&pre_send).await;
    assert_eq!(platform.claim_call("open", &token).await.json()["status"], "CLAIMED");
    let other = with(&pre_send, "openid", json!(OTHER));
    platform.merchant().post(PRE_SEND, &other).await.refused(400, "INVALID_REQUEST", 268_578_927);
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}

#[tokio::test]
async fn a_send_with_tags_is_never_the_same_as_a_pre_send() {
    let (platform, offer) = started().await;
    let pre_send = platform.pre_send_body(&offer);
    platform.token(&pre_send).await;
    let tags = json!({ "coupon_tag_list": ["MEMBER"], "member_tag_info": { "member_card_id": "card" } });
    let body = with(&offer.send_body(pre_send["send_request_no"].as_str().unwrap()), "coupon_tag_info", tags);
    send(&platform, &body).await.refused(400, "INVALID_REQUEST", 268_578_927);
}

#[tokio::test]
async fn the_number_has_six_to_128_word_characters() {
    let (platform, offer) = started().await;
    for accepted in ["aZ_-09", &"n".repeat(41), &"n".repeat(128)] {
        let sent = send(&platform, &offer.send_body(accepted)).await.ok();
        assert_eq!(sent["send_request_no"], *accepted);
    }
    for (number, code) in [
        ("", 268_435_463),
        ("12345", 268_435_463),
        (&"n".repeat(129), 268_435_462),
        ("number 1", 268_435_461),
        ("number|1", 268_435_461),
        ("单号单号单号", 268_435_461),
    ] {
        let answer = send(&platform, &offer.send_body(number)).await;
        answer.refused_field("PARAM_ERROR", code, "/send_request_no");
    }
}

#[tokio::test]
async fn every_missing_member_is_named() {
    let (platform, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    for (side, number) in [(platform.partner_side(), 268_578_101), (platform.brand_side(), 268_435_461)] {
        for name in ["product_coupon_id", "stock_id", "appid", "send_request_no"] {
            for body in [without(&body, name), with(&body, name, Value::Null)] {
                let answer = send_to(&side, OPENID, &body).await;
                answer.refused_field("PARAM_ERROR", number, &format!("/{name}"));
            }
        }
    }
    let target = platform.partner_side().url(&format!("/users/{OPENID}/coupons"));
    let without_brand = platform.merchant().post(&target, &without(&body, "brand_id")).await;
    without_brand.refused_field("PARAM_ERROR", 268_578_101, "/brand_id");
}

#[tokio::test]
async fn attach_and_openid_have_their_lengths() {
    let (platform, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    // One emoji is one character.
    send(&platform, &with(&body, "attach", json!("🎁".repeat(150)))).await.ok();
    let long = with(&offer.send_body("SEND_0002"), "attach", json!("🎁".repeat(151)));
    send(&platform, &long).await.refused_field("PARAM_ERROR", 268_435_462, "/attach");
    for (side, number) in [(platform.partner_side(), 268_578_526), (platform.brand_side(), 268_578_532)] {
        for openid in ["o%20user", &"o".repeat(129)] {
            let answer = send_to(&side, openid, &body).await;
            let refused = answer.refused_field("PARAM_ERROR", number, "openid");
            assert_eq!(refused["detail"]["location"], "url");
        }
    }
}

#[tokio::test]
async fn a_member_coupon_names_its_card_and_echoes_it() {
    let (platform, offer) = started().await;
    let tags = json!({ "coupon_tag_list": ["MEMBER"], "member_tag_info": { "member_card_id": "CARD-1" } });
    let body = with(&offer.send_body("SEND_0001"), "coupon_tag_info", tags.clone());
    let sent = send(&platform, &body).await.ok();
    assert_eq!((&sent["coupon_tag_info"], &sent["send_channel"]), (&tags, &json!("API")));
    let at = "/coupon_tag_info/member_tag_info";
    for (tags, code, number, field) in [
        (json!({ "coupon_tag_list": ["MEMBER"] }), "INVALID_REQUEST", 268_578_224, at.to_owned()),
        (
            json!({ "coupon_tag_list": ["MEMBER"], "member_tag_info": {} }),
            "PARAM_ERROR",
            268_578_101,
            format!("{at}/member_card_id"),
        ),
        (
            json!({ "coupon_tag_list": ["MEMBER"], "member_tag_info": { "member_card_id": "" } }),
            "PARAM_ERROR",
            268_435_463,
            format!("{at}/member_card_id"),
        ),
        (
            json!({ "coupon_tag_list": ["VIP"] }),
            "PARAM_ERROR",
            268_435_461,
            "/coupon_tag_info/coupon_tag_list/0".to_owned(),
        ),
    ] {
        let body = with(&offer.send_body("SEND_0002"), "coupon_tag_info", tags);
        send(&platform, &body).await.refused_field(code, number, &field);
    }
}

#[tokio::test]
async fn a_coupon_code_is_given_exactly_where_the_merchant_assigns_it() {
    let platform = TestPlatform::start().await;
    for mode in ["WECHATPAY", "UPLOAD"] {
        let offer = platform.single_stock_offer(of_mode(mode)).await;
        let body = with(&offer.send_body("SEND_0001"), "coupon_code", json!("CODE-1"));
        send(&platform, &body).await.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_code");
    }
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let body = offer.send_body("SEND_0001");
    send(&platform, &body).await.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_code");
    let sent = send(&platform, &with(&body, "coupon_code", json!("CODE_1-a"))).await.ok();
    assert_eq!(sent["coupon_code"], "CODE_1-a");
    for (code, number) in
        [("", 268_435_463), (&"c".repeat(41), 268_435_462), ("c d", 268_435_461), ("c=d", 268_435_461)]
    {
        let body = with(&offer.send_body("SEND_0002"), "coupon_code", json!(code));
        send(&platform, &body).await.refused_field("PARAM_ERROR", number, "/coupon_code");
    }
}

#[tokio::test]
async fn a_code_is_given_once() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let side = platform.partner_side();
    let body = |number: &str, code: &str| with(&offer.send_body(number), "coupon_code", json!(code));
    send(&platform, &body("SEND_0001", "CODE-1")).await.ok();
    // The same person under another number is a re-entry, another person finds the code taken.
    send(&platform, &body("SEND_0002", "CODE-1")).await.refused(400, "INVALID_REQUEST", 272_755_200);
    let theirs = send_to(&side, OTHER, &body("SEND_0003", "CODE-1")).await;
    theirs.refused(400, "ALREADY_EXISTS", 299_000_004);
    // A live token holds its code, a dead one does not.
    let held = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-2"));
    platform.token(&held).await;
    send(&platform, &body("SEND_0004", "CODE-2")).await.refused(400, "ALREADY_EXISTS", 299_000_004);
    platform.clock.move_by_seconds(300);
    send(&platform, &body("SEND_0004", "CODE-2")).await.ok();
    // What held it finds the coupon of another number: the same person's.
    let late = send(&platform, &body(held["send_request_no"].as_str().unwrap(), "CODE-2")).await;
    late.refused(400, "INVALID_REQUEST", 272_755_200);
    // Nor does its number come before that of a token that lives.
    let first = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-3"));
    platform.token(&first).await;
    platform.clock.move_by_seconds(300);
    let mut second = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-3"));
    second["openid"] = json!(OTHER);
    platform.token(&second).await;
    let late = send(&platform, &body(first["send_request_no"].as_str().unwrap(), "CODE-3")).await;
    late.refused(400, "ALREADY_EXISTS", 299_000_004);
}

#[tokio::test]
async fn an_uploaded_code_is_taken_and_an_empty_pool_refuses() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("UPLOAD")).await;
    send(&platform, &offer.send_body("SEND_0001")).await.refused(400, "INVALID_REQUEST", 299_000_003);
    let upload = json!({ "out_request_no": "UPLOAD_1", "code_list": ["POOL-1"] });
    let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_id);
    let side = platform.partner_side();
    side.post(&format!("{tail}/upload-coupon-codes"), &upload).await.ok();
    assert_eq!(send(&platform, &offer.send_body("SEND_0001")).await.ok()["coupon_code"], "POOL-1");
    send(&platform, &offer.send_body("SEND_0002")).await.refused(400, "INVALID_REQUEST", 299_000_003);
    let stock = side.get(&tail, &[]).await.ok();
    assert_eq!(stock["sent_count_info"]["total_count"], 1, "what is refused counts nothing");
}

#[tokio::test]
async fn each_limit_refuses_and_counts_nothing() {
    let platform = TestPlatform::start().await;
    let table = [
        (json!({ "max_count": 1, "max_count_per_user": 1 }), OTHER, 299_000_001),
        (json!({ "max_count": 9, "max_count_per_user": 1, "max_count_per_day": 1 }), OTHER, 299_000_002),
        (json!({ "max_count": 9, "max_count_per_user": 1 }), OPENID, 272_756_740),
    ];
    for (index, (rule, openid, number)) in table.into_iter().enumerate() {
        let offer = platform.single_stock_offer(|stock| stock["stock_send_rule"] = rule).await;
        let [one, next] = [format!("SEND_{index}_1"), format!("SEND_{index}_2")];
        send(&platform, &offer.send_body(&one)).await.ok();
        let side = platform.partner_side();
        send_to(&side, openid, &offer.send_body(&next)).await.refused(400, "INVALID_REQUEST", number);
        send(&platform, &offer.send_body(&one)).await.ok();
    }
    assert_eq!(platform.outbox_counts().await.waiting, 3);
}

#[tokio::test]
async fn only_a_stock_that_sends_sends() {
    let (platform, offer) = started().await;
    let days = quan_testkit::definition::STOCK_DAYS;
    platform.clock.move_by_seconds(days * 86_400 - 10 * 3600 - 1);
    send(&platform, &offer.send_body("SEND_0001")).await.ok();
    platform.clock.move_by_seconds(1);
    send(&platform, &offer.send_body("SEND_0002")).await.refused(400, "INVALID_REQUEST", 268_577_984);
    // The number comes before the state (semantics 0.1).
    send(&platform, &offer.send_body("SEND_0001")).await.ok();
}

#[tokio::test]
async fn appids_and_ids_are_checked_in_their_order() {
    let (platform, offer) = started().await;
    let unbound = with(&offer.send_body("SEND_0001"), "appid", json!(UNBOUND_APPID));
    send(&platform, &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
    // The appid comes before the stock, the body before the appid.
    let unknown = with(&unbound, "stock_id", json!("998"));
    send(&platform, &unknown).await.refused(400, "INVALID_REQUEST", 268_578_704);
    send(&platform, &with(&unknown, "appid", json!(APPID))).await.refused(404, "NOT_FOUND", 268_578_608);
    let sibling = platform.single_offer(|_| {}).await;
    let mixed = with(&offer.send_body("SEND_0001"), "product_coupon_id", json!(sibling.product_coupon_id));
    send(&platform, &mixed).await.refused(404, "NOT_FOUND", 268_578_608);
}

#[tokio::test]
async fn two_at_once_with_one_number_are_one_coupon() {
    let (platform, offer) = started().await;
    let body = offer.send_body("SEND_0001");
    let (one, other) = tokio::join!(send(&platform, &body), send(&platform, &body));
    assert_eq!(one.ok()["coupon_code"], other.ok()["coupon_code"]);
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}

#[tokio::test]
async fn two_at_once_for_the_last_coupon_are_one_success_and_one_refusal() {
    let platform = TestPlatform::start().await;
    let rule = json!({ "max_count": 1, "max_count_per_user": 1 });
    let offer = platform.single_stock_offer(|stock| stock["stock_send_rule"] = rule).await;
    let side = platform.partner_side();
    let bodies = [offer.send_body("SEND_0001"), offer.send_body("SEND_0002")];
    let (one, other) = tokio::join!(send_to(&side, OPENID, &bodies[0]), send_to(&side, OTHER, &bodies[1]));
    let refused = if one.status == 200 { &other } else { &one };
    refused.refused(400, "INVALID_REQUEST", 299_000_001);
    assert_eq!([one.status, other.status].iter().filter(|status| **status == 200).count(), 1);
}
