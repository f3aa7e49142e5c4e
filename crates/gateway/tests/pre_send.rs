//! Pre-send on both faces: what gives a token, what is refused and with which status, code and number.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{
    APPID, Answer, BRAND_ID, Grant, OPENID, Offer, PARTNER, PRE_SEND, TestPlatform, UNBOUND_APPID,
};
use serde_json::{Value, json};

/// A platform with one single coupon.
async fn started() -> (TestPlatform, Offer) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    (platform, offer)
}

fn of_mode(mode: &str) -> impl FnOnce(&mut Value) {
    let mode = mode.to_owned();
    move |stock| stock["coupon_code_mode"] = json!(mode)
}

fn limits(limits: Value) -> impl FnOnce(&mut Value) {
    move |stock| stock["stock_send_rule"] = limits
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

/// The same pre-send over the partner face.
async fn over_partner_face(platform: &TestPlatform, offer: &Offer, body: &Value) -> Answer {
    let openid = body["openid"].as_str().unwrap();
    let mut partner_body = without(body, "openid");
    partner_body["brand_id"] = json!(BRAND_ID);
    partner_body["product_coupon_id"] = json!(offer.product_coupon_id);
    platform.merchant().post(&format!("{PARTNER}/users/{openid}/pre-send-coupon"), &partner_body).await
}

async fn send(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(PRE_SEND, body).await
}

#[tokio::test]
async fn both_faces_give_a_token_and_nothing_else() {
    let (platform, offer) = started().await;
    let by_busifavor = send(&platform, &platform.pre_send_body(&offer)).await.ok();
    let by_partner = over_partner_face(&platform, &offer, &platform.pre_send_body(&offer)).await.ok();
    for answer in [by_busifavor, by_partner] {
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["token"]);
        let token = answer["token"].as_str().unwrap();
        assert!((32..=512).contains(&token.len()), "{token}");
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
    }
    assert_eq!(platform.outbox_counts().await.waiting, 0, "a pre-send issues nothing");
}

#[tokio::test]
async fn every_missing_member_is_named() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    for name in ["stock_id", "appid", "send_request_no"] {
        let answer = send(&platform, &without(&body, name)).await;
        answer.refused_field("PARAM_ERROR", 268_578_101, &format!("/{name}"));
    }
    for name in ["stock_id", "appid", "send_request_no"] {
        let answer = over_partner_face(&platform, &offer, &without(&body, name)).await;
        answer.refused_field("PARAM_ERROR", 268_578_101, &format!("/{name}"));
    }
}

#[tokio::test]
async fn a_pre_send_without_openid_is_refused() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    for body in [without(&body, "openid"), with(&body, "openid", Value::Null)] {
        send(&platform, &body).await.refused_field("INVALID_REQUEST", 268_578_224, "/openid");
    }
}

#[tokio::test]
async fn the_number_has_six_to_forty_word_characters() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    for accepted in ["aZ_-09", &"n".repeat(40)] {
        send(&platform, &with(&body, "send_request_no", json!(accepted))).await.ok();
    }
    let refused = [
        ("", 268_435_463),
        ("12345", 268_435_463),
        (&"n".repeat(41), 268_435_462),
        ("number 1", 268_435_461),
        ("number|1", 268_435_461),
        ("number*1", 268_435_461),
        ("单号单号单号", 268_435_461),
        ("１２３４５６", 268_435_461),
    ];
    for (number, code) in refused {
        let body = with(&body, "send_request_no", json!(number));
        send(&platform, &body).await.refused_field("PARAM_ERROR", code, "/send_request_no");
        let answer = over_partner_face(&platform, &offer, &body).await;
        answer.refused_field("PARAM_ERROR", code, "/send_request_no");
    }
}

