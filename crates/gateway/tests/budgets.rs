//! Budgets: one dimension a call, against the value in force, never below what was issued.

use quan_testkit::{Caller, Offer, TestPlatform, claim_call};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const RULE: u64 = 268_578_224;
const STALE: u64 = 299_000_006;
const LOW: u64 = 299_000_007;
const CLOSED: u64 = 299_000_008;
const RANGE: u64 = 268_435_464;
const DAY_OUT: u64 = 299_000_002;
const STOCK_OUT: u64 = 299_000_001;

fn total(number: &str, current: i64, target: i64) -> Value {
    json!({
        "out_request_no": number, "update_mode": "MAX_COUNT",
        "current_max_count": current, "target_max_count": target,
    })
}

fn per_day(number: &str, current: i64, target: i64) -> Value {
    json!({
        "out_request_no": number, "update_mode": "MAX_COUNT_PER_DAY",
        "current_max_count_per_day": current, "target_max_count_per_day": target,
    })
}

fn budget(offer: &Offer) -> String {
    format!("{}/update-budget", offer.stock())
}

async fn capped(caller: &Caller, platform: &TestPlatform) -> Offer {
    caller.offer(platform, |stock| stock["stock_send_rule"]["max_count_per_day"] = json!(20)).await
}

#[tokio::test]
async fn each_dimension_is_changed_by_itself() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = capped(&caller, &platform).await;
        let mut expected = caller.get(&offer.stock()).await.ok();
        for (body, member, value) in [
            (total("BUDGET_1", 1000, 2000), "max_count", 2000),
            (per_day("BUDGET_2", 20, 30), "max_count_per_day", 30),
            (total("BUDGET_3", 2000, 5), "max_count", 5),
            (per_day("BUDGET_4", 30, 1), "max_count_per_day", 1),
            (total("BUDGET_5", 5, 5), "max_count", 5),
        ] {
            expected["stock_send_rule"][member] = json!(value);
            assert_eq!(caller.post(&budget(&offer), body).await.ok(), expected);
            assert_eq!(caller.get(&offer.stock()).await.ok(), expected);
        }
    }
}

#[tokio::test]
async fn a_change_is_made_once_per_number() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let (one, other) = (capped(&caller, &platform).await, capped(&caller, &platform).await);
        caller.post(&budget(&one), total("BUDGET_1", 1000, 2000)).await.ok();
        let second = caller.post(&budget(&one), total("BUDGET_2", 2000, 3000)).await.ok();
        let replay = caller.post(&budget(&one), total("BUDGET_1", 1000, 2000)).await.ok();
        assert_eq!(replay, second, "a replay answers what is in force and changes nothing");
        for other_data in [total("BUDGET_1", 1000, 2001), per_day("BUDGET_1", 20, 30)] {
            let answer = caller.post(&budget(&one), other_data).await;
            answer.refused(400, "INVALID_REQUEST", MISMATCH);
        }
        caller.post(&budget(&other), total("BUDGET_1", 1000, 7)).await.ok();
    }
}

#[tokio::test]
async fn what_is_in_force_must_be_known() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = capped(&caller, &platform).await;
        for stale in [999, 1001, 0, -1000] {
            let answer = caller.post(&budget(&offer), total("BUDGET_1", stale, 2000)).await;
            answer.refused(400, "INVALID_REQUEST", STALE);
        }
        for stale in [19, 21] {
            let answer = caller.post(&budget(&offer), per_day("BUDGET_1", stale, 30)).await;
            answer.refused(400, "INVALID_REQUEST", STALE);
        }
        // A refused number is free.
        caller.post(&budget(&offer), total("BUDGET_1", 1000, 2000)).await.ok();
    }
}

#[tokio::test]
async fn fields_belong_to_the_mode_and_lie_in_range() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = capped(&caller, &platform).await;
        let missing = if caller.names_brand() { 268_578_101 } else { 268_435_461 };
        let mut table = Vec::new();
        for (body, names, others) in [
            (
                total("BUDGET_1", 1000, 2000),
                ["current_max_count", "target_max_count"],
                ["current_max_count_per_day", "target_max_count_per_day"],
            ),
            (
                per_day("BUDGET_1", 20, 30),
                ["current_max_count_per_day", "target_max_count_per_day"],
                ["current_max_count", "target_max_count"],
            ),
        ] {
            for name in names {
                let mut without = body.clone();
                without[name] = Value::Null;
                table.push((without, "PARAM_ERROR", missing, name));
            }
            for name in others {
                let mut with = body.clone();
                with[name] = json!(1000);
                table.push((with, "INVALID_REQUEST", RULE, name));
            }
            for wrong in [0, -1, 100_000_001] {
                let mut body = body.clone();
                body[names[1]] = json!(wrong);
                table.push((body, "PARAM_ERROR", RANGE, names[1]));
            }
        }
        for (body, code, number, name) in table {
            let answer = caller.post(&budget(&offer), body).await;
            answer.refused_field(code, number, &format!("/{name}"));
        }
        let mode = json!({ "out_request_no": "BUDGET_1", "update_mode": "MAX_COUNT_PER_USER" });
        let answer = caller.post(&budget(&offer), mode).await;
        answer.refused_field("PARAM_ERROR", 268_435_461, "/update_mode");
        for (current, target) in [(1000, 100_000_000), (100_000_000, 1)] {
            let body = total(&platform.fresh_number(), current, target);
            caller.post(&budget(&offer), body).await.ok();
        }
    }
}

