//! The list of a product coupon's stocks: filters, order, pages, and tokens that lead through one list only.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{Caller, Offer, TestPlatform, definition};
use serde_json::{Value, json};

const FORM: u64 = 268_435_461;
const RANGE: u64 = 268_435_464;

fn list(offer: &Offer, query: &str) -> String {
    format!("{}/stocks?{query}", offer.product_coupon())
}

fn ids(page: &Value) -> Vec<String> {
    let stocks = page["stock_list"].as_array().unwrap();
    stocks.iter().map(|stock| stock["stock_id"].as_str().unwrap().to_owned()).collect()
}

async fn add_stock(caller: &Caller, platform: &TestPlatform, offer: &Offer) -> String {
    let body = json!({
        "out_request_no": platform.fresh_number(), "stock": definition::single_stock(platform.now()),
    });
    let added = caller.post(&format!("{}/stocks", offer.product_coupon()), body).await.ok();
    added["stock_id"].as_str().unwrap().to_owned()
}

async fn deactivate(caller: &Caller, tail: &str) {
    let body = json!({ "out_request_no": "DEACTIVATE_1", "deactivate_reason": "活动结束" });
    caller.post(&format!("{tail}/deactivate"), body).await.ok();
}

/// A product coupon with so many stocks, a second apart, newest first.
async fn stocks(caller: &Caller, platform: &TestPlatform, count: usize) -> (Offer, Vec<String>) {
    let offer = caller.offer(platform, |_| {}).await;
    let mut ids = vec![offer.stock_id.clone()];
    for _ in 1..count {
        platform.clock.move_by_seconds(1);
        ids.push(add_stock(caller, platform, &offer).await);
    }
    ids.reverse();
    (offer, ids)
}

#[tokio::test]
async fn stocks_are_listed_as_each_is_read_newest_first() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let (offer, newest_first) = stocks(&caller, &platform, 3).await;
        let page = caller.get(&format!("{}/stocks", offer.product_coupon())).await.ok();
        assert_eq!(ids(&page), newest_first);
        assert_eq!((page.get("total_count"), page.get("next_page_token")), (Some(&json!(3)), None));
        for (stock, id) in page["stock_list"].as_array().unwrap().iter().zip(&newest_first) {
            let tail = format!("{}/stocks/{id}", offer.product_coupon());
            assert_eq!(stock, &caller.get(&tail).await.ok());
        }
    }
}

#[tokio::test]
async fn pages_lead_through_the_list_and_are_not_disturbed_by_newer_stocks() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let (offer, newest_first) = stocks(&caller, &platform, 5).await;
        let first = caller.get(&list(&offer, "page_size=2")).await.ok();
        assert_eq!((ids(&first), &first["total_count"]), (newest_first[..2].to_vec(), &json!(5)));
        let token = first["next_page_token"].as_str().unwrap();
        // The stock of the next page that comes first ends, and a newer one is added.
        platform.clock.move_by_seconds(1);
        add_stock(&caller, &platform, &offer).await;
        deactivate(&caller, &format!("{}/stocks/{}", offer.product_coupon(), newest_first[1])).await;
        let second = caller.get(&list(&offer, &format!("page_size=2&page_token={token}"))).await.ok();
        assert_eq!((ids(&second), second.get("total_count")), (newest_first[2..4].to_vec(), None));
        let token = second["next_page_token"].as_str().unwrap();
        // The size of a page may change on the way.
        let third = caller.get(&list(&offer, &format!("page_size=50&page_token={token}"))).await.ok();
        assert_eq!((ids(&third), third.get("next_page_token")), (newest_first[4..].to_vec(), None));
        let exactly = caller.get(&list(&offer, "page_size=6")).await.ok();
        assert_eq!((ids(&exactly).len(), exactly.get("next_page_token")), (6, None));
    }
}

#[tokio::test]
async fn a_page_has_twenty_stocks_when_nothing_is_said() {
    let platform = TestPlatform::start().await;
    let [caller, _] = platform.callers();
    let offer = caller.offer(&platform, |_| {}).await;
    platform.put_bundle(&offer, 15).await;
    for _ in 0..5 {
        add_stock(&caller, &platform, &offer).await;
    }
    for query in ["", "page_token="] {
        let page = caller.get(&list(&offer, query)).await.ok();
        assert_eq!((ids(&page).len(), &page["total_count"]), (20, &json!(21)), "{query}");
        assert!(page["next_page_token"].is_string());
    }
    for (size, number) in
        [("0", RANGE), ("51", RANGE), ("-1", RANGE), ("ten", FORM), ("1.5", FORM), ("", FORM)]
    {
        let answer = caller.get(&list(&offer, &format!("page_size={size}"))).await;
        answer.refused_field("PARAM_ERROR", number, "page_size");
    }
    for (size, count) in [("1", 1), ("50", 21)] {
        let page = caller.get(&list(&offer, &format!("page_size={size}"))).await.ok();
        assert_eq!(ids(&page).len(), count);
    }
}

