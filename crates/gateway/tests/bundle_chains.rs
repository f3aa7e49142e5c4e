//! Chains of coupons on both product-coupon faces: the whole story, what a use issues and a return withdraws, the
//! deactivation of a chain, codes that run out and come, and limits that no longer bind.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_coupon::user_coupon::Deactivation;
use quan_platform::Error;
use quan_platform::work::Work;
use quan_testkit::{
    APPID, Answer, BundleOffer, Coupon, Grant, OPENID, Side, TestPlatform, UNBOUND_APPID, UserChain,
    definition,
};
use serde_json::{Value, json};

const STATE: u64 = 268_578_367;
const USED: u64 = 272_756_745;
const EXPIRED: u64 = 268_578_776;
const WINDOW: u64 = 272_755_715;
const NOT_FOUND: u64 = 268_578_608;
const COUPON_NOT_FOUND: u64 = 268_578_851;
const OTHER: &str = "oAnotherUser";
const DAY: i64 = 86_400;

fn sides(platform: &TestPlatform) -> [Side; 2] {
    [platform.partner_side(), platform.brand_side()]
}

async fn started(edit: impl FnOnce(&mut Value)) -> (TestPlatform, Side, UserChain, Coupon) {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, edit).await;
    let (chain, first) = side.chain(&offer, OPENID, "SEND_0001").await;
    (platform, side, chain, first)
}

/// Runs a command under a fresh number.
async fn run(platform: &TestPlatform, side: &Side, coupon: &Coupon, command: &str) -> Answer {
    let number = platform.fresh_number();
    let mut body = coupon.body(&number);
    match command {
        "use" => body = platform.use_body(coupon, &number, None),
        "deactivate" => body["deactivate_reason"] = json!("活动取消"),
        _ => {}
    }
    side.command(coupon, command, &body).await
}

async fn end(side: &Side, chain: &UserChain, number: &str) -> Answer {
    side.post(&chain.deactivate_tail(), &chain.deactivate_body(number)).await
}

/// Index, state and used count of every coupon of the chain, as a repeated send lists them.
async fn listed(side: &Side, chain: &UserChain) -> Vec<(i64, String)> {
    let sent = side.send_bundle(&chain.offer, &chain.openid, "SEND_0001").await.ok();
    assert_eq!(sent["user_coupon_bundle_id"], chain.user_coupon_bundle_id.as_str());
    let coupons = sent["user_product_coupon_list"].as_array().unwrap();
    let place =
        |coupon: &Value| coupon["user_product_coupon_bundle_info"]["user_coupon_bundle_index"].as_i64();
    coupons
        .iter()
        .map(|coupon| (place(coupon).unwrap(), coupon["coupon_state"].as_str().unwrap().to_owned()))
        .collect()
}

fn states(expected: &[(i64, &str)]) -> Vec<(i64, String)> {
    expected.iter().map(|(index, state)| (*index, (*state).to_owned())).collect()
}

async fn issued(side: &Side, offer: &BundleOffer, index: usize) -> Value {
    let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_ids[index]);
    side.get(&tail, &[]).await.ok()["sent_count_info"]["total_count"].clone()
}

async fn upload(side: &Side, offer: &BundleOffer, index: usize, number: &str, codes: &[&str]) {
    let member = offer.member(index);
    let tail = format!(
        "/product-coupons/{}/stocks/{}/upload-coupon-codes",
        member.product_coupon_id, member.stock_id
    );
    side.post(&tail, &json!({ "out_request_no": number, "code_list": codes })).await.ok();
}

