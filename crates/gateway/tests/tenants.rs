//! Tenants: what one merchant made does not exist for another, also for one that the same brand has authorised;
//! without the authorisation nothing works on the partner face.

use quan_testkit::keys::PUBLIC_KEY_ID;
use quan_testkit::{
    APPID, Actor, Answer, BRAND, BRAND_ID, Coupon, Grant, Offer, PARTNER, PRE_SEND, STORE_ID, TestPlatform,
    definition,
};
use serde_json::{Value, json};

/// One call of each operation that names an object, in the order of the documentation.
fn operations(platform: &TestPlatform, coupon: &Coupon) -> Vec<(&'static str, String, Option<Value>)> {
    let offer = &coupon.offer;
    let product_coupon = format!("{PARTNER}/product-coupons/{}", offer.product_coupon_id);
    let stock = format!("{product_coupon}/stocks/{}", offer.stock_id);
    let number = || platform.fresh_number();
    let pre_send = json!({
        "brand_id": BRAND_ID, "product_coupon_id": offer.product_coupon_id, "stock_id": offer.stock_id,
        "appid": APPID, "send_request_no": number(),
    });
    let bundle = format!("{PARTNER}{}", offer.stock_bundle());
    let edit = || json!({ "brand_id": BRAND_ID, "out_request_no": number(), "remark": "改" });
    let end = || json!({ "brand_id": BRAND_ID, "out_request_no": number(), "deactivate_reason": "测试" });
    let budget = || {
        json!({
            "brand_id": BRAND_ID, "out_request_no": number(), "update_mode": "MAX_COUNT",
            "current_max_count": 1000, "target_max_count": 2000,
        })
    };
    let stores = || json!({ "brand_id": BRAND_ID, "store_list": [{ "store_id": STORE_ID }] });
    let look = json!({
        "brand_id": BRAND_ID, "out_request_no": number(),
        "display_info": definition::single(platform.now(), "")["display_info"],
    });
    let mut deactivate = coupon.body(&number());
    deactivate["deactivate_reason"] = json!("测试");
    vec![
        ("get_product_coupon", format!("{product_coupon}?brand_id={BRAND_ID}"), None),
        ("update_product_coupon", product_coupon.clone(), Some(look)),
        ("deactivate_product_coupon", format!("{product_coupon}/deactivate"), Some(end())),
        (
            "create_stock",
            format!("{product_coupon}/stocks"),
            Some(json!({
                "brand_id": BRAND_ID, "out_request_no": number(),
                "stock": definition::single_stock(platform.now()),
            })),
        ),
        ("list_stocks", format!("{product_coupon}/stocks?brand_id={BRAND_ID}"), None),
        ("get_stock", format!("{stock}?brand_id={BRAND_ID}"), None),
        ("update_stock", stock.clone(), Some(edit())),
        ("update_stock_budget", format!("{stock}/update-budget"), Some(budget())),
        ("deactivate_stock", format!("{stock}/deactivate"), Some(end())),
        ("associate_stores", format!("{stock}/associate-stores"), Some(stores())),
        ("disassociate_stores", format!("{stock}/disassociate-stores"), Some(stores())),
        ("list_associated_stores", format!("{stock}/associated-stores?brand_id={BRAND_ID}"), None),
        (
            "upload_coupon_codes",
            format!("{stock}/upload-coupon-codes"),
            Some(json!({ "brand_id": BRAND_ID, "out_request_no": number(), "code_list": ["CODE-1"] })),
        ),
        ("update_stock_bundle", bundle.clone(), Some(edit())),
        ("update_stock_bundle_budget", format!("{bundle}/update-budget"), Some(budget())),
        ("associate_stores_for_stock_bundle", format!("{bundle}/associate-stores"), Some(stores())),
        ("disassociate_stores_for_stock_bundle", format!("{bundle}/disassociate-stores"), Some(stores())),
        (
            "pre_send_user_coupon",
            format!("{PARTNER}/users/{}/pre-send-coupon", coupon.openid),
            Some(pre_send),
        ),
        ("confirm_user_coupon", coupon.command("confirm"), Some(coupon.body(&number()))),
        ("use_user_coupon", coupon.command("use"), Some(platform.use_body(coupon, &number(), None))),
        ("return_user_coupon", coupon.command("return"), Some(coupon.body(&number()))),
        ("deactivate_user_coupon", coupon.command("deactivate"), Some(deactivate)),
        ("get_user_coupon", coupon.query(), None),
    ]
}

async fn call(actor: &Actor, name: &str, target: &str, body: Option<&Value>) -> Answer {
    let is_edit = ["update_product_coupon", "update_stock", "update_stock_bundle"].contains(&name);
    let method = match body {
        Some(_) if is_edit => "PATCH",
        Some(_) => "POST",
        None => "GET",
    };
    let mut call = actor.call(method, target);
    if let Some(body) = body {
        call = call.json(body);
    }
    if target.starts_with(BRAND) {
        call = call.platform_serial(PUBLIC_KEY_ID);
    }
    call.send().await
}

/// An offer with a bundle beside it, and a coupon of it.
async fn sold(platform: &TestPlatform) -> (Offer, Coupon) {
    let offer = platform.single_offer(|_| {}).await;
    platform.put_bundle(&offer, 3).await;
    let coupon = platform.confirmed(&offer).await;
    (offer, coupon)
}

/// The coupon as its own merchant sees it: what must not change.
async fn seen(platform: &TestPlatform, coupon: &Coupon) -> Value {
    platform.merchant().get(&coupon.query()).await.ok()
}

