//! Who is let in, and what is said to those who are not; which key signs what comes back.

use quan_testkit::{Actor, BRAND_ID, MCHID, OTHER_MCHID, PARTNER, PRE_SEND, TestPlatform, keys};
use serde_json::{Value, json};

const NUMBER: u64 = 269_546_525;
const NOTIFY_CONFIGS: &str = "/v3/marketing/partner/product-coupon/notify-configs";

async fn body(platform: &TestPlatform) -> Value {
    let offer = platform.single_offer(|_| {}).await;
    platform.pre_send_body(&offer)
}

#[tokio::test]
async fn without_authorization_nobody_is_let_in() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    for (method, target) in [("POST", PRE_SEND), ("GET", NOTIFY_CONFIGS)] {
        let answer = merchant.call(method, target).authorization(None).send().await;
        let body = answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
        assert!(body.get("detail").is_none(), "there is no message to show: {body}");
    }
}

#[tokio::test]
async fn a_malformed_authorization_is_refused() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let right = merchant.call("POST", PRE_SEND).json(&json!({})).signed();
    let table = [
        String::new(),
        "WECHATPAY2-SHA256-RSA2048".to_owned(),
        "Bearer abc".to_owned(),
        right.replace("WECHATPAY2-SHA256-RSA2048", "WECHATPAY2-SM2-WITH-SM3"),
        right.replace("WECHATPAY2", "wechatpay2"),
        right.replace("WECHATPAY2-SHA256-RSA2048 ", ""),
        right.replace("nonce_str=", "nonce="),
        right.replace("mchid=", "merchant="),
        right.replace("serial_no=", "serial="),
        right.replace("signature=", "sign="),
        right.replace("timestamp=\"", "timestamp=\"x"),
        right.replace("timestamp=\"", "timestamp=\"-"),
        right.replace('"', ""),
        right.replace(',', ";"),
        format!("{right},nonce_str=\"again\""),
    ];
    for header in table {
        let call = merchant.call("POST", PRE_SEND).json(&json!({}));
        let answer = call.authorization(Some(&header)).send().await;
        answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
    }
}

#[tokio::test]
async fn parameters_may_come_in_any_order_with_blanks() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let merchant = platform.merchant();
    let signed = merchant.call("POST", PRE_SEND).json(&body).signed();
    let (scheme, parameters) = signed.split_once(' ').unwrap();
    let mut parameters: Vec<&str> = parameters.split(',').collect();
    parameters.reverse();
    let header = format!("{scheme} {}", parameters.join(" ,  "));
    merchant.call("POST", PRE_SEND).json(&body).authorization(Some(&header)).send().await.ok();
}

#[tokio::test]
async fn each_scheme_has_its_paths() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let brand_on_v3 = platform.brand().post(PRE_SEND, &body).await;
    brand_on_v3.refused_unsigned(401, "SIGN_ERROR", NUMBER);
    let merchant_on_brand = platform.merchant().get("/brand/marketing/product-coupon/notify-configs").await;
    merchant_on_brand.refused_unsigned(401, "SIGN_ERROR", NUMBER);
}

#[tokio::test]
async fn unknown_callers_and_certificates_are_refused_alike() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let serial = merchant.serial_no.clone();
    let table: [(&str, Actor); 6] = [
        ("unknown mchid", merchant.clone().claiming("1999999999", &serial)),
        ("no mchid at all", merchant.clone().claiming("not-a-number", &serial)),
        ("unknown serial", merchant.clone().claiming(MCHID, "00112233445566778899AABBCCDDEEFF00112233")),
        ("a serial of another merchant", merchant.clone().claiming(OTHER_MCHID, &serial)),
        ("a serial that is none", merchant.claiming(MCHID, "序列号")),
        ("an expired certificate", platform.merchant_expired()),
    ];
    let mut answers = Vec::new();
    for (_, actor) in &table {
        answers.push(actor.get(NOTIFY_CONFIGS).await.refused_unsigned(401, "SIGN_ERROR", NUMBER));
    }
    // The header with other than visible ASCII is no header at all, so it is refused as malformed.
    answers.remove(4);
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
}