async fn directly(
    platform: &TestPlatform,
    write: impl Fn(&mut Work<'_>) -> Result<(), Error> + Send + 'static,
) {
    platform.platform.write::<_, Error>(write).await.unwrap();
}

#[tokio::test]
async fn the_story_of_a_chain_on_both_faces() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let offer = platform.bundle_offer(&side, |_| {}).await;
        let (chain, c0) = side.chain(&offer, OPENID, &platform.fresh_number()).await;
        let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
        let used = side.coupon(&c0).await.ok();
        assert_eq!(used["coupon_state"], "USED");
        assert_eq!(used["user_product_coupon_bundle_info"]["used_count"], 1);
        assert!(
            used["progressive_bundle_usage_detail"]["associated_order_info"]["transaction_id"].is_string()
        );
        assert_eq!(used.get("single_usage_detail"), None);
        let next = side.coupon(&c1).await.ok();
        assert_eq!(next["coupon_state"], "CONFIRMING");
        let info = json!({ "user_coupon_bundle_id": chain.user_coupon_bundle_id,
            "user_coupon_bundle_index": 1, "total_count": 3, "used_count": 1 });
        assert_eq!(next["user_product_coupon_bundle_info"], info);
        assert_eq!(next["stock"]["progressive_bundle_usage_rule"]["normal_coupon"]["discount_amount"], 900);
        assert_eq!(next["send_request_no"], used["send_request_no"]);
        let c2 = platform.confirm_and_use(&side, &chain, &c1).await.unwrap();
        // Only the latest use is returned; what it had brought is withdrawn.
        run(&platform, &side, &c0, "return").await.refused(400, "INVALID_REQUEST", STATE);
        let returned = run(&platform, &side, &c1, "return").await.ok();
        assert_eq!(returned["coupon_state"], "EFFECTIVE");
        assert_eq!(returned["user_product_coupon_bundle_info"]["used_count"], 1);
        assert!(returned["progressive_bundle_usage_detail"]["return_time"].is_string());
        let withdrawn = side.coupon(&c2).await.ok();
        assert_eq!(withdrawn["coupon_state"], "DEACTIVATED");
        assert_eq!(withdrawn["deactivate_reason"], quan_coupon::chain::WITHDRAWN);
        run(&platform, &side, &c1, "use").await.ok();
        let codes = platform.codes_of(&chain).await;
        assert_eq!(codes.len(), 4, "the third coupon was issued anew and told of: {codes:?}");
        let (_, code) = codes.iter().find(|(index, code)| *index == 2 && *code != c2.coupon_code).unwrap();
        let ended = end(&side, &chain, &platform.fresh_number()).await.ok();
        let ended = ended["user_product_coupon_list"].as_array().unwrap().clone();
        let kept: Vec<_> = ended.iter().map(|coupon| coupon["coupon_state"].as_str().unwrap()).collect();
        assert_eq!(kept, ["USED", "USED", "DEACTIVATED", "DEACTIVATED"]);
        let last = side.coupon(&chain.coupon(2, code)).await.ok();
        assert_eq!(last["deactivate_reason"], "会员资格取消");
    }
}

#[tokio::test]
async fn a_chain_that_is_used_up_is_complete() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    let c2 = platform.confirm_and_use(&side, &chain, &c1).await.unwrap();
    assert_eq!(platform.confirm_and_use(&side, &chain, &c2).await, None);
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "USED"), (2, "USED")]));
    for coupon in [&c0, &c1, &c2] {
        run(&platform, &side, coupon, "use").await.refused(400, "INVALID_REQUEST", USED);
        run(&platform, &side, coupon, "deactivate").await.refused(400, "INVALID_REQUEST", STATE);
    }
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
    run(&platform, &side, &c2, "return").await.ok();
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "USED"), (2, "EFFECTIVE")]));
}

#[tokio::test]
async fn commands_are_answered_again_without_a_second_effect() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    side.command(&c0, "confirm", &c0.body("CONFIRM_1")).await.ok();
    let use_body = platform.use_body(&c0, "USE_0001", None);
    let used = side.command(&c0, "use", &use_body).await.ok();
    assert_eq!(side.command(&c0, "use", &use_body).await.ok(), used);
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "CONFIRMING")]));
    let return_body = c0.body("RETURN_1");
    let returned = side.command(&c0, "return", &return_body).await.ok();
    assert_eq!(side.command(&c0, "return", &return_body).await.ok(), returned);
    side.command(&c0, "use", &use_body).await.refused(400, "INVALID_REQUEST", 299_000_005);
    assert_eq!(listed(&side, &chain).await, states(&[(0, "EFFECTIVE"), (1, "DEACTIVATED")]));
    let mut with_index = platform.use_body(&c0, "USE_0002", Some(0));
    let answer = side.command(&c0, "use", &with_index).await;
    answer.refused_field("INVALID_REQUEST", 268_578_224, "/sequential_coupon_index");
    with_index.as_object_mut().unwrap().remove("sequential_coupon_index");
    side.command(&c0, "use", &with_index).await.ok();
}

