//! Every call made twice, word for word: the second is answered like the first and changes nothing more.

use quan_testkit::operation::{Operation, operations};
use quan_testkit::{APPID, BUSIFAVOR, MCHID, OPENID, OTHER_MCHID, TestPlatform};
use serde_json::{Value, json};

/// The answer without what is new in each: the token of a pre-send, whose record is the same.
fn compared(operation: &Operation, mut answer: Value) -> Value {
    if operation.name.starts_with("pre_send") {
        let token = answer["token"].take();
        assert!(token.is_string(), "{}: {answer}", operation.name);
    }
    answer
}

#[tokio::test]
async fn every_operation_of_both_product_coupon_faces_can_be_repeated() {
    let platform = TestPlatform::start().await;
    for side in [platform.partner_side(), platform.brand_side()] {
        for operation in operations() {
            let subject = platform.subject_of(&operation, &side).await;
            let members = operation.members(&platform, &subject);
            let first = operation.call_with(&side, &subject, &members).await.ok();
            let told = platform.notifications().await.len();
            let again = operation.call_with(&side, &subject, &members).await.ok();
            assert_eq!(compared(&operation, again), compared(&operation, first), "{}", operation.name);
            assert_eq!(
                platform.notifications().await.len(),
                told,
                "{}: nobody is told twice",
                operation.name
            );
        }
    }
}

#[tokio::test]
async fn reading_over_busifavor_changes_nothing() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let pool = platform.merchant_stock(|stock| stock["coupon_code_mode"] = json!("MERCHANT_UPLOAD")).await;
    let codes = format!("{BUSIFAVOR}/stocks/{pool}/couponcodes");
    let upload = json!({ "coupon_code_list": ["CODE_1"], "upload_request_no": "UPLOAD_1" });
    merchant.post(&codes, &upload).await.ok();
    let stock_id = platform.merchant_stock(|stock| stock["belong_merchant"] = json!(OTHER_MCHID)).await;
    let code = platform.merchant_coupon(&stock_id, OPENID).await;
    platform.merchant_command("use", (&stock_id, &code), "USE_1", |_| {}).await.ok();
    let mut receipt = json!({
        "stock_id": stock_id, "coupon_code": code, "transaction_id": "4200001234202609207788990011",
        "payer_merchant": MCHID, "payee_merchant": OTHER_MCHID, "amount": 300,
        "description": "补差", "out_subsidy_no": "SUBSIDY_1",
    });
    merchant.post(&format!("{BUSIFAVOR}/subsidy/pay-receipts"), &receipt).await.ok();
    let members = receipt.as_object_mut().expect("a receipt is an object");
    members.remove("out_subsidy_no");
    members.insert("out_subsidy_return_no".to_owned(), json!("RETURN_1"));
    members.insert("refund_id".to_owned(), json!("50300207762026092200112233445"));
    let returned = merchant.post(&format!("{BUSIFAVOR}/subsidy/return-receipts"), &receipt).await.ok();
    let return_id = returned["subsidy_return_receipt_id"].as_str().expect("a return has its id");
    for target in [
        codes.clone(),
        format!("{codes}/CODE_1?appid={APPID}"),
        format!("{BUSIFAVOR}/users/{OPENID}/coupons?appid={APPID}&creator_merchant={MCHID}"),
        format!("{BUSIFAVOR}/subsidy/pay-receipts?stock_id={stock_id}&coupon_code={code}"),
        format!("{BUSIFAVOR}/subsidy/return-receipts/{return_id}"),
    ] {
        let first = merchant.get(&target).await.ok();
        assert_eq!(merchant.get(&target).await.ok(), first, "{target}");
    }
    let callback = json!({ "notify_url": "https://shop.example/callback" });
    let set = merchant.post(&format!("{BUSIFAVOR}/callbacks"), &callback).await.ok();
    assert_eq!(merchant.post(&format!("{BUSIFAVOR}/callbacks"), &callback).await.ok(), set);
    let shown = merchant.get(&format!("{BUSIFAVOR}/callbacks")).await.ok();
    assert_eq!(merchant.get(&format!("{BUSIFAVOR}/callbacks")).await.ok(), shown);
}
