//! What the validator notices, and what it lets pass.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::fs;
use std::path::Path;

use quan_openapi::{template, validate_request, validate_response};
use serde_json::{Value, json};

const USERS: &str = "/v3/marketing/partner/product-coupon/users";

fn example(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/examples").join(name);
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    file.get("body").cloned().unwrap_or(file)
}

fn answer(path: &str, body: &Value) -> Result<(), String> {
    validate_response("POST", path, 200, &serde_json::to_vec(body).unwrap())
}

fn request(path: &str, body: &Value) -> Result<(), String> {
    validate_request("POST", path, &serde_json::to_vec(body).unwrap())
}

#[test]
fn an_undocumented_member_of_an_answer_is_noticed_at_any_depth() {
    let path = format!("{USERS}/oX/coupons/C1/use");
    let good = example("partner/use-user-coupon.response.json");
    assert_eq!(answer(&path, &good), Ok(()));
    for place in
        ["", "/stock", "/stock/stock_send_rule", "/product_coupon/display_info", "/single_usage_detail"]
    {
        let mut body = good.clone();
        body.pointer_mut(place).unwrap()["surprise"] = json!(1);
        let error = answer(&path, &body).unwrap_err();
        assert!(error.contains("surprise"), "{place}: {error}");
    }
}

#[test]
fn a_missing_member_a_new_word_and_a_bad_time_of_an_answer_are_noticed() {
    let path = format!("{USERS}/oX/coupons/C1/use");
    let good = example("partner/use-user-coupon.response.json");
    for (place, value) in [
        ("/coupon_state", json!("SPENT")),
        ("/receive_time", json!("2026-09-15T04:04:31Z")),
        ("/receive_time", json!("2026-09-15T12:04:31.5+08:00")),
        ("/stock/sent_count_info/total_count", json!(-1)),
        ("/stock/remark", json!("二十个字以内的备注才可以写进这个字段里面否则太长")),
        ("/stock/state", Value::Null),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value;
        assert!(answer(&path, &body).is_err(), "{place}");
    }
    let mut body = good.clone();
    body.as_object_mut().unwrap().remove("brand_id");
    assert!(answer(&path, &body).is_err(), "a partner is told the brand");
}

#[test]
fn a_brand_is_told_no_brand() {
    let path = "/brand/marketing/product-coupon/users/oX/coupons/C1/use";
    let mut body = example("brand/use-user-coupon.response.json");
    assert_eq!(answer(path, &body), Ok(()));
    body["stock"]["brand_id"] = json!("120344");
    assert!(answer(path, &body).is_err());
}

#[test]
fn requests_may_hold_what_nobody_described_and_null() {
    let path = "/v3/marketing/partner/product-coupon/product-coupons";
    let mut body = example("partner/create-product-coupon/01-all-normal-single.json");
    body["surprise"] = json!(1);
    body["stock"]["surprise"] = json!(1);
    body["stock_bundle"] = Value::Null;
    body["stock"]["remark"] = Value::Null;
    body["stock"]["coupon_display_info"]["background_color"] = Value::Null;
    assert_eq!(request(path, &body), Ok(()));
}

