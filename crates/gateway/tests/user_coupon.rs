//! Confirm, use, return, deactivate and get of a user coupon: the tables of states on the wire, replays
//! and mismatches, wrong addresses, orders, stores and times, and the story of a sequential coupon.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{APPID, Answer, BRAND_ID, Coupon, OPENID, Offer, STORE_ID, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

const STATE: u64 = 268_578_367;
const USED: u64 = 272_756_745;
const EXPIRED: u64 = 268_578_776;
const EXPIRED_FOR_OPERATION: u64 = 272_756_790;
const WINDOW: u64 = 272_755_715;
const MISMATCH: u64 = 268_578_927;
const SPENT: u64 = 299_000_005;
const RULE: u64 = 268_578_224;
const RANGE: u64 = 268_435_464;
const NOT_FOUND: u64 = 268_578_608;
const COUPON_NOT_FOUND: u64 = 268_578_851;
const STORE: u64 = 268_584_404;

const DAY: i64 = 86_400;

async fn started() -> (TestPlatform, Offer) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    (platform, offer)
}

/// Runs a command under a fresh number.
async fn run(platform: &TestPlatform, coupon: &Coupon, command: &str) -> Answer {
    run_with(platform, coupon, command, &platform.fresh_number()).await
}

async fn run_with(platform: &TestPlatform, coupon: &Coupon, command: &str, number: &str) -> Answer {
    let mut body = coupon.body(number);
    match command {
        "use" => body = platform.use_body(coupon, number, None),
        "deactivate" => body["deactivate_reason"] = json!("活动取消"),
        _ => {}
    }
    platform.merchant().post(&coupon.command(command), &body).await
}

async fn run_round(platform: &TestPlatform, coupon: &Coupon, command: &str, index: u32) -> Answer {
    let number = platform.fresh_number();
    let mut body = coupon.body(&number);
    if command == "use" {
        body = platform.use_body(coupon, &number, Some(index));
    }
    body["sequential_coupon_index"] = json!(index);
    platform.merchant().post(&coupon.command(command), &body).await
}

/// A coupon of its own platform, brought into a state.
async fn in_state(state: &str) -> (TestPlatform, Coupon) {
    let platform = TestPlatform::start().await;
    let tomorrow = platform.now().start_of_day_after(1);
    let offer = platform
        .single_stock_offer(|stock| {
            if state == "PENDING" {
                let period = &mut stock["single_usage_rule"]["coupon_available_period"];
                period["available_begin_time"] = json!(tomorrow);
            }
        })
        .await;
    let coupon = platform.claimed(&offer, OPENID).await;
    if state != "CONFIRMING" {
        run(&platform, &coupon, "confirm").await.ok();
    }
    match state {
        "USED" => drop(run(&platform, &coupon, "use").await.ok()),
        "EXPIRED" => platform.clock.move_by_seconds(quan_testkit::definition::STOCK_DAYS * DAY),
        "DEACTIVATED" => drop(run(&platform, &coupon, "deactivate").await.ok()),
        _ => {}
    }
    let seen = platform.merchant().get(&coupon.query()).await.ok();
    assert_eq!(seen["coupon_state"], state);
    (platform, coupon)
}

