//! The brand face as a whole: every operation with the brand's signature, what differs from the partner face, and
//! who sees and hears of what.

use quan_model::ids::{Appid, Mchid, Principal};
use quan_platform::Error;
use quan_testkit::operation::{Reach, operations, operations_reaching};
use quan_testkit::{APPID, BRAND, BRAND_ID, MCHID, OPENID, TestPlatform, claim_call, definition, keys};
use serde_json::{Value, json};

const SIGNATURE_TYPE: &str = "WECHATPAY-BRAND-SHA256-RSA2048";

#[tokio::test]
async fn every_operation_works_and_names_no_brand() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    for operation in operations() {
        let coupon = platform.subject_of(&operation, &brand).await;
        let members = operation.members(&platform, &coupon);
        let answer = operation.call_with(&brand, &coupon, &members).await;
        assert_eq!(answer.status, 200, "{}: {:?}", operation.name, answer.body);
        answer.ok();
        assert_eq!(answer.signed_by.as_deref(), Some(keys::PUBLIC_KEY_ID), "{}", operation.name);
        assert_eq!(answer.header("Wechatpay-Signature-Type"), Some(SIGNATURE_TYPE), "{}", operation.name);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!text.contains("brand_id") && !text.contains(BRAND_ID), "{}: {text}", operation.name);
    }
}

#[tokio::test]
async fn the_partner_face_names_the_brand_in_every_entity() {
    let platform = TestPlatform::start().await;
    let partner = platform.partner_side();
    for operation in operations_reaching(Reach::UserCoupon) {
        if operation.is_of_chain {
            continue;
        }
        let coupon = platform.subject_of(&operation, &partner).await;
        let shown = operation.call(&platform, &partner, &coupon).await.ok();
        for entity in [&shown, &shown["product_coupon"], &shown["stock"]] {
            assert_eq!(entity["brand_id"], BRAND_ID, "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn a_brand_named_in_body_or_query_is_ignored() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    for operation in operations_reaching(Reach::Brand) {
        let coupon = platform.subject_of(&operation, &brand).await;
        let mut members = operation.members(&platform, &coupon);
        members["brand_id"] = json!("999999");
        let target = brand.url(&operation.tail_for(&coupon));
        let answer = if operation.method == "GET" {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let pairs = members.as_object().unwrap().iter();
            let query: Vec<String> = pairs.map(|(name, value)| format!("{name}={}", text(value))).collect();
            brand.actor.get(&format!("{target}?{}", query.join("&"))).await
        } else {
            brand.actor.call(operation.method, &target).json(&members).send().await
        };
        assert_eq!(answer.status, 200, "{}", operation.name);
        answer.ok();
    }
}

#[tokio::test]
async fn every_call_names_the_public_key_of_the_platform() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    let certificate = keys::platform().certificate.serial_no;
    for operation in operations() {
        let coupon = platform.subject_of(&operation, &brand).await;
        let body = operation.members(&platform, &coupon);
        let target = brand.url(&operation.tail_for(&coupon));
        // The actor of the brand that names no key by itself.
        let unnamed = platform.brand();
        let call = || {
            let call = unnamed.call(operation.method, &target);
            if operation.method == "GET" { call } else { call.json(&body) }
        };
        call().send().await.refused_unsigned(400, "PARAM_ERROR", 268_435_461);
        let wrong = call().platform_serial(&certificate).send().await;
        wrong.refused_unsigned(400, "PARAM_ERROR", 268_435_461);
    }
}

#[tokio::test]
async fn a_merchant_cannot_sign_for_the_brand_nor_for_its_face() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    for operation in operations() {
        let coupon = platform.subject_of(&operation, &brand).await;
        let body = operation.members(&platform, &coupon);
        let target = brand.url(&operation.tail_for(&coupon));
        let merchant = platform.merchant();
        let call = merchant.call(operation.method, &target);
        let call = if operation.method == "GET" { call } else { call.json(&body) };
        call.send().await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
    }
}

