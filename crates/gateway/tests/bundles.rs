//! Stock bundles on both product-coupon faces: creation with a product coupon and by itself, every refusal, both
//! sides of each limit, replays, isolation, and what single-stock calls do with a member.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_coupon::user_coupon::Deactivation;
use quan_platform::Error;
use quan_testkit::{
    APPID, Answer, BUSIFAVOR, BundleOffer, Grant, OPENID, PRE_SEND, Side, TestPlatform, UNBOUND_APPID,
    definition,
};
use serde_json::{Value, json};

const RULE: u64 = 268_578_224;
const MONOTONE: u64 = 268_586_067;
const FORMAT: u64 = 268_435_461;
const RANGE: u64 = 268_435_464;
const NOT_FOUND: u64 = 268_578_608;
const BUNDLE_RULE: &str = "/stock_bundle/progressive_bundle_usage_rule";

fn request(platform: &TestPlatform) -> Value {
    definition::progressive_bundle(platform.now(), &platform.fresh_number())
}

async fn create(side: &Side, request: &Value) -> Answer {
    side.post("/product-coupons", request).await
}

/// Adds a bundle to a product coupon.
async fn add(side: &Side, product_coupon_id: &str, number: &str, bundle: &Value) -> Answer {
    let body = json!({ "out_request_no": number, "stock_bundle": bundle });
    side.post(&format!("/product-coupons/{product_coupon_id}/stock-bundles"), &body).await
}

fn benefits(amounts: &[i64]) -> Value {
    amounts.iter().map(|amount| json!({ "threshold": 6000, "discount_amount": amount })).collect()
}

fn sides(platform: &TestPlatform) -> [Side; 2] {
    [platform.partner_side(), platform.brand_side()]
}

#[tokio::test]
async fn a_bundle_has_a_stock_for_every_benefit_by_index() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let mut request = request(&platform);
        request["stock_bundle"]["remark"] = json!("三次递增");
        let made = create(&side, &request).await.ok();
        assert_eq!(
            (&made["state"], &made["usage_mode"]),
            (&json!("EFFECTIVE"), &json!("PROGRESSIVE_BUNDLE"))
        );
        assert_eq!(made["progressive_bundle_usage_info"], json!({ "count": 3, "interval_days": 0 }));
        assert_eq!(made.get("stock"), None);
        let bundle = &made["stock_bundle"];
        let stocks = bundle["stock_list"].as_array().unwrap();
        assert_eq!(stocks.len(), 3);
        for (index, stock) in stocks.iter().enumerate() {
            let place = json!({ "stock_bundle_id": bundle["stock_bundle_id"], "stock_bundle_index": index });
            assert_eq!(stock["stock_bundle_info"], place);
            assert_eq!((&stock["state"], &stock["remark"]), (&json!("SENDING"), &json!("三次递增")));
            assert_eq!(stock["stock_send_rule"], request["stock_bundle"]["stock_send_rule"]);
            let mut rule = json!({ "coupon_available_period":
                request["stock_bundle"]["progressive_bundle_usage_rule"]["coupon_available_period"] });
            rule["normal_coupon"] =
                request["stock_bundle"]["progressive_bundle_usage_rule"]["normal_coupon_list"][index].clone();
            assert_eq!(stock["progressive_bundle_usage_rule"], rule);
            assert_eq!(stock.get("single_usage_rule"), None);
            let tail = format!(
                "/product-coupons/{}/stocks/{}",
                made["product_coupon_id"].as_str().unwrap(),
                stock["stock_id"].as_str().unwrap()
            );
            assert_eq!(&side.get(&tail, &[]).await.ok(), stock);
        }
    }
}

/// Sets the member at a pointer, which need not be there yet.
fn set(request: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    request.pointer_mut(parent).unwrap()[name] = value;
}