#[tokio::test]
async fn every_other_id_has_its_form() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let table = [
        ("stock_id", json!(""), 268_435_463),
        ("stock_id", json!("1".repeat(129)), 268_435_462),
        ("stock_id", json!("1/2"), 268_435_461),
        ("appid", json!("w".repeat(33)), 268_435_462),
        ("appid", json!("wx 1"), 268_435_461),
        ("openid", json!(""), 272_756_757),
        ("openid", json!("o".repeat(129)), 272_756_757),
        ("openid", json!("o?"), 272_756_757),
        ("coupon_code", json!("c".repeat(41)), 268_435_462),
        ("coupon_code", json!("c d"), 268_435_461),
    ];
    for (name, value, number) in table {
        let answer = send(&platform, &with(&body, name, value)).await;
        let detail = answer.refused_field("PARAM_ERROR", number, &format!("/{name}"));
        assert_eq!(detail["detail"]["location"], "body");
    }
}

#[tokio::test]
async fn an_openid_of_the_path_is_checked_and_named_there() {
    let (platform, offer) = started().await;
    let body = with(&platform.pre_send_body(&offer), "openid", json!("o%20user"));
    let answer = over_partner_face(&platform, &offer, &body).await;
    let refused = answer.refused_field("PARAM_ERROR", 268_578_526, "openid");
    assert_eq!(refused["detail"]["location"], "url");
}

#[tokio::test]
async fn attach_has_at_most_its_length_and_is_part_of_the_data() {
    let (platform, offer) = started().await;
    let max = quan_coupon::field::ATTACH_LEN_MAX;
    let body = with(&platform.pre_send_body(&offer), "attach", json!("附".repeat(max)));
    over_partner_face(&platform, &offer, &body).await.ok();
    let other = with(&body, "attach", json!("other"));
    over_partner_face(&platform, &offer, &other).await.refused(400, "INVALID_REQUEST", 268_578_927);
    let long = with(&body, "attach", json!("附".repeat(max + 1)));
    over_partner_face(&platform, &offer, &long).await.refused_field("PARAM_ERROR", 268_435_462, "/attach");
}

#[tokio::test]
async fn an_unknown_stock_and_one_of_another_merchant_are_the_same_to_the_caller() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let unknown = send(&platform, &with(&body, "stock_id", json!("9999999999"))).await;
    let unknown = unknown.refused(404, "RESOURCE_NOT_EXISTS", 268_578_608);
    let foreign = platform.other_merchant().post(PRE_SEND, &body).await;
    let foreign = foreign.refused(404, "RESOURCE_NOT_EXISTS", 268_578_608);
    assert_eq!(unknown, foreign);
}

#[tokio::test]
async fn the_partner_face_wants_brand_product_coupon_and_stock_to_belong_together() {
    let (platform, offer) = started().await;
    let other = platform.single_offer(|_| {}).await;
    let body = platform.pre_send_body(&offer);
    let crossed = Offer { product_coupon_id: other.product_coupon_id, stock_id: offer.stock_id.clone() };
    over_partner_face(&platform, &crossed, &body).await.refused(404, "NOT_FOUND", 268_578_608);
    let unknown = Offer { product_coupon_id: "1".into(), stock_id: offer.stock_id.clone() };
    over_partner_face(&platform, &unknown, &body).await.refused(404, "NOT_FOUND", 268_578_608);
}

#[tokio::test]
async fn an_appid_that_is_not_bound_is_refused() {
    let (platform, offer) = started().await;
    let body = with(&platform.pre_send_body(&offer), "appid", json!(UNBOUND_APPID));
    send(&platform, &body).await.refused(400, "INVALID_REQUEST", 268_578_704);
    over_partner_face(&platform, &offer, &body).await.refused(400, "INVALID_REQUEST", 268_578_704);
}

#[tokio::test]
async fn a_withdrawn_authorisation_stops_both_faces_until_it_is_given_again() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    platform.put_authorisation(Grant::Withdrawn).await;
    send(&platform, &body).await.refused(403, "NO_AUTH", 268_579_803);
    over_partner_face(&platform, &offer, &body).await.refused(403, "NO_AUTH", 268_579_803);
    platform.put_authorisation(Grant::Given).await;
    send(&platform, &body).await.ok();
}