#[tokio::test]
async fn a_stock_without_a_cap_never_gets_one() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        for current in [0, 20] {
            let answer = caller.post(&budget(&offer), per_day("BUDGET_1", current, 30)).await;
            answer.refused_field("INVALID_REQUEST", RULE, "/target_max_count_per_day");
        }
    }
}

#[tokio::test]
async fn a_total_does_not_go_below_what_was_issued_and_binds_at_once() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_offer(|_| {}).await;
    for user in ["oUserOne", "oUserTwo"] {
        platform.claimed(&offer, user).await;
    }
    let answer = caller.post(&budget(&offer), total("BUDGET_1", 1000, 1)).await;
    answer.refused(400, "INVALID_REQUEST", LOW);
    // A token that was given out before the change meets the new total.
    let token = platform.token(&platform.pre_send_body(&offer)).await;
    let changed = caller.post(&budget(&offer), total("BUDGET_1", 1000, 2)).await.ok();
    assert_eq!(changed["sent_count_info"]["total_count"], 2);
    let claim = platform.claim_call("receive", &token).await;
    assert_eq!((claim.status, &claim.json()["reason"]), (409, &json!("NOTENOUGH")));
    let refused = platform.merchant().post(quan_testkit::PRE_SEND, &platform.pre_send_body(&offer)).await;
    refused.refused(400, "INVALID_REQUEST", STOCK_OUT);
    caller.post(&budget(&offer), total("BUDGET_2", 2, 3)).await.ok();
    platform.claimed(&offer, "oUserThree").await;
}

#[tokio::test]
async fn a_cap_below_the_day_s_count_stops_the_day() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = capped(&caller, &platform).await;
    for user in ["oUserOne", "oUserTwo", "oUserThree"] {
        platform.claimed(&offer, user).await;
    }
    let changed = caller.post(&budget(&offer), per_day("BUDGET_1", 20, 1)).await.ok();
    assert_eq!(changed["sent_count_info"]["today_count"], 3);
    let refused = platform.merchant().post(quan_testkit::PRE_SEND, &platform.pre_send_body(&offer)).await;
    refused.refused(400, "INVALID_REQUEST", DAY_OUT);
    platform.clock.move_by_seconds(86_400);
    platform.claimed(&offer, "oUserFour").await;
}

#[tokio::test]
async fn a_stock_that_has_ended_keeps_its_budget() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = capped(&caller, &platform).await;
        let first = caller.post(&budget(&offer), total("BUDGET_1", 1000, 2000)).await.ok();
        let body = json!({ "out_request_no": "DEACTIVATE_1", "deactivate_reason": "活动结束" });
        caller.post(&format!("{}/deactivate", offer.stock()), body).await.ok();
        let replay = caller.post(&budget(&offer), total("BUDGET_1", 1000, 2000)).await.ok();
        assert_eq!(replay["stock_send_rule"], first["stock_send_rule"]);
        let answer = caller.post(&budget(&offer), total("BUDGET_2", 2000, 3000)).await;
        answer.refused(400, "INVALID_REQUEST", CLOSED);
    }
    let caller = Caller::of_merchant(platform.merchant());
    let stopped = capped(&caller, &platform).await;
    platform.clock.move_by_seconds(quan_testkit::definition::STOCK_DAYS * 86_400);
    let answer = caller.post(&budget(&stopped), total("BUDGET_1", 1000, 2000)).await;
    answer.refused(400, "INVALID_REQUEST", CLOSED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_total_that_goes_down_while_coupons_are_claimed_holds() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_offer(|_| {}).await;
    let mut claims = Vec::new();
    for user in 0..20 {
        let mut body = platform.pre_send_body(&offer);
        body["openid"] = json!(format!("oUser{user}"));
        let (token, routes) = (platform.token(&body).await, platform.routes.clone());
        claims.push(tokio::spawn(async move { claim_call(routes, "receive", &token).await.status }));
    }
    let lowered = caller.post(&budget(&offer), total("BUDGET_1", 1000, 10)).await;
    let mut claimed = 0;
    for claim in claims {
        claimed += i64::from(claim.await.expect("a claim is answered") == 200);
    }
    let stock = caller.get(&offer.stock()).await.ok();
    assert_eq!(stock["sent_count_info"]["total_count"], claimed);
    if lowered.status == 200 {
        assert!(claimed <= 10, "{claimed} coupons of 10");
    } else {
        lowered.refused(400, "INVALID_REQUEST", LOW);
        assert!(claimed > 10, "the change was refused at {claimed}");
    }
}
