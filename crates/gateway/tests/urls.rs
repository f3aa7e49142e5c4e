//! URLs: what their parameters may hold, and what is answered where no operation is.

use quan_testkit::{APPID, BRAND_ID, OPENID, PARTNER, PRE_SEND, TestPlatform};
use serde_json::{Value, json};

const FORMAT: u64 = 268_435_461;
const TOO_LONG: u64 = 268_435_462;

/// A body that fits every command on a coupon and pre-send, for something that does not exist.
fn body() -> Value {
    json!({
        "brand_id": BRAND_ID, "product_coupon_id": "1", "stock_id": "2", "appid": APPID,
        "send_request_no": "NUMBER_1", "out_request_no": "NUMBER_1",
    })
}

#[tokio::test]
async fn a_parameter_of_the_path_is_named_with_its_place() {
    let platform = TestPlatform::start().await;
    let (openid_max, openid_long) = ("o".repeat(128), "o".repeat(129));
    for openid in ["", "o%20o", "%E5%88%B8", "o%2Fo", &openid_long] {
        let path = format!("{PARTNER}/users/{openid}/pre-send-coupon");
        let refused = platform.merchant().post(&path, &body()).await;
        let refused = refused.refused_field("PARAM_ERROR", 268_578_526, "openid");
        assert_eq!(refused["detail"]["location"], "url", "{refused}");
    }
    let path = format!("{PARTNER}/users/{openid_max}/pre-send-coupon");
    platform.merchant().post(&path, &body()).await.refused(404, "NOT_FOUND", 268_578_608);
    for (code, number) in [("%20", FORMAT), (&*"c".repeat(41), TOO_LONG)] {
        let path = format!("{PARTNER}/users/{OPENID}/coupons/{code}/confirm");
        let refused = platform.merchant().post(&path, &body()).await;
        refused.refused_field("PARAM_ERROR", number, "coupon_code");
    }
}

#[tokio::test]
async fn escapes_are_decoded_once_and_signed_as_they_stand() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let escaped = coupon.query().replace("/oQuan", "/%6fQuan");
    assert_eq!(platform.merchant().get(&escaped).await.ok()["coupon_code"], coupon.coupon_code);
    // `%256f` is the text `%6f`, which no openid holds.
    let twice = coupon.query().replace("/oQuan", "/%256fQuan");
    platform.merchant().get(&twice).await.refused_field("PARAM_ERROR", 268_578_526, "openid");
}

#[tokio::test]
async fn escapes_that_are_no_utf_8_are_refused_like_any_parameter() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    for path in ["users/%FF/pre-send-coupon", "users/o1/coupons/%C3%28/use"] {
        merchant.post(&format!("{PARTNER}/{path}"), &body()).await.refused(400, "PARAM_ERROR", FORMAT);
    }
    let query = format!("{PARTNER}/product-coupons/%FF?brand_id={BRAND_ID}");
    merchant.get(&query).await.refused(400, "PARAM_ERROR", FORMAT);
    platform.wrong_key().get(&query).await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}

#[tokio::test]
async fn where_no_operation_is_the_answer_is_the_api_s_own() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    for target in [format!("{PRE_SEND}/"), format!("{PARTNER}/nothing"), "/v3/certificates/x".to_owned()] {
        merchant.post(&target, &body()).await.refused(404, "NOT_FOUND", 0);
    }
    for method in ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let refused = merchant.call(method, PRE_SEND).send().await;
        refused.refused(405, "INVALID_REQUEST", 0);
    }
    let notify_configs = format!("{PARTNER}/notify-configs");
    merchant.call("DELETE", &notify_configs).send().await.refused(405, "INVALID_REQUEST", 0);
    for target in ["/", "/v3", "/v3/", "/nothing", "/claim/v1/nothing"] {
        let answer = platform.post_unsigned(target, &body()).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("NOT_FOUND")), "{target}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"), "{target}");
    }
}

#[tokio::test]
async fn a_method_that_our_own_calls_do_not_have_is_refused_in_json() {
    let platform = TestPlatform::start().await;
    for target in ["/claim/v1/open", "/_quan/health"] {
        let request = axum::http::Request::delete(target).body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(platform.routes.clone(), request).await.unwrap();
        assert_eq!(response.status().as_u16(), 405, "{target}");
        let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "INVALID_REQUEST", "{target}");
    }
}
