//! The claim calls: what a token shows, when it gives a coupon, and that it gives one only.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::collections::BTreeSet;

use quan_testkit::{Answer, BRAND_ID, OPENID, Offer, PARTNER, PRE_SEND, TestPlatform};
use serde_json::{Value, json};

/// How long a token lives, in seconds.
const TOKEN_SECONDS: i64 = 300;

async fn started() -> (TestPlatform, Offer) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    (platform, offer)
}

fn limits(limits: Value) -> impl FnOnce(&mut Value) {
    move |stock| stock["stock_send_rule"] = limits
}

async fn token(platform: &TestPlatform, offer: &Offer, openid: &str) -> String {
    let mut body = platform.pre_send_body(offer);
    body["openid"] = json!(openid);
    platform.token(&body).await
}

#[track_caller]
fn given(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// The status, code and reason of a claim call that failed. These calls have no numbers.
#[track_caller]
fn failed(answer: &Answer, status: u16, code: &str, reason: Option<&str>) {
    let body = answer.json();
    assert_eq!((answer.status, body["code"].as_str()), (status, Some(code)), "{body}");
    assert_eq!(body.get("reason").and_then(Value::as_str), reason, "{body}");
    assert!(body["message"].as_str().is_some_and(|message| !message.is_ascii()), "{body}");
}

async fn upload(platform: &TestPlatform, offer: &Offer, codes: &[String]) {
    let Offer { product_coupon_id, stock_id } = offer;
    let url = format!("{PARTNER}/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes");
    let body = json!({ "brand_id": BRAND_ID, "out_request_no": platform.fresh_number(), "code_list": codes });
    platform.merchant().post(&url, &body).await.ok();
}

#[tokio::test]
async fn a_token_opens_is_received_once_and_then_shows_the_coupon() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let token = platform.token(&body).await;

    failed(&platform.claim_call("state", &token).await, 409, "NOT_CLAIMED", None);
    for _ in 0..2 {
        let offered = given(&platform.claim_call("open", &token).await);
        assert_eq!(offered["status"], "CLAIMABLE");
        assert_eq!(offered["coupon"]["stock_id"], offer.stock_id.as_str());
        assert_eq!(offered["coupon"]["benefits"], json!([{ "threshold": 3000, "discount_amount": 800 }]));
        assert!(offered["coupon"].get("coupon_code").is_none(), "{offered}");
    }
    assert_eq!(platform.outbox_counts().await.waiting, 0, "opening has no effect");

    let received = given(&platform.claim_call("receive", &token).await);
    assert_eq!((&received["status"], &received["first_time"]), (&json!("CLAIMED"), &json!(true)));
    assert_eq!(received["coupon"]["coupon_state"], "CONFIRMING");
    let again = given(&platform.claim_call("receive", &token).await);
    assert_eq!((&again["status"], &again["first_time"]), (&json!("CLAIMED"), &json!(false)));
    assert_eq!(again["coupon"], received["coupon"]);
    assert_eq!(given(&platform.claim_call("open", &token).await)["status"], "CLAIMED");
    assert_eq!(given(&platform.claim_call("state", &token).await)["coupon_state"], "CONFIRMING");

    let replayed = platform.token(&body).await;
    assert_eq!(given(&platform.claim_call("open", &replayed).await)["status"], "CLAIMED");
    assert_eq!(platform.outbox_counts().await.waiting, 1, "one claim, one notification");
}

#[tokio::test]
async fn the_notification_of_a_claim_tells_the_whole_coupon() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let token = platform.token(&body).await;
    platform.clock.move_by_seconds(60);
    given(&platform.claim_call("receive", &token).await);
    let sent = platform.sent(body["send_request_no"].as_str().unwrap()).await;
    for (name, value) in [
        ("brand_id", json!(BRAND_ID)),
        ("product_coupon_id", json!(offer.product_coupon_id)),
        ("stock_id", json!(offer.stock_id)),
        ("appid", body["appid"].clone()),
        ("openid", body["openid"].clone()),
        ("receive_time", json!(platform.now())),
        ("valid_begin_time", json!(platform.now())),
        ("send_channel", json!("RECEIVE_COMPONENT")),
    ] {
        assert_eq!(sent[name], value, "{name} of {sent}");
    }
}

