//! The list of a user's coupons: filters, pages, who sees what.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{APPID, Coupon, OPENID, Offer, Side, TestPlatform, UNBOUND_APPID, definition};
use serde_json::{Value, json};

fn tail() -> String {
    format!("/users/{OPENID}/coupons")
}

/// The list under a query to which the appid is added.
async fn listed(side: &Side, query: &[(&str, &str)]) -> Value {
    side.get(&tail(), &[&[("appid", APPID)], query].concat()).await.ok()
}

fn codes(list: &Value) -> Vec<String> {
    let coupons = list["user_coupon_list"].as_array().unwrap();
    coupons.iter().map(|coupon| coupon["coupon_code"].as_str().unwrap().to_owned()).collect()
}

/// So many coupons of an offer, a second apart, the newest first.
async fn sent(platform: &TestPlatform, offer: &Offer, count: usize) -> Vec<String> {
    let side = platform.partner_side();
    let mut sent = Vec::new();
    for _ in 0..count {
        platform.clock.move_by_seconds(1);
        sent.insert(0, side.sent(offer, OPENID, &platform.fresh_number()).await.coupon_code);
    }
    sent
}

#[tokio::test]
async fn a_list_shows_whole_coupons_the_newest_first() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let side = platform.partner_side();
    let none = listed(&side, &[]).await;
    assert_eq!(none, json!({ "total_count": 0, "user_coupon_list": [] }));
    let sent = sent(&platform, &offer, 3).await;
    let list = listed(&side, &[]).await;
    assert_eq!((codes(&list), &list["total_count"]), (sent.clone(), &json!(3)));
    assert_eq!(list.get("next_page_token"), None);
    let coupon = Coupon { offer, openid: OPENID.to_owned(), coupon_code: sent[0].clone() };
    assert_eq!(list["user_coupon_list"][0], side.coupon(&coupon).await.ok());
    let of_another = side.get("/users/oAnotherUser/coupons", &[("appid", APPID)]).await.ok();
    assert_eq!(of_another["total_count"], 0);
}

#[tokio::test]
async fn pages_lead_through_the_whole_list_and_only_the_first_counts() {
    let platform = TestPlatform::start().await;
    let offer = platform
        .single_stock_offer(|stock| stock["stock_send_rule"]["max_count_per_user"] = json!(100))
        .await;
    let sent = sent(&platform, &offer, 23).await;
    let side = platform.partner_side();
    let first = listed(&side, &[]).await;
    assert_eq!(codes(&first), sent[..20], "20 when nothing is said");
    let token = first["next_page_token"].as_str().unwrap().to_owned();
    // What is issued meanwhile does not move the pages.
    platform.clock.move_by_seconds(1);
    side.sent(&offer, OPENID, &platform.fresh_number()).await;
    let second = listed(&side, &[("page_token", &token)]).await;
    assert_eq!(codes(&second), sent[20..]);
    assert_eq!((second.get("total_count"), second.get("next_page_token")), (None, None));
    let mut found = Vec::new();
    let mut token = String::new();
    loop {
        let page = listed(&side, &[("page_size", "4"), ("page_token", &token)]).await;
        assert_eq!(page.get("total_count").is_some(), token.is_empty());
        found.extend(codes(&page));
        let Some(next) = page["next_page_token"].as_str() else { break };
        next.clone_into(&mut token);
    }
    assert_eq!(found[1..], sent, "24 in pages of 4, the last one full");
    assert_eq!(listed(&side, &[("page_size", "24")]).await.get("next_page_token"), None);
    assert!(listed(&side, &[("page_size", "23")]).await.get("next_page_token").is_some());
}

