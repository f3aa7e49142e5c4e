//! Bodies that cannot be read: each is refused with the place of its first fault, and nothing is kept.

use quan_testkit::{APPID, BRAND_ID, OPENID, Offer, PARTNER, PRE_SEND, TestPlatform};
use serde_json::{Value, json};

/// Missing or malformed, as the faces of merchants answer it.
const BODY: u64 = 268_578_101;
/// A member of a wrong form.
const FORM: u64 = 268_435_461;

async fn started() -> (TestPlatform, Offer) {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    (platform, offer)
}

#[tokio::test]
async fn what_is_no_json_object_is_refused_as_a_whole() {
    let (platform, offer) = started().await;
    let whole = platform.pre_send_body(&offer).to_string();
    let mut table: Vec<Vec<u8>> = (0..whole.len()).step_by(7).map(|end| whole[..end].into()).collect();
    table.extend([
        whole[..whole.len() - 1].into(),
        format!("{whole}{whole}").into(),
        format!("{whole},").into(),
        format!("\u{feff}{whole}").into(),
        whole.replace('"', "'").into(),
        b"stock_id=1&appid=2".to_vec(),
        b"<xml/>".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"text\"".to_vec(),
        b"1".to_vec(),
        b"\xff\xfe{}".to_vec(),
        b"{\"stock_id\":\"\xe5\x88\"}".to_vec(),
        // GBK for 中, as an old client would send it.
        b"{\"stock_id\":\"\xd6\xd0\"}".to_vec(),
        format!("[{whole}]").into(),
    ]);
    for body in table {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let answer = platform.merchant().post_bytes(PRE_SEND, body).await;
        let refused = answer.refused(400, "PARAM_ERROR", BODY);
        assert!(refused.get("detail").is_none(), "{shown}: {refused}");
    }
}

#[tokio::test]
async fn deep_nesting_is_refused_and_harms_nobody() {
    let (platform, offer) = started().await;
    for depth in [1000, 100_000] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let body = format!(r#"{{"deep":{}{inner}{}}}"#, open.repeat(depth), close.repeat(depth));
            let answer = platform.merchant().post_bytes(PRE_SEND, body).await;
            answer.refused(400, "PARAM_ERROR", BODY);
        }
    }
    platform.merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await.ok();
}

#[tokio::test]
async fn ten_megabytes_are_refused_before_they_are_read() {
    let (platform, offer) = started().await;
    let mut body = platform.pre_send_body(&offer);
    body["remark"] = json!("a".repeat(10 * 1024 * 1024));
    let answer = platform.merchant().post(PRE_SEND, &body).await;
    // The body was not read to its end, so nobody was identified by a signature over it.
    answer.refused_unsigned(413, "PARAM_ERROR", 268_435_462);
}

#[tokio::test]
async fn the_largest_body_is_four_megabytes_and_not_a_byte_more() {
    let (platform, offer) = started().await;
    let body = platform.pre_send_body(&offer).to_string();
    let max = 4 * 1024 * 1024;
    let filled = format!("{body}{}", " ".repeat(max - body.len()));
    platform.merchant().post_bytes(PRE_SEND, filled.clone()).await.ok();
    let answer = platform.merchant().post_bytes(PRE_SEND, format!("{filled} ")).await;
    answer.refused_unsigned(413, "PARAM_ERROR", 268_435_462);
}

#[tokio::test]
async fn a_member_of_the_wrong_type_is_named() {
    let (platform, offer) = started().await;
    for value in [json!(1), json!(true), json!([]), json!({}), json!(1.5)] {
        for name in ["stock_id", "appid", "openid", "send_request_no", "coupon_code"] {
            let mut body = platform.pre_send_body(&offer);
            body[name] = value.clone();
            let answer = platform.merchant().post(PRE_SEND, &body).await;
            answer.refused_field("PARAM_ERROR", FORM, &format!("/{name}"));
        }
    }
}

#[tokio::test]
async fn null_is_absent() {
    let (platform, offer) = started().await;
    let mut body = platform.pre_send_body(&offer);
    body["coupon_code"] = Value::Null;
    platform.merchant().post(PRE_SEND, &body).await.ok();
    for name in ["stock_id", "appid", "send_request_no"] {
        let mut body = platform.pre_send_body(&offer);
        body[name] = Value::Null;
        let answer = platform.merchant().post(PRE_SEND, &body).await;
        answer.refused_field("PARAM_ERROR", BODY, &format!("/{name}"));
    }
}

