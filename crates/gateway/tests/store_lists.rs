//! Store lists of stocks with scope SPECIFIC: each store of a call told, the list read by pages, and what it means
//! at use, at once and for coupons already held.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_model::enums::StoreState;
use quan_model::ids::StoreId;
use quan_platform::Error;
use quan_testkit::{Answer, BRAND_ID, Caller, Coupon, OTHER_STORE_ID, Offer, STORE_ID, TestPlatform};
use serde_json::{Value, json};

const RULE: u64 = 268_578_224;
const SCOPE_IS_ALL: u64 = 268_578_813;
const NOT_ALLOWED: u64 = 268_584_404;
const CLOSED: u64 = 299_000_008;
const FORM: u64 = 268_435_461;
const LONG: u64 = 268_435_462;
const SHORT: u64 = 268_435_463;
const RANGE: u64 = 268_435_464;

async fn put_store(platform: &TestPlatform, store: &str, state: StoreState) {
    let (brand_id, store) = (BRAND_ID.parse().unwrap(), StoreId::parse(store).unwrap());
    let write = move |work: &mut quan_platform::work::Work<'_>| {
        Ok(work.store.put_store_state(&brand_id, &store, state)?)
    };
    platform.platform.write::<_, Error>(write).await.unwrap();
}

async fn started() -> TestPlatform {
    let platform = TestPlatform::start().await;
    put_store(&platform, "100065", StoreState::Open).await;
    put_store(&platform, "100066", StoreState::Creating).await;
    put_store(&platform, "100067", StoreState::Closed).await;
    platform
}

fn infos(ids: &[&str]) -> Value {
    json!(ids.iter().map(|id| json!({ "store_id": id })).collect::<Vec<_>>())
}

async fn change(caller: &Caller, offer: &Offer, command: &str, ids: &[&str]) -> Answer {
    let body = json!({ "store_list": infos(ids) });
    caller.post(&format!("{}/{command}-stores", offer.stock()), body).await
}

fn list(offer: &Offer, query: &str) -> String {
    format!("{}/associated-stores?{query}", offer.stock())
}

async fn listed(caller: &Caller, offer: &Offer) -> Value {
    caller.get(&list(offer, "")).await.ok()["store_list"].clone()
}

async fn specific(caller: &Caller, platform: &TestPlatform) -> Offer {
    caller.offer(platform, |stock| stock["store_scope"] = json!("SPECIFIC")).await
}

#[tokio::test]
async fn a_call_says_what_became_of_each_store() {
    let platform = started().await;
    for caller in platform.callers() {
        let offer = specific(&caller, &platform).await;
        let given = ["100065", STORE_ID, "999999", "100065", OTHER_STORE_ID, "100067", "100066", "no good"];
        let answer = change(&caller, &offer, "associate", &given).await.ok();
        let failed = |store_id: &str, code: &str, message: &str| json!({ "store_id": store_id, "code": code, "message": message });
        let expected = json!({
            "total_count": 7,
            "success_store_list": infos(&["100065", STORE_ID, "100066"]),
            "failed_store_list": [
                failed("999999", "INVALID_REQUEST", "门店不属于该品牌"),
                failed(OTHER_STORE_ID, "INVALID_REQUEST", "门店不属于该品牌"),
                failed("100067", "INVALID_REQUEST", "门店已关闭"),
                answer["failed_store_list"][3],
            ],
        });
        assert_eq!(answer, expected);
        let malformed = &answer["failed_store_list"][3];
        assert_eq!((&malformed["store_id"], &malformed["code"]), (&json!("no good"), &json!("PARAM_ERROR")));
        assert_eq!(listed(&caller, &offer).await, infos(&["100065", STORE_ID, "100066"]));
        // Already associated is a success, and the order stays.
        let again = change(&caller, &offer, "associate", &[STORE_ID, "100065"]).await.ok();
        assert_eq!(again, json!({ "total_count": 2, "success_store_list": infos(&[STORE_ID, "100065"]) }));
        assert_eq!(listed(&caller, &offer).await, infos(&["100065", STORE_ID, "100066"]));
        let gone = change(&caller, &offer, "disassociate", &["100065", "999999", "100065"]).await.ok();
        let expected = json!({
            "total_count": 2, "success_store_list": infos(&["100065"]),
            "failed_store_list": [failed("999999", "INVALID_REQUEST", "门店不属于该品牌")],
        });
        assert_eq!(gone, expected);
        let again = change(&caller, &offer, "disassociate", &["100065"]).await.ok();
        assert_eq!(again, json!({ "total_count": 1, "success_store_list": infos(&["100065"]) }));
        assert_eq!(listed(&caller, &offer).await, infos(&[STORE_ID, "100066"]));
        // A store that closed later can be taken off.
        put_store(&platform, "100066", StoreState::Closed).await;
        change(&caller, &offer, "disassociate", &["100066"]).await.ok();
        assert_eq!(listed(&caller, &offer).await, infos(&[STORE_ID]));
        put_store(&platform, "100066", StoreState::Creating).await;
    }
}