#[tokio::test]
async fn a_coupon_code_is_given_exactly_where_the_merchant_assigns_it() {
    let platform = TestPlatform::start().await;
    for mode in ["WECHATPAY", "UPLOAD"] {
        let offer = platform.single_stock_offer(of_mode(mode)).await;
        let body = platform.pre_send_body(&offer);
        let with_code = with(&body, "coupon_code", json!("CODE-1"));
        send(&platform, &with_code).await.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_code");
        send(&platform, &body).await.ok();
    }
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let body = platform.pre_send_body(&offer);
    send(&platform, &body).await.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_code");
    send(&platform, &with(&body, "coupon_code", json!("CODE-1"))).await.ok();
}

#[tokio::test]
async fn a_replay_gives_a_fresh_token_for_the_same_intent() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let first = platform.token(&body).await;
    let second = platform.token(&body).await;
    assert_ne!(first, second);
    let claimed = platform.claim_call("receive", &first).await.json();
    assert_eq!(claimed["first_time"], true);
    let again = platform.claim_call("receive", &second).await.json();
    assert_eq!((&again["first_time"], &again["status"]), (&json!(false), &json!("CLAIMED")));
    assert_eq!(platform.outbox_counts().await.waiting, 1, "one intent, one coupon");
}

#[tokio::test]
async fn member_order_and_unknown_members_make_no_other_request() {
    let (platform, offer) = started().await;
    let number = platform.fresh_number();
    let stock_id = &offer.stock_id;
    let one = format!(
        r#"{{"stock_id":"{stock_id}","appid":"{APPID}","openid":"{OPENID}","send_request_no":"{number}"}}"#
    );
    let other = format!(
        r#" {{ "send_request_no":"{number}", "later":[1], "openid":"{OPENID}","appid":"{APPID}","stock_id":"{stock_id}" }} "#
    );
    platform.merchant().post_bytes(PRE_SEND, one).await.ok();
    platform.merchant().post_bytes(PRE_SEND, other).await.ok();
}

#[tokio::test]
async fn a_number_with_other_data_is_a_mismatch_field_by_field() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let sibling = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let body = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-1"));
    send(&platform, &body).await.ok();
    let table = [
        ("stock_id", json!(sibling.stock_id)),
        ("openid", json!("oAnotherUser")),
        ("coupon_code", json!("CODE-2")),
    ];
    for (name, value) in table {
        let answer = send(&platform, &with(&body, name, value)).await;
        answer.refused(400, "INVALID_REQUEST", 268_578_927);
    }
    send(&platform, &without(&body, "coupon_code")).await.refused(400, "INVALID_REQUEST", 268_578_927);
    // The other face shares the numbers (semantics 6.1).
    over_partner_face(&platform, &offer, &body).await.ok();
    let attached = with(&body, "attach", json!("x"));
    over_partner_face(&platform, &offer, &attached).await.refused(400, "INVALID_REQUEST", 268_578_927);
}

#[tokio::test]
async fn the_same_number_of_another_merchant_is_its_own() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    send(&platform, &body).await.ok();
    let created = platform.other_merchant();
    let definition = quan_testkit::definition::single(platform.now(), &platform.fresh_number());
    let made = created.post(&format!("{PARTNER}/product-coupons"), &definition).await.ok();
    let theirs = with(&body, "stock_id", made["stock"]["stock_id"].clone());
    created.post(PRE_SEND, &theirs).await.ok();
}