#[tokio::test]
async fn every_command_in_every_state() {
    type Outcome = Result<&'static str, u64>;
    let table: [(&str, [Outcome; 4]); 6] = [
        // confirm, use, return, deactivate
        ("CONFIRMING", [Ok("EFFECTIVE"), Err(STATE), Err(STATE), Ok("DEACTIVATED")]),
        ("PENDING", [Err(STATE), Err(WINDOW), Err(STATE), Ok("DEACTIVATED")]),
        ("EFFECTIVE", [Err(STATE), Ok("USED"), Err(STATE), Ok("DEACTIVATED")]),
        ("USED", [Err(STATE), Err(USED), Ok("EFFECTIVE"), Err(STATE)]),
        ("EXPIRED", [Err(EXPIRED), Err(EXPIRED), Err(EXPIRED), Err(EXPIRED_FOR_OPERATION)]),
        ("DEACTIVATED", [Err(STATE), Err(STATE), Err(STATE), Err(STATE)]),
    ];
    for (state, outcomes) in table {
        for (command, outcome) in ["confirm", "use", "return", "deactivate"].into_iter().zip(outcomes) {
            let (platform, coupon) = in_state(state).await;
            let answer = run(&platform, &coupon, command).await;
            let after = match outcome {
                Ok(after) => {
                    assert_eq!(answer.ok()["coupon_state"], after, "{command} in {state}");
                    after
                }
                Err(number) => {
                    assert_eq!(answer.number(), number, "{command} in {state}: {answer:?}");
                    answer.refused(400, "INVALID_REQUEST", number);
                    state
                }
            };
            let seen = platform.merchant().get(&coupon.query()).await.ok();
            assert_eq!(seen["coupon_state"], after, "{command} in {state}: what is read afterwards");
        }
    }
}

#[tokio::test]
async fn a_replay_answers_the_coupon_as_it_stands() {
    let (platform, offer) = started().await;
    let coupon = platform.claimed(&offer, OPENID).await;
    let numbers = ["CONFIRM_1", "USE_0001", "RETURN_1", "DEACTIVATE_1"];
    run_with(&platform, &coupon, "confirm", numbers[0]).await.ok();
    let confirmed = run_with(&platform, &coupon, "confirm", numbers[0]).await.ok();
    assert_eq!(confirmed["coupon_state"], "EFFECTIVE");
    run_with(&platform, &coupon, "use", numbers[1]).await.ok();
    let used = run_with(&platform, &coupon, "use", numbers[1]).await.ok();
    assert_eq!(used["coupon_state"], "USED");
    assert_eq!(run_with(&platform, &coupon, "confirm", numbers[0]).await.ok()["coupon_state"], "USED");
    run_with(&platform, &coupon, "return", numbers[2]).await.ok();
    let returned = run_with(&platform, &coupon, "return", numbers[2]).await.ok();
    assert_eq!(returned["coupon_state"], "EFFECTIVE");
    let spent = run_with(&platform, &coupon, "use", numbers[1]).await;
    spent.refused(400, "INVALID_REQUEST", SPENT);
    run_with(&platform, &coupon, "deactivate", numbers[3]).await.ok();
    let ended = run_with(&platform, &coupon, "deactivate", numbers[3]).await.ok();
    assert_eq!(
        (&ended["coupon_state"], &ended["deactivate_reason"]),
        (&json!("DEACTIVATED"), &json!("活动取消"))
    );
    assert_eq!(run_with(&platform, &coupon, "return", numbers[2]).await.ok(), ended);
}

#[tokio::test]
async fn a_number_with_other_data_is_a_mismatch() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let used = platform.use_body(&coupon, "USE_0001", None);
    platform.merchant().post(&coupon.command("use"), &used).await.ok();
    let mut other_order = used.clone();
    other_order["associated_order_info"]["transaction_id"] = json!("4200000000202603020000000000");
    let mut other_amount = used.clone();
    other_amount["saved_amount"] = json!(800);
    let mut with_store = used.clone();
    with_store["store_id"] = json!(STORE_ID);
    for body in [other_order, other_amount, with_store] {
        let answer = platform.merchant().post(&coupon.command("use"), &body).await;
        answer.refused(400, "INVALID_REQUEST", MISMATCH);
    }
    // The same instant, written in another offset, is the same request.
    let mut in_utc = used.clone();
    in_utc["use_time"] = json!("2026-03-02T02:00:00Z");
    platform.merchant().post(&coupon.command("use"), &in_utc).await.ok();
    // Another coupon under the number of a use.
    let second = platform.confirmed(&offer).await;
    run_with(&platform, &second, "use", "USE_0001").await.refused(400, "INVALID_REQUEST", MISMATCH);
    // The operation is part of the key: the number of a use is free for a return.
    run_with(&platform, &coupon, "return", "USE_0001").await.ok();
}