#[tokio::test]
async fn two_uses_at_once_issue_one_coupon() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    side.command(&c0, "confirm", &c0.body("CONFIRM_1")).await.ok();
    let bodies = ["USE_0001", "USE_0002"].map(|number| platform.use_body(&c0, number, None));
    let (one, other) =
        tokio::join!(side.command(&c0, "use", &bodies[0]), side.command(&c0, "use", &bodies[1]));
    let refused = if one.status == 200 { &other } else { &one };
    refused.refused(400, "INVALID_REQUEST", USED);
    assert_eq!(one.status + other.status, 600, "one of them went through");
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "CONFIRMING")]));
}

#[tokio::test]
async fn the_interval_decides_when_the_next_coupon_begins() {
    let (platform, side, chain, c0) = started(|request| {
        request["progressive_bundle_usage_info"]["interval_days"] = json!(7);
        let period = &mut request["stock_bundle"]["progressive_bundle_usage_rule"]["coupon_available_period"];
        period["available_days"] = json!(10);
        period["wait_days_after_receive"] = json!(1);
    })
    .await;
    run(&platform, &side, &c0, "confirm").await.ok();
    run(&platform, &side, &c0, "use").await.refused(400, "INVALID_REQUEST", WINDOW);
    platform.clock.move_by_seconds(DAY);
    let used_at = platform.now();
    run(&platform, &side, &c0, "use").await.ok();
    let (_, code) = platform.codes_of(&chain).await.into_iter().find(|(index, _)| *index == 1).unwrap();
    let c1 = chain.coupon(1, &code);
    let next = side.coupon(&c1).await.ok();
    // The wait counts for the first coupon only.
    let begin = used_at.start_of_day_after(7);
    assert_eq!(next["valid_begin_time"], json!(begin));
    assert_eq!(next["valid_end_time"], json!(begin.start_of_day_after(10).plus_seconds(-1)));
    assert_eq!(run(&platform, &side, &c1, "confirm").await.ok()["coupon_state"], "PENDING");
    platform.clock.move_by_seconds(begin.seconds_since(platform.now()) - 1);
    run(&platform, &side, &c1, "use").await.refused(400, "INVALID_REQUEST", WINDOW);
    platform.clock.move_by_seconds(1);
    assert_eq!(run(&platform, &side, &c1, "use").await.ok()["coupon_state"], "USED");
}

#[tokio::test]
async fn a_chain_ends_when_no_validity_is_left() {
    let (platform, side, chain, c0) =
        started(|request| request["progressive_bundle_usage_info"]["interval_days"] = json!(1)).await;
    run(&platform, &side, &c0, "confirm").await.ok();
    // The last day of the stock: the next coupon would begin after its end.
    platform.clock.move_by_seconds((definition::STOCK_DAYS - 1) * DAY);
    run(&platform, &side, &c0, "use").await.ok();
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED")]));
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
}

#[tokio::test]
async fn an_expired_coupon_ends_the_chain_and_a_return_past_the_window_is_refused() {
    let (platform, side, chain, c0) = started(|request| {
        let rule = &mut request["stock_bundle"]["progressive_bundle_usage_rule"];
        rule["coupon_available_period"]["available_days"] = json!(3);
    })
    .await;
    let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    platform.clock.move_by_seconds(3 * DAY);
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "EXPIRED")]));
    run(&platform, &side, &c0, "return").await.refused(400, "INVALID_REQUEST", EXPIRED);
    run(&platform, &side, &c1, "use").await.refused(400, "INVALID_REQUEST", EXPIRED);
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
}

