//! Coupons over busifavor: send, use, return, deactivate, associate, the queries, and the story of semantics 11.1.

use quan_testkit::{
    APPID, Answer, BUSIFAVOR, Grant, MCHID, OPENID, OTHER_MCHID, PRE_SEND, TestPlatform, UNBOUND_APPID,
    claim_call,
};
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

/// A coupon brought into a state of the face, with the number of its use.
async fn in_state(platform: &TestPlatform, state: &str) -> (String, String) {
    let stock_id = platform
        .merchant_stock(|stock| {
            if state == "EXPIRED" {
                let time = &mut stock["coupon_use_rule"]["coupon_available_time"];
                time["available_second_after_receive"] = json!(60);
            }
        })
        .await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    match state {
        "USED" => drop(run(platform, "use", (&stock_id, &code)).await.ok()),
        "DEACTIVATED" => drop(run(platform, "deactivate", (&stock_id, &code)).await.ok()),
        "EXPIRED" => platform.clock.move_by_seconds(61),
        _ => {}
    }
    (stock_id, code)
}

#[tokio::test]
async fn commands_by_state() {
    // 200 with the state after it, or the number of the refusal.
    let table: [(&str, [Result<&str, u64>; 4]); 4] = [
        ("use", [Ok("USED"), Err(USED), Err(268_578_776), Err(STATE)]),
        ("return", [Err(STATE), Ok("SENDED"), Err(268_578_776), Err(STATE)]),
        ("deactivate", [Ok("DEACTIVATED"), Err(STATE), Err(272_756_790), Err(STATE)]),
        ("associate", [Ok("SENDED"), Err(STATE), Err(272_756_790), Err(STATE)]),
    ];
    let platform = TestPlatform::start().await;
    for (command, row) in table {
        for (state, expected) in ["SENDED", "USED", "EXPIRED", "DEACTIVATED"].into_iter().zip(row) {
            let (stock_id, code) = in_state(&platform, state).await;
            assert_eq!(shown(&platform, &code, OPENID).await["coupon_state"], state);
            let answer = run(&platform, command, (&stock_id, &code)).await;
            let after = match expected {
                Ok(after) => {
                    answer.ok();
                    after
                }
                Err(number) => {
                    assert_eq!(answer.number(), number, "{command} in {state}: {answer:?}");
                    answer.refused(400, "INVALID_REQUEST", number);
                    state
                }
            };
            assert_eq!(shown(&platform, &code, OPENID).await["coupon_state"], after, "{command} in {state}");
        }
    }
}

#[tokio::test]
async fn a_replay_answers_the_time_of_then() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    let coupon = (stock_id.as_str(), code.as_str());
    let use_time = platform.now();
    let used = |number: &'static str| {
        let platform = &platform;
        async move { platform.merchant_command("use", coupon, number, |b| b["use_time"] = json!(use_time)).await }
    };
    let first = used("USE|1*").await.ok();
    platform.clock.move_by_seconds(60);
    assert_eq!(used("USE|1*").await.ok(), first);
    used("USE_2").await.refused(400, "INVALID_REQUEST", USED);
    // The stock may be named or not: the coupon is the same.
    let unnamed =
        json!({ "coupon_code": code, "appid": APPID, "use_time": use_time, "use_request_no": "USE|1*" });
    assert_eq!(platform.merchant().post(&format!("{BUSIFAVOR}/coupons/use"), &unnamed).await.ok(), first);
    let other = platform.merchant_command("use", coupon, "USE|1*", |body| {
        body["use_time"] = json!(use_time);
        body["transaction_id"] = json!("4200001234202609207788990011");
    });
    other.await.refused(400, "INVALID_REQUEST", MISMATCH);
    let returned = platform.merchant_command("return", coupon, "RETURN_1", |_| {}).await.ok();
    platform.clock.move_by_seconds(60);
    assert_eq!(platform.merchant_command("return", coupon, "RETURN_1", |_| {}).await.ok(), returned);
    used("USE|1*").await.refused(400, "INVALID_REQUEST", 299_000_005);
    let reason = |text: &'static str| move |body: &mut Value| body["deactivate_reason"] = json!(text);
    let ended = platform.merchant_command("deactivate", coupon, "END_1", reason("退款")).await.ok();
    platform.clock.move_by_seconds(60);
    assert_eq!(platform.merchant_command("deactivate", coupon, "END_1", reason("退款")).await.ok(), ended);
    let other = platform.merchant_command("deactivate", coupon, "END_1", reason("别的")).await;
    other.refused(400, "INVALID_REQUEST", MISMATCH);
    let seen = shown(&platform, &code, OPENID).await;
    assert_eq!((&seen["deactivate_reason"], &seen["coupon_state"]), (&json!("退款"), &json!("DEACTIVATED")));
    let second = platform.merchant_coupon(&stock_id, OPENID).await;
    let on_another = platform.merchant_command("return", (&stock_id, &second), "RETURN_1", |_| {}).await;
    on_another.refused(400, "INVALID_REQUEST", MISMATCH);
}

