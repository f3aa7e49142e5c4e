//! Edits of product coupons and stocks: what is sent replaces the old as a whole, what was issued keeps its look,
//! a number is used once.

use quan_model::ids::StockId;
use quan_testkit::{BRAND_ID, Caller, OPENID, TestPlatform, UNBOUND_APPID, definition};
use serde_json::{Value, json};

const MISMATCH: u64 = 268_578_927;
const STATE: u64 = 268_578_367;
const CLOSED: u64 = 299_000_008;
const NOT_FOUND: u64 = 268_578_608;
const APPID_NOT_BOUND: u64 = 268_578_704;
const RULE: u64 = 268_578_224;
const FORM: u64 = 268_435_461;
const LONG: u64 = 268_435_462;
const SHORT: u64 = 268_435_463;

fn look(name: &str) -> Value {
    json!({
        "name": name,
        "image_url": "https://img.example.com/new.png",
        "background_url": "https://img.example.com/new-background.png",
        "detail_image_url_list": ["https://img.example.com/detail.png"],
    })
}

fn edit_of_look(number: &str, name: &str) -> Value {
    json!({ "out_request_no": number, "display_info": look(name) })
}

async fn deactivate(caller: &Caller, tail: &str) -> Value {
    let body = json!({ "out_request_no": "DEACTIVATE_1", "deactivate_reason": "活动结束" });
    caller.post(&format!("{tail}/deactivate"), body).await.ok()
}

#[tokio::test]
async fn a_product_coupon_gets_another_look_for_coupons_to_come() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        let tail = offer.product_coupon();
        let before = caller.get(&tail).await.ok();
        let held = platform.claimed(&offer, OPENID).await;
        let edited = caller.patch(&tail, edit_of_look("EDIT_001", "新的名字")).await.ok();
        assert_eq!(edited["display_info"], look("新的名字"));
        assert_eq!(edited.get("brand_id"), caller.names_brand().then_some(&json!(BRAND_ID)));
        let mut expected = before.clone();
        expected["display_info"] = look("新的名字");
        assert_eq!(edited, expected, "nothing else changed");
        assert_eq!(caller.get(&tail).await.ok(), edited);
        let over_partner = Caller::of_merchant(platform.merchant());
        if caller.names_brand() {
            let names = |coupon: Value| coupon["product_coupon"]["display_info"]["name"].clone();
            let seen = platform.merchant().get(&held.query()).await.ok();
            assert_eq!(names(seen), before["display_info"]["name"], "a held coupon keeps its look");
            let later = platform.claimed(&offer, "oLaterUser").await;
            let seen = platform.merchant().get(&later.query()).await.ok();
            assert_eq!(names(seen), "新的名字");
        } else {
            // What a brand made is unknown to a provider.
            let answer = over_partner.patch(&tail, edit_of_look("EDIT_002", "别人的")).await;
            answer.refused(404, "NOT_FOUND", NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn an_edit_of_a_product_coupon_is_made_once_per_number() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let (one, other) = (caller.offer(&platform, |_| {}).await, caller.offer(&platform, |_| {}).await);
        let tail = one.product_coupon();
        let first = edit_of_look("EDIT_001", "第一次改");
        caller.patch(&tail, first.clone()).await.ok();
        let second = caller.patch(&tail, edit_of_look("EDIT_002", "第二次改")).await.ok();
        let replay = caller.patch(&tail, first).await.ok();
        assert_eq!(replay, second, "a replay answers what is in force and changes nothing");
        let answer = caller.patch(&tail, edit_of_look("EDIT_001", "第三次改")).await;
        answer.refused(400, "INVALID_REQUEST", MISMATCH);
        // Each product coupon has numbers of its own.
        caller.patch(&other.product_coupon(), edit_of_look("EDIT_001", "另一张券")).await.ok();
        deactivate(&caller, &tail).await;
        let replay = caller.patch(&tail, edit_of_look("EDIT_002", "第二次改")).await.ok();
        assert_eq!(replay["state"], "DEACTIVATED", "a faithful repetition succeeds after the end");
        let answer = caller.patch(&tail, edit_of_look("EDIT_003", "第四次改")).await;
        answer.refused(400, "INVALID_REQUEST", STATE);
    }
}