#[tokio::test]
async fn use_return_and_use_again_take_fresh_numbers() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    for _ in 0..3 {
        assert_eq!(run(&platform, &coupon, "use").await.ok()["coupon_state"], "USED");
        run(&platform, &coupon, "use").await.refused(400, "INVALID_REQUEST", USED);
        assert_eq!(run(&platform, &coupon, "return").await.ok()["coupon_state"], "EFFECTIVE");
        run(&platform, &coupon, "return").await.refused(400, "INVALID_REQUEST", STATE);
    }
}

#[tokio::test]
async fn a_wrong_address_finds_no_coupon() {
    let (platform, offer) = started().await;
    let other = platform.single_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let mut table = Vec::new();
    table.push((Coupon { openid: "oAnotherUser".into(), ..coupon.clone() }, COUPON_NOT_FOUND));
    table.push((Coupon { coupon_code: "NO-SUCH-CODE".into(), ..coupon.clone() }, COUPON_NOT_FOUND));
    table.push((Coupon { offer: other.clone(), ..coupon.clone() }, COUPON_NOT_FOUND));
    let crossed = Offer { product_coupon_id: other.product_coupon_id, ..offer.clone() };
    table.push((Coupon { offer: crossed, ..coupon.clone() }, NOT_FOUND));
    let unknown = Offer { stock_id: "1".into(), ..offer.clone() };
    table.push((Coupon { offer: unknown, ..coupon.clone() }, NOT_FOUND));
    for (wrong, number) in table {
        for command in ["confirm", "use", "return", "deactivate"] {
            run(&platform, &wrong, command).await.refused(404, "NOT_FOUND", number);
        }
        platform.merchant().get(&wrong.query()).await.refused(404, "NOT_FOUND", number);
    }
}

#[tokio::test]
async fn an_appid_that_is_not_bound_is_refused_by_every_command() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    for command in ["confirm", "use", "return", "deactivate"] {
        let mut body = platform.use_body(&coupon, "NUMBER_1", None);
        body["deactivate_reason"] = json!("活动取消");
        body["appid"] = json!(UNBOUND_APPID);
        let answer = platform.merchant().post(&coupon.command(command), &body).await;
        answer.refused(400, "INVALID_REQUEST", 268_578_704);
    }
    let query = coupon.query().replace(APPID, UNBOUND_APPID);
    platform.merchant().get(&query).await.refused(400, "INVALID_REQUEST", 268_578_704);
}

#[tokio::test]
async fn a_use_names_exactly_one_order() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let order = "associated_order_info";
    let pay_score = "associated_pay_score_order_info";
    let refused: [(&[(&str, Value)], &str); 7] = [
        (&[], order),
        (&[(order, json!({}))], order),
        (&[(order, json!({ "out_trade_no": "T1" }))], order),
        (&[(order, json!({ "mchid": "1900000001" }))], order),
        (&[(order, json!({ "transaction_id": "1" })), (pay_score, json!({ "order_id": "1" }))], pay_score),
        (&[(pay_score, json!({}))], pay_score),
        (&[(pay_score, json!({ "out_order_no": "S1" }))], pay_score),
    ];
    for (orders, field) in refused {
        let answer = use_with_orders(&platform, &coupon, orders).await;
        let body = answer.refused(400, "INVALID_REQUEST", RULE);
        assert!(body["detail"]["field"].as_str().unwrap().starts_with(&format!("/{field}")), "{body}");
    }
    let accepted: [&[(&str, Value)]; 4] = [
        &[(order, json!({ "transaction_id": "4200000000202603021234567890" }))],
        &[(order, json!({ "out_trade_no": "T1", "mchid": "1900000001" }))],
        &[(pay_score, json!({ "order_id": "15646546545165651651" }))],
        &[(pay_score, json!({ "out_order_no": "S1", "mchid": "1900000001" }))],
    ];
    for orders in accepted {
        use_with_orders(&platform, &coupon, orders).await.ok();
        run(&platform, &coupon, "return").await.ok();
    }
}