#[tokio::test]
async fn the_brand_operates_what_providers_created() {
    let platform = TestPlatform::start().await;
    for operation in operations_reaching(Reach::ProductCoupon) {
        for provider in [platform.partner_side(), platform.other_partner_side()] {
            let coupon = platform.subject_of(&operation, &provider).await;
            let answer = operation.call(&platform, &platform.brand_side(), &coupon).await;
            assert_eq!(answer.status, 200, "{}: {:?}", operation.name, answer.body);
            let shown = answer.ok();
            assert!(!shown.to_string().contains("brand_id"), "{}", operation.name);
        }
    }
}

#[tokio::test]
async fn an_appid_must_be_the_brand_s_own() {
    let platform = TestPlatform::start().await;
    let of_merchant = Appid::parse("wx5555555555555555").unwrap();
    let merchant = Principal::Merchant(Mchid::parse(MCHID).unwrap());
    let appid = of_merchant.clone();
    let bind =
        move |work: &mut quan_platform::work::Work<'_>| Ok(work.store.bind_appid(&appid, &merchant)?);
    platform.platform.write::<_, Error>(bind).await.unwrap();
    let offer = platform.single_offer(|_| {}).await;
    let mut body = offer.send_body("SEND_0001");
    body["appid"] = json!(of_merchant.as_str());
    let tail = format!("/users/{OPENID}/coupons");
    platform.partner_side().post(&tail, &body).await.ok();
    platform.brand_side().post(&tail, &body).await.refused(400, "INVALID_REQUEST", 268_578_704);
    let mut create = definition::single(platform.now(), "CREATE_01");
    create["stock"]["notify_config"]["notify_appid"] = json!(of_merchant.as_str());
    let refused = platform.brand_side().post("/product-coupons", &create).await;
    refused.refused(400, "INVALID_REQUEST", 268_578_704);
}

#[tokio::test]
async fn missing_members_and_wrong_openids_have_the_brand_s_numbers() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    for operation in operations_reaching(Reach::Brand) {
        let coupon = platform.subject_of(&operation, &brand).await;
        let members = operation.members(&platform, &coupon);
        let is_required = |name: &String| name != "brand_id" && !operation.optional.contains(&name.as_str());
        for name in members.as_object().unwrap().keys().filter(|name| is_required(name)) {
            let mut without = members.clone();
            without.as_object_mut().unwrap().remove(name);
            let answer = operation.call_with(&brand, &coupon, &without).await;
            assert_eq!(answer.status, 400, "{} without {name}", operation.name);
            answer.refused(400, "PARAM_ERROR", 268_435_461);
        }
        if operation.tail.contains("{openid}") {
            let mut wrong = coupon.clone();
            "o%20user".clone_into(&mut wrong.coupon.openid);
            "o%20user".clone_into(&mut wrong.chain.openid);
            let answer = operation.call_with(&brand, &wrong, &members).await;
            assert_eq!(answer.status, 400, "{}", operation.name);
            answer.refused_field("PARAM_ERROR", 268_578_532, "openid");
        }
    }
}