#[tokio::test]
async fn the_first_fault_of_a_look_is_named() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let tail = caller.offer(&platform, |_| {}).await.product_coupon();
        let missing = if caller.names_brand() { 268_578_101 } else { 268_435_461 };
        let table = [
            ("/out_request_no", json!("12345"), "PARAM_ERROR", SHORT),
            ("/out_request_no", json!("n".repeat(41)), "PARAM_ERROR", LONG),
            ("/out_request_no", Value::Null, "PARAM_ERROR", missing),
            ("/display_info", Value::Null, "PARAM_ERROR", missing),
            ("/display_info/name", json!("二字"), "PARAM_ERROR", SHORT),
            ("/display_info/name", json!("券".repeat(16)), "PARAM_ERROR", LONG),
            ("/display_info/image_url", json!(""), "INVALID_REQUEST", 268_578_404),
            (
                "/display_info/detail_image_url_list",
                json!(vec!["https://a.example/1"; 9]),
                "PARAM_ERROR",
                LONG,
            ),
            ("/display_info/original_price", json!(100), "INVALID_REQUEST", RULE),
        ];
        for (pointer, value, code, number) in table {
            let mut body = edit_of_look("EDIT_001", "新的名字");
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[name] = value;
            caller.patch(&tail, body).await.refused_field(code, number, pointer);
        }
        let answer = caller.patch(&tail, json!({ "out_request_no": "EDIT_001" })).await;
        answer.refused_field("PARAM_ERROR", missing, "/display_info");
        for name in ["三个字", &"券".repeat(15)] {
            caller.patch(&tail, edit_of_look(&platform.fresh_number(), name)).await.ok();
        }
        let single = edit_of_look("EDIT_001", "新的名字");
        caller.patch("/product-coupons/1", single).await.refused(404, "NOT_FOUND", NOT_FOUND);
    }
}

#[tokio::test]
async fn what_an_edit_of_a_stock_leaves_out_stays() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let offer = caller.offer(&platform, |_| {}).await;
        let tail = offer.stock();
        let mut expected = caller.get(&tail).await.ok();
        assert!(expected["usage_rule_display_info"].get("coupon_available_store_info").is_some());
        let usage = json!({
            "coupon_usage_method_list": ["PAYMENT_CODE"], "usage_description": "结账时出示付款码。",
        });
        let changes = [
            ("remark", json!("二期")),
            ("usage_rule_display_info", usage),
            (
                "coupon_display_info",
                json!({ "code_display_mode": "BARCODE", "background_color": "Color050" }),
            ),
            ("store_scope", json!("ALL")),
            ("remark", json!("")),
            ("notify_config", json!({ "notify_appid": quan_testkit::APPID })),
        ];
        for (member, value) in changes {
            let mut body = json!({ "out_request_no": platform.fresh_number() });
            body[member] = value.clone();
            expected[member] = value;
            assert_eq!(caller.patch(&tail, body).await.ok(), expected, "{member}");
        }
        let nothing = json!({ "out_request_no": platform.fresh_number() });
        assert_eq!(caller.patch(&tail, nothing).await.ok(), expected);
        // Rules of use and of sending are no members of an edit.
        let ignored = json!({
            "out_request_no": platform.fresh_number(), "stock_send_rule": { "max_count": 1 },
            "coupon_code_mode": "UPLOAD",
        });
        assert_eq!(caller.patch(&tail, ignored).await.ok(), expected);
        assert_eq!(caller.get(&tail).await.ok(), expected);
    }
}

#[tokio::test]
async fn a_held_coupon_keeps_the_look_of_its_stock() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_offer(|_| {}).await;
    let held = platform.claimed(&offer, OPENID).await;
    caller.patch(&offer.stock(), json!({ "out_request_no": "EDIT_001", "remark": "二期" })).await.ok();
    let later = platform.claimed(&offer, "oLaterUser").await;
    let remark = |coupon: Value| coupon["stock"]["remark"].clone();
    assert_eq!(remark(platform.merchant().get(&held.query()).await.ok()), "测试批次");
    assert_eq!(remark(platform.merchant().get(&later.query()).await.ok()), "二期");
}