#[tokio::test]
async fn a_call_has_one_to_two_hundred_stores() {
    let platform = started().await;
    for caller in platform.callers() {
        let offer = specific(&caller, &platform).await;
        let ids: Vec<String> = (0..201).map(|number| format!("9{number}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        for command in ["associate", "disassociate"] {
            for (count, number) in [(0, SHORT), (201, LONG)] {
                let answer = change(&caller, &offer, command, &ids[..count]).await;
                answer.refused_field("PARAM_ERROR", number, "/store_list");
            }
            assert_eq!(change(&caller, &offer, command, &ids[..200]).await.ok()["total_count"], 200);
            let wrong = json!({ "store_list": ["100064"] });
            let answer = caller.post(&format!("{}/{command}-stores", offer.stock()), wrong).await;
            answer.refused_field("PARAM_ERROR", FORM, "/store_list/0");
        }
        assert_eq!(listed(&caller, &offer).await, json!([]));
    }
}

#[tokio::test]
async fn only_a_scope_of_specific_has_a_list() {
    let platform = started().await;
    for caller in platform.callers() {
        for (scope, number) in [("NONE", RULE), ("ALL", SCOPE_IS_ALL)] {
            let offer = caller.offer(&platform, |stock| stock["store_scope"] = json!(scope)).await;
            for command in ["associate", "disassociate"] {
                let answer = change(&caller, &offer, command, &[STORE_ID]).await;
                answer.refused(400, "INVALID_REQUEST", number);
            }
            caller.get(&list(&offer, "")).await.refused(400, "INVALID_REQUEST", number);
        }
        let offer = specific(&caller, &platform).await;
        change(&caller, &offer, "associate", &[STORE_ID]).await.ok();
        let scope = |number: &str, scope: &str| json!({ "out_request_no": number, "store_scope": scope });
        caller.patch(&offer.stock(), scope("SCOPE_01", "ALL")).await.ok();
        caller.get(&list(&offer, "")).await.refused(400, "INVALID_REQUEST", SCOPE_IS_ALL);
        caller.patch(&offer.stock(), scope("SCOPE_02", "SPECIFIC")).await.ok();
        assert_eq!(listed(&caller, &offer).await, infos(&[STORE_ID]), "the list lay dormant");
    }
}

#[tokio::test]
async fn a_stock_that_has_ended_keeps_its_list() {
    let platform = started().await;
    for caller in platform.callers() {
        let offer = specific(&caller, &platform).await;
        change(&caller, &offer, "associate", &[STORE_ID]).await.ok();
        let end = json!({ "out_request_no": "END_0001", "deactivate_reason": "活动结束" });
        caller.post(&format!("{}/deactivate", offer.stock()), end).await.ok();
        for command in ["associate", "disassociate"] {
            let answer = change(&caller, &offer, command, &["100065"]).await;
            answer.refused(400, "INVALID_REQUEST", CLOSED);
        }
        assert_eq!(listed(&caller, &offer).await, infos(&[STORE_ID]));
    }
    let caller = Caller::of_merchant(platform.merchant());
    let stopped = specific(&caller, &platform).await;
    platform.clock.move_by_seconds(quan_testkit::definition::STOCK_DAYS * 86_400);
    let answer = change(&caller, &stopped, "associate", &[STORE_ID]).await;
    answer.refused(400, "INVALID_REQUEST", CLOSED);
}

#[tokio::test]
async fn the_list_is_read_by_pages_in_the_order_of_association() {
    let platform = started().await;
    for caller in platform.callers() {
        let offer = specific(&caller, &platform).await;
        let stores = ["100065", "100066", STORE_ID];
        change(&caller, &offer, "associate", &stores).await.ok();
        let first = caller.get(&list(&offer, "page_size=1")).await.ok();
        assert_eq!((&first["total_count"], &first["store_list"]), (&json!(3), &infos(&stores[..1])));
        let token = first["next_page_token"].as_str().unwrap();
        // The store that the token stands at goes; the pages go on.
        change(&caller, &offer, "disassociate", &stores[..1]).await.ok();
        let second = caller.get(&list(&offer, &format!("page_size=1&page_token={token}"))).await.ok();
        assert_eq!((second.get("total_count"), &second["store_list"]), (None, &infos(&stores[1..2])));
        let token = second["next_page_token"].as_str().unwrap();
        let third = caller.get(&list(&offer, &format!("page_size=200&page_token={token}"))).await.ok();
        assert_eq!((third.get("next_page_token"), &third["store_list"]), (None, &infos(&stores[2..])));
        for (size, number) in [("0", RANGE), ("201", RANGE), ("x", FORM)] {
            let answer = caller.get(&list(&offer, &format!("page_size={size}"))).await;
            answer.refused_field("PARAM_ERROR", number, "page_size");
        }
        let other = specific(&caller, &platform).await;
        let answer = caller.get(&list(&other, &format!("page_token={token}"))).await;
        answer.refused_field("PARAM_ERROR", FORM, "page_token");
    }
}

async fn use_in(platform: &TestPlatform, coupon: &Coupon, store: Option<&str>) -> Answer {
    let mut body = platform.use_body(coupon, &platform.fresh_number(), None);
    if let Some(store) = store {
        body["store_id"] = json!(store);
    }
    platform.merchant().post(&coupon.command("use"), &body).await
}

async fn give_back(platform: &TestPlatform, coupon: &Coupon) {
    let body = coupon.body(&platform.fresh_number());
    platform.merchant().post(&coupon.command("return"), &body).await.ok();
}

#[tokio::test]
async fn a_held_coupon_is_used_where_the_list_says_now() {
    let platform = started().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_stock_offer(|stock| stock["store_scope"] = json!("SPECIFIC")).await;
    let coupon = platform.confirmed(&offer).await;
    for store in [None, Some(STORE_ID)] {
        let answer = use_in(&platform, &coupon, store).await;
        answer.refused(400, "INVALID_REQUEST", NOT_ALLOWED);
    }
    change(&caller, &offer, "associate", &[STORE_ID, "100066"]).await.ok();
    for store in [None, Some(STORE_ID)] {
        use_in(&platform, &coupon, store).await.ok();
        give_back(&platform, &coupon).await;
    }
    // Open but not on the list; on the list but not open yet; of another brand.
    for store in ["100065", "100066", OTHER_STORE_ID] {
        let answer = use_in(&platform, &coupon, Some(store)).await;
        answer.refused(400, "INVALID_REQUEST", NOT_ALLOWED);
    }
    put_store(&platform, STORE_ID, StoreState::Closed).await;
    use_in(&platform, &coupon, Some(STORE_ID)).await.refused(400, "INVALID_REQUEST", NOT_ALLOWED);
    put_store(&platform, STORE_ID, StoreState::Open).await;
    change(&caller, &offer, "disassociate", &[STORE_ID]).await.ok();
    use_in(&platform, &coupon, Some(STORE_ID)).await.refused(400, "INVALID_REQUEST", NOT_ALLOWED);
    change(&caller, &offer, "disassociate", &["100066"]).await.ok();
    use_in(&platform, &coupon, None).await.refused(400, "INVALID_REQUEST", NOT_ALLOWED);
    // Another scope counts at once, too.
    let scope = json!({ "out_request_no": "SCOPE_01", "store_scope": "ALL" });
    caller.patch(&offer.stock(), scope).await.ok();
    use_in(&platform, &coupon, Some("100065")).await.ok();
}
