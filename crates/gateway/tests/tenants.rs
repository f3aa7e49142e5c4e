//! Tenants: what one merchant made does not exist for another, also for one that the same brand has authorised;
//! without the authorisation nothing works on the partner face.

use std::collections::BTreeSet;
use std::path::Path;

use quan_testkit::operation::{Operation, Reach, Subject, operations, operations_reaching};
use quan_testkit::{
    APPID, BRAND_ID, Grant, OPENID, PARTNER, PRE_SEND, Side, TestPlatform, UNBOUND_APPID, definition,
};
use serde_json::{Value, json};

/// Each handler has a file of its own, named as the operation, and each operation stands in the table that these
/// tests are driven from.
#[test]
fn the_table_of_operations_forgets_none() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/product_coupon");
    let files = std::fs::read_dir(folder).expect("the folder of the faces is there");
    let handlers: BTreeSet<String> = files
        .map(|file| file.expect("an entry is readable").path())
        .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("async fn handle(")))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    // Pictures have tests of their own: an upload names no object, and only the partner face makes them.
    let of_pictures = ["upload_image", "create_image_generation_task", "get_image_generation_task"];
    let table =
        operations().iter().map(|operation| operation.name).chain(of_pictures).map(str::to_owned).collect();
    assert_eq!(handlers, table);
}

/// The operations of single mode that name at least this.
fn single_ones(reach: Reach) -> impl Iterator<Item = Operation> {
    operations_reaching(reach).into_iter().filter(|operation| !operation.is_of_chain)
}

/// The coupon and the first stock of the chain as `side` sees them: what must not change.
async fn seen_by(side: &Side, subject: &Subject) -> [Value; 2] {
    let bundle = &subject.chain.offer;
    let stock = format!("/product-coupons/{}/stocks/{}", bundle.product_coupon_id, bundle.stock_ids[0]);
    [side.coupon(&subject.coupon).await.ok(), side.get(&stock, &[]).await.ok()]
}

async fn seen(platform: &TestPlatform, subject: &Subject) -> [Value; 2] {
    seen_by(&platform.partner_side(), subject).await
}

#[tokio::test]
async fn another_merchant_finds_nothing_and_changes_nothing() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let offer = coupon.coupon.offer.clone();
    let before = seen(&platform, &coupon).await;
    for operation in operations_reaching(Reach::ProductCoupon) {
        let answer = operation.call(&platform, &platform.other_partner_side(), &coupon).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    let over_busifavor = platform.other_merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
    over_busifavor.refused(404, "RESOURCE_NOT_EXISTS", 268_578_608);
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn another_brand_finds_nothing_and_changes_nothing() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let before = seen(&platform, &coupon).await;
    for operation in operations_reaching(Reach::ProductCoupon) {
        let answer = operation.call(&platform, &platform.other_brand_side(), &coupon).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn what_is_another_s_and_what_does_not_exist_look_the_same() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let mut absent = coupon.clone();
    "999".clone_into(&mut absent.coupon.offer.product_coupon_id);
    "998".clone_into(&mut absent.coupon.offer.stock_id);
    "997".clone_into(&mut absent.chain.offer.product_coupon_id);
    "996".clone_into(&mut absent.chain.offer.stock_bundle_id);
    let side = platform.other_partner_side();
    for operation in operations_reaching(Reach::ProductCoupon) {
        let foreign = operation.call(&platform, &side, &coupon).await;
        let absent = operation.call(&platform, &side, &absent).await;
        assert_eq!((foreign.status, &foreign.body), (absent.status, &absent.body), "{}", operation.name);
        assert_eq!(foreign.number(), absent.number(), "{}", operation.name);
    }
}

#[tokio::test]
async fn without_the_authorisation_no_call_works_and_held_coupons_stay() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let offer = coupon.coupon.offer.clone();
    let before = seen(&platform, &coupon).await;
    platform.put_authorisation(Grant::Withdrawn).await;
    for operation in operations_reaching(Reach::Brand) {
        let answer = operation.call(&platform, &platform.partner_side(), &coupon).await;
        assert_eq!(answer.status, 403, "{}", operation.name);
        answer.refused(403, "NO_AUTH", 268_579_803);
    }
    let over_busifavor = platform.merchant().post(PRE_SEND, &platform.pre_send_body(&offer)).await;
    over_busifavor.refused(403, "NO_AUTH", 268_579_803);
    // The brand goes on with what the provider created (semantics 2.2).
    let of_brand = platform.brand_side().coupon(&coupon.coupon).await.ok();
    assert_eq!(of_brand["coupon_state"], "EFFECTIVE");
    platform.put_authorisation(Grant::Given).await;
    assert_eq!(seen(&platform, &coupon).await, before);
}