#[tokio::test]
async fn unknown_members_are_ignored() {
    let (platform, offer) = started().await;
    let mut body = platform.pre_send_body(&offer);
    body["later"] = json!({ "than": ["this", 1, null, { "version": 2.5 }] });
    platform.merchant().post(PRE_SEND, &body).await.ok();
}

#[tokio::test]
async fn a_member_that_stands_twice_counts_once() {
    let (platform, offer) = started().await;
    let (stock, number) = (&offer.stock_id, platform.fresh_number());
    let body = format!(
        r#"{{"stock_id":"no-such","stock_id":"{stock}","appid":"{APPID}","openid":"{OPENID}","send_request_no":"{number}"}}"#
    );
    platform.merchant().post_bytes(PRE_SEND, body).await.ok();
}

#[tokio::test]
async fn a_fault_deep_inside_is_named_by_its_pointer() {
    let platform = TestPlatform::start().await;
    let url = format!("{PARTNER}/product-coupons");
    let table: [(&str, Value, u64); 7] = [
        ("/stock/stock_send_rule/max_count", json!("10"), FORM),
        ("/stock/stock_send_rule/max_count", json!(1.5), FORM),
        ("/stock/coupon_code_mode", json!("SOMETHING"), FORM),
        ("/stock/usage_rule_display_info/coupon_usage_method_list/0", json!("BY_POST"), FORM),
        ("/stock/single_usage_rule/coupon_available_period/available_begin_time", json!("tomorrow"), FORM),
        ("/display_info/name", json!(7), FORM),
        ("/usage_mode", json!("single"), FORM),
    ];
    for (pointer, value, number) in table {
        let mut body = quan_testkit::definition::single(platform.now(), &platform.fresh_number());
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = platform.merchant().post(&url, &body).await;
        answer.refused_field("PARAM_ERROR", number, pointer);
    }
}

#[tokio::test]
async fn a_missing_member_deep_inside_is_named_by_its_pointer() {
    let platform = TestPlatform::start().await;
    let url = format!("{PARTNER}/product-coupons");
    for (parent, name) in [
        ("", "brand_id"),
        ("", "out_request_no"),
        ("", "display_info"),
        ("/display_info", "name"),
        ("/stock", "stock_send_rule"),
        ("/stock", "coupon_code_mode"),
        ("/stock/notify_config", "notify_appid"),
        ("/stock/single_usage_rule/coupon_available_period", "available_end_time"),
    ] {
        let mut body = quan_testkit::definition::single(platform.now(), &platform.fresh_number());
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        let answer = platform.merchant().post(&url, &body).await;
        answer.refused_field("PARAM_ERROR", BODY, &format!("{parent}/{name}"));
    }
}

#[tokio::test]
async fn missing_and_malformed_parameters_of_a_query_are_named() {
    let (platform, offer) = started().await;
    let path = format!("{PARTNER}/product-coupons/{}", offer.product_coupon_id);
    let missing = platform.merchant().get(&path).await;
    let refused = missing.refused_field("PARAM_ERROR", BODY, "brand_id");
    assert_eq!(refused["detail"]["location"], "query");
    let malformed = platform.merchant().get(&format!("{path}?brand_id=1+2")).await;
    malformed.refused_field("PARAM_ERROR", FORM, "brand_id");
    platform.merchant().get(&format!("{path}?brand_id={BRAND_ID}&brand_id=1&other=%E5%88%B8")).await.ok();
}

#[tokio::test]
async fn a_refused_body_leaves_its_number_free() {
    let (platform, offer) = started().await;
    let whole = platform.pre_send_body(&offer);
    let mut faulty = whole.clone();
    faulty["coupon_code"] = json!(1);
    platform.merchant().post(PRE_SEND, &faulty).await.refused_field("PARAM_ERROR", FORM, "/coupon_code");
    faulty["coupon_code"] = json!("CODE-1");
    let answer = platform.merchant().post(PRE_SEND, &faulty).await;
    answer.refused_field("INVALID_REQUEST", 268_578_224, "/coupon_code");
    platform.merchant().post(PRE_SEND, &whole).await.ok();
}