#[tokio::test]
async fn a_token_is_dead_after_five_minutes() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let late = platform.token(&body).await;
    platform.clock.move_by_seconds(TOKEN_SECONDS - 1);
    assert_eq!(given(&platform.claim_call("open", &late).await)["status"], "CLAIMABLE");
    platform.clock.move_by_seconds(1);
    for call in ["open", "receive", "state"] {
        failed(&platform.claim_call(call, &late).await, 410, "TOKEN_EXPIRED", None);
    }
    let fresh = platform.token(&body).await;
    failed(&platform.claim_call("receive", &late).await, 410, "TOKEN_EXPIRED", None);
    platform.clock.move_by_seconds(TOKEN_SECONDS - 1);
    assert_eq!(given(&platform.claim_call("receive", &fresh).await)["first_time"], true);
    platform.clock.move_by_seconds(1);
    for call in ["open", "receive", "state"] {
        failed(&platform.claim_call(call, &fresh).await, 410, "TOKEN_EXPIRED", None);
    }
}

#[tokio::test]
async fn a_replay_does_not_shorten_the_life_of_the_first_token() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let first = platform.token(&body).await;
    platform.clock.move_by_seconds(100);
    let second = platform.token(&body).await;
    platform.clock.move_by_seconds(TOKEN_SECONDS - 100);
    failed(&platform.claim_call("receive", &first).await, 410, "TOKEN_EXPIRED", None);
    assert_eq!(given(&platform.claim_call("receive", &second).await)["first_time"], true);
}

#[tokio::test]
async fn whatever_is_no_token_of_ours_is_answered_alike() {
    let (platform, offer) = started().await;
    let token = token(&platform, &offer, OPENID).await;
    let elsewhere = TestPlatform::start_with_token_key(9).await;
    let same_offer = elsewhere.single_offer(|_| {}).await;
    let foreign = elsewhere.token(&elsewhere.pre_send_body(&same_offer)).await;
    let mut table = vec![String::new(), "x".to_owned(), "券".repeat(20), foreign, format!("{token}A")];
    table.push("A".repeat(10_000));
    table.push(format!(" {token}"));
    table.extend((1..token.len()).step_by(5).map(|end| token[..end].to_owned()));
    table.extend((0..token.len()).step_by(3).map(|at| {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    }));
    let mut bodies = BTreeSet::new();
    for call in ["open", "receive", "state"] {
        for altered in &table {
            let answer = platform.claim_call(call, altered).await;
            failed(&answer, 404, "TOKEN_INVALID", None);
            bodies.insert(answer.body);
        }
    }
    assert_eq!(bodies.len(), 1, "nothing tells them apart");
    assert_eq!(given(&platform.claim_call("open", &token).await)["status"], "CLAIMABLE");
}

#[tokio::test]
async fn a_body_without_a_token_is_refused() {
    let platform = TestPlatform::start().await;
    for body in [json!({}), json!([]), json!({ "token": 1 }), json!({ "token": null }), json!("token")] {
        for call in ["open", "receive", "state"] {
            let answer = platform.post_unsigned(&format!("/claim/v1/{call}"), &body).await;
            failed(&answer, 400, "PARAM_ERROR", None);
        }
    }
}

#[tokio::test]
async fn each_reason_is_shown_and_refused_and_counts_nothing() {
    let platform = TestPlatform::start().await;
    let table = [
        ("NOTENOUGH", "oAnotherUser", json!({ "max_count": 1, "max_count_per_user": 1 })),
        (
            "DAYLIMIT",
            "oAnotherUser",
            json!({ "max_count": 9, "max_count_per_user": 9, "max_count_per_day": 1 }),
        ),
        ("MAXQUOTA", OPENID, json!({ "max_count": 9, "max_count_per_user": 1 })),
    ];
    for (reason, openid, rule) in table {
        let offer = platform.single_stock_offer(limits(rule)).await;
        let second = token(&platform, &offer, openid).await;
        platform.claimed(&offer, OPENID).await;
        let before = platform.outbox_counts().await.waiting;
        for _ in 0..2 {
            let shown = given(&platform.claim_call("open", &second).await);
            assert_eq!((&shown["status"], &shown["reason"]), (&json!("UNAVAILABLE"), &json!(reason)));
            failed(&platform.claim_call("receive", &second).await, 409, "UNAVAILABLE", Some(reason));
        }
        assert_eq!(platform.outbox_counts().await.waiting, before, "{reason}: a refusal tells nobody");
        assert_eq!(issued(&platform, &offer).await, 1, "{reason}: a refusal is not counted");
    }
}

/// How many coupons the stock says were issued.
async fn issued(platform: &TestPlatform, offer: &Offer) -> u64 {
    let Offer { product_coupon_id, stock_id } = offer;
    let url = format!("{PARTNER}/product-coupons/{product_coupon_id}/stocks/{stock_id}?brand_id={BRAND_ID}");
    let stock = platform.merchant().get(&url).await.ok();
    stock["sent_count_info"]["total_count"].as_u64().unwrap_or_else(|| panic!("{stock}"))
}