async fn use_with_orders(platform: &TestPlatform, coupon: &Coupon, orders: &[(&str, Value)]) -> Answer {
    let mut body = platform.use_body(coupon, &platform.fresh_number(), None);
    body.as_object_mut().unwrap().remove("associated_order_info");
    for (name, order) in orders {
        body[*name] = order.clone();
    }
    platform.merchant().post(&coupon.command("use"), &body).await
}

#[tokio::test]
async fn the_time_of_a_use_lies_between_the_claim_and_five_minutes_ahead() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    platform.clock.move_by_seconds(3600);
    for (seconds, accepted) in [(-3601, false), (-3600, true), (300, true), (301, false)] {
        let mut body = platform.use_body(&coupon, &platform.fresh_number(), None);
        body["use_time"] = json!(platform.now().plus_seconds(seconds));
        let answer = platform.merchant().post(&coupon.command("use"), &body).await;
        if accepted {
            answer.ok();
            run(&platform, &coupon, "return").await.ok();
        } else {
            answer.refused_field("PARAM_ERROR", RANGE, "/use_time");
        }
    }
}

#[tokio::test]
async fn a_store_is_open_and_of_the_brand_or_not_given() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let mut body = platform.use_body(&coupon, &platform.fresh_number(), None);
    body["store_id"] = json!("100065");
    let answer = platform.merchant().post(&coupon.command("use"), &body).await;
    answer.refused(400, "INVALID_REQUEST", STORE);
    body["store_id"] = json!(STORE_ID);
    let used = platform.merchant().post(&coupon.command("use"), &body).await.ok();
    assert_eq!(used["coupon_state"], "USED");
}

#[tokio::test]
async fn a_round_is_named_in_sequential_mode_only() {
    let (platform, offer) = started().await;
    let single = platform.confirmed(&offer).await;
    let sequential = platform.confirmed(&platform.sequential_offer(|_| {}).await).await;
    let field = "/sequential_coupon_index";
    run_round(&platform, &single, "use", 0).await.refused_field("INVALID_REQUEST", RULE, field);
    run(&platform, &sequential, "use").await.refused_field("INVALID_REQUEST", RULE, field);
    run(&platform, &sequential, "return").await.refused_field("INVALID_REQUEST", RULE, field);
    run_round(&platform, &sequential, "use", 3).await.refused_field("PARAM_ERROR", RANGE, field);
    run_round(&platform, &sequential, "use", 1).await.refused(400, "INVALID_REQUEST", STATE);
    let mut negative = platform.use_body(&sequential, &platform.fresh_number(), None);
    negative["sequential_coupon_index"] = json!(-1);
    let answer = platform.merchant().post(&sequential.command("use"), &negative).await;
    answer.refused_field("PARAM_ERROR", RANGE, field);
}