#[tokio::test]
async fn the_brand_hears_of_its_own_stocks_and_the_provider_of_its_own() {
    let platform = TestPlatform::start().await;
    let (brand, partner) = (platform.brand_side(), platform.partner_side());
    let of_brand = brand.create(&definition::single(platform.now(), &platform.fresh_number())).await;
    let of_partner = platform.single_offer(|_| {}).await;
    // Whoever sends: who created the stock hears of it, once.
    brand.sent(&of_brand, OPENID, "BRAND_001").await;
    brand.sent(&of_partner, OPENID, "BRAND_002").await;
    partner.sent(&of_partner, OPENID, "SEND_0001").await;
    let told: Vec<(String, String, String, String)> = platform
        .outbox()
        .await
        .into_iter()
        .map(|told| {
            let resource: Value = serde_json::from_str(&told.resource).unwrap();
            let number = resource["send_request_no"].as_str().unwrap().to_owned();
            (number, told.receiver.to_string(), told.event_type, told.associated_data)
        })
        .collect();
    let row = |number: &str, receiver: String, event: &str, associated: &str| {
        (number.to_owned(), receiver, event.to_owned(), associated.to_owned())
    };
    let (merchant, brand) = (format!("mchid:{MCHID}"), format!("brand:{BRAND_ID}"));
    let mut expected = vec![
        row("BRAND_001", brand, "PRODUCT_COUPON.SEND", "product_coupon"),
        row("BRAND_002", merchant.clone(), "PRODUCT_COUPON_SP.SEND", "product_coupon_sp"),
        row("SEND_0001", merchant, "PRODUCT_COUPON_SP.SEND", "product_coupon_sp"),
    ];
    let mut told = told;
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn each_caller_has_a_notify_url_of_its_own() {
    let platform = TestPlatform::start().await;
    let sides = [platform.brand_side(), platform.partner_side(), platform.other_partner_side()];
    for (index, side) in sides.iter().enumerate() {
        let url = format!("https://callback.example.com/{index}");
        let set = side.post("/notify-configs", &json!({ "notify_url": url })).await.ok();
        assert_eq!(set, json!({ "notify_url": url, "update_time": platform.now() }));
    }
    for side in &sides {
        let refused =
            side.post("/notify-configs", &json!({ "notify_url": "ftp://callback.example.com/" })).await;
        refused.refused_field("PARAM_ERROR", 268_435_461, "/notify_url");
    }
    for (index, side) in sides.iter().enumerate() {
        let shown = side.get("/notify-configs", &[]).await.ok();
        assert_eq!(shown["notify_url"], format!("https://callback.example.com/{index}"));
    }
}

#[tokio::test]
async fn the_story_of_a_coupon_over_the_brand_face() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    let offer = brand.create(&definition::single(platform.now(), &platform.fresh_number())).await;
    let pre_send = format!("/users/{OPENID}/pre-send-coupon");
    let token = brand.post(&pre_send, &offer.send_body("SEND_0001")).await.ok();
    let received = claim_call(platform.routes.clone(), "receive", token["token"].as_str().unwrap()).await;
    assert_eq!(received.status, 200);
    let told = platform.sent("SEND_0001").await;
    let coupon = quan_testkit::Coupon {
        offer,
        openid: OPENID.to_owned(),
        coupon_code: told["coupon_code"].as_str().unwrap().to_owned(),
    };
    assert_eq!(coupon.tail(), format!("/users/{OPENID}/coupons/{}", coupon.coupon_code));
    let command = async |name: &str, body: Value| {
        let done = brand.post(&format!("{}/{name}", coupon.tail()), &body).await.ok();
        done["coupon_state"].as_str().unwrap().to_owned()
    };
    assert_eq!(command("confirm", coupon.body("CONFIRM_1")).await, "EFFECTIVE");
    assert_eq!(command("use", platform.use_body(&coupon, "USE_000001", None)).await, "USED");
    assert_eq!(command("use", platform.use_body(&coupon, "USE_000001", None)).await, "USED", "a repetition");
    assert_eq!(command("return", coupon.body("RETURN_01")).await, "EFFECTIVE");
    let mut deactivate = coupon.body("DEACT_001");
    deactivate["deactivate_reason"] = json!("活动取消");
    assert_eq!(command("deactivate", deactivate).await, "DEACTIVATED");
    let list = brand.get(&format!("/users/{OPENID}/coupons"), &[("appid", APPID)]).await.ok();
    assert_eq!(list["user_coupon_list"], json!([brand.coupon(&coupon).await.ok()]));
}

#[tokio::test]
async fn numbers_of_the_brand_and_of_a_provider_are_two_spaces() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let by_partner = platform.partner_side().sent(&offer, OPENID, "SAME_NUMBER").await;
    let by_brand = platform.brand_side().sent(&offer, OPENID, "SAME_NUMBER").await;
    assert_ne!(by_partner.coupon_code, by_brand.coupon_code);
    assert!(platform.brand_side().url("").starts_with(BRAND));
}
