//! Product coupons, stocks, uploaded codes and the notify URL: created once per number, the first fault
//! named, read back as they were made.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{Answer, BRAND_ID, Offer, PARTNER, TestPlatform, definition};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const RULE: u64 = 268_578_224;
const MONOTONE: u64 = 268_586_067;
const NOT_FOUND: u64 = 268_578_608;
const MISSING: u64 = 268_578_101;
const FORM: u64 = 268_435_461;
const LONG: u64 = 268_435_462;
const SHORT: u64 = 268_435_463;
const RANGE: u64 = 268_435_464;

fn product_coupons() -> String {
    format!("{PARTNER}/product-coupons")
}

fn stocks(offer: &Offer) -> String {
    format!("{PARTNER}/product-coupons/{}/stocks", offer.product_coupon_id)
}

async fn create(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(&product_coupons(), body).await
}

fn single(platform: &TestPlatform) -> Value {
    definition::single(platform.now(), &platform.fresh_number())
}

fn sequential(platform: &TestPlatform) -> Value {
    definition::sequential(platform.now(), &platform.fresh_number())
}

/// Puts a value where the pointer says; `null` takes the member away.
fn edit(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} has a parent"));
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.remove(name)),
        (Value::Object(members), value) => drop(members.insert(name.to_owned(), value)),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        (other, _) => panic!("{pointer} stands in {other}"),
    }
}

#[tokio::test]
async fn what_is_created_is_read_back() {
    let platform = TestPlatform::start().await;
    for mut body in [single(&platform), sequential(&platform)] {
        body["out_product_no"] = json!("PRODUCT-1");
        let made = create(&platform, &body).await.ok();
        let offer = Offer {
            product_coupon_id: made["product_coupon_id"].as_str().unwrap().to_owned(),
            stock_id: made["stock"]["stock_id"].as_str().unwrap().to_owned(),
        };
        assert_eq!(made["state"], "EFFECTIVE");
        assert_eq!(made["stock"]["state"], "SENDING");
        for name in ["scope", "type", "usage_mode", "display_info", "out_product_no", "brand_id"] {
            assert_eq!(made[name], body[name], "{name} of {made}");
        }
        for name in ["single_usage_info", "sequential_usage_info"] {
            assert_eq!(made.get(name), body.get(name), "{name} of {made}");
        }
        let url = format!("{}/{}?brand_id={BRAND_ID}", product_coupons(), offer.product_coupon_id);
        let read = platform.merchant().get(&url).await.ok();
        for (name, value) in read.as_object().unwrap() {
            assert_eq!(&made[name], value, "{name}");
        }
        let url = format!("{}/{}?brand_id={BRAND_ID}", stocks(&offer), offer.stock_id);
        let stock = platform.merchant().get(&url).await.ok();
        assert_eq!(stock, made["stock"]);
        for (name, value) in body["stock"].as_object().unwrap() {
            assert_eq!(&stock[name], value, "{name} of the stock");
        }
    }
}

#[tokio::test]
async fn a_replay_answers_what_was_made_and_other_data_is_refused() {
    let platform = TestPlatform::start().await;
    let body = single(&platform);
    let made = create(&platform, &body).await.ok();
    assert_eq!(create(&platform, &body).await.ok(), made);
    for (pointer, value) in [
        ("/display_info/name", json!("另一张券")),
        ("/single_usage_info/normal_coupon/discount_amount", json!(700)),
        ("/stock/stock_send_rule/max_count", json!(2000)),
        ("/out_product_no", json!("PRODUCT-1")),
    ] {
        let mut other = body.clone();
        edit(&mut other, pointer, value);
        create(&platform, &other).await.refused(400, "ALREADY_EXISTS", MISMATCH);
    }
    let (one, other) = tokio::join!(create(&platform, &body), create(&platform, &body));
    assert_eq!((one.ok(), other.ok()), (made.clone(), made));
}

#[tokio::test]
async fn two_creations_at_once_under_one_number_make_one() {
    let platform = TestPlatform::start().await;
    let body = single(&platform);
    let (one, other) = tokio::join!(create(&platform, &body), create(&platform, &body));
    assert_eq!(one.ok(), other.ok());
}

#[tokio::test]
async fn a_refused_creation_leaves_its_number_free() {
    let platform = TestPlatform::start().await;
    let body = single(&platform);
    let mut faulty = body.clone();
    edit(&mut faulty, "/stock/stock_send_rule/max_count", json!(0));
    assert_eq!(create(&platform, &faulty).await.status, 400);
    create(&platform, &body).await.ok();
}