#[tokio::test]
async fn a_code_belongs_to_one_live_token_then_to_one_coupon() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let mine = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-1"));
    let theirs = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-1"));
    let theirs = with(&theirs, "openid", json!("oAnotherUser"));
    send(&platform, &mine).await.ok();
    platform.clock.move_by_seconds(299);
    send(&platform, &theirs).await.refused(400, "ALREADY_EXISTS", 299_000_004);
    platform.clock.move_by_seconds(1);
    // The token is dead: its hold on the code ends.
    let token = platform.token(&theirs).await;
    assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    platform.clock.move_by_seconds(300);
    let late = with(&mine, "send_request_no", json!(platform.fresh_number()));
    send(&platform, &late).await.refused(400, "ALREADY_EXISTS", 299_000_004);
    let reentry = with(&theirs, "send_request_no", json!(platform.fresh_number()));
    send(&platform, &reentry).await.refused(400, "INVALID_REQUEST", 272_755_200);
    // Another stock has codes of its own.
    let sibling = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    send(&platform, &with(&late, "stock_id", json!(sibling.stock_id))).await.ok();
}

#[tokio::test]
async fn each_limit_is_asked_before_a_token_is_given() {
    let platform = TestPlatform::start().await;
    let table = [
        (json!({ "max_count": 1, "max_count_per_user": 1 }), "oAnotherUser", 299_000_001),
        (
            json!({ "max_count": 9, "max_count_per_user": 1, "max_count_per_day": 1 }),
            "oAnotherUser",
            299_000_002,
        ),
        (json!({ "max_count": 9, "max_count_per_user": 1 }), OPENID, 272_756_740),
    ];
    for (rule, openid, number) in table {
        let offer = platform.single_stock_offer(limits(rule)).await;
        let body = with(&platform.pre_send_body(&offer), "openid", json!(openid));
        send(&platform, &body).await.ok();
        platform.claimed(&offer, OPENID).await;
        let next = with(&body, "send_request_no", json!(platform.fresh_number()));
        send(&platform, &next).await.refused(400, "INVALID_REQUEST", number);
        // The intent noted before is still one: only its claim decides.
        send(&platform, &body).await.ok();
    }
}

#[tokio::test]
async fn a_day_limit_is_open_again_at_midnight() {
    let platform = TestPlatform::start().await;
    let rule = json!({ "max_count": 9, "max_count_per_user": 9, "max_count_per_day": 1 });
    let offer = platform.single_stock_offer(limits(rule)).await;
    platform.claimed(&offer, OPENID).await;
    // The test's clock begins at 10:00.
    platform.clock.move_by_seconds(14 * 3600 - 1);
    send(&platform, &platform.pre_send_body(&offer)).await.refused(400, "INVALID_REQUEST", 299_000_002);
    platform.clock.move_by_seconds(1);
    send(&platform, &platform.pre_send_body(&offer)).await.ok();
}

#[tokio::test]
async fn a_stock_sends_until_its_last_second() {
    let (platform, offer) = started().await;
    let days = quan_testkit::definition::STOCK_DAYS;
    platform.clock.move_by_seconds(days * 86_400 - 10 * 3600 - 1);
    let body = platform.pre_send_body(&offer);
    send(&platform, &body).await.ok();
    platform.clock.move_by_seconds(1);
    send(&platform, &platform.pre_send_body(&offer)).await.refused(400, "INVALID_REQUEST", 268_577_984);
    send(&platform, &body).await.ok();
}

#[tokio::test]
async fn two_at_once_with_one_number_are_one_intent() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let (one, other) = tokio::join!(send(&platform, &body), send(&platform, &body));
    for answer in [one, other] {
        let token = answer.ok()["token"].as_str().unwrap().to_owned();
        assert_eq!(platform.claim_call("receive", &token).await.status, 200);
    }
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}

#[tokio::test]
async fn two_at_once_with_one_code_are_one_success_and_one_refusal() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(of_mode("API_ASSIGN")).await;
    let bodies = [OPENID, "oAnotherUser"].map(|openid| {
        let body = with(&platform.pre_send_body(&offer), "coupon_code", json!("CODE-1"));
        with(&body, "openid", json!(openid))
    });
    let (one, other) = tokio::join!(send(&platform, &bodies[0]), send(&platform, &bodies[1]));
    let refused = if one.status == 200 { &other } else { &one };
    refused.refused(400, "ALREADY_EXISTS", 299_000_004);
    assert_eq!([one.status, other.status].iter().filter(|status| **status == 200).count(), 1);
}