#[tokio::test]
async fn a_deactivated_coupon_ends_the_chain_until_the_use_before_it_is_returned() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    run(&platform, &side, &c1, "deactivate").await.ok();
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
    run(&platform, &side, &c0, "return").await.ok();
    run(&platform, &side, &c0, "use").await.ok();
    let expected = states(&[(0, "USED"), (1, "DEACTIVATED"), (1, "CONFIRMING")]);
    let mut found = listed(&side, &chain).await;
    found.sort_by(|one, other| (one.0, &other.1).cmp(&(other.0, &one.1)));
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_deactivated_chain_issues_nothing_more() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let offer = platform.bundle_offer(&side, |_| {}).await;
        let (chain, c0) = side.chain(&offer, OPENID, "SEND_0001").await;
        platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
        let ended = end(&side, &chain, "DEACT_01").await.ok();
        assert_eq!(ended["user_coupon_bundle_id"], chain.user_coupon_bundle_id.as_str());
        assert_eq!(end(&side, &chain, "DEACT_01").await.ok(), ended);
        let mut other = chain.deactivate_body("DEACT_01");
        other["deactivate_reason"] = json!("别的");
        side.post(&chain.deactivate_tail(), &other).await.refused(400, "INVALID_REQUEST", 268_578_927);
        end(&side, &chain, "DEACT_02").await.refused(400, "INVALID_REQUEST", STATE);
        run(&platform, &side, &c0, "return").await.ok();
        run(&platform, &side, &c0, "use").await.ok();
        assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "DEACTIVATED")]));
        assert_eq!(platform.codes_of(&chain).await.len(), 2, "nothing more was told of");
    }
}