#[tokio::test]
async fn a_stock_that_ended_is_shown_as_not_running() {
    let (platform, offer) = started().await;
    platform.clock.move_by_seconds(quan_testkit::definition::STOCK_DAYS * 86_400 - 10 * 3600 - 1);
    let token = token(&platform, &offer, OPENID).await;
    platform.clock.move_by_seconds(1);
    let shown = given(&platform.claim_call("open", &token).await);
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("UNAVAILABLE"), &json!("NOTRUNNING")));
    failed(&platform.claim_call("receive", &token).await, 409, "UNAVAILABLE", Some("NOTRUNNING"));
}

#[tokio::test]
async fn an_empty_pool_is_shown_until_codes_arrive() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!("UPLOAD")).await;
    let token = token(&platform, &offer, OPENID).await;
    let shown = given(&platform.claim_call("open", &token).await);
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("UNAVAILABLE"), &json!("POOL_EMPTY")));
    failed(&platform.claim_call("receive", &token).await, 409, "UNAVAILABLE", Some("POOL_EMPTY"));
    upload(&platform, &offer, &["CODE-1".to_owned()]).await;
    assert_eq!(given(&platform.claim_call("open", &token).await)["status"], "CLAIMABLE");
    assert_eq!(given(&platform.claim_call("receive", &token).await)["first_time"], true);
}

#[tokio::test]
async fn each_uploaded_code_is_given_once() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!("UPLOAD")).await;
    let codes: Vec<String> = (0..8).map(|number| format!("CODE-{number}")).collect();
    upload(&platform, &offer, &codes).await;
    let mut given_codes = Vec::new();
    for user in 0..8 {
        given_codes.push(platform.claimed(&offer, &format!("oUser{user}")).await.coupon_code);
    }
    assert_ne!(given_codes, codes, "the pool does not give codes in the order of their upload");
    given_codes.sort();
    assert_eq!(given_codes, codes);
    let next = token(&platform, &offer, "oUser9").await;
    failed(&platform.claim_call("receive", &next).await, 409, "UNAVAILABLE", Some("POOL_EMPTY"));
}

#[tokio::test]
async fn the_assigned_code_is_the_one_issued() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!("API_ASSIGN")).await;
    let mut body = platform.pre_send_body(&offer);
    body["coupon_code"] = json!("My_Code-1");
    let token = platform.token(&body).await;
    given(&platform.claim_call("receive", &token).await);
    let sent = platform.sent(body["send_request_no"].as_str().unwrap()).await;
    assert_eq!(sent["coupon_code"], "My_Code-1");
}

/// Makes calls that all run at the same time.
async fn at_once(platform: &TestPlatform, tokens: &[String]) -> Vec<Answer> {
    let calls = tokens.iter().map(|token| {
        let (routes, token) = (platform.routes.clone(), token.clone());
        tokio::spawn(async move { quan_testkit::claim_call(routes, "receive", &token).await })
    });
    let calls: Vec<_> = calls.collect();
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_taps_on_one_token_are_one_coupon() {
    let (platform, offer) = started().await;
    let token = token(&platform, &offer, OPENID).await;
    let answers = at_once(&platform, &vec![token; 50]).await;
    let first = answers.iter().filter(|answer| given(answer)["first_time"] == true).count();
    assert_eq!(first, 1);
    assert_eq!(platform.outbox_counts().await.waiting, 1);
    assert_eq!(issued(&platform, &offer).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn more_users_than_coupons_get_exactly_the_coupons() {
    let platform = TestPlatform::start().await;
    let rule = json!({ "max_count": 20, "max_count_per_user": 1 });
    let offer = platform.single_stock_offer(limits(rule)).await;
    let mut tokens = Vec::new();
    for user in 0..40 {
        tokens.push(token(&platform, &offer, &format!("oUser{user}")).await);
    }
    let answers = at_once(&platform, &tokens).await;
    let (got, refused): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((got.len(), refused.len()), (20, 20));
    for answer in refused {
        failed(answer, 409, "UNAVAILABLE", Some("NOTENOUGH"));
    }
    assert_eq!(platform.outbox_counts().await.waiting, 20);
    assert_eq!(issued(&platform, &offer).await, 20);
    let codes: BTreeSet<String> =
        platform.notifications().await.iter().map(|sent| sent["coupon_code"].to_string()).collect();
    assert_eq!(codes.len(), 20);
}

#[tokio::test]
async fn claim_calls_need_no_signature_and_pre_send_does() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer);
    let answer = platform.post_unsigned(PRE_SEND, &body).await;
    answer.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}