#[tokio::test]
async fn an_edit_of_a_stock_is_made_once_per_number() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let (one, other) = (caller.offer(&platform, |_| {}).await, caller.offer(&platform, |_| {}).await);
        let tail = one.stock();
        let edit = |number: &str, remark: &str| json!({ "out_request_no": number, "remark": remark });
        caller.patch(&tail, edit("EDIT_001", "一")).await.ok();
        let second = caller.patch(&tail, edit("EDIT_002", "二")).await.ok();
        assert_eq!(caller.patch(&tail, edit("EDIT_001", "一")).await.ok(), second);
        let with_more = json!({ "out_request_no": "EDIT_001", "remark": "一", "store_scope": "NONE" });
        for other_data in [edit("EDIT_001", "三"), with_more] {
            let answer = caller.patch(&tail, other_data).await;
            answer.refused(400, "INVALID_REQUEST", MISMATCH);
        }
        caller.patch(&other.stock(), edit("EDIT_001", "三")).await.ok();
        let (left, right) = tokio::join!(
            caller.patch(&tail, edit("EDIT_003", "三")),
            caller.patch(&tail, edit("EDIT_003", "三"))
        );
        assert_eq!(left.ok(), right.ok());
    }
}

#[tokio::test]
async fn the_first_fault_of_an_edit_of_a_stock_is_named() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let tail = caller.offer(&platform, |_| {}).await.stock();
        let usage =
            |text: String| json!({ "coupon_usage_method_list": ["OFFLINE"], "usage_description": text });
        let display = "/coupon_display_info/code_display_mode";
        let table = [
            ("remark", json!("券".repeat(21)), LONG, "/remark"),
            ("remark", json!(1), FORM, "/remark"),
            ("store_scope", json!("SOME"), FORM, "/store_scope"),
            ("coupon_display_info", json!({ "code_display_mode": "HIDDEN" }), FORM, display),
            (
                "usage_rule_display_info",
                usage(String::new()),
                SHORT,
                "/usage_rule_display_info/usage_description",
            ),
            (
                "usage_rule_display_info",
                usage("券".repeat(1001)),
                LONG,
                "/usage_rule_display_info/usage_description",
            ),
            ("notify_config", json!({ "notify_appid": "wx 1" }), FORM, "/notify_config/notify_appid"),
            ("out_request_no", json!("12345"), SHORT, "/out_request_no"),
        ];
        for (member, value, number, field) in table {
            let mut body = json!({ "out_request_no": "EDIT_001" });
            body[member] = value;
            caller.patch(&tail, body).await.refused_field("PARAM_ERROR", number, field);
        }
        for (member, value) in
            [("remark", json!("券".repeat(20))), ("usage_rule_display_info", usage("券".repeat(1000)))]
        {
            let mut body = json!({ "out_request_no": platform.fresh_number() });
            body[member] = value;
            caller.patch(&tail, body).await.ok();
        }
        let unbound = json!({ "notify_appid": UNBOUND_APPID });
        let body = json!({ "out_request_no": "EDIT_001", "notify_config": unbound });
        caller.patch(&tail, body).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    }
}

#[tokio::test]
async fn a_stock_that_has_ended_is_not_edited() {
    let platform = TestPlatform::start().await;
    for caller in platform.callers() {
        let edit = |number: &str| json!({ "out_request_no": number, "remark": "二期" });
        let ended = caller.offer(&platform, |_| {}).await;
        caller.patch(&ended.stock(), edit("EDIT_001")).await.ok();
        deactivate(&caller, &ended.stock()).await;
        caller.patch(&ended.stock(), edit("EDIT_001")).await.ok();
        caller.patch(&ended.stock(), edit("EDIT_002")).await.refused(400, "INVALID_REQUEST", CLOSED);
        let of_ended = caller.offer(&platform, |_| {}).await;
        deactivate(&caller, &of_ended.product_coupon()).await;
        caller.patch(&of_ended.stock(), edit("EDIT_001")).await.refused(400, "INVALID_REQUEST", CLOSED);
    }
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_offer(|_| {}).await;
    let edit = |number: &str| json!({ "out_request_no": number, "remark": "二期" });
    let last_second = platform.now().start_of_day_after(definition::STOCK_DAYS).plus_seconds(-1);
    platform.clock.move_by_seconds(last_second.unix_seconds() - platform.now().unix_seconds());
    caller.patch(&offer.stock(), edit("EDIT_001")).await.ok();
    platform.clock.move_by_seconds(1);
    caller.patch(&offer.stock(), edit("EDIT_002")).await.refused(400, "INVALID_REQUEST", CLOSED);
}