#[tokio::test]
async fn a_certificate_signs_until_its_last_second() {
    let platform = TestPlatform::start().await;
    let expired = platform.merchant_expired();
    platform.wire_clock.move_by_seconds(-1);
    // Known, and then found without a notify URL.
    assert_ne!(expired.get(NOTIFY_CONFIGS).await.status, 401);
    platform.wire_clock.move_by_seconds(1);
    expired.get(NOTIFY_CONFIGS).await.refused_unsigned(401, "SIGN_ERROR", NUMBER);
}

#[tokio::test]
async fn another_key_or_another_body_shows_the_message_that_was_verified() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let by_other_key = platform.wrong_key().post(PRE_SEND, &body).await;
    let merchant = platform.merchant();
    let over_other_body = merchant.call("POST", PRE_SEND).json(&body).signing("{}").send().await;
    let added_blank = merchant.call("POST", PRE_SEND).body(format!("{body} ")).signing(body.to_string());
    for (answer, sent) in [
        (by_other_key, body.to_string()),
        (over_other_body, body.to_string()),
        (added_blank.send().await, format!("{body} ")),
    ] {
        let refused = answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
        let information = &refused["detail"]["sign_information"];
        assert_eq!(information["method"], "POST", "{refused}");
        assert_eq!(information["url"], PRE_SEND, "{refused}");
        assert_eq!(refused["detail"]["field"], "signature", "{refused}");
        let message = information["truncated_sign_message"].as_str().unwrap();
        assert!(message.starts_with(&format!("POST\n{PRE_SEND}\n")), "{message:?}");
        assert!(message.ends_with(&format!("\n{sent}\n")), "{message:?}");
        assert_eq!(information["sign_message_length"], message.len(), "{refused}");
    }
}

#[tokio::test]
async fn a_long_message_is_shown_cut_with_its_whole_length() {
    let platform = TestPlatform::start().await;
    let long = format!(r#"{{"remark":"{}"}}"#, "a".repeat(5000));
    let answer = platform.wrong_key().post_bytes(PRE_SEND, long.clone()).await;
    let refused = answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
    let information = &refused["detail"]["sign_information"];
    let shown = information["truncated_sign_message"].as_str().unwrap();
    assert!(shown.len() <= 1024, "{}", shown.len());
    assert!(information["sign_message_length"].as_u64().unwrap() > long.len() as u64);
}

#[tokio::test]
async fn the_target_is_signed_as_it_was_sent() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let path = format!("{PARTNER}/product-coupons/{}", offer.product_coupon_id);
    platform.merchant().get(&format!("{path}?brand_id={BRAND_ID}")).await.ok();
    platform.merchant().get(&format!("{path}?brand_id=%31{}", &BRAND_ID[1..])).await.ok();
    let signed = platform.merchant().call("GET", &format!("{path}?brand_id={BRAND_ID}")).signed();
    let target = format!("{path}?brand_id=%31{}", &BRAND_ID[1..]);
    let answer = platform.merchant().call("GET", &target).authorization(Some(&signed)).send().await;
    answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
}

#[tokio::test]
async fn a_timestamp_may_be_five_minutes_off_and_no_more() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let merchant = platform.merchant();
    for seconds in [-300, 300] {
        merchant.call("POST", PRE_SEND).json(&body).signed_seconds_off(seconds).send().await.ok();
    }
    for seconds in [-360, -301, 301, 360] {
        let answer = merchant.call("POST", PRE_SEND).json(&body).signed_seconds_off(seconds).send().await;
        answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
    }
}

#[tokio::test]
async fn the_clock_of_the_rules_does_not_move_signatures() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    platform.clock.move_by_seconds(30 * 86_400);
    platform.merchant().post(PRE_SEND, &body).await.ok();
}

