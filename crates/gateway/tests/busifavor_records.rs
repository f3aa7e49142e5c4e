//! Callbacks, subsidy receipts and consumption cards over busifavor: facts that are kept.

use quan_testkit::{APPID, Answer, BUSIFAVOR, MCHID, OPENID, OTHER_MCHID, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

const RULE: u64 = 268_578_224;
const RANGE: u64 = 268_435_464;
const STATE: u64 = 268_578_367;
const MISMATCH: u64 = 268_578_927;
const NOT_FOUND: u64 = 268_578_608;
const COUPON_NOT_FOUND: u64 = 268_578_851;
const TRANSACTION: &str = "4200001234202609207788990011";

#[tokio::test]
async fn a_merchant_has_one_callback_of_its_own() {
    let platform = TestPlatform::start().await;
    let target = format!("{BUSIFAVOR}/callbacks");
    let merchant = platform.merchant();
    merchant.get(&target).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    for (mchid, url) in [(None, "https://shop.example/1"), (Some(MCHID), "https://shop.example/2")] {
        let mut body = json!({ "notify_url": url });
        if let Some(mchid) = mchid {
            body["mchid"] = json!(mchid);
        }
        let set = merchant.post(&target, &body).await.ok();
        assert_eq!(set, json!({ "update_time": platform.now(), "notify_url": url, "mchid": MCHID }));
        for query in [String::new(), format!("?mchid={MCHID}")] {
            let found = merchant.get(&format!("{target}{query}")).await.ok();
            assert_eq!(found, json!({ "notify_url": url, "mchid": MCHID }));
        }
    }
    let foreign = json!({ "mchid": OTHER_MCHID, "notify_url": "https://shop.example/3" });
    merchant.post(&target, &foreign).await.refused_field("INVALID_REQUEST", RULE, "/mchid");
    let answer = merchant.get(&format!("{target}?mchid={OTHER_MCHID}")).await;
    answer.refused_field("INVALID_REQUEST", RULE, "mchid");
    platform.other_merchant().get(&target).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let plain = json!({ "notify_url": "http://shop.example/" });
    merchant.post(&target, &plain).await.refused_field("PARAM_ERROR", 268_435_461, "/notify_url");
    // It is not the notify URL of the product-coupon faces.
    let other_face = "/v3/marketing/partner/product-coupon/notify-configs";
    merchant.get(other_face).await.refused(404, "NOT_FOUND", NOT_FOUND);
}

fn card_body(platform: &TestPlatform, number: &str) -> Value {
    json!({ "appid": APPID, "openid": OPENID, "out_request_no": number, "send_time": platform.now() })
}

#[tokio::test]
async fn a_card_is_sent_once_for_number_and_time() {
    let platform = TestPlatform::start().await;
    let target = format!("{BUSIFAVOR}/coupons/pIJMr5MMiIkO_93VtPyIiEk2DZ4w/send");
    let merchant = platform.merchant();
    let body = card_body(&platform, "GOV1");
    let sent = merchant.post(&target, &body).await.ok();
    let code = sent["card_code"].as_str().unwrap();
    assert!(code.len() == 12 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    assert_eq!(merchant.post(&target, &body).await.ok(), sent);
    let mut other_time = body.clone();
    other_time["send_time"] = json!(platform.now().plus_seconds(-1));
    assert_ne!(merchant.post(&target, &other_time).await.ok(), sent, "the time is part of the key");
    let mut other_user = body.clone();
    other_user["openid"] = json!("oAnotherUser");
    merchant.post(&target, &other_user).await.refused(400, "INVALID_REQUEST", MISMATCH);
    merchant.post(&target.replace("pIJMr5", "other"), &body).await.refused(400, "INVALID_REQUEST", MISMATCH);
    platform.bind_appid(APPID, OTHER_MCHID).await;
    assert_ne!(
        platform.other_merchant().post(&target, &body).await.ok(),
        sent,
        "numbers are the caller's own"
    );
    for (seconds, accepted) in [(-86_401, false), (-86_400, true), (300, true), (301, false)] {
        let mut body = card_body(&platform, "GOV2");
        body["send_time"] = json!(platform.now().plus_seconds(seconds));
        let answer = merchant.post(&target, &body).await;
        if accepted {
            answer.ok();
        } else {
            answer.refused_field("PARAM_ERROR", RANGE, "/send_time");
        }
    }
    platform.clock.move_by_seconds(2 * 86_400);
    assert_eq!(merchant.post(&target, &body).await.ok(), sent, "a replay outlives the 24 hours");
    let answer = merchant.post(&target, &card_body(&platform, "GOV_1")).await;
    answer.refused_field("PARAM_ERROR", 268_435_461, "/out_request_no");
    let mut unbound = card_body(&platform, "GOV3");
    unbound["appid"] = json!(UNBOUND_APPID);
    merchant.post(&target, &unbound).await.refused(400, "INVALID_REQUEST", 268_578_704);
}

/// A used coupon of a 满30减5 stock of the merchant that belongs to another.
async fn used_coupon(platform: &TestPlatform) -> (String, String) {
    let stock_id = platform.merchant_stock(|stock| stock["belong_merchant"] = json!(OTHER_MCHID)).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    platform.merchant_command("use", (&stock_id, &code), &platform.fresh_number(), |_| {}).await.ok();
    (stock_id, code)
}

fn pay_body((stock_id, code): (&str, &str), number: &str) -> Value {
    json!({
        "stock_id": stock_id, "coupon_code": code, "transaction_id": TRANSACTION,
        "payer_merchant": MCHID, "payee_merchant": OTHER_MCHID, "amount": 300,
        "description": "秋季活动补差", "out_subsidy_no": number,
    })
}

async fn pay(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(&format!("{BUSIFAVOR}/subsidy/pay-receipts"), body).await
}

async fn give_back(platform: &TestPlatform, body: &Value) -> Answer {
    platform.merchant().post(&format!("{BUSIFAVOR}/subsidy/return-receipts"), body).await
}

#[tokio::test]
async fn a_payment_is_kept_as_a_receipt() {
    let platform = TestPlatform::start().await;
    let (stock_id, code) = used_coupon(&platform).await;
    let body = pay_body((&stock_id, &code), "SUBSIDY_1");
    let receipt = pay(&platform, &body).await.ok();
    for (name, written) in body.as_object().unwrap() {
        assert_eq!(&receipt[name], written, "{name}");
    }
    assert_eq!(receipt["status"], "PAY_RECEIPT_SUCCESS", "it succeeds at once; no money moves");
    assert_eq!(
        (&receipt["success_time"], &receipt["create_time"]),
        (&json!(platform.now()), &json!(platform.now()))
    );
    let id = receipt["subsidy_receipt_id"].as_str().unwrap();
    assert_eq!(id.len(), 28);
    assert_eq!(pay(&platform, &body).await.ok(), receipt);
    let mut other = body.clone();
    other["amount"] = json!(301);
    pay(&platform, &other).await.refused(400, "INVALID_REQUEST", MISMATCH);
    let one = format!("{BUSIFAVOR}/subsidy/pay-receipts/{id}");
    assert_eq!(platform.merchant().get(&one).await.ok(), receipt);
    assert_eq!(platform.other_merchant().get(&one).await.ok(), receipt, "the belonging merchant sees it");
    let second = pay(&platform, &pay_body((&stock_id, &code), "SUBSIDY_2")).await.ok();
    let list = format!("{BUSIFAVOR}/subsidy/pay-receipts?stock_id={stock_id}&coupon_code={code}");
    let all = platform.merchant().get(&list).await.ok();
    assert_eq!(all["pay_receipt_list"].as_array().unwrap().len(), 2);
    let by_number = platform.merchant().get(&format!("{list}&out_subsidy_no=SUBSIDY_2")).await.ok();
    assert_eq!(by_number, json!({ "pay_receipt_list": [second] }));
    let none = platform.merchant().get(&format!("{list}&out_subsidy_no=SUBSIDY_3")).await.ok();
    assert_eq!(none, json!({}));
}

#[tokio::test]
async fn a_payment_fits_its_coupon() {
    let platform = TestPlatform::start().await;
    let (stock_id, code) = used_coupon(&platform).await;
    let coupon = (stock_id.as_str(), code.as_str());
    let refused = |edit: fn(&mut Value)| {
        let platform = &platform;
        async move {
            let mut body = pay_body(coupon, &platform.fresh_number());
            edit(&mut body);
            pay(platform, &body).await
        }
    };
    refused(|body| body["amount"] = json!(0)).await.refused_field("PARAM_ERROR", RANGE, "/amount");
    refused(|body| body["amount"] = json!(501)).await.refused_field("PARAM_ERROR", RANGE, "/amount");
    refused(|body| body["amount"] = json!(500)).await.ok();
    let payer = refused(|body| body["payer_merchant"] = json!("1999999999")).await;
    payer.refused_field("INVALID_REQUEST", RULE, "/payer_merchant");
    let payee = refused(|body| body["payee_merchant"] = json!("1999999999")).await;
    payee.refused(400, "MCH_NOT_EXISTS", 299_000_080);
    for (length, number) in [(27, 268_435_463), (33, 268_435_462)] {
        let mut body = pay_body(coupon, &platform.fresh_number());
        body["transaction_id"] = json!("4".repeat(length));
        pay(&platform, &body).await.refused_field("PARAM_ERROR", number, "/transaction_id");
    }
    refused(|body| body["description"] = json!("")).await.refused_field(
        "PARAM_ERROR",
        268_435_463,
        "/description",
    );
    refused(|body| body["description"] = json!("长".repeat(1025))).await.refused_field(
        "PARAM_ERROR",
        268_435_462,
        "/description",
    );
    refused(|body| body["coupon_code"] = json!("NOBODYS")).await.refused(
        404,
        "RESOURCE_NOT_EXISTS",
        COUPON_NOT_FOUND,
    );
    refused(|body| body["stock_id"] = json!("999")).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let unused = platform.merchant_coupon(&stock_id, OPENID).await;
    let answer = pay(&platform, &pay_body((&stock_id, &unused), "SUBSIDY_9")).await;
    answer.refused(400, "INVALID_REQUEST", STATE);
    let exchange = platform
        .merchant_stock(|stock| {
            stock["stock_type"] = json!("EXCHANGE");
            let rule = &mut stock["coupon_use_rule"];
            rule.as_object_mut().unwrap().remove("fixed_normal_coupon");
            rule["exchange_coupon"] = json!({ "exchange_price": 0, "transaction_minimum": 1 });
        })
        .await;
    let code = platform.merchant_coupon(&exchange, OPENID).await;
    let answer = pay(&platform, &pay_body((&exchange, &code), "SUBSIDY_8")).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    let offer = platform.single_offer(|_| {}).await;
    let answer = pay(&platform, &pay_body((&offer.stock_id, &code), "SUBSIDY_7")).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
}

#[tokio::test]
async fn a_return_takes_no_more_than_was_paid() {
    let platform = TestPlatform::start().await;
    let (stock_id, code) = used_coupon(&platform).await;
    let paid = pay(&platform, &pay_body((&stock_id, &code), "SUBSIDY_1")).await.ok();
    let id = paid["subsidy_receipt_id"].as_str().unwrap();
    let body = |number: &str, amount: i64| {
        let mut body = pay_body((&stock_id, &code), "");
        body.as_object_mut().unwrap().remove("out_subsidy_no");
        body["refund_id"] = json!("50300207762026092200112233445");
        body["out_subsidy_return_no"] = json!(number);
        body["amount"] = json!(amount);
        body
    };
    give_back(&platform, &body("RETURN_1", 301)).await.refused_field("PARAM_ERROR", RANGE, "/amount");
    give_back(&platform, &body("RETURN_1", 0)).await.refused_field("PARAM_ERROR", RANGE, "/amount");
    let first = give_back(&platform, &body("RETURN_1", 100)).await.ok();
    assert_eq!(
        (&first["status"], &first["subsidy_receipt_id"]),
        (&json!("RETURN_RECEIPT_SUCCESS"), &json!(id))
    );
    assert_eq!(first["return_done_time"], json!(platform.now()));
    assert_eq!(give_back(&platform, &body("RETURN_1", 100)).await.ok(), first);
    give_back(&platform, &body("RETURN_1", 99)).await.refused(400, "INVALID_REQUEST", MISMATCH);
    let payment = format!("{BUSIFAVOR}/subsidy/pay-receipts/{id}");
    assert_eq!(platform.merchant().get(&payment).await.ok()["status"], "PAY_RECEIPT_PARTIAL_RETURN");
    give_back(&platform, &body("RETURN_2", 201)).await.refused_field("PARAM_ERROR", RANGE, "/amount");
    give_back(&platform, &body("RETURN_2", 200)).await.ok();
    assert_eq!(platform.merchant().get(&payment).await.ok()["status"], "PAY_RECEIPT_FULL_RETURN");
    let mut other_order = body("RETURN_3", 1);
    other_order["transaction_id"] = json!("4200001234202609207788990012");
    give_back(&platform, &other_order).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let mut swapped = body("RETURN_3", 1);
    (swapped["payer_merchant"], swapped["payee_merchant"]) = (json!(OTHER_MCHID), json!(MCHID));
    give_back(&platform, &swapped).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let return_id = first["subsidy_return_receipt_id"].as_str().unwrap();
    let target = format!("{BUSIFAVOR}/subsidy/return-receipts/{return_id}");
    assert_eq!(platform.merchant().get(&target).await.ok(), first);
}

#[tokio::test]
async fn a_receipt_is_seen_by_who_operates_the_stock() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    platform.merchant_command("use", (&stock_id, &code), &platform.fresh_number(), |_| {}).await.ok();
    let body = pay_body((&stock_id, &code), "SUBSIDY_1");
    let paid = pay(&platform, &body).await.ok();
    let other = platform.other_merchant();
    let missing = |answer: Answer| answer.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    missing(other.post(&format!("{BUSIFAVOR}/subsidy/pay-receipts"), &body).await);
    let id = paid["subsidy_receipt_id"].as_str().unwrap();
    missing(other.get(&format!("{BUSIFAVOR}/subsidy/pay-receipts/{id}")).await);
    let list = format!("{BUSIFAVOR}/subsidy/pay-receipts?stock_id={stock_id}&coupon_code={code}");
    missing(other.get(&list).await);
    missing(platform.merchant().get(&format!("{BUSIFAVOR}/subsidy/pay-receipts/{}", "9".repeat(28))).await);
    missing(
        platform.merchant().get(&format!("{BUSIFAVOR}/subsidy/return-receipts/{}", "9".repeat(28))).await,
    );
    let short = platform.merchant().get(&format!("{BUSIFAVOR}/subsidy/pay-receipts/123")).await;
    short.refused_field("PARAM_ERROR", 268_435_463, "subsidy_receipt_id");
}
