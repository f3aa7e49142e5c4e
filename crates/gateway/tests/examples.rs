//! The documented example requests are taken as they are; only the brand and the ids that the platform makes are
//! put in their places.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_model::clock::Clock;
use quan_testkit::{BRAND_ID, BundleOffer, Coupon, Offer, PARTNER, TestPlatform};
use serde_json::{Value, json};

macro_rules! example {
    ($path:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../../fixtures/examples/", $path))).unwrap()
    };
}

/// The ids in the examples.
const EXAMPLE_PRODUCT_COUPON: &str = "2000008831";
const EXAMPLE_STOCK: &str = "2000009914207";

fn of_our_brand(mut body: Value) -> Value {
    body["brand_id"] = json!(BRAND_ID);
    body
}

/// The example with the ids of an offer for its own.
fn with_offer(example: &Value, offer: &Offer) -> Value {
    let text = example.to_string();
    let text = text.replace(EXAMPLE_STOCK, &offer.stock_id);
    serde_json::from_str(&text.replace(EXAMPLE_PRODUCT_COUPON, &offer.product_coupon_id)).unwrap()
}

/// Every member that was sent stands in the answer unchanged; the answer may have more.
fn assert_echoed(sent: &Value, answer: &Value, at: &str) {
    match (sent, answer) {
        (Value::Object(members), Value::Object(_)) => {
            for (name, sent) in members.iter().filter(|(name, _)| *name != "out_request_no") {
                assert_echoed(sent, &answer[name], &format!("{at}/{name}"));
            }
        }
        (Value::Array(items), Value::Array(answered)) => {
            assert_eq!(items.len(), answered.len(), "{at}");
            for (index, (sent, answer)) in items.iter().zip(answered).enumerate() {
                assert_echoed(sent, answer, &format!("{at}/{index}"));
            }
        }
        _ => assert_eq!(sent, answer, "{at}"),
    }
}

fn product_coupons() -> String {
    format!("{PARTNER}/product-coupons")
}

async fn create(platform: &TestPlatform, body: Value) -> (Value, Offer) {
    let body = of_our_brand(body);
    let made = platform.merchant().post(&product_coupons(), &body).await.ok();
    assert_echoed(&body, &made, "");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let offer = Offer {
        product_coupon_id: text(&made["product_coupon_id"]),
        stock_id: text(&made["stock"]["stock_id"]),
    };
    (made, offer)
}

#[tokio::test]
async fn every_kind_of_coupon_with_a_stock_can_be_created() {
    let platform = TestPlatform::start().await;
    for body in [
        example!("partner/create-product-coupon/01-all-normal-single.json"),
        example!("partner/create-product-coupon/02-all-discount-single.json"),
        example!("partner/create-product-coupon/03-single-normal-single.json"),
        example!("partner/create-product-coupon/04-single-discount-single.json"),
        example!("partner/create-product-coupon/05-single-exchange-single.json"),
        example!("partner/legacy-sequential/create-product-coupon.request.json")["body"].clone(),
    ] {
        let (made, offer) = create(&platform, body.clone()).await;
        assert_eq!((&made["state"], &made["stock"]["state"]), (&json!("EFFECTIVE"), &json!("SENDING")));
        let query = format!("{}/{}?brand_id={BRAND_ID}", product_coupons(), offer.product_coupon_id);
        let shown = platform.merchant().get(&query).await.ok();
        let mut sent = of_our_brand(body);
        sent.as_object_mut().unwrap().remove("stock");
        assert_echoed(&sent, &shown, "");
    }
}

/// An answer has the members of the documented one and no others; their order is the golden files' affair.
fn same_members(ours: &[u8], theirs: &Value, at: &str) {
    let ours: Value = serde_json::from_slice(ours).unwrap();
    let names = |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    assert_eq!(names(&ours), names(theirs), "{at}");
}

#[tokio::test]
async fn the_first_example_is_answered_with_the_documented_members() {
    let platform = TestPlatform::start().await;
    let body = of_our_brand(example!("partner/create-product-coupon/01-all-normal-single.json"));
    let answer = platform.merchant().post(&product_coupons(), &body).await;
    answer.ok();
    let documented = example!("partner/create-product-coupon.single.response.json")["body"].clone();
    same_members(&answer.body, &documented, "product coupon");
    let stock = serde_json::to_vec(&answer.json()["stock"]).unwrap();
    same_members(&stock, &documented["stock"], "stock");
}

/// The documented requests of bundles, whose ids are put in their places.
fn with_bundle(example: &Value, offer: &BundleOffer) -> Value {
    let text = example.to_string().replace("3000000562", &offer.stock_bundle_id);
    serde_json::from_str(&text.replace(EXAMPLE_PRODUCT_COUPON, &offer.product_coupon_id)).unwrap()
}