#[tokio::test]
async fn a_brand_that_never_authorised_the_merchant_is_none_of_its_business() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let merchant = platform.merchant();
    for operation in operations_reaching(Reach::Brand) {
        let side = platform.partner_side();
        let members = operation.members(&platform, &coupon);
        let answer = if operation.method == "GET" {
            let query: Vec<(&str, &str)> = members
                .as_object()
                .into_iter()
                .flatten()
                .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
                .collect();
            let target = side.target(&operation.tail_for(&coupon), &query);
            merchant.get(&target.replace(&format!("brand_id={BRAND_ID}"), "brand_id=999999")).await
        } else {
            let mut body = side.body(&members);
            body["brand_id"] = json!("999999");
            let target = side.url(&operation.tail_for(&coupon));
            merchant.call(operation.method, &target).json(&body).send().await
        };
        assert_eq!(answer.status, 403, "{}", operation.name);
        answer.refused(403, "NO_AUTH", 268_579_803);
    }
}

#[tokio::test]
async fn ids_of_a_path_must_belong_together() {
    let platform = TestPlatform::start().await;
    let coupon = platform.subject(&platform.partner_side()).await;
    let other = platform.single_offer(|_| {}).await;
    let other_bundle = platform.subject(&platform.partner_side()).await.chain.offer;
    let mut mixed = coupon.clone();
    mixed.coupon.offer.product_coupon_id.clone_from(&other.product_coupon_id);
    mixed.chain.offer.product_coupon_id = other_bundle.product_coupon_id;
    for operation in operations_reaching(Reach::Stock) {
        let answer = operation.call(&platform, &platform.partner_side(), &mixed).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    mixed.coupon.offer = other;
    for operation in single_ones(Reach::UserCoupon) {
        let answer = operation.call(&platform, &platform.partner_side(), &mixed).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_851);
    }
}

#[tokio::test]
async fn the_coupon_of_another_user_is_not_there() {
    let platform = TestPlatform::start().await;
    let mut coupon = platform.subject(&platform.partner_side()).await;
    "oAnotherUser".clone_into(&mut coupon.coupon.openid);
    "oAnotherUser".clone_into(&mut coupon.chain.openid);
    for side in [platform.partner_side(), platform.brand_side()] {
        for operation in operations_reaching(Reach::UserCoupon) {
            let answer = operation.call(&platform, &side, &coupon).await;
            assert_eq!(answer.status, 404, "{}", operation.name);
            answer.refused(404, "NOT_FOUND", 268_578_851);
        }
    }
}

#[tokio::test]
async fn an_appid_of_nobody_comes_after_the_authorisation_and_before_every_lookup() {
    let platform = TestPlatform::start().await;
    let mut coupon = platform.subject(&platform.partner_side()).await;
    "998".clone_into(&mut coupon.coupon.offer.stock_id);
    "997".clone_into(&mut coupon.chain.offer.stock_bundle_id);
    let with_appid = async |side: &Side, status, code, number| {
        for operation in operations() {
            let mut members = operation.members(&platform, &coupon);
            if members["appid"] == APPID {
                members["appid"] = json!(UNBOUND_APPID);
                let answer = operation.call_with(side, &coupon, &members).await;
                assert_eq!(answer.status, status, "{}", operation.name);
                answer.refused(status, code, number);
            }
        }
    };
    for side in [platform.partner_side(), platform.other_partner_side(), platform.brand_side()] {
        with_appid(&side, 400, "INVALID_REQUEST", 268_578_704).await;
    }
    platform.put_authorisation(Grant::Withdrawn).await;
    with_appid(&platform.partner_side(), 403, "NO_AUTH", 268_579_803).await;
}

#[tokio::test]
async fn a_provider_does_not_see_what_the_brand_created() {
    let platform = TestPlatform::start().await;
    let brand = platform.brand_side();
    for operation in operations_reaching(Reach::ProductCoupon) {
        let coupon = platform.subject_of(&operation, &brand).await;
        let before = seen_by(&brand, &coupon).await;
        let answer = operation.call(&platform, &platform.partner_side(), &coupon).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_608);
        assert_eq!(seen_by(&brand, &coupon).await, before, "{}", operation.name);
    }
}

#[tokio::test]
async fn a_stock_that_the_brand_adds_to_a_provider_s_product_coupon_is_the_brand_s_alone() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let brand = platform.brand_side();
    let create = json!({ "out_request_no": "BRAND_001", "stock": definition::single_stock(platform.now()) });
    let tail = format!("/product-coupons/{}/stocks", offer.product_coupon_id);
    let added = brand.post(&tail, &create).await.ok();
    let mut of_brand = offer.clone();
    added["stock_id"].as_str().unwrap_or_default().clone_into(&mut of_brand.stock_id);
    let mut coupon = platform.subject(&brand).await;
    coupon.coupon = brand.sent(&of_brand, OPENID, "SEND_0001").await;
    for operation in single_ones(Reach::Stock) {
        let answer = operation.call(&platform, &platform.partner_side(), &coupon).await;
        assert_eq!(answer.status, 404, "{}", operation.name);
        answer.refused(404, "NOT_FOUND", 268_578_608);
    }
    let query = [("appid", APPID), ("product_coupon_id", offer.product_coupon_id.as_str())];
    let listed = platform.partner_side().get(&format!("/users/{OPENID}/coupons"), &query).await.ok();
    assert_eq!(listed["total_count"], 0);
    assert_eq!(brand.get(&format!("/users/{OPENID}/coupons"), &query).await.ok()["total_count"], 1);
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