#[tokio::test]
async fn the_first_fault_of_a_single_coupon_is_named() {
    let platform = TestPlatform::start().await;
    let table = [
        ("/out_request_no", json!("12345"), "PARAM_ERROR", SHORT, "/out_request_no"),
        ("/out_request_no", json!("n".repeat(41)), "PARAM_ERROR", LONG, "/out_request_no"),
        ("/out_request_no", json!("number 1"), "PARAM_ERROR", FORM, "/out_request_no"),
        ("/brand_id", json!("brand"), "PARAM_ERROR", FORM, "/brand_id"),
        ("/display_info/name", json!(""), "PARAM_ERROR", SHORT, "/display_info/name"),
        ("/display_info/name", json!("券".repeat(100)), "PARAM_ERROR", LONG, "/display_info/name"),
        ("/stock", Value::Null, "PARAM_ERROR", MISSING, "/stock"),
        (
            "/stock/stock_send_rule/max_count",
            json!(0),
            "PARAM_ERROR",
            RANGE,
            "/stock/stock_send_rule/max_count",
        ),
        (
            "/stock/stock_send_rule/max_count_per_user",
            json!(-1),
            "PARAM_ERROR",
            RANGE,
            "/stock/stock_send_rule/max_count_per_user",
        ),
        (
            "/stock/notify_config/notify_appid",
            json!("wx 1"),
            "PARAM_ERROR",
            FORM,
            "/stock/notify_config/notify_appid",
        ),
    ];
    for (pointer, value, code, number, field) in table {
        let mut body = single(&platform);
        edit(&mut body, pointer, value);
        let answer = create(&platform, &body).await;
        assert_eq!(answer.status, 400, "{pointer}");
        answer.refused_field(code, number, field);
    }
}

#[tokio::test]
async fn a_later_round_is_never_less_generous() {
    let platform = TestPlatform::start().await;
    let mut body = sequential(&platform);
    edit(&mut body, "/stock/sequential_usage_rule/discount_coupon_list/2/percent_off", json!(15));
    create(&platform, &body).await.refused(400, "INVALID_REQUEST", MONOTONE);
}

#[tokio::test]
async fn a_stock_is_added_once_per_number() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let mut body = json!({
        "brand_id": BRAND_ID,
        "out_request_no": platform.fresh_number(),
        "stock": definition::single_stock(platform.now()),
    });
    let made = platform.merchant().post(&stocks(&offer), &body).await.ok();
    assert_ne!(made["stock_id"], offer.stock_id.as_str());
    assert_eq!(made["product_coupon_id"], offer.product_coupon_id.as_str());
    assert_eq!(platform.merchant().post(&stocks(&offer), &body).await.ok(), made);
    body["stock"]["remark"] = json!("另一批次");
    platform.merchant().post(&stocks(&offer), &body).await.refused(400, "ALREADY_EXISTS", MISMATCH);
    let unknown = Offer { product_coupon_id: "1".into(), ..offer };
    platform.merchant().post(&stocks(&unknown), &body).await.refused(404, "NOT_FOUND", NOT_FOUND);
}

#[tokio::test]
async fn a_stock_fits_the_mode_of_its_product_coupon() {
    let platform = TestPlatform::start().await;
    let offer = platform.sequential_offer(|_| {}).await;
    let body = json!({
        "brand_id": BRAND_ID,
        "out_request_no": platform.fresh_number(),
        "stock": definition::single_stock(platform.now()),
    });
    platform.merchant().post(&stocks(&offer), &body).await.refused(400, "INVALID_REQUEST", RULE);
}

#[tokio::test]
async fn unknown_ones_are_not_found() {
    let platform = TestPlatform::start().await;
    let (offer, other) = (platform.single_offer(|_| {}).await, platform.single_offer(|_| {}).await);
    let merchant = platform.merchant();
    let product = format!("{}/1?brand_id={BRAND_ID}", product_coupons());
    merchant.get(&product).await.refused(404, "NOT_FOUND", NOT_FOUND);
    for stock_id in ["1", &other.stock_id] {
        let url = format!("{}/{stock_id}?brand_id={BRAND_ID}", stocks(&offer));
        merchant.get(&url).await.refused(404, "NOT_FOUND", NOT_FOUND);
    }
}

async fn upload(platform: &TestPlatform, offer: &Offer, number: &str, codes: &Value) -> Answer {
    let url = format!("{}/{}/upload-coupon-codes", stocks(offer), offer.stock_id);
    let body = json!({ "brand_id": BRAND_ID, "out_request_no": number, "code_list": codes });
    platform.merchant().post(&url, &body).await
}

async fn pool(platform: &TestPlatform) -> Offer {
    platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!("UPLOAD")).await
}