#[tokio::test]
async fn a_stock_that_a_brand_added_is_unknown_to_the_provider() {
    let platform = TestPlatform::start().await;
    let [merchant, brand] = platform.callers();
    let offer = merchant.offer(&platform, |_| {}).await;
    let stock = json!({ "out_request_no": "STOCK_001", "stock": definition::single_stock(platform.now()) });
    let added = brand.post(&format!("{}/stocks", offer.product_coupon()), stock).await.ok();
    let tail = format!("{}/stocks/{}", offer.product_coupon(), added["stock_id"].as_str().unwrap());
    let edit = json!({ "out_request_no": "EDIT_001", "remark": "二期" });
    merchant.patch(&tail, edit.clone()).await.refused(404, "NOT_FOUND", NOT_FOUND);
    merchant.get(&tail).await.refused(404, "NOT_FOUND", NOT_FOUND);
    assert_eq!(brand.patch(&tail, edit.clone()).await.ok()["remark"], "二期");
    // The brand sees what the provider made, and each caller has numbers of its own.
    assert_eq!(merchant.patch(&offer.stock(), edit.clone()).await.ok()["remark"], "二期");
    assert_eq!(brand.patch(&offer.stock(), edit).await.ok().get("brand_id"), None);
}

#[tokio::test]
async fn a_paused_stock_is_managed_like_a_sending_one() {
    let platform = TestPlatform::start().await;
    let caller = Caller::of_merchant(platform.merchant());
    let offer = platform.single_stock_offer(|stock| stock["store_scope"] = json!("SPECIFIC")).await;
    let paused = offer.member(0);
    let (like, stock_id): (StockId, StockId) =
        (offer.stock_id.parse().unwrap(), paused.stock_id.parse().unwrap());
    // Pausing is an operator's act, for which there is no call yet.
    let write = move |work: &mut quan_platform::work::Work<'_>| {
        let mut record = work.store.stock(&like)?.unwrap();
        (record.stock_id, record.paused) = (stock_id.clone(), true);
        Ok(work.store.insert_stock(&record)?)
    };
    platform.platform.write::<_, quan_platform::Error>(write).await.unwrap();
    let tail = paused.stock();
    let edited = caller.patch(&tail, json!({ "out_request_no": "EDIT_001", "remark": "二期" })).await.ok();
    assert_eq!((&edited["state"], &edited["remark"]), (&json!("PAUSED"), &json!("二期")));
    let budget = json!({
        "out_request_no": "BUDGET_1", "update_mode": "MAX_COUNT",
        "current_max_count": 1000, "target_max_count": 2000,
    });
    let changed = caller.post(&format!("{tail}/update-budget"), budget).await.ok();
    assert_eq!(
        (&changed["state"], &changed["stock_send_rule"]["max_count"]),
        (&json!("PAUSED"), &json!(2000))
    );
    let stores = json!({ "store_list": [{ "store_id": quan_testkit::STORE_ID }] });
    caller.post(&format!("{tail}/associate-stores"), stores).await.ok();
    let listed = caller.get(&format!("{}/stocks?state=PAUSED", offer.product_coupon())).await.ok();
    assert_eq!(listed["stock_list"][0]["stock_id"], paused.stock_id.as_str());
    let end = json!({ "out_request_no": "END_0001", "deactivate_reason": "活动结束" });
    let ended = caller.post(&format!("{tail}/deactivate"), end).await.ok();
    assert_eq!(ended["state"], "DEACTIVATED");
}
