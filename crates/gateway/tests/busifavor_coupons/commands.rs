//! Coupons are used, returned, deactivated and associated: in each state, again, with each member, at once.

use quan_testkit::{APPID, BUSIFAVOR, MCHID, OPENID, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

use crate::{APPID_NOT_BOUND, COUPON_NOT_FOUND, MISMATCH, RANGE, RULE, STATE, USED, run, shown};

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