#[tokio::test]
async fn a_token_leads_through_its_own_list_only() {
    let platform = TestPlatform::start().await;
    let [merchant, brand] = platform.callers();
    let (offer, _) = stocks(&merchant, &platform, 3).await;
    let (other, _) = stocks(&merchant, &platform, 3).await;
    let query = "page_size=1&state=SENDING";
    let page = merchant.get(&list(&offer, query)).await.ok();
    let token = page["next_page_token"].as_str().unwrap();
    let with = |query: &str, token: &str| format!("{query}&page_token={token}");
    merchant.get(&list(&offer, &with(query, token))).await.ok();
    for changed in ["page_size=1", "state=PAUSED", "state=SENDING&stock_bundle_id=1"] {
        let answer = merchant.get(&list(&offer, &with(changed, token))).await;
        answer.refused_field("PARAM_ERROR", FORM, "page_token");
    }
    let answers = [
        merchant.get(&list(&other, &with(query, token))).await,
        brand.get(&list(&offer, &with(query, token))).await,
        merchant.get(&format!("{}/associated-stores?page_token={token}", offer.stock())).await,
    ];
    for answer in answers {
        answer.refused_field("PARAM_ERROR", FORM, "page_token");
    }
    for (at, _) in token.char_indices().step_by(7) {
        let mut altered = token.to_owned();
        altered.replace_range(at..=at, if &token[at..=at] == "A" { "B" } else { "A" });
        let answer = merchant.get(&list(&offer, &with(query, &altered))).await;
        answer.refused_field("PARAM_ERROR", FORM, "page_token");
    }
    for made_up in ["cGFnZTox", "1", &"A".repeat(5000)] {
        let answer = merchant.get(&list(&offer, &with(query, made_up))).await;
        answer.refused_field("PARAM_ERROR", FORM, "page_token");
    }
    // A token of a pre-send is sealed with the same key and is none of a list all the same.
    let pre_send = platform.token(&platform.pre_send_body(&offer)).await;
    let answer = merchant.get(&list(&offer, &with(query, &pre_send))).await;
    answer.refused_field("PARAM_ERROR", FORM, "page_token");
    assert_ne!(platform.claim_call("open", token).await.status, 200);
}

#[tokio::test]
async fn states_are_those_of_the_moment() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let start = platform.now();
        let (offer, newest_first) = stocks(&caller, &platform, 3).await;
        deactivate(&caller, &format!("{}/stocks/{}", offer.product_coupon(), newest_first[0])).await;
        let expect = async |state: &str, expected: &[String]| {
            let page = caller.get(&list(&offer, &format!("state={state}"))).await.ok();
            assert_eq!(ids(&page), expected, "{state}");
            assert_eq!(page["total_count"], json!(expected.len()), "{state}");
            for stock in page["stock_list"].as_array().unwrap() {
                assert_eq!(stock["state"], state);
            }
        };
        expect("SENDING", &newest_first[1..]).await;
        expect("DEACTIVATED", &newest_first[..1]).await;
        for state in ["AUDITING", "PAUSED", "STOPPED"] {
            expect(state, &[]).await;
        }
        platform.clock.move_by_seconds(definition::STOCK_DAYS * 86_400);
        expect("STOPPED", &newest_first[1..]).await;
        expect("SENDING", &[]).await;
        deactivate(&caller, &offer.product_coupon()).await;
        expect("DEACTIVATED", &newest_first).await;
        expect("STOPPED", &[]).await;
        let answer = caller.get(&list(&offer, "state=ENDED")).await;
        answer.refused_field("PARAM_ERROR", FORM, "state");
        platform.clock.move_by_seconds(start.unix_seconds() - platform.now().unix_seconds());
    }
}

#[tokio::test]
async fn a_bundle_is_listed_by_index() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        platform.put_bundle(&offer, 12).await;
        let bundle = offer.stock_bundle_id();
        let members: Vec<_> = (0..12).map(|index| offer.member(index).stock_id).collect();
        let page = caller.get(&list(&offer, &format!("stock_bundle_id={bundle}"))).await.ok();
        assert_eq!((ids(&page), &page["total_count"]), (members.clone(), &json!(12)));
        let both = format!("stock_bundle_id={bundle}&state=SENDING&page_size=1");
        let first = caller.get(&list(&offer, &both)).await.ok();
        assert_eq!(ids(&first), members[..1]);
        let token = first["next_page_token"].as_str().unwrap();
        let second = caller.get(&list(&offer, &format!("{both}&page_token={token}"))).await.ok();
        assert_eq!(ids(&second), members[1..2]);
        let unknown = caller.get(&list(&offer, "stock_bundle_id=1")).await.ok();
        assert_eq!(unknown, json!({ "total_count": 0, "stock_list": [] }));
        let answer = caller.get(&list(&offer, "stock_bundle_id=a%20b")).await;
        answer.refused_field("PARAM_ERROR", FORM, "stock_bundle_id");
    }
}

#[tokio::test]
async fn a_provider_lists_what_it_created_and_a_brand_lists_everything() {
    let platform = TestPlatform::start().await;
    let [merchant, brand] = platform.callers();
    let offer = merchant.offer(&platform, |_| {}).await;
    platform.clock.move_by_seconds(1);
    let of_brand = add_stock(&brand, &platform, &offer).await;
    let page = merchant.get(&list(&offer, "")).await.ok();
    assert_eq!((ids(&page), &page["total_count"]), (vec![offer.stock_id.clone()], &json!(1)));
    let page = brand.get(&list(&offer, "")).await.ok();
    assert_eq!((ids(&page), &page["total_count"]), (vec![of_brand, offer.stock_id.clone()], &json!(2)));
}
