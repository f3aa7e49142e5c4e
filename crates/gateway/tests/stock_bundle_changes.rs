//! Changes of stock bundles reach every stock of it or none; a stock of a bundle is not changed by itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_coupon::user_coupon::Deactivation;
use quan_model::ids::StockId;
use quan_platform::Error;
use quan_testkit::{BRAND_ID, Caller, Offer, STORE_ID, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const RULE: u64 = 268_578_224;
const NOT_FOUND: u64 = 268_578_608;
const APPID_NOT_BOUND: u64 = 268_578_704;
const STALE: u64 = 299_000_006;
const LOW: u64 = 299_000_007;
const CLOSED: u64 = 299_000_008;
const SCOPE_IS_ALL: u64 = 268_578_813;
const MEMBERS: u32 = 3;

/// An offer with a bundle of three stocks beside it.
async fn bundled(caller: &Caller, platform: &TestPlatform, edit: impl FnOnce(&mut Value)) -> Offer {
    let offer = caller.offer(platform, edit).await;
    platform.put_bundle(&offer, MEMBERS).await;
    offer
}

/// The bundle as the stocks of it are read.
async fn read(caller: &Caller, offer: &Offer) -> Value {
    let mut stocks = Vec::new();
    for index in 0..MEMBERS {
        stocks.push(caller.get(&offer.member(index).stock()).await.ok());
    }
    json!({ "stock_bundle_id": offer.stock_bundle_id(), "stock_list": stocks })
}

fn edit(number: &str, remark: &str) -> Value {
    json!({ "out_request_no": number, "remark": remark })
}

fn budget(number: &str, current: i64, target: i64) -> Value {
    json!({
        "out_request_no": number, "update_mode": "MAX_COUNT",
        "current_max_count": current, "target_max_count": target,
    })
}

fn stores() -> Value {
    json!({ "store_list": [{ "store_id": STORE_ID }] })
}

/// Ends one stock of a bundle, which no call does.
async fn end_member(platform: &TestPlatform, stock: Offer) {
    let write = move |work: &mut quan_platform::work::Work<'_>| {
        let deactivation = Deactivation {
            request_no: "END_0001".parse().unwrap(),
            time: work.now,
            reason: "测试".to_owned(),
        };
        let id = StockId::parse(stock.stock_id.as_str()).unwrap();
        Ok(work.store.deactivate_stock(&id, &deactivation)?)
    };
    platform.platform.write::<_, Error>(write).await.unwrap();
}

#[tokio::test]
async fn an_edit_reaches_every_stock_of_the_bundle_and_no_other() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = bundled(&caller, &platform, |_| {}).await;
        let beside = caller.get(&offer.stock()).await.ok();
        let mut expected = read(&caller, &offer).await;
        let body = json!({
            "out_request_no": "EDIT_001", "remark": "批次组改名", "store_scope": "ALL",
            "coupon_display_info": { "code_display_mode": "BARCODE", "background_color": "Color020" },
        });
        for stock in expected["stock_list"].as_array_mut().unwrap() {
            for name in ["remark", "store_scope", "coupon_display_info"] {
                stock[name] = body[name].clone();
            }
        }
        let answer = caller.patch(&offer.stock_bundle(), body.clone()).await.ok();
        assert_eq!(answer, expected);
        assert_eq!(read(&caller, &offer).await, expected);
        for (index, stock) in answer["stock_list"].as_array().unwrap().iter().enumerate() {
            let place = json!({ "stock_bundle_id": offer.stock_bundle_id(), "stock_bundle_index": index });
            assert_eq!(stock["stock_bundle_info"], place);
            assert_eq!(stock.get("brand_id"), caller.names_brand().then_some(&json!(BRAND_ID)));
        }
        assert_eq!(caller.get(&offer.stock()).await.ok(), beside);
        let later = caller.patch(&offer.stock_bundle(), edit("EDIT_002", "再改")).await.ok();
        assert_eq!(caller.patch(&offer.stock_bundle(), body).await.ok(), later, "a replay changes nothing");
        let answer = caller.patch(&offer.stock_bundle(), edit("EDIT_001", "别的")).await;
        answer.refused(400, "INVALID_REQUEST", MISMATCH);
        let appid =
            json!({ "out_request_no": "EDIT_003", "notify_config": { "notify_appid": UNBOUND_APPID } });
        let answer = caller.patch(&offer.stock_bundle(), appid).await;
        answer.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
        let answer = caller.patch(&offer.stock_bundle(), edit("EDIT_003", &"券".repeat(21))).await;
        answer.refused_field("PARAM_ERROR", 268_435_462, "/remark");
    }
}