#[tokio::test]
async fn a_use_is_checked_against_user_order_time_and_period() {
    let platform = TestPlatform::start().await;
    let stock_id = platform
        .merchant_stock(|stock| {
            // The clock begins on a Monday at 10:00.
            stock["coupon_use_rule"]["coupon_available_time"]["available_week"] = json!({
                "week_day": [1], "available_day_time": [{ "begin_time": 36_000, "end_time": 39_600 }],
            });
        })
        .await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    let coupon = (stock_id.as_str(), code.as_str());
    let used = |edit: fn(&mut Value)| {
        let platform = &platform;
        async move { platform.merchant_command("use", coupon, &platform.fresh_number(), edit).await }
    };
    let unbound = used(|body| body["appid"] = json!(UNBOUND_APPID)).await;
    unbound.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    let somebody = used(|body| body["openid"] = json!("oSomebodyElse")).await;
    somebody.refused(404, "RESOURCE_NOT_EXISTS", COUPON_NOT_FOUND);
    let orders: [fn(&mut Value); 4] = [
        |body| body["out_trade_no"] = json!("ORDER_1"),
        |body| body["mch_id"] = json!(MCHID),
        |body| {
            body["out_trade_no"] = json!("ORDER_1");
            body["transaction_id"] = json!("4200");
        },
        |body| {
            body["transaction_id"] = json!("4200");
            body["out_trade_no"] = json!("ORDER_1");
            body["mch_id"] = json!(MCHID);
        },
    ];
    for order in orders {
        used(order).await.refused_field("INVALID_REQUEST", RULE, "/transaction_id");
    }
    let ahead = platform.now().plus_seconds(301);
    let answer =
        platform.merchant_command("use", coupon, "AHEAD", |body| body["use_time"] = json!(ahead)).await;
    answer.refused_field("PARAM_ERROR", RANGE, "/use_time");
    let accepted: [fn(&mut Value); 3] = [
        |body| body["openid"] = json!(OPENID),
        |body| {
            body["out_trade_no"] = json!("ORDER_1");
            body["mch_id"] = json!(MCHID);
        },
        |body| {
            body["transaction_id"] = json!("4200001234202609207788990011");
            body["mch_id"] = json!(MCHID);
        },
    ];
    for order in accepted {
        used(order).await.ok();
        run(&platform, "return", coupon).await.ok();
    }
    platform.clock.move_by_seconds(3600);
    used(|_| {}).await.ok();
    run(&platform, "return", coupon).await.ok();
    platform.clock.move_by_seconds(1);
    used(|_| {}).await.refused(400, "INVALID_REQUEST", 272_755_717);
}

#[tokio::test]
async fn the_openid_of_a_use_is_that_of_its_appid() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    platform.bind_appid("wx15ad7703be48c92f", MCHID).await;
    platform.same_person("wx15ad7703be48c92f", "oSamePerson", "person-1").await;
    let answer = platform.merchant_command("use", (&stock_id, &code), "USE_1", |body| {
        body["appid"] = json!("wx15ad7703be48c92f");
        body["openid"] = json!("oSamePerson");
    });
    assert_eq!(answer.await.ok()["openid"], "oSamePerson");
    let target = format!("{BUSIFAVOR}/users/oSamePerson/coupons/{code}/appids/wx15ad7703be48c92f");
    assert_eq!(platform.merchant().get(&target).await.ok()["coupon_state"], "USED");
}