#[tokio::test]
async fn a_chain_is_named_by_its_holder_and_its_bundle() {
    let (platform, side, chain, _) = started(|_| {}).await;
    let other_offer = platform.bundle_offer(&side, |_| {}).await;
    let (others, _) = side.chain(&chain.offer, OTHER, "SEND_0002").await;
    let unknown = UserChain { user_coupon_bundle_id: "1".to_owned(), ..chain.clone() };
    let of_other = UserChain { openid: OPENID.to_owned(), ..others };
    let of_bundle = UserChain { offer: other_offer.clone(), ..chain.clone() };
    for wrong in [unknown, of_other, of_bundle] {
        end(&side, &wrong, "DEACT_01").await.refused(404, "NOT_FOUND", COUPON_NOT_FOUND);
    }
    let crossed = BundleOffer { product_coupon_id: other_offer.product_coupon_id, ..chain.offer.clone() };
    let crossed = UserChain { offer: crossed, ..chain.clone() };
    end(&side, &crossed, "DEACT_01").await.refused(404, "NOT_FOUND", NOT_FOUND);
    end(&platform.other_partner_side(), &chain, "DEACT_01").await.refused(404, "NOT_FOUND", NOT_FOUND);
    let mut unbound = chain.deactivate_body("DEACT_01");
    unbound["appid"] = json!(UNBOUND_APPID);
    side.post(&chain.deactivate_tail(), &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
    for (reason, number) in [(String::new(), 268_435_463), ("因".repeat(151), 268_435_462)] {
        let mut body = chain.deactivate_body("DEACT_01");
        body["deactivate_reason"] = json!(reason);
        let answer = side.post(&chain.deactivate_tail(), &body).await;
        answer.refused_field("PARAM_ERROR", number, "/deactivate_reason");
    }
    let mut nobody = chain.deactivate_body("DEACT_01");
    nobody.as_object_mut().unwrap().remove("stock_bundle_id");
    let answer = side.post(&chain.deactivate_tail(), &nobody).await;
    answer.refused_field("PARAM_ERROR", 268_578_101, "/stock_bundle_id");
    end(&side, &chain, "DEA01").await.refused_field("PARAM_ERROR", 268_435_463, "/out_request_no");
    platform.put_authorisation(Grant::Withdrawn).await;
    end(&side, &chain, "DEACT_01").await.refused(403, "NO_AUTH", 268_579_803);
    assert_eq!(end(&platform.brand_side(), &chain, "DEACT_01").await.status, 200, "the brand goes on");
}

#[tokio::test]
async fn no_limit_and_no_end_of_a_stock_stands_in_the_way_of_a_later_coupon() {
    let (platform, side, chain, c0) = started(|request| {
        request["stock_bundle"]["stock_send_rule"] =
            json!({ "max_count": 2, "max_count_per_day": 1, "max_count_per_user": 1 });
    })
    .await;
    platform.clock.move_by_seconds(DAY);
    let (others, o0) = side.chain(&chain.offer, OTHER, "SEND_0002").await;
    // Both go on on the same day, and one of them twice: more than the day's cap and the person's limit.
    let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    assert!(platform.confirm_and_use(&side, &others, &o0).await.is_some());
    assert_eq!(issued(&side, &chain.offer, 1).await, 2);
    run(&platform, &side, &c0, "return").await.ok();
    run(&platform, &side, &c0, "use").await.ok();
    assert_eq!(issued(&side, &chain.offer, 1).await, 2, "issued again, counted once");
    let (_, code) =
        platform.codes_of(&chain).await.into_iter().rfind(|(i, c)| *i == 1 && *c != c1.coupon_code).unwrap();
    let (stock, product, time) = (
        chain.offer.stock_ids[2].parse().unwrap(),
        chain.offer.product_coupon_id.parse().unwrap(),
        platform.now(),
    );
    directly(&platform, move |work| {
        let ended =
            Deactivation { request_no: "DEACT_01".parse().unwrap(), time, reason: "停用".to_owned() };
        work.store.deactivate_stock(&stock, &ended)?;
        Ok(work.store.deactivate_product_coupon(&product, &ended)?)
    })
    .await;
    let next = platform.confirm_and_use(&side, &chain, &chain.coupon(1, &code)).await;
    assert!(next.is_some(), "the user was granted the whole chain");
    side.send_bundle(&chain.offer, "oThird", "SEND_0003").await.refused(400, "INVALID_REQUEST", 268_577_984);
}

#[tokio::test]
async fn a_coupon_that_the_user_deleted_ends_the_chain() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    let c1 = platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    let (stock, code) = (c1.offer.stock_id.parse().unwrap(), c1.coupon_code.parse().unwrap());
    directly(&platform, move |work| {
        quan_platform::delete_user_coupon::delete_user_coupon(work, &stock, &code).map(drop)
    })
    .await;
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED"), (1, "DELETED")]));
    run(&platform, &side, &c1, "confirm").await.refused(400, "INVALID_REQUEST", 272_756_769);
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
}

#[tokio::test]
async fn the_coupons_of_a_chain_are_found_by_it() {
    let (platform, side, chain, c0) = started(|_| {}).await;
    side.chain(&chain.offer, OPENID, "SEND_0002").await;
    platform.confirm_and_use(&side, &chain, &c0).await.unwrap();
    let query = [("appid", APPID), ("user_coupon_bundle_id", chain.user_coupon_bundle_id.as_str())];
    let found = side.get(&format!("/users/{OPENID}/coupons"), &query).await.ok();
    assert_eq!(found["total_count"], 2);
    for coupon in found["user_coupon_list"].as_array().unwrap() {
        let info = &coupon["user_product_coupon_bundle_info"];
        assert_eq!(info["user_coupon_bundle_id"], chain.user_coupon_bundle_id.as_str());
        assert_eq!((&info["total_count"], &info["used_count"]), (&json!(3), &json!(1)));
    }
}