/// What was written for the bundle stands in each of its stocks, the benefits one by one.
fn assert_bundle_echoed(sent: &Value, bundle: &Value) {
    let stocks = bundle["stock_list"].as_array().unwrap();
    for (index, stock) in stocks.iter().enumerate() {
        let mut sent = sent.clone();
        let rule = sent.as_object_mut().unwrap().remove("progressive_bundle_usage_rule").unwrap();
        assert_echoed(&sent, stock, &format!("/stock_list/{index}"));
        let shown = &stock["progressive_bundle_usage_rule"];
        assert_echoed(&rule["coupon_available_period"], &shown["coupon_available_period"], "/period");
        for name in ["normal_coupon", "discount_coupon", "exchange_coupon"] {
            let listed = rule.get(format!("{name}_list")).map(|list| &list[index]);
            assert_eq!(shown.get(name), listed, "{name} {index}");
        }
    }
}

#[tokio::test]
async fn every_kind_of_chain_can_be_created() {
    let platform = TestPlatform::start().await;
    for body in [
        example!("partner/create-product-coupon/06-all-normal-multi.json"),
        example!("partner/create-product-coupon/07-all-discount-multi.json"),
        example!("partner/create-product-coupon/08-single-normal-multi.json"),
        example!("partner/create-product-coupon/09-single-discount-multi.json"),
        example!("partner/create-product-coupon/10-single-exchange-multi.json"),
        example!("brand/create-product-coupon/06-all-normal-multi.json"),
        example!("brand/create-product-coupon/07-all-discount-multi.json"),
        example!("brand/create-product-coupon/08-single-normal-multi.json"),
        example!("brand/create-product-coupon/09-single-discount-multi.json"),
        example!("brand/create-product-coupon/10-single-exchange-multi.json"),
    ] {
        let side =
            if body.get("brand_id").is_some() { platform.partner_side() } else { platform.brand_side() };
        let made = side.post("/product-coupons", &body).await.ok();
        let mut sent = side.body(&body);
        let bundle = sent.as_object_mut().unwrap().remove("stock_bundle").unwrap();
        assert_echoed(&sent, &made, "");
        assert_bundle_echoed(&bundle, &made["stock_bundle"]);
    }
}

#[tokio::test]
async fn a_bundle_is_created_added_and_sent_with_the_documented_members() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let answer = side
        .post("/product-coupons", &example!("partner/create-product-coupon/06-all-normal-multi.json"))
        .await;
    let made = answer.ok();
    let documented = example!("partner/create-product-coupon.multi.response.json")["body"].clone();
    same_members(&answer.body, &documented, "product coupon");
    let bytes = |value: &Value| serde_json::to_vec(value).unwrap();
    same_members(&bytes(&made["stock_bundle"]), &documented["stock_bundle"], "bundle");
    let (ours, theirs) =
        (&made["stock_bundle"]["stock_list"][0], &documented["stock_bundle"]["stock_list"][0]);
    same_members(&bytes(ours), theirs, "stock");

    let offer = |bundle: &Value| BundleOffer {
        product_coupon_id: made["product_coupon_id"].as_str().unwrap().to_owned(),
        stock_bundle_id: bundle["stock_bundle_id"].as_str().unwrap().to_owned(),
        stock_ids: Vec::new(),
    };
    let example =
        with_bundle(&example!("partner/create-stock-bundle.request.json"), &offer(&made["stock_bundle"]));
    let added = platform
        .merchant()
        .post(example["path"].as_str().unwrap(), &of_our_brand(example["body"].clone()))
        .await;
    let added = added.ok();
    assert_bundle_echoed(&example["body"]["stock_bundle"], &added);

    let begins: quan_model::time::Time = "2026-09-15T12:10:00+08:00".parse().unwrap();
    platform.clock.move_by_seconds(begins.seconds_since(platform.clock.now()));
    let send = with_bundle(&example!("partner/send-user-coupon-bundle.request.json"), &offer(&added));
    let answer =
        platform.merchant().post(send["path"].as_str().unwrap(), &of_our_brand(send["body"].clone())).await;
    let sent = answer.ok();
    let documented = example!("partner/send-user-coupon-bundle.response.json")["body"].clone();
    same_members(&answer.body, &documented, "chain");
    let (ours, theirs) = (&sent["user_product_coupon_list"][0], &documented["user_product_coupon_list"][0]);
    same_members(&bytes(ours), theirs, "coupon");
    assert_eq!(ours["valid_end_time"], theirs["valid_end_time"]);
    let mut pre_send =
        with_bundle(&example!("partner/pre-send-user-coupon-bundle.request.json"), &offer(&added));
    pre_send["path"] = json!(pre_send["path"].as_str().unwrap().replace("/users/o", "/users/p"));
    platform
        .merchant()
        .post(pre_send["path"].as_str().unwrap(), &of_our_brand(pre_send["body"].clone()))
        .await
        .ok();
    let chain = sent["user_coupon_bundle_id"].as_str().unwrap();
    let end = with_bundle(&example!("partner/deactivate-user-coupon-bundle.request.json"), &offer(&added));
    let path = end["path"].as_str().unwrap().replace("4000001178304", chain);
    let ended = platform.merchant().post(&path, &of_our_brand(end["body"].clone())).await.ok();
    assert_eq!(ended["user_product_coupon_list"][0]["coupon_state"], "DEACTIVATED");
}

