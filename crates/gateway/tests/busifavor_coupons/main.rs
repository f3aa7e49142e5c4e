//! Coupons over busifavor: send, use, return, deactivate, associate, the queries, and the story of semantics 11.1.

mod commands;
mod issuing;
mod queries;

use quan_testkit::{APPID, Answer, BUSIFAVOR, MCHID, OPENID, PRE_SEND, TestPlatform, claim_call};
use serde_json::{Value, json};

const RULE: u64 = 268_578_224;
const RANGE: u64 = 268_435_464;
const STATE: u64 = 268_578_367;
const USED: u64 = 272_756_745;
const MISMATCH: u64 = 268_578_927;
const NOT_FOUND: u64 = 268_578_608;
const COUPON_NOT_FOUND: u64 = 268_578_851;
const APPID_NOT_BOUND: u64 = 268_578_704;
const USER_LIMIT: u64 = 272_756_740;

const DAY: i64 = 86_400;

async fn send(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(&format!("{BUSIFAVOR}/coupons/send"), body).await
}

async fn send_product(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(&format!("{BUSIFAVOR}/product-coupons/send"), body).await
}

async fn run(platform: &TestPlatform, name: &str, coupon: (&str, &str)) -> Answer {
    platform.merchant_command(name, coupon, &platform.fresh_number(), |_| {}).await
}

async fn shown(platform: &TestPlatform, code: &str, openid: &str) -> Value {
    let target = format!("{BUSIFAVOR}/users/{openid}/coupons/{code}/appids/{APPID}");
    platform.merchant().get(&target).await.ok()
}

fn product_body(platform: &TestPlatform, stock_id: &str, openid: &str) -> Value {
    let mut body = platform.merchant_send_body(stock_id, openid);
    body["coupon_type"] = json!("NORMAL");
    body
}

#[tokio::test]
async fn the_story_of_the_face() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let callbacks = format!("{BUSIFAVOR}/callbacks");
    merchant.post(&callbacks, &json!({ "notify_url": "https://shop.example/busifavor" })).await.ok();
    let stock_id =
        platform.merchant_stock(|stock| stock["stock_send_rule"]["max_coupons_per_user"] = json!(1)).await;
    let pre_send = json!({
        "stock_id": stock_id, "appid": APPID, "openid": OPENID, "send_request_no": "STORY_0001",
    });
    let token = platform.token(&pre_send).await;
    let stock = merchant.get(&format!("{BUSIFAVOR}/stocks/{stock_id}")).await.ok();
    assert_eq!(stock["send_count_information"]["total_send_num"], 0, "a pre-send counts nothing");
    let opened = claim_call(platform.routes.clone(), "open", &token).await.json();
    assert_eq!((&opened["status"], &opened["coupon"]["name"]), (&json!("CLAIMABLE"), &json!("满30减5券")));
    let received = claim_call(platform.routes.clone(), "receive", &token).await.json();
    assert_eq!((&received["status"], &received["first_time"]), (&json!("CLAIMED"), &json!(true)));
    assert_eq!(received["coupon"]["coupon_state"], "EFFECTIVE", "no confirm on this face");

    let [event] = platform.notifications().await.try_into().unwrap();
    assert_eq!(event["event_type"], "EVENT_TYPE_BUSICOUPON_SEND");
    assert_eq!(event["send_channel"], "BUSICOUPON_SEND_CHANNEL_MINIAPP");
    assert_eq!((&event["send_merchant"], &event["stock_id"]), (&json!(MCHID), &json!(stock_id)));
    assert_eq!((&event["openid"], &event["send_time"]), (&json!(OPENID), &json!(platform.now())));
    let code = event["coupon_code"].as_str().unwrap();
    assert!(code.len() == 22 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert_eq!(shown(&platform, code, OPENID).await["coupon_state"], "SENDED");

    let used = json!({
        "coupon_code": code, "appid": APPID, "use_time": platform.now(), "use_request_no": "STORY_USE",
    });
    let answer = merchant.post(&format!("{BUSIFAVOR}/coupons/use"), &used).await.ok();
    let expected = json!({ "stock_id": stock_id, "openid": OPENID, "wechatpay_use_time": platform.now() });
    assert_eq!(answer, expected);
    let coupon = shown(&platform, code, OPENID).await;
    assert_eq!((&coupon["coupon_state"], &coupon["use_request_no"]), (&json!("USED"), &json!("STORY_USE")));
    let answer = run(&platform, "return", (&stock_id, code)).await.ok();
    assert_eq!(answer, json!({ "wechatpay_return_time": platform.now() }));
    let coupon = shown(&platform, code, OPENID).await;
    assert_eq!((&coupon["coupon_state"], &coupon["return_time"]), (&json!("SENDED"), &json!(platform.now())));

    let again = claim_call(platform.routes.clone(), "open", &platform.token(&pre_send).await).await.json();
    assert_eq!(again["status"], "CLAIMED");
    let mut other = pre_send.clone();
    other["send_request_no"] = json!("STORY_0002");
    merchant.post(PRE_SEND, &other).await.refused(400, "INVALID_REQUEST", USER_LIMIT);
    assert_eq!(platform.outbox_counts().await.waiting, 1);
}
