//! The order of checks (semantics 0.1): a call that is wrong in every way is refused for the first, and, that one
//! mended, for the next, down to the success.

use quan_testkit::{
    APPID, Answer, Coupon, Grant, OPENID, STORE_ID, Side, TestPlatform, UNBOUND_APPID, definition,
};
use serde_json::{Value, json};

/// A refusal as the table has it.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str, number: u64) {
    answer.refused(status, code, number);
}

/// An API_ASSIGN stock of two coupons a person, used on Tuesdays, from which one coupon was issued.
async fn started() -> (TestPlatform, Coupon) {
    let platform = TestPlatform::start().await;
    let offer = platform
        .single_stock_offer(|stock| {
            stock["coupon_code_mode"] = json!("API_ASSIGN");
            stock["stock_send_rule"] = json!({ "max_count": 9, "max_count_per_user": 2 });
            stock["store_scope"] = json!("NONE");
            let period = &mut stock["single_usage_rule"]["coupon_available_period"];
            period["weekly_available_period"] = json!({ "day_list": ["TUESDAY"] });
        })
        .await;
    let mut body = offer.send_body("SEND_0001");
    body["coupon_code"] = json!("CODE-1");
    platform.partner_side().post(&format!("/users/{OPENID}/coupons"), &body).await.ok();
    (platform, Coupon { offer, openid: OPENID.to_owned(), coupon_code: "CODE-1".to_owned() })
}

async fn send(side: &Side, body: &Value) -> Answer {
    side.post(&format!("/users/{OPENID}/coupons"), body).await
}

#[tokio::test]
async fn a_send_that_is_wrong_in_every_way() {
    let (platform, coupon) = started().await;
    let side = platform.partner_side();
    // A number that is taken by other data, a code that is taken, a stock that is paused.
    let mut body = coupon.offer.send_body("SEND_0001");
    body["coupon_code"] = json!("CODE-1");
    body["attach"] = json!("x".repeat(151));
    body["appid"] = json!(UNBOUND_APPID);
    body["stock_id"] = json!("998");
    platform.put_authorisation(Grant::Withdrawn).await;
    platform.admin("/_quan/stocks/pause", Some(&json!({ "stock_id": coupon.offer.stock_id }))).await;
    let target = side.url(&format!("/users/{OPENID}/coupons"));
    // 1 signature.
    let forged = platform.wrong_key().post(&target, &side.body(&body)).await;
    forged.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
    // 3 fields.
    refused(&send(&side, &body).await, 400, "PARAM_ERROR", 268_435_462);
    body["attach"] = json!("other");
    // 4 authorisation.
    refused(&send(&side, &body).await, 403, "NO_AUTH", 268_579_803);
    platform.put_authorisation(Grant::Given).await;
    // 5 appid.
    refused(&send(&side, &body).await, 400, "INVALID_REQUEST", 268_578_704);
    body["appid"] = json!(APPID);
    // 7 stock.
    refused(&send(&side, &body).await, 404, "NOT_FOUND", 268_578_608);
    body["stock_id"] = json!(coupon.offer.stock_id);
    // 9 number.
    refused(&send(&side, &body).await, 400, "INVALID_REQUEST", 268_578_927);
    body["send_request_no"] = json!("SEND_0002");
    // 10 re-entry.
    refused(&send(&side, &body).await, 400, "INVALID_REQUEST", 272_755_200);
    body["coupon_code"] = json!("CODE-2");
    // 11 state of the stock.
    refused(&send(&side, &body).await, 400, "INVALID_REQUEST", 268_577_984);
    platform.admin("/_quan/stocks/resume", Some(&json!({ "stock_id": coupon.offer.stock_id }))).await;
    // 13 limits.
    let mut second = body.clone();
    (second["send_request_no"], second["coupon_code"]) = (json!("SEND_0003"), json!("CODE-3"));
    send(&side, &second).await.ok();
    refused(&send(&side, &body).await, 400, "INVALID_REQUEST", 272_756_740);
    // A faithful repetition comes before all of it.
    send(&side, &second).await.ok();
}