#[tokio::test]
async fn a_stock_is_added_as_documented() {
    let platform = TestPlatform::start().await;
    let body = example!("partner/create-product-coupon/01-all-normal-single.json");
    let (_, offer) = create(&platform, body).await;
    let example = with_offer(&example!("partner/create-stock.request.json"), &offer);
    let body = of_our_brand(example["body"].clone());
    let made = platform.merchant().post(example["path"].as_str().unwrap(), &body).await.ok();
    assert_echoed(&body["stock"], &made, "/stock");
}

#[tokio::test]
async fn a_token_is_given_for_each_documented_form_of_the_call() {
    let platform = TestPlatform::start().await;
    let (_, without_code) =
        create(&platform, example!("partner/create-product-coupon/01-all-normal-single.json")).await;
    let (_, with_code) =
        create(&platform, example!("partner/create-product-coupon/04-single-discount-single.json")).await;
    let partner = with_offer(&example!("partner/pre-send-user-coupon.request.json"), &without_code);
    let path = partner["path"].as_str().unwrap();
    platform.merchant().post(path, &of_our_brand(partner["body"].clone())).await.ok();
    for (example, offer) in [
        (example!("busifavor/pre-send-product-coupon.request.json"), &without_code),
        (example!("busifavor/pre-send-product-coupon.with-code.request.json"), &with_code),
    ] {
        let example = with_offer(&example, offer);
        platform.merchant().post(example["path"].as_str().unwrap(), &example["body"]).await.ok();
    }
    let without_openid = example!("busifavor/pre-send-product-coupon.without-openid.request.json");
    let without_openid = with_offer(&without_openid, &without_code);
    let answer =
        platform.merchant().post(without_openid["path"].as_str().unwrap(), &without_openid["body"]).await;
    answer.refused_field("INVALID_REQUEST", 268_578_224, "/openid");
}

#[tokio::test]
async fn codes_are_uploaded_as_documented() {
    let platform = TestPlatform::start().await;
    let (_, offer) =
        create(&platform, example!("partner/create-product-coupon/03-single-normal-single.json")).await;
    let example = with_offer(&example!("partner/upload-coupon-codes.request.json"), &offer);
    let path = example["path"].as_str().unwrap();
    // In the example one code was in the pool before.
    let before = json!({ "brand_id": BRAND_ID, "out_request_no": "BEFORE", "code_list": ["MC-0003"] });
    platform.merchant().post(path, &before).await.ok();
    let body = of_our_brand(example["body"].clone());
    let answered = platform.merchant().post(path, &body).await.ok();
    let documented = &example!("partner/upload-coupon-codes.response.json")["body"];
    for name in ["total_count", "already_exist_code_list", "duplicate_code_list"] {
        assert_eq!(answered[name], documented[name], "{name}");
    }
    // The example lists the repeated code as a success too; the four lists are kept disjoint (semantics 3.7).
    assert_eq!(answered["success_code_list"], json!(["MC-0001"]));
    assert_eq!(
        answered["failed_code_list"][0]["coupon_code"],
        documented["failed_code_list"][0]["coupon_code"]
    );
}

#[tokio::test]
async fn a_coupon_is_confirmed_used_and_returned_as_documented() {
    let platform = TestPlatform::start().await;
    let create_body =
        example!("partner/legacy-sequential/create-product-coupon.request.json")["body"].clone();
    let (_, offer) = create(&platform, create_body).await;
    let [used, returned] = [
        example!("partner/legacy-sequential/use-user-coupon.request.json"),
        example!("partner/legacy-sequential/return-user-coupon.request.json"),
    ];
    // The example is of the day of its use: the clock is brought there, so that the claim comes just before it.
    let use_time: quan_model::time::Time = used["body"]["use_time"].as_str().unwrap().parse().unwrap();
    platform.clock.move_by_seconds(use_time.seconds_since(platform.clock.now()));
    let openid = used["path"].as_str().unwrap().split('/').nth(6).unwrap().to_owned();
    let coupon = platform.claimed(&offer, &openid).await;
    platform.merchant().post(&coupon.command("confirm"), &coupon.body("CONFIRM_01")).await.ok();
    let command = |example: &Value, coupon: &Coupon| {
        let mut body = example["body"].clone();
        for (name, value) in coupon.body("").as_object().unwrap() {
            if name != "out_request_no" {
                body[name] = value.clone();
            }
        }
        body["sequential_coupon_index"] = json!(0);
        body
    };
    let mut use_body = command(&used, &coupon);
    // The store of the example is not one of ours.
    use_body.as_object_mut().unwrap().remove("store_id");
    let after_use = platform.merchant().post(&coupon.command("use"), &use_body).await.ok();
    assert_eq!(after_use["sequential_usage_detail"]["used_count"], 1);
    let return_body = command(&returned, &coupon);
    let after_return = platform.merchant().post(&coupon.command("return"), &return_body).await.ok();
    assert_eq!(after_return["sequential_usage_detail"]["used_count"], 0);
}