#[tokio::test]
async fn the_sequential_story() {
    let platform = TestPlatform::start().await;
    let offer = platform.sequential_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let seen = platform.merchant().get(&coupon.query()).await.ok();
    assert_eq!(counts(&seen), (3, 0, 1), "three rounds, the first is open: {seen}");
    assert_eq!(platform.outbox_counts().await.waiting, 1, "one notification for all rounds");

    let used = run_round(&platform, &coupon, "use", 0).await.ok();
    assert_eq!((&used["coupon_state"], counts(&used)), (&json!("EFFECTIVE"), (3, 1, 2)));
    assert_eq!(round_states(&used), ["USED", "PENDING"]);
    run_round(&platform, &coupon, "use", 0).await.refused(400, "INVALID_REQUEST", USED);
    run_round(&platform, &coupon, "use", 1).await.refused(400, "INVALID_REQUEST", WINDOW);
    run_round(&platform, &coupon, "use", 2).await.refused(400, "INVALID_REQUEST", STATE);

    // 10:00 to the last second of the day, and to midnight.
    platform.clock.move_by_seconds(14 * 3600 - 1);
    run_round(&platform, &coupon, "use", 1).await.refused(400, "INVALID_REQUEST", WINDOW);
    platform.clock.move_by_seconds(1);
    let used = run_round(&platform, &coupon, "use", 1).await.ok();
    assert_eq!(round_states(&used), ["USED", "USED", "PENDING"]);

    run_round(&platform, &coupon, "return", 0).await.refused(400, "INVALID_REQUEST", STATE);
    let returned = run_round(&platform, &coupon, "return", 1).await.ok();
    assert_eq!(counts(&returned), (3, 1, 2));
    assert_eq!(round_states(&returned), ["USED", "EFFECTIVE"], "the round after it is dropped");

    run_round(&platform, &coupon, "use", 1).await.ok();
    platform.clock.move_by_seconds(DAY);
    let done = run_round(&platform, &coupon, "use", 2).await.ok();
    assert_eq!((&done["coupon_state"], counts(&done)), (&json!("USED"), (3, 3, 3)));
    run_round(&platform, &coupon, "use", 2).await.refused(400, "INVALID_REQUEST", USED);
    let reopened = run_round(&platform, &coupon, "return", 2).await.ok();
    assert_eq!((&reopened["coupon_state"], counts(&reopened)), (&json!("EFFECTIVE"), (3, 2, 3)));
}

/// Total, used and listed rounds.
fn counts(coupon: &Value) -> (u64, u64, usize) {
    let detail = &coupon["sequential_usage_detail"];
    let number = |name: &str| detail[name].as_u64().unwrap_or_else(|| panic!("{name} of {coupon}"));
    (number("total_count"), number("used_count"), detail["detail_item_list"].as_array().unwrap().len())
}

fn round_states(coupon: &Value) -> Vec<&str> {
    let rounds = coupon["sequential_usage_detail"]["detail_item_list"].as_array().unwrap();
    rounds.iter().map(|round| round["detail_state"].as_str().unwrap_or_else(|| panic!("{round}"))).collect()
}

#[tokio::test]
async fn a_reason_for_deactivation_must_be_given_and_be_short() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let max = quan_coupon::field::DEACTIVATE_REASON_LEN_MAX;
    let mut body = coupon.body("DEACTIVATE_1");
    let send = |body: Value| {
        let (platform, coupon) = (&platform, &coupon);
        async move { platform.merchant().post(&coupon.command("deactivate"), &body).await }
    };
    send(body.clone()).await.refused_field("PARAM_ERROR", 268_578_101, "/deactivate_reason");
    body["deactivate_reason"] = json!("长".repeat(max + 1));
    send(body.clone()).await.refused_field("PARAM_ERROR", 268_435_462, "/deactivate_reason");
    body["deactivate_reason"] = json!("长".repeat(max));
    assert_eq!(send(body).await.ok()["coupon_state"], "DEACTIVATED");
}

#[tokio::test]
async fn two_uses_at_once_are_one_redemption() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let (one, other) = tokio::join!(run(&platform, &coupon, "use"), run(&platform, &coupon, "use"));
    let refused = if one.status == 200 { &other } else { &one };
    refused.refused(400, "INVALID_REQUEST", USED);
    assert_eq!([&one, &other].iter().filter(|answer| answer.status == 200).count(), 1);
}

#[tokio::test]
async fn a_query_shows_the_brand_product_coupon_stock_and_attach() {
    let (platform, offer) = started().await;
    let coupon = platform.confirmed(&offer).await;
    let seen = platform.merchant().get(&coupon.query()).await.ok();
    assert_eq!(seen["brand_id"], BRAND_ID);
    assert_eq!(seen["coupon_code"], coupon.coupon_code.as_str());
    assert_eq!(seen["product_coupon"]["product_coupon_id"], offer.product_coupon_id.as_str());
    assert_eq!(seen["stock"]["stock_id"], offer.stock_id.as_str());
    assert!(seen.get("attach").is_none() && seen.get("deactivate_time").is_none(), "{seen}");
}