#[tokio::test]
async fn an_upload_says_what_became_of_each_code() {
    let platform = TestPlatform::start().await;
    let offer = pool(&platform).await;
    let first = upload(&platform, &offer, "UPLOAD_1", &json!(["A-1", "A-2"])).await.ok();
    assert_eq!(first, json!({ "total_count": 2, "success_code_list": ["A-1", "A-2"] }));
    let codes = json!(["A-2", "A-3", "A-3", "A-3", "no good", "x".repeat(41), "A-4"]);
    let second = upload(&platform, &offer, "UPLOAD_2", &codes).await.ok();
    assert_eq!(second["total_count"], 5);
    let listed = |name: &str| second[name].as_array().cloned().unwrap_or_default();
    assert_eq!(listed("success_code_list"), [json!("A-4")]);
    assert_eq!(listed("already_exist_code_list"), [json!("A-2")]);
    assert_eq!(listed("duplicate_code_list"), [json!("A-3")]);
    let failed: Vec<Value> =
        listed("failed_code_list").iter().map(|failed| failed["coupon_code"].clone()).collect();
    assert_eq!(failed, [json!("no good"), json!("x".repeat(41))]);
    // A code that was repeated is in the pool all the same.
    let third = upload(&platform, &offer, "UPLOAD_3", &json!(["A-3", "A-4"])).await.ok();
    assert_eq!(third["already_exist_code_list"], json!(["A-3", "A-4"]));
}

#[tokio::test]
async fn a_replayed_upload_answers_its_first_answer() {
    let platform = TestPlatform::start().await;
    let offer = pool(&platform).await;
    let first = upload(&platform, &offer, "UPLOAD_1", &json!(["A-1"])).await.ok();
    assert_eq!(upload(&platform, &offer, "UPLOAD_1", &json!(["A-1"])).await.ok(), first);
    let other = upload(&platform, &offer, "UPLOAD_1", &json!(["A-2"])).await;
    other.refused(400, "INVALID_REQUEST", MISMATCH);
    // Each stock has numbers of its own.
    upload(&platform, &pool(&platform).await, "UPLOAD_1", &json!(["A-2"])).await.ok();
}

#[tokio::test]
async fn an_upload_has_one_to_two_hundred_codes() {
    let platform = TestPlatform::start().await;
    let offer = pool(&platform).await;
    let codes = |count: usize| json!((0..count).map(|code| format!("C-{code}")).collect::<Vec<_>>());
    for (count, number) in [(0, SHORT), (201, LONG)] {
        let answer = upload(&platform, &offer, &platform.fresh_number(), &codes(count)).await;
        answer.refused_field("PARAM_ERROR", number, "/code_list");
    }
    let all = upload(&platform, &offer, &platform.fresh_number(), &codes(200)).await.ok();
    assert_eq!(all["total_count"], 200);
}

#[tokio::test]
async fn only_a_stock_of_uploaded_codes_takes_them() {
    let platform = TestPlatform::start().await;
    for mode in ["WECHATPAY", "API_ASSIGN"] {
        let offer = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = json!(mode)).await;
        let answer = upload(&platform, &offer, &platform.fresh_number(), &json!(["A-1"])).await;
        answer.refused_field("INVALID_REQUEST", RULE, "/code_list");
    }
    let ended = pool(&platform).await;
    platform.clock.move_by_seconds(definition::STOCK_DAYS * 86_400);
    let answer = upload(&platform, &ended, &platform.fresh_number(), &json!(["A-1"])).await;
    answer.refused(400, "INVALID_REQUEST", 299_000_008);
}

#[tokio::test]
async fn the_notify_url_is_set_replaced_and_read_back() {
    let platform = TestPlatform::start().await;
    let url = format!("{PARTNER}/notify-configs");
    let merchant = platform.merchant();
    merchant.get(&url).await.refused(404, "NOT_FOUND", NOT_FOUND);
    for notify_url in ["https://shop.example.com/notify", "https://shop.example.com/other"] {
        let set = merchant.post(&url, &json!({ "notify_url": notify_url })).await.ok();
        assert_eq!(set, json!({ "notify_url": notify_url, "update_time": platform.now() }));
        platform.clock.move_by_seconds(60);
        assert_eq!(merchant.get(&url).await.ok(), set);
    }
    platform.other_merchant().get(&url).await.refused(404, "NOT_FOUND", NOT_FOUND);
    let refused = merchant.post(&url, &json!({ "notify_url": "ftp://shop.example.com/" })).await;
    refused.refused_field("PARAM_ERROR", FORM, "/notify_url");
    merchant.post(&url, &json!({})).await.refused_field("PARAM_ERROR", MISSING, "/notify_url");
    assert_eq!(merchant.get(&url).await.ok()["notify_url"], "https://shop.example.com/other");
}