#[tokio::test]
async fn a_budget_reaches_every_stock_of_the_bundle() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = bundled(&caller, &platform, |_| {}).await;
        let tail = format!("{}/update-budget", offer.stock_bundle());
        let mut expected = read(&caller, &offer).await;
        for stock in expected["stock_list"].as_array_mut().unwrap() {
            stock["stock_send_rule"]["max_count"] = json!(2000);
        }
        assert_eq!(caller.post(&tail, budget("BUDGET_1", 1000, 2000)).await.ok(), expected);
        assert_eq!(read(&caller, &offer).await, expected);
        assert_eq!(caller.post(&tail, budget("BUDGET_1", 1000, 2000)).await.ok(), expected);
        let answer = caller.post(&tail, budget("BUDGET_1", 2000, 3000)).await;
        answer.refused(400, "INVALID_REQUEST", MISMATCH);
        caller.post(&tail, budget("BUDGET_2", 1000, 3000)).await.refused(400, "INVALID_REQUEST", STALE);
        let per_day = json!({
            "out_request_no": "BUDGET_2", "update_mode": "MAX_COUNT_PER_DAY",
            "current_max_count_per_day": 1, "target_max_count_per_day": 2,
        });
        caller.post(&tail, per_day).await.refused(400, "INVALID_REQUEST", RULE);
    }
}

#[tokio::test]
async fn a_total_is_enough_for_the_most_issued_stock_or_nothing_changes() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = bundled(&caller, &platform, |_| {}).await;
    let last = offer.member(MEMBERS - 1);
    let write = move |work: &mut quan_platform::work::Work<'_>| {
        let stock = last.stock_id.parse().unwrap();
        let limits =
            quan_coupon::definition::Limits { max_count: 9, max_count_per_day: None, max_count_per_user: 9 };
        for _ in 0..2 {
            let day = work.now.date();
            work.store.count_issue(&stock, day, &"person".to_owned(), &limits)?;
        }
        Ok(())
    };
    platform.platform.write::<_, Error>(write).await.unwrap();
    let before = read(&caller, &offer).await;
    let tail = format!("{}/update-budget", offer.stock_bundle());
    caller.post(&tail, budget("BUDGET_1", 1000, 1)).await.refused(400, "INVALID_REQUEST", LOW);
    assert_eq!(read(&caller, &offer).await, before, "the first two stocks did not change either");
    caller.post(&tail, budget("BUDGET_1", 1000, 2)).await.ok();
}

#[tokio::test]
async fn stores_reach_every_stock_of_the_bundle() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = bundled(&caller, &platform, |stock| stock["store_scope"] = json!("SPECIFIC")).await;
        let bundle = offer.stock_bundle();
        let given = json!({ "store_list": [{ "store_id": STORE_ID }, { "store_id": "999999" }] });
        let answer = caller.post(&format!("{bundle}/associate-stores"), given).await.ok();
        assert_eq!(
            (&answer["total_count"], &answer["success_store_list"]),
            (&json!(2), &stores()["store_list"])
        );
        assert_eq!(answer["failed_store_list"][0]["store_id"], "999999");
        let listed = async |stock: &Offer| {
            let page = caller.get(&format!("{}/associated-stores", stock.stock())).await.ok();
            page["store_list"].clone()
        };
        for index in 0..MEMBERS {
            assert_eq!(listed(&offer.member(index)).await, stores()["store_list"]);
        }
        assert_eq!(listed(&offer).await, json!([]), "the stock beside the bundle is none of it");
        let answer = caller.post(&format!("{bundle}/disassociate-stores"), stores()).await.ok();
        assert_eq!(answer, json!({ "total_count": 1, "success_store_list": stores()["store_list"] }));
        for index in 0..MEMBERS {
            assert_eq!(listed(&offer.member(index)).await, json!([]));
        }
        for command in ["associate-stores", "disassociate-stores"] {
            let none = json!({ "store_list": [] });
            let answer = caller.post(&format!("{bundle}/{command}"), none).await;
            answer.refused_field("PARAM_ERROR", 268_435_463, "/store_list");
            for (scope, number) in [("NONE", RULE), ("ALL", SCOPE_IS_ALL)] {
                let other = bundled(&caller, &platform, |stock| stock["store_scope"] = json!(scope)).await;
                let answer = caller.post(&format!("{}/{command}", other.stock_bundle()), stores()).await;
                answer.refused(400, "INVALID_REQUEST", number);
            }
        }
    }
}