#[tokio::test]
async fn every_fault_of_a_definition_has_its_place_and_number() {
    let platform = TestPlatform::start().await;
    const RULE_WORD: (&str, u64) = ("INVALID_REQUEST", RULE);
    const FORMAT_WORD: (&str, u64) = ("PARAM_ERROR", FORMAT);
    const RANGE_WORD: (&str, u64) = ("PARAM_ERROR", RANGE);
    let (chain, per_user) =
        ("/progressive_bundle_usage_info", "/stock_bundle/stock_send_rule/max_count_per_user");
    let list = format!("{BUNDLE_RULE}/normal_coupon_list");
    let (second, third) = (format!("{list}/2"), format!("{list}/2/discount_amount"));
    let (discount, mode) = (format!("{BUNDLE_RULE}/discount_coupon_list"), "/stock_bundle/coupon_code_mode");
    let (interval, count) = (format!("{chain}/interval_days"), format!("{chain}/count"));
    let table = [
        ("/stock", definition::single_stock(platform.now()), RULE_WORD, "/stock"),
        (mode, json!("API_ASSIGN"), FORMAT_WORD, mode),
        (&list, benefits(&[600, 900]), RULE_WORD, &list),
        (&list, benefits(&[600; 4]), RULE_WORD, &list),
        (&list, benefits(&[600, 900, 899]), ("INVALID_REQUEST", MONOTONE), &second),
        (&list, benefits(&[600, 900, 6001]), RANGE_WORD, &third),
        (&discount, json!([]), RULE_WORD, &discount),
        ("/single_usage_info", json!({}), RULE_WORD, "/single_usage_info"),
        ("/type", json!("EXCHANGE"), RULE_WORD, "/type"),
        (per_user, json!(0), RANGE_WORD, per_user),
        (&interval, json!(8), RANGE_WORD, &interval),
        (&count, json!(2), RULE_WORD, &count),
    ];
    for side in sides(&platform) {
        for (pointer, value, (code, number), field) in &table {
            let mut request = request(&platform);
            set(&mut request, pointer, value.clone());
            create(&side, &request).await.refused_field(code, *number, field);
        }
    }
}

#[tokio::test]
async fn what_the_mode_asks_for_may_not_be_missing() {
    let platform = TestPlatform::start().await;
    for (side, number) in sides(&platform).into_iter().zip([268_578_101, 268_435_461]) {
        for (name, field) in [
            ("progressive_bundle_usage_info", "/progressive_bundle_usage_info"),
            ("stock_bundle", "/stock_bundle"),
        ] {
            let mut request = request(&platform);
            request.as_object_mut().unwrap().remove(name);
            create(&side, &request).await.refused_field("PARAM_ERROR", number, field);
        }
        let mut request = request(&platform);
        let rule = &mut request["stock_bundle"]["progressive_bundle_usage_rule"];
        rule.as_object_mut().unwrap().remove("normal_coupon_list");
        let field = format!("{BUNDLE_RULE}/normal_coupon_list");
        create(&side, &request).await.refused_field("PARAM_ERROR", number, &field);
    }
}

#[tokio::test]
async fn both_sides_of_the_count_and_of_the_interval() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    for (count, interval) in [(3, 0), (15, 7)] {
        let mut request = request(&platform);
        request["progressive_bundle_usage_info"] = json!({ "count": count, "interval_days": interval });
        request["stock_bundle"]["progressive_bundle_usage_rule"]["normal_coupon_list"] =
            benefits(&vec![600; usize::try_from(count).unwrap()]);
        let offer = side.create_bundle(&request).await;
        assert_eq!(i64::try_from(offer.stock_ids.len()).unwrap(), count);
    }
    for (count, interval, code, number) in [
        (2, 0, "INVALID_REQUEST", RULE),
        (16, 0, "INVALID_REQUEST", RULE),
        (3, -1, "PARAM_ERROR", RANGE),
        (3, 8, "PARAM_ERROR", RANGE),
    ] {
        let mut request = request(&platform);
        request["progressive_bundle_usage_info"] = json!({ "count": count, "interval_days": interval });
        create(&side, &request).await.refused(400, code, number);
    }
}

#[tokio::test]
async fn a_creation_is_answered_again_and_refused_with_other_data() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let request = request(&platform);
        let made = create(&side, &request).await.ok();
        assert_eq!(create(&side, &request).await.ok(), made);
        let mut other = request.clone();
        other["stock_bundle"]["remark"] = json!("别的");
        create(&side, &other).await.refused(400, "ALREADY_EXISTS", 268_578_927);
        let (one, two) = (request["out_request_no"].clone(), made["product_coupon_id"].as_str().unwrap());
        // The number is free in the other operation.
        let bundle = definition::stock_bundle(platform.now());
        let number = one.as_str().unwrap();
        let added = add(&side, two, number, &bundle).await.ok();
        assert_eq!(add(&side, two, number, &bundle).await.ok(), added);
        assert_ne!(added["stock_bundle_id"], made["stock_bundle"]["stock_bundle_id"]);
        let mut other = bundle.clone();
        other["remark"] = json!("别的");
        add(&side, two, number, &other).await.refused(400, "ALREADY_EXISTS", 268_578_927);
    }
}