#[tokio::test]
async fn a_token_is_good_for_its_list_only() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    sent(&platform, &offer, 2).await;
    let side = platform.partner_side();
    let first = listed(&side, &[("page_size", "1"), ("coupon_state", "CONFIRMING")]).await;
    let token = first["next_page_token"].as_str().unwrap();
    let state = ("coupon_state", "CONFIRMING");
    listed(&side, &[("page_token", token), state, ("page_size", "50")]).await;
    for query in [
        vec![("page_token", token)],
        vec![("page_token", token), ("coupon_state", "USED")],
        vec![("page_token", token), state, ("stock_id", offer.stock_id.as_str())],
        vec![("page_token", "made-up"), state],
    ] {
        let query = [&[("appid", APPID)], query.as_slice()].concat();
        let answer = side.get(&tail(), &query).await;
        answer.refused_field("PARAM_ERROR", 268_435_461, "page_token");
    }
    let query = [("appid", APPID), ("page_token", token), state];
    let of_another_user = side.get("/users/oAnotherUser/coupons", &query).await;
    of_another_user.refused_field("PARAM_ERROR", 268_435_461, "page_token");
    let of_another_caller = platform.other_partner_side().get(&tail(), &query).await;
    of_another_caller.refused_field("PARAM_ERROR", 268_435_461, "page_token");
}

#[tokio::test]
async fn each_filter_and_all_together() {
    let platform = TestPlatform::start().await;
    let (one, other) = (platform.single_offer(|_| {}).await, platform.sequential_offer(|_| {}).await);
    let side = platform.partner_side();
    let of_one = sent(&platform, &one, 2).await;
    let of_other = sent(&platform, &other, 1).await;
    let confirmed = Coupon { offer: one.clone(), openid: OPENID.to_owned(), coupon_code: of_one[0].clone() };
    let body = confirmed.body(&platform.fresh_number());
    platform.merchant().post(&confirmed.command("confirm"), &body).await.ok();
    let (product, stock) = (one.product_coupon_id.as_str(), one.stock_id.as_str());
    for (query, expected) in [
        (vec![], [of_other.clone(), of_one.clone()].concat()),
        (vec![("product_coupon_id", product)], of_one.clone()),
        (vec![("stock_id", stock)], of_one.clone()),
        (vec![("product_coupon_id", product), ("stock_id", stock)], of_one.clone()),
        (vec![("coupon_state", "EFFECTIVE")], of_one[..1].to_vec()),
        (vec![("coupon_state", "CONFIRMING")], vec![of_other[0].clone(), of_one[1].clone()]),
        (vec![("stock_id", stock), ("coupon_state", "CONFIRMING")], of_one[1..].to_vec()),
        (vec![("user_coupon_bundle_id", "5000000000001")], vec![]),
    ] {
        let list = listed(&side, &query).await;
        assert_eq!(codes(&list), expected, "{query:?}");
        assert_eq!(list["total_count"], expected.len(), "{query:?}");
    }
}

#[tokio::test]
async fn every_state_is_found_by_its_name() {
    let platform = TestPlatform::start().await;
    // Pending for a day, then thirty days.
    let offer = platform
        .single_stock_offer(|stock| {
            let period = &mut stock["single_usage_rule"]["coupon_available_period"];
            period["available_days"] = json!(30);
            period["wait_days_after_receive"] = json!(1);
        })
        .await;
    let side = platform.partner_side();
    let list = async |state: &str| listed(&side, &[("coupon_state", state)]).await["total_count"].clone();
    let coupon = side.sent(&offer, OPENID, "SEND_0001").await;
    let command = async |name: &str, body: Value| {
        platform.merchant().post(&coupon.command(name), &body).await.ok();
    };
    assert_eq!((list("CONFIRMING").await, list("PENDING").await), (json!(1), json!(0)));
    command("confirm", coupon.body("CONFIRM_1")).await;
    assert_eq!((list("CONFIRMING").await, list("PENDING").await), (json!(0), json!(1)));
    platform.clock.move_by_seconds(86_400);
    assert_eq!((list("PENDING").await, list("EFFECTIVE").await), (json!(0), json!(1)));
    command("use", platform.use_body(&coupon, "USE_000001", None)).await;
    assert_eq!((list("EFFECTIVE").await, list("USED").await), (json!(0), json!(1)));
    command("return", coupon.body("RETURN_01")).await;
    assert_eq!((list("USED").await, list("EFFECTIVE").await), (json!(0), json!(1)));
    platform.clock.move_by_seconds(31 * 86_400);
    assert_eq!((list("EFFECTIVE").await, list("EXPIRED").await), (json!(0), json!(1)));
}