#[test]
fn requests_are_held_to_limits_and_rules() {
    let path = "/v3/marketing/partner/product-coupon/product-coupons";
    let good = example("partner/create-product-coupon/01-all-normal-single.json");
    for (place, value, fits) in [
        ("/out_request_no", json!("123456"), true),
        ("/out_request_no", json!("12345"), false),
        ("/out_request_no", json!("a".repeat(40)), true),
        ("/out_request_no", json!("a".repeat(41)), false),
        ("/out_request_no", json!("123456!"), false),
        ("/display_info/name", json!("三个字"), true),
        ("/display_info/name", json!("两字"), false),
        ("/stock/stock_send_rule/max_count", json!(100_000_000), true),
        ("/stock/stock_send_rule/max_count", json!(100_000_001), false),
        ("/stock/stock_send_rule/max_count_per_user", json!(0), false),
        ("/usage_mode", json!("PROGRESSIVE_BUNDLE"), false),
        ("/single_usage_info", Value::Null, false),
        ("/scope", json!("CATEGORY"), false),
    ] {
        let mut body = good.clone();
        *body.pointer_mut(place).unwrap() = value.clone();
        assert_eq!(request(path, &body).is_ok(), fits, "{place} {value}: {:?}", request(path, &body));
    }
    let order = json!({"transaction_id": "4200001234202609207788990011"});
    let path = format!("{USERS}/oX/coupons/C1/use");
    let mut body = example("partner/use-user-coupon.request.json");
    body["associated_order_info"] = order;
    assert_eq!(request(&path, &body), Ok(()));
    body["associated_pay_score_order_info"] = json!({"order_id": "1"});
    assert!(request(&path, &body).is_err(), "one order, not two");
}

#[test]
fn queries_are_checked() {
    let path = format!("{USERS}/oX/coupons");
    let get = |query: &str| validate_request("GET", &format!("{path}?{query}"), b"");
    assert_eq!(get("brand_id=1&appid=wx1&page_size=50"), Ok(()));
    assert_eq!(get("brand_id=1&appid=wx1&coupon_state="), Ok(()), "without a value it counts as absent");
    assert!(get("brand_id=1&appid=").is_err(), "but what is required has one");
    assert!(get("brand_id=1").unwrap_err().contains("appid"));
    assert!(get("brand_id=1&appid=wx1&page_size=51").unwrap_err().contains("page_size"));
    assert!(get("brand_id=1&appid=wx1&page_size=many").unwrap_err().contains("page_size"));
    assert!(get("brand_id=1&appid=wx1&coupon_state=GONE").unwrap_err().contains("coupon_state"));
}

#[test]
fn a_path_finds_its_operation() {
    let busifavor = "/v3/marketing/busifavor";
    for (method, path, id) in [
        ("POST", format!("{busifavor}/coupons/send"), "busifavor_send_coupon"),
        ("POST", format!("{busifavor}/coupons/pCard/send"), "busifavor_send_gov_card"),
        ("POST", format!("{busifavor}/product-coupons/send"), "busifavor_send_product_coupon"),
        ("GET", "/v3/certificates?algorithm_type=RSA".to_owned(), "platform_download_certificates"),
        ("POST", "/claim/v1/open".to_owned(), "claim_open"),
        (
            "PATCH",
            "/brand/marketing/product-coupon/product-coupons/1".to_owned(),
            "brand_update_product_coupon",
        ),
    ] {
        assert_eq!(template(method, &path).unwrap().1, id);
    }
    for (method, path) in [
        ("DELETE", format!("{busifavor}/coupons/send")),
        ("GET", "/v3/marketing/partner/product-coupon".to_owned()),
        ("POST", "/brand/marketing/product-coupon/image-generation-tasks".to_owned()),
    ] {
        assert!(template(method, &path).is_err(), "{method} {path}");
    }
}

#[test]
fn statuses_are_checked() {
    let path = "/v3/marketing/busifavor/stocks/1";
    assert_eq!(validate_response("PATCH", path, 204, b""), Ok(()));
    assert!(validate_response("PATCH", path, 204, b"{}").is_err());
    assert!(validate_response("PATCH", path, 200, b"{}").is_err());
    let error = br#"{"code":"PARAM_ERROR","message":"x"}"#;
    assert_eq!(validate_response("PATCH", path, 400, error), Ok(()));
    assert_eq!(validate_response("PATCH", path, 413, error), Ok(()));
    assert!(validate_response("PATCH", path, 400, br#"{"code":"ODD","message":"x"}"#).is_err());
    assert!(validate_response("PATCH", path, 400, b"<html>").is_err());
}