#[tokio::test]
async fn two_additions_at_once_under_one_number_make_one_bundle() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |_| {}).await;
    let bundle = definition::stock_bundle(platform.now());
    let call = || add(&side, &offer.product_coupon_id, "BUNDLE_01", &bundle);
    let (one, other) = tokio::join!(call(), call());
    assert_eq!(one.ok(), other.ok());
    assert_eq!(live_stocks(&platform, &offer).await, 6);
}

async fn live_stocks(platform: &TestPlatform, offer: &BundleOffer) -> u64 {
    let id = offer.product_coupon_id.parse().unwrap();
    let look = move |view: &quan_platform::work::View<'_>| Ok(view.store.live_stock_count(&id)?);
    platform.platform.read::<_, Error>(look).await.unwrap()
}

#[tokio::test]
async fn a_bundle_is_added_to_a_bundle_coupon_and_a_stock_to_the_others() {
    let platform = TestPlatform::start().await;
    let single = platform.single_offer(|_| {}).await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |_| {}).await;
    let bundle = definition::stock_bundle(platform.now());
    let answer = add(&side, &single.product_coupon_id, "BUNDLE_01", &bundle).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_bundle");
    let body = json!({ "out_request_no": "STOCK_01", "stock": definition::single_stock(platform.now()) });
    let tail = format!("/product-coupons/{}/stocks", offer.product_coupon_id);
    side.post(&tail, &body).await.refused_field("INVALID_REQUEST", RULE, "/stock");
    let worse = json!({ "normal_coupon_list": benefits(&[600, 900, 800]), "coupon_available_period":
        bundle["progressive_bundle_usage_rule"]["coupon_available_period"] });
    let mut bundle = bundle;
    bundle["progressive_bundle_usage_rule"] = worse;
    let answer = add(&side, &offer.product_coupon_id, "BUNDLE_02", &bundle).await;
    answer.refused_field("INVALID_REQUEST", MONOTONE, &format!("{BUNDLE_RULE}/normal_coupon_list/2"));
    assert_eq!(live_stocks(&platform, &offer).await, 3, "nothing is left of what was refused");
}

#[tokio::test]
async fn every_stock_of_a_bundle_counts_to_the_two_hundred() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let ten = benefits(&[600; 10]);
    let offer = platform
        .bundle_offer(&side, |request| {
            request["progressive_bundle_usage_info"]["count"] = json!(10);
            request["stock_bundle"]["progressive_bundle_usage_rule"]["normal_coupon_list"] = ten.clone();
        })
        .await;
    let mut bundle = definition::stock_bundle(platform.now());
    bundle["progressive_bundle_usage_rule"]["normal_coupon_list"] = ten;
    for _ in 1..20 {
        add(&side, &offer.product_coupon_id, &platform.fresh_number(), &bundle).await.ok();
    }
    assert_eq!(live_stocks(&platform, &offer).await, 200);
    let answer = add(&side, &offer.product_coupon_id, "BUNDLE_21", &bundle).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_bundle");
    assert_eq!(live_stocks(&platform, &offer).await, 200);
}

#[tokio::test]
async fn a_product_coupon_that_ended_gets_no_bundle_but_answers_its_numbers() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |_| {}).await;
    let bundle = definition::stock_bundle(platform.now());
    let added = add(&side, &offer.product_coupon_id, "BUNDLE_01", &bundle).await.ok();
    let (id, time) = (offer.product_coupon_id.parse().unwrap(), platform.now());
    let ended = Deactivation { request_no: "DEACT_01".parse().unwrap(), time, reason: "停用".to_owned() };
    let end = move |work: &mut quan_platform::work::Work<'_>| {
        Ok(work.store.deactivate_product_coupon(&id, &ended)?)
    };
    platform.platform.write::<_, Error>(end).await.unwrap();
    let answer = add(&side, &offer.product_coupon_id, "BUNDLE_02", &bundle).await;
    answer.refused(400, "INVALID_REQUEST", 268_578_367);
    let again = add(&side, &offer.product_coupon_id, "BUNDLE_01", &bundle).await.ok();
    assert_eq!(again["stock_bundle_id"], added["stock_bundle_id"]);
    assert_eq!(again["stock_list"][2]["state"], "DEACTIVATED");
}