#[tokio::test]
async fn every_parameter_has_its_form() {
    let platform = TestPlatform::start().await;
    let side = platform.partner_side();
    let long = "1".repeat(41);
    for (name, value, number) in [
        ("coupon_state", "LOST", 268_435_461),
        ("coupon_state", "used", 268_435_461),
        ("page_size", "0", 268_435_464),
        ("page_size", "51", 268_435_464),
        ("page_size", "ten", 268_435_461),
        ("product_coupon_id", long.as_str(), 268_435_462),
        ("user_coupon_bundle_id", long.as_str(), 268_435_462),
        ("stock_id", "a%20b", 268_435_461),
    ] {
        let answer = side.get(&tail(), &[("appid", APPID), (name, value)]).await;
        let refused = answer.refused_field("PARAM_ERROR", number, name);
        assert_eq!(refused["detail"]["location"], "query");
    }
    listed(&side, &[("page_size", "1")]).await;
    listed(&side, &[("page_size", "50")]).await;
    side.get(&tail(), &[]).await.refused_field("PARAM_ERROR", 268_578_101, "appid");
    let unbound = side.get(&tail(), &[("appid", UNBOUND_APPID)]).await;
    unbound.refused(400, "INVALID_REQUEST", 268_578_704);
    let brand = platform.brand_side();
    brand.get(&tail(), &[]).await.refused_field("PARAM_ERROR", 268_435_461, "appid");
    let openid = brand.get("/users/o%20user/coupons", &[("appid", APPID)]).await;
    openid.refused_field("PARAM_ERROR", 268_578_532, "openid");
}

#[tokio::test]
async fn what_a_filter_names_must_be_reached() {
    let platform = TestPlatform::start().await;
    let (one, other) = (platform.single_offer(|_| {}).await, platform.single_offer(|_| {}).await);
    let (side, stranger) = (platform.partner_side(), platform.other_partner_side());
    let (product, stock) =
        (("product_coupon_id", one.product_coupon_id.as_str()), ("stock_id", one.stock_id.as_str()));
    let appid = ("appid", APPID);
    for (side, query) in [
        (&stranger, vec![appid, product]),
        (&stranger, vec![appid, stock]),
        (&stranger, vec![appid, product, stock]),
        (&side, vec![appid, ("product_coupon_id", "998")]),
        (&side, vec![appid, ("stock_id", "998")]),
        (&side, vec![appid, stock, ("product_coupon_id", other.product_coupon_id.as_str())]),
    ] {
        side.get(&tail(), &query).await.refused(404, "NOT_FOUND", 268_578_608);
    }
}

#[tokio::test]
async fn a_provider_lists_what_it_created_and_the_brand_everything() {
    let platform = TestPlatform::start().await;
    let sides = [platform.partner_side(), platform.other_partner_side(), platform.brand_side()];
    let mut coupons = Vec::new();
    for side in &sides {
        platform.clock.move_by_seconds(1);
        let offer = side.create(&definition::single(platform.now(), &platform.fresh_number())).await;
        coupons.push(side.sent(&offer, OPENID, &platform.fresh_number()).await.coupon_code);
    }
    assert_eq!(codes(&listed(&sides[0], &[]).await), coupons[..1]);
    assert_eq!(codes(&listed(&sides[1], &[]).await), coupons[1..2]);
    coupons.reverse();
    let of_brand = listed(&sides[2], &[]).await;
    assert_eq!((codes(&of_brand), &of_brand["total_count"]), (coupons, &json!(3)));
    assert!(!of_brand.to_string().contains("brand_id"));
}