#[tokio::test]
async fn a_use_that_is_wrong_in_every_way() {
    let (platform, coupon) = started().await;
    let side = platform.partner_side();
    // The number was used for another coupon.
    let mut first = coupon.offer.send_body("SEND_0002");
    first["coupon_code"] = json!("CODE-2");
    send(&side, &first).await.ok();
    let other = Coupon { coupon_code: "CODE-2".to_owned(), ..coupon.clone() };
    side.post(&format!("{}/confirm", other.tail()), &other.body("CONFIRM_2")).await.ok();
    platform.clock.move_by_seconds(86_400);
    let tuesday = platform.now();
    side.post(&format!("{}/use", other.tail()), &platform.use_body(&other, "USE_000001", None)).await.ok();
    platform.clock.move_by_seconds(86_400);
    let mut body = platform.use_body(&coupon, "USE_000001", None);
    body["saved_amount"] = json!(-1);
    body["appid"] = json!(UNBOUND_APPID);
    body["stock_id"] = json!("998");
    body["use_time"] = json!(tuesday.plus_seconds(-5 * 86_400));
    body["store_id"] = json!("999999");
    body["associated_pay_score_order_info"] = json!({ "order_id": "1" });
    platform.put_authorisation(Grant::Withdrawn).await;
    let unknown = Coupon { coupon_code: "CODE-9".to_owned(), ..coupon.clone() };
    let run = async |coupon: &Coupon, body: &Value| side.post(&format!("{}/use", coupon.tail()), body).await;
    // 3 fields.
    refused(&run(&unknown, &body).await, 400, "PARAM_ERROR", 268_435_464);
    body["saved_amount"] = json!(0);
    // 4 authorisation.
    refused(&run(&unknown, &body).await, 403, "NO_AUTH", 268_579_803);
    platform.put_authorisation(Grant::Given).await;
    // 5 appid.
    refused(&run(&unknown, &body).await, 400, "INVALID_REQUEST", 268_578_704);
    body["appid"] = json!(APPID);
    // 7 stock.
    refused(&run(&unknown, &body).await, 404, "NOT_FOUND", 268_578_608);
    body["stock_id"] = json!(coupon.offer.stock_id);
    // 8 coupon.
    refused(&run(&unknown, &body).await, 404, "NOT_FOUND", 268_578_851);
    // 9 number.
    refused(&run(&coupon, &body).await, 400, "INVALID_REQUEST", 268_578_927);
    body["out_request_no"] = json!("USE_000002");
    // 11 state.
    refused(&run(&coupon, &body).await, 400, "INVALID_REQUEST", 268_578_367);
    side.post(&format!("{}/confirm", coupon.tail()), &coupon.body("CONFIRM_1")).await.ok();
    // 12 time: before the issue, then on the wrong day of the week.
    refused(&run(&coupon, &body).await, 400, "PARAM_ERROR", 268_435_464);
    body["use_time"] = json!(platform.now());
    refused(&run(&coupon, &body).await, 400, "INVALID_REQUEST", 272_755_717);
    body["use_time"] = json!(tuesday);
    // 13 store, then order.
    refused(&run(&coupon, &body).await, 400, "INVALID_REQUEST", 268_584_404);
    body["store_id"] = json!(STORE_ID);
    refused(&run(&coupon, &body).await, 400, "INVALID_REQUEST", 268_578_224);
    body.as_object_mut().expect("a body is an object").remove("associated_pay_score_order_info");
    assert_eq!(run(&coupon, &body).await.ok()["coupon_state"], "USED");
}

/// `member` holds the definition; `there` is a product coupon that takes it.
async fn is_mended_step_by_step(
    platform: &TestPlatform,
    (collection, member, definition): (&str, &str, Value),
    there: &str,
) {
    let side = platform.partner_side();
    let tail = |id: &str| format!("/product-coupons/{id}/{collection}");
    let mut body = json!({ "out_request_no": "STOCK_001" });
    body[member] = definition;
    side.post(&tail(there), &body).await.ok();
    body[member]["stock_send_rule"]["max_count"] = json!(0);
    body[member]["notify_config"]["notify_appid"] = json!(UNBOUND_APPID);
    platform.put_authorisation(Grant::Withdrawn).await;
    // 3 fields, 4 authorisation, 5 appid, 7 product coupon, 9 number.
    refused(&side.post(&tail("998"), &body).await, 400, "PARAM_ERROR", 268_435_464);
    body[member]["stock_send_rule"]["max_count"] = json!(7);
    refused(&side.post(&tail("998"), &body).await, 403, "NO_AUTH", 268_579_803);
    platform.put_authorisation(Grant::Given).await;
    refused(&side.post(&tail("998"), &body).await, 400, "INVALID_REQUEST", 268_578_704);
    body[member]["notify_config"]["notify_appid"] = json!(APPID);
    refused(&side.post(&tail("998"), &body).await, 404, "NOT_FOUND", 268_578_608);
    refused(&side.post(&tail(there), &body).await, 400, "ALREADY_EXISTS", 268_578_927);
    body["out_request_no"] = json!("STOCK_002");
    side.post(&tail(there), &body).await.ok();
}

#[tokio::test]
async fn a_new_stock_that_is_wrong_in_every_way() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let stock = ("stocks", "stock", definition::single_stock(platform.now()));
    is_mended_step_by_step(&platform, stock, &offer.product_coupon_id).await;
}

#[tokio::test]
async fn a_new_bundle_that_is_wrong_in_every_way() {
    let platform = TestPlatform::start().await;
    let offer = platform.bundle_offer(&platform.partner_side(), |_| {}).await;
    let bundle = ("stock-bundles", "stock_bundle", definition::stock_bundle(platform.now()));
    is_mended_step_by_step(&platform, bundle, &offer.product_coupon_id).await;
}