#[tokio::test]
async fn bundles_are_the_callers_own() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let offer = platform.bundle_offer(&side, |_| {}).await;
    let bundle = definition::stock_bundle(platform.now());
    let foreign = add(&platform.other_partner_side(), &offer.product_coupon_id, "BUNDLE_01", &bundle).await;
    let unknown = add(&side, "1", "BUNDLE_01", &bundle).await;
    assert_eq!(foreign.refused(404, "NOT_FOUND", NOT_FOUND), unknown.refused(404, "NOT_FOUND", NOT_FOUND));
    add(&platform.brand_side(), &offer.product_coupon_id, "BUNDLE_01", &bundle).await.ok();
    let mut unbound = bundle.clone();
    unbound["notify_config"]["notify_appid"] = json!(UNBOUND_APPID);
    let answer = add(&side, &offer.product_coupon_id, "BUNDLE_02", &unbound).await;
    answer.refused(400, "INVALID_REQUEST", 268_578_704);
    let mut unbound = request(&platform);
    unbound["stock_bundle"]["notify_config"]["notify_appid"] = json!(UNBOUND_APPID);
    create(&side, &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
    platform.put_authorisation(Grant::Withdrawn).await;
    add(&side, &offer.product_coupon_id, "BUNDLE_03", &bundle).await.refused(403, "NO_AUTH", 268_579_803);
    create(&side, &request(&platform)).await.refused(403, "NO_AUTH", 268_579_803);
}

#[tokio::test]
async fn a_member_is_not_given_by_itself_on_any_face() {
    let platform = TestPlatform::start().await;
    let offer = platform.bundle_offer(&platform.partner_side(), |_| {}).await;
    for member in (0..3).map(|index| offer.member(index)) {
        for side in sides(&platform) {
            for tail in ["coupons", "pre-send-coupon"] {
                let body = member.send_body(&platform.fresh_number());
                let answer = side.post(&format!("/users/{OPENID}/{tail}"), &body).await;
                answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
            }
        }
        let answer = platform.merchant().post(PRE_SEND, &platform.pre_send_body(&member)).await;
        answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
        let mut body = platform.merchant_send_body(&member.stock_id, OPENID);
        body["coupon_type"] = json!("NORMAL");
        let answer = platform.merchant().post(&format!("{BUSIFAVOR}/product-coupons/send"), &body).await;
        answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    }
    assert_eq!(platform.outbox_counts().await.waiting, 0);
}

#[tokio::test]
async fn every_member_has_a_pool_of_its_own() {
    let platform = TestPlatform::start().await;
    for side in sides(&platform) {
        let offer =
            platform.bundle_offer(&side, |r| r["stock_bundle"]["coupon_code_mode"] = json!("UPLOAD")).await;
        let upload = |index: usize, codes: Value| {
            let body = json!({ "out_request_no": platform.fresh_number(), "code_list": codes });
            let member = offer.member(index);
            let tail = format!(
                "/product-coupons/{}/stocks/{}/upload-coupon-codes",
                member.product_coupon_id, member.stock_id
            );
            let side = side.clone();
            async move { side.post(&tail, &body).await.ok() }
        };
        assert_eq!(upload(0, json!(["A-1", "A-2"])).await["success_code_list"], json!(["A-1", "A-2"]));
        assert_eq!(upload(1, json!(["A-1"])).await["success_code_list"], json!(["A-1"]));
        assert_eq!(upload(0, json!(["A-1"])).await["already_exist_code_list"], json!(["A-1"]));
        let counts = [(2, 2), (1, 1), (0, 0)];
        for (index, (total, available)) in counts.into_iter().enumerate() {
            let tail =
                format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_ids[index]);
            let shown = side.get(&tail, &[("appid", APPID)]).await.ok();
            let counted = json!({ "total_count": total, "available_count": available });
            assert_eq!(shown["coupon_code_count_info"], counted, "{index}");
        }
    }
}