#[tokio::test]
async fn a_bundle_that_has_ended_in_any_part_is_not_changed_in_any_part() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        for of_product_coupon in [false, true] {
            let offer = bundled(&caller, &platform, |stock| stock["store_scope"] = json!("SPECIFIC")).await;
            let bundle = offer.stock_bundle();
            caller.patch(&bundle, edit("EDIT_001", "改名")).await.ok();
            if of_product_coupon {
                let end = json!({ "out_request_no": "END_0001", "deactivate_reason": "活动结束" });
                caller.post(&format!("{}/deactivate", offer.product_coupon()), end).await.ok();
            } else {
                end_member(&platform, offer.member(MEMBERS - 1)).await;
            }
            let before = read(&caller, &offer).await;
            assert_eq!(caller.patch(&bundle, edit("EDIT_001", "改名")).await.ok(), before);
            let answers = [
                caller.patch(&bundle, edit("EDIT_002", "再改")).await,
                caller.post(&format!("{bundle}/update-budget"), budget("BUDGET_1", 1000, 2000)).await,
                caller.post(&format!("{bundle}/associate-stores"), stores()).await,
                caller.post(&format!("{bundle}/disassociate-stores"), stores()).await,
            ];
            for answer in answers {
                answer.refused(400, "INVALID_REQUEST", CLOSED);
            }
            assert_eq!(read(&caller, &offer).await, before);
            let stores = caller.get(&format!("{}/associated-stores", offer.member(0).stock())).await.ok();
            assert_eq!(stores["store_list"], json!([]));
        }
    }
}

#[tokio::test]
async fn a_stock_of_a_bundle_is_not_changed_by_itself() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = bundled(&caller, &platform, |stock| stock["store_scope"] = json!("SPECIFIC")).await;
        let before = read(&caller, &offer).await;
        let stock = offer.member(1).stock();
        let end = json!({ "out_request_no": "END_0001", "deactivate_reason": "活动结束" });
        let answers = [
            caller.patch(&stock, edit("EDIT_001", "改名")).await,
            caller.post(&format!("{stock}/update-budget"), budget("BUDGET_1", 1000, 2000)).await,
            caller.post(&format!("{stock}/deactivate"), end).await,
            caller.post(&format!("{stock}/associate-stores"), stores()).await,
            caller.post(&format!("{stock}/disassociate-stores"), stores()).await,
        ];
        for answer in answers {
            answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
        }
        assert_eq!(read(&caller, &offer).await, before);
    }
}

#[tokio::test]
async fn an_unknown_bundle_is_not_found() {
    let platform = TestPlatform::start().await;
    let [merchant, brand] = platform.callers();
    let of_brand = bundled(&brand, &platform, |_| {}).await;
    let of_merchant = bundled(&merchant, &platform, |_| {}).await;
    let other = merchant.offer(&platform, |_| {}).await;
    let elsewhere = format!("{}/stock-bundles/{}", other.product_coupon(), of_merchant.stock_bundle_id());
    let unknown = format!("{}/stock-bundles/1", of_merchant.product_coupon());
    for tail in [of_brand.stock_bundle(), elsewhere, unknown] {
        let answers = [
            merchant.patch(&tail, edit("EDIT_001", "改名")).await,
            merchant.post(&format!("{tail}/update-budget"), budget("BUDGET_1", 1000, 2000)).await,
            merchant.post(&format!("{tail}/associate-stores"), stores()).await,
            merchant.post(&format!("{tail}/disassociate-stores"), stores()).await,
        ];
        for answer in answers {
            answer.refused(404, "NOT_FOUND", NOT_FOUND);
        }
    }
    // A brand reaches what a provider made for it.
    brand.patch(&of_merchant.stock_bundle(), edit("EDIT_001", "改名")).await.ok();
}