/// Two chains whose first coupons are used while the second stock has no codes.
async fn waiting() -> (TestPlatform, Side, [(UserChain, Coupon); 2]) {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer =
        platform.bundle_offer(&side, |r| r["stock_bundle"]["coupon_code_mode"] = json!("UPLOAD")).await;
    upload(&side, &offer, 0, "CODES_00", &["A-1", "A-2"]).await;
    let one = side.chain(&offer, OPENID, "SEND_0001").await;
    let other = side.chain(&offer, OTHER, "SEND_0002").await;
    assert_eq!(platform.confirm_and_use(&side, &one.0, &one.1).await, None);
    platform.clock.move_by_seconds(1);
    assert_eq!(platform.confirm_and_use(&side, &other.0, &other.1).await, None);
    (platform, side, [one, other])
}

#[tokio::test]
async fn a_coupon_without_a_code_waits_until_codes_arrive() {
    let (platform, side, [(one, c0), (other, _)]) = waiting().await;
    assert_eq!(listed(&side, &one).await, states(&[(0, "USED")]));
    assert_eq!(side.coupon(&c0).await.ok()["user_product_coupon_bundle_info"]["used_count"], 1);
    assert_eq!(issued(&side, &one.offer, 1).await, 0);
    let used_at = side.coupon(&c0).await.ok()["progressive_bundle_usage_detail"]["use_time"].clone();
    platform.clock.move_by_seconds(DAY);
    // One code: the chain that has waited longest gets it.
    upload(&side, &one.offer, 1, "CODES_01", &["B-1"]).await;
    assert_eq!(platform.codes_of(&one).await.len(), 2);
    assert_eq!(platform.codes_of(&other).await.len(), 1);
    let next = side.coupon(&one.coupon(1, "B-1")).await.ok();
    assert_eq!(
        (&next["coupon_state"], &next["receive_time"]),
        (&json!("CONFIRMING"), &json!(platform.now()))
    );
    assert_eq!(next["valid_begin_time"], used_at, "the validity counts from the use");
    upload(&side, &one.offer, 1, "CODES_02", &["B-2", "B-3"]).await;
    let codes = platform.codes_of(&other).await;
    assert!(
        codes.iter().any(|(index, code)| *index == 1 && ["B-2", "B-3"].contains(&code.as_str())),
        "{codes:?}"
    );
    assert_eq!(issued(&side, &one.offer, 1).await, 2);
    assert_eq!(platform.outbox_counts().await.waiting, 4);
}

#[tokio::test]
async fn what_waits_is_taken_back_by_a_return_and_by_the_end_of_the_chain() {
    let (platform, side, [(one, c0), (other, _)]) = waiting().await;
    run(&platform, &side, &c0, "return").await.ok();
    let ended = end(&side, &other, "DEACT_01").await.ok();
    assert_eq!(ended["user_product_coupon_list"].as_array().unwrap().len(), 1);
    upload(&side, &one.offer, 1, "CODES_01", &["B-1"]).await;
    assert_eq!(listed(&side, &one).await, states(&[(0, "EFFECTIVE")]));
    assert_eq!(platform.codes_of(&other).await.len(), 1);
    run(&platform, &side, &c0, "use").await.ok();
    assert_eq!(listed(&side, &one).await, states(&[(0, "USED"), (1, "CONFIRMING")]));
}

#[tokio::test]
async fn codes_that_come_after_the_validity_find_the_chain_at_its_end() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform
        .bundle_offer(&side, |request| {
            request["stock_bundle"]["coupon_code_mode"] = json!("UPLOAD");
            let rule = &mut request["stock_bundle"]["progressive_bundle_usage_rule"];
            rule["coupon_available_period"]["available_days"] = json!(1);
        })
        .await;
    upload(&side, &offer, 0, "CODES_00", &["A-1"]).await;
    let (chain, c0) = side.chain(&offer, OPENID, "SEND_0001").await;
    platform.confirm_and_use(&side, &chain, &c0).await;
    platform.clock.move_by_seconds(DAY);
    upload(&side, &offer, 1, "CODES_01", &["B-1"]).await;
    assert_eq!(listed(&side, &chain).await, states(&[(0, "USED")]));
    end(&side, &chain, "DEACT_01").await.refused(400, "INVALID_REQUEST", STATE);
}