#[tokio::test]
async fn another_merchant_finds_nothing_and_changes_nothing() {
    let platform = TestPlatform::start().await;
    let (offer, coupon) = sold(&platform).await;
    let before = seen(&platform, &coupon).await;
    for (name, target, body) in operations(&platform, &coupon) {
        let answer = call(&platform.other_merchant(), name, &target, body.as_ref()).await;
        assert_eq!(answer.status, 404, "{name}");
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    let over_busifavor = platform.other_merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
    over_busifavor.refused(404, "RESOURCE_NOT_EXISTS", 268_578_608);
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn another_brand_finds_nothing_and_changes_nothing() {
    let platform = TestPlatform::start().await;
    let (_, coupon) = sold(&platform).await;
    let before = seen(&platform, &coupon).await;
    for (name, target, body) in operations(&platform, &coupon) {
        let target = target.replace(PARTNER, BRAND);
        let answer = call(&platform.other_brand(), name, &target, body.as_ref()).await;
        assert_eq!(answer.status, 404, "{name}");
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn what_is_another_s_and_what_does_not_exist_look_the_same() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.claimed(&offer, "oAnotherUser").await;
    let mut absent = coupon.clone();
    "999".clone_into(&mut absent.offer.product_coupon_id);
    "998".clone_into(&mut absent.offer.stock_id);
    let foreign = operations(&platform, &coupon);
    for ((name, target, body), (_, absent_target, absent_body)) in
        foreign.into_iter().zip(operations(&platform, &absent))
    {
        let foreign = call(&platform.other_merchant(), name, &target, body.as_ref()).await;
        let absent = call(&platform.other_merchant(), name, &absent_target, absent_body.as_ref()).await;
        assert_eq!((foreign.status, &foreign.body), (absent.status, &absent.body), "{name}");
        assert_eq!(foreign.number(), absent.number(), "{name}");
    }
}

#[tokio::test]
async fn without_the_authorisation_no_call_works_and_held_coupons_stay() {
    let platform = TestPlatform::start().await;
    let (offer, coupon) = sold(&platform).await;
    let before = seen(&platform, &coupon).await;
    platform.put_authorisation(Grant::Withdrawn).await;
    for (name, target, body) in operations(&platform, &coupon) {
        let answer = call(&platform.merchant(), name, &target, body.as_ref()).await;
        assert_eq!(answer.status, 403, "{name}");
        answer.refused(403, "NO_AUTH", 268_579_803);
    }
    let create = definition::single(platform.now(), "CREATE_001");
    let answer = platform.merchant().post(&format!("{PARTNER}/product-coupons"), &create).await;
    answer.refused(403, "NO_AUTH", 268_579_803);
    let over_busifavor = platform.merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
    over_busifavor.refused(403, "NO_AUTH", 268_579_803);
    platform.put_authorisation(Grant::Given).await;
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn a_brand_that_never_authorised_the_merchant_is_none_of_its_business() {
    let platform = TestPlatform::start().await;
    let (_, coupon) = sold(&platform).await;
    for (name, target, body) in operations(&platform, &coupon) {
        let target = target.replace(&format!("brand_id={BRAND_ID}"), "brand_id=999999");
        let body = body.map(|mut body| {
            body["brand_id"] = json!("999999");
            body
        });
        let answer = call(&platform.merchant(), name, &target, body.as_ref()).await;
        assert_eq!(answer.status, 403, "{name}");
        answer.refused(403, "NO_AUTH", 268_579_803);
    }
}

#[tokio::test]
async fn ids_of_a_path_must_belong_together() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let other = platform.single_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    let mut mixed = coupon.clone();
    mixed.offer.product_coupon_id.clone_from(&other.product_coupon_id);
    for (name, target, body) in operations(&platform, &mixed) {
        let of_product_coupon = [
            "get_product_coupon",
            "update_product_coupon",
            "deactivate_product_coupon",
            "create_stock",
            "list_stocks",
        ];
        let names_a_stock = !of_product_coupon.contains(&name);
        if names_a_stock {
            let answer = call(&platform.merchant(), name, &target, body.as_ref()).await;
            answer.refused(404, "NOT_FOUND", 268_578_608);
        }
    }
    mixed.offer = other;
    let answer = platform.merchant().get(&mixed.query()).await;
    answer.refused(404, "NOT_FOUND", 268_578_851);
}

#[tokio::test]
async fn two_merchants_may_use_the_same_numbers() {
    let platform = TestPlatform::start().await;
    let create = definition::single(platform.now(), "SAME_NUMBER");
    let target = format!("{PARTNER}/product-coupons");
    let one = platform.merchant().post(&target, &create).await.ok();
    let other = platform.other_merchant().post(&target, &create).await.ok();
    assert_ne!(one["product_coupon_id"], other["product_coupon_id"]);
    let pre_send = |made: &Value| {
        json!({
            "stock_id": made["stock"]["stock_id"], "appid": APPID, "openid": "oUser",
            "send_request_no": "SAME_NUMBER",
        })
    };
    platform.merchant().post(PRE_SEND, &pre_send(&one)).await.ok();
    platform.other_merchant().post(PRE_SEND, &pre_send(&other)).await.ok();
}

#[tokio::test]
async fn a_merchant_may_not_speak_for_a_brand_nor_a_brand_for_a_merchant() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let answer = platform.brand().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
    answer.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
    let target = "/brand/marketing/product-coupon/notify-configs";
    platform.merchant().get(target).await.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}
