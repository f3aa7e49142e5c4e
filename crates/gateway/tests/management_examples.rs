//! The documented example requests of the management operations are taken as they are, on both faces, and answered
//! with the documented members; only ids are put in their places.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::collections::BTreeSet;

use quan_model::ids::StoreId;
use quan_platform::Error;
use quan_testkit::{BRAND_ID, Caller, Offer, TestPlatform};
use serde_json::Value;

const EXAMPLE_PRODUCT_COUPON: &str = "2000008831";
const EXAMPLE_STOCK: &str = "2000009914207";
const EXAMPLE_BUNDLE: &str = "3000000562";
const TAIL: &str = "/product-coupons";

fn read(caller: &Caller, name: &str) -> Value {
    let face = if caller.names_brand() { "partner" } else { "brand" };
    let path = format!("{}/../../fixtures/examples/{face}/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

/// Sends the example request of an operation and gives the answer with the documented one.
async fn send(caller: &Caller, offer: &Offer, name: &str) -> (Value, Value) {
    let text = read(caller, &format!("{name}.request")).to_string();
    let text = text.replace(EXAMPLE_STOCK, &offer.stock_id);
    let text = text.replace(EXAMPLE_BUNDLE, &offer.stock_bundle_id());
    let request: Value =
        serde_json::from_str(&text.replace(EXAMPLE_PRODUCT_COUPON, &offer.product_coupon_id)).unwrap();
    let path = request["path"].as_str().unwrap();
    let tail = &format!("/{}", path.split_once("/product-coupon/").unwrap().1);
    let body = request["body"].clone();
    let answer = match request["method"].as_str().unwrap() {
        "POST" => caller.post(tail, body).await,
        "PATCH" => caller.patch(tail, body).await,
        "GET" => {
            let query = request["query"].as_object().into_iter().flatten();
            let query = query.filter(|(name, _)| *name != "brand_id");
            let pair = |(name, value): (&String, &Value)| match value {
                Value::String(text) => format!("{name}={text}"),
                other => format!("{name}={other}"),
            };
            let pairs: Vec<String> = query.map(pair).collect();
            caller.get(&format!("{tail}?{}", pairs.join("&"))).await
        }
        other => panic!("{other}"),
    };
    (answer.ok(), read(caller, &format!("{name}.response"))["body"].clone())
}

/// The answer has the members of the documented one and no others.
fn same_members(ours: &Value, documented: &Value, name: &str) {
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(ours), names(documented), "{name}");
}

/// The product coupon of a creation example, a new one at each call.
async fn create(platform: &TestPlatform, caller: &Caller, name: &str) -> Offer {
    let mut body = read(caller, &format!("create-product-coupon/{name}"));
    body["out_request_no"] = platform.fresh_number().into();
    let made = caller.post(TAIL, body).await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Offer { product_coupon_id: text(&made["product_coupon_id"]), stock_id: text(&made["stock"]["stock_id"]) }
}

#[tokio::test]
async fn a_product_coupon_and_its_stock_are_managed_as_documented() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        // Each example is of its own: none builds on the change of another.
        for name in [
            "update-product-coupon",
            "update-stock",
            "update-stock-budget",
            "update-stock-budget.per-day",
            "deactivate-stock",
            "deactivate-product-coupon",
        ] {
            let offer = create(&platform, &caller, "01-all-normal-single").await;
            let (ours, documented) = send(&caller, &offer, name).await;
            same_members(&ours, &documented, name);
            for member in ["state", "display_info", "stock_send_rule", "coupon_display_info", "store_scope"] {
                assert_eq!(ours.get(member), documented.get(member), "{member} of {name}");
            }
        }
    }
}

#[tokio::test]
async fn a_product_coupon_and_the_notify_url_are_shown_as_documented() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = create(&platform, &caller, "01-all-normal-single").await;
        let (ours, documented) = send(&caller, &offer, "get-product-coupon").await;
        same_members(&ours, &documented, "get-product-coupon");
        for name in ["set-notify-config", "get-notify-config"] {
            let (ours, documented) = send(&caller, &offer, name).await;
            same_members(&ours, &documented, name);
            assert_eq!(ours["notify_url"], documented["notify_url"], "{name}");
        }
    }
}

#[tokio::test]
async fn pictures_are_generated_as_documented() {
    let platform = TestPlatform::start().await;
    let [partner, _] = platform.callers();
    let offer = create(&platform, &partner, "01-all-normal-single").await;
    for name in ["create-image-generation-task", "create-image-generation-task.cut-out"] {
        let (ours, documented) = send(&partner, &offer, name).await;
        same_members(&ours, &documented, name);
        assert_eq!(ours["task_id"], documented["task_id"], "{name}");
    }
    platform.clock.move_by_seconds(2);
    let (ours, documented) = send(&partner, &offer, "get-image-generation-task").await;
    same_members(&ours, &documented, "get-image-generation-task");
    assert_eq!(ours["task_state"], documented["task_state"]);
}

#[tokio::test]
async fn stocks_are_listed_as_documented() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = create(&platform, &caller, "01-all-normal-single").await;
        let (ours, documented) = send(&caller, &offer, "list-stocks").await;
        same_members(&ours, &documented, "list-stocks");
        same_members(&ours["stock_list"][0], &documented["stock_list"][0], "a stock of the list");
    }
}

#[tokio::test]
async fn stores_are_associated_listed_and_disassociated_as_documented() {
    let platform = TestPlatform::start().await;
    let write = |work: &mut quan_platform::work::Work<'_>| {
        let store = StoreId::parse("100065").unwrap();
        Ok(work.store.put_open_store(&BRAND_ID.parse().unwrap(), &store)?)
    };
    platform.platform.write::<_, Error>(write).await.unwrap();
    for caller in platform.callers() {
        let offer = create(&platform, &caller, "03-single-normal-single").await;
        for name in ["associate-stores", "list-associated-stores", "disassociate-stores"] {
            let (ours, documented) = send(&caller, &offer, name).await;
            assert_eq!(ours, documented, "{name}");
        }
        platform.put_bundle(&offer, 3).await;
        for name in ["associate-stores-for-stock-bundle", "disassociate-stores-for-stock-bundle"] {
            let (ours, documented) = send(&caller, &offer, name).await;
            assert_eq!(ours, documented, "{name}");
        }
    }
}

#[tokio::test]
async fn a_stock_bundle_is_managed_as_documented() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        for name in ["update-stock-bundle", "update-stock-bundle-budget"] {
            let total = |stock: &mut Value| stock["stock_send_rule"]["max_count"] = 100_000.into();
            let offer = caller.offer(&platform, total).await;
            platform.put_bundle(&offer, 3).await;
            let (ours, documented) = send(&caller, &offer, name).await;
            same_members(&ours, &documented, name);
            let stocks = |bundle: &Value| bundle["stock_list"].as_array().unwrap().clone();
            assert_eq!(stocks(&ours).len(), stocks(&documented).len(), "{name}");
            for (ours, documented) in stocks(&ours).iter().zip(&stocks(&documented)) {
                let index = |stock: &Value| stock["stock_bundle_info"]["stock_bundle_index"].clone();
                let total = |stock: &Value| stock["stock_send_rule"]["max_count"].clone();
                assert_eq!((index(ours), total(ours)), (index(documented), total(documented)), "{name}");
                assert_eq!(ours["coupon_display_info"], documented["coupon_display_info"], "{name}");
            }
        }
    }
}