#[tokio::test]
async fn an_order_is_associated_and_taken_back() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    let coupon = (stock_id.as_str(), code.as_str());
    let order = |text: &'static str| move |body: &mut Value| body["out_trade_no"] = json!(text);
    run(&platform, "disassociate", coupon).await.refused(400, "INVALID_REQUEST", STATE);
    let first = platform.merchant_command("associate", coupon, "ASSOCIATE_1", order("A")).await.ok();
    assert_eq!(first, json!({ "wechatpay_associate_time": platform.now() }));
    platform.clock.move_by_seconds(60);
    assert_eq!(platform.merchant_command("associate", coupon, "ASSOCIATE_1", order("A")).await.ok(), first);
    let other = platform.merchant_command("associate", coupon, "ASSOCIATE_1", order("B")).await;
    other.refused(400, "INVALID_REQUEST", MISMATCH);
    platform.merchant_command("associate", coupon, "ASSOCIATE_2", order("A")).await.ok();
    let second = platform.merchant_command("associate", coupon, "ASSOCIATE_3", order("B")).await;
    second.refused(400, "INVALID_REQUEST", STATE);
    let seen = shown(&platform, &code, OPENID).await;
    assert_eq!((&seen["associate_out_trade_no"], &seen["coupon_state"]), (&json!("A"), &json!("SENDED")));
    let wrong = platform.merchant_command("disassociate", coupon, "DISASSOCIATE_1", order("B")).await;
    wrong.refused(400, "INVALID_REQUEST", STATE);
    let taken_back =
        platform.merchant_command("disassociate", coupon, "DISASSOCIATE_2", order("A")).await.ok();
    assert_eq!(taken_back, json!({ "wechatpay_disassociate_time": platform.now() }));
    let again = platform.merchant_command("disassociate", coupon, "DISASSOCIATE_2", order("A")).await.ok();
    assert_eq!(again, taken_back);
    assert!(shown(&platform, &code, OPENID).await.get("associate_out_trade_no").is_none());
    for (text, number) in [("", 268_435_463), ("123456789012345678901234567890123", 268_435_462)] {
        let answer = platform.merchant_command("associate", coupon, "ASSOCIATE_4", order(text)).await;
        answer.refused_field("PARAM_ERROR", number, "/out_trade_no");
    }
}

#[tokio::test]
async fn a_reason_may_be_absent_and_is_short() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    let reason = |count: usize| move |body: &mut Value| body["deactivate_reason"] = json!("长".repeat(count));
    let long = platform.merchant_command("deactivate", (&stock_id, &code), "END_1", reason(65)).await;
    long.refused_field("PARAM_ERROR", 268_435_462, "/deactivate_reason");
    platform.merchant_command("deactivate", (&stock_id, &code), "END_1", reason(64)).await.ok();
    let second = platform.merchant_coupon(&stock_id, OPENID).await;
    run(&platform, "deactivate", (&stock_id, &second)).await.ok();
    let seen = shown(&platform, &second, OPENID).await;
    assert!(seen.get("deactivate_time").is_some() && seen.get("deactivate_reason").is_none(), "{seen}");
}

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

#[tokio::test]
async fn notifications_without_a_notify_appid_name_nobody() {
    let platform = TestPlatform::start().await;
    let stock_id =
        platform.merchant_stock(|stock| drop(stock.as_object_mut().unwrap().remove("notify_config"))).await;
    platform.merchant_coupon(&stock_id, OPENID).await;
    let [event] = platform.notifications().await.try_into().unwrap();
    assert_eq!((&event["openid"], &event["unionid"]), (&json!(""), &json!("")));
}

#[tokio::test]
async fn two_uses_at_once_are_one_redemption() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    let coupon = (stock_id.as_str(), code.as_str());
    let (one, other) = tokio::join!(run(&platform, "use", coupon), run(&platform, "use", coupon));
    assert_eq!([&one, &other].iter().filter(|answer| answer.status == 200).count(), 1);
    let refused = if one.status == 200 { other } else { one };
    refused.refused(400, "INVALID_REQUEST", USED);
}