#[tokio::test]
async fn a_serial_may_be_lower_case_or_without_its_leading_zero() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let merchant = platform.merchant_with_leading_zero();
    assert!(merchant.serial_no.starts_with('0'));
    let lower = merchant.serial_no.to_lowercase();
    let without_zero = merchant.serial_no[1..].to_owned();
    let both = without_zero.to_lowercase();
    merchant.post(PRE_SEND, &body).await.ok();
    for serial in [lower, without_zero, both] {
        merchant.clone().claiming(MCHID, &serial).post(PRE_SEND, &body).await.ok();
    }
}

#[tokio::test]
async fn the_caller_names_the_key_that_signs_the_answer() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let certificate = keys::platform().certificate.serial_no;
    let table = [
        (None, certificate.as_str()),
        (Some(keys::PUBLIC_KEY_ID), keys::PUBLIC_KEY_ID),
        (Some(certificate.as_str()), certificate.as_str()),
        (Some("PUB_KEY_ID_OF_SOMEBODY_ELSE"), certificate.as_str()),
    ];
    let merchant = platform.merchant();
    for (named, signer) in table {
        let mut call = merchant.call("POST", PRE_SEND).json(&body);
        if let Some(named) = named {
            call = call.platform_serial(named);
        }
        let answer = call.send().await;
        answer.ok();
        assert_eq!(answer.signed_by.as_deref(), Some(signer), "{named:?}");
        assert_eq!(answer.header("Wechatpay-Signature-Type"), Some("WECHATPAY2-SHA256-RSA2048"));
    }
}

#[tokio::test]
async fn a_brand_names_the_public_key_and_gets_its_own_type() {
    let platform = TestPlatform::start().await;
    let target = "/brand/marketing/product-coupon/no-such-call";
    let brand = platform.brand();
    let answer = brand.call("GET", target).platform_serial(keys::PUBLIC_KEY_ID).send().await;
    answer.refused(404, "NOT_FOUND", 0);
    assert_eq!(answer.signed_by.as_deref(), Some(keys::PUBLIC_KEY_ID));
    assert_eq!(answer.header("Wechatpay-Signature-Type"), Some("WECHATPAY-BRAND-SHA256-RSA2048"));
    brand.get(target).await.refused_unsigned(400, "PARAM_ERROR", 268_435_461);
}

#[tokio::test]
async fn every_answer_of_the_api_has_its_headers() {
    let platform = TestPlatform::start().await;
    let body = body(&platform).await;
    let merchant = platform.merchant();
    let answers = [
        merchant.post(PRE_SEND, &body).await,
        merchant.post(PRE_SEND, &json!({})).await,
        merchant.get("/v3/no/such/call").await,
    ];
    for answer in answers {
        for name in [
            "Request-ID",
            "Wechatpay-Timestamp",
            "Wechatpay-Nonce",
            "Wechatpay-Serial",
            "Wechatpay-Signature",
            "Wechatpay-Signature-Type",
        ] {
            assert!(answer.header(name).is_some_and(|value| !value.is_empty()), "{name}: {answer:?}");
        }
        assert_eq!(answer.header("Content-Type"), Some("application/json; charset=utf-8"));
        assert_eq!(answer.header("Cache-Control"), Some("no-cache, must-revalidate"));
        assert_eq!(answer.header("Content-Language"), Some("zh-CN"));
        assert_eq!(answer.header("X-Content-Type-Options"), Some("nosniff"));
        let nonce = answer.header("Wechatpay-Nonce").unwrap();
        assert!(nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit()), "{nonce}");
    }
}

#[tokio::test]
async fn unknown_calls_are_told_to_identified_callers_only() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    merchant.get("/v3/no/such/call").await.refused(404, "NOT_FOUND", 0);
    merchant.call("DELETE", PRE_SEND).send().await.refused(405, "INVALID_REQUEST", 0);
    for (method, target) in [("GET", "/v3/no/such/call"), ("DELETE", PRE_SEND)] {
        let answer = merchant.call(method, target).authorization(None).send().await;
        answer.refused_unsigned(401, "SIGN_ERROR", NUMBER);
    }
}
