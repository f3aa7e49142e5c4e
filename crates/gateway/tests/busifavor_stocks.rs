//! Stocks and uploaded codes over busifavor: create, get, modify, budget, upload, list, get and delete codes.

use quan_testkit::{APPID, Answer, BRAND_ID, BUSIFAVOR, OTHER_MCHID, PARTNER, TestPlatform, UNBOUND_APPID};
use serde_json::{Value, json};

const RULE: u64 = 268_578_224;
const RANGE: u64 = 268_435_464;
const MISSING: u64 = 268_578_101;
const MISMATCH: u64 = 268_578_927;
const NOT_FOUND: u64 = 268_578_608;
const APPID_NOT_BOUND: u64 = 268_578_704;

const DAY: i64 = 86_400;

fn stocks() -> String {
    format!("{BUSIFAVOR}/stocks")
}

async fn patch(platform: &TestPlatform, target: &str, body: &Value) -> Answer {
    platform.merchant().call("PATCH", target).json(body).send().await
}

async fn upload(platform: &TestPlatform, stock_id: &str, codes: &[&str]) -> Answer {
    let body = json!({ "coupon_code_list": codes, "upload_request_no": platform.fresh_number() });
    platform.merchant().post(&format!("{}/{stock_id}/couponcodes", stocks()), &body).await
}

async fn delete(platform: &TestPlatform, stock_id: &str, code: &str, number: &str) -> Answer {
    let target = format!("{}/{stock_id}/couponcodes/{code}?delete_request_no={number}", stocks());
    platform.merchant().call("DELETE", &target).send().await
}

async fn pool_stock(platform: &TestPlatform) -> String {
    platform.merchant_stock(|stock| stock["coupon_code_mode"] = json!("MERCHANT_UPLOAD")).await
}

#[tokio::test]
async fn a_stock_is_shown_as_it_was_written() {
    let platform = TestPlatform::start().await;
    for name in ["create-stock", "create-stock.discount-upload", "create-stock.exchange-api"] {
        let path =
            format!("{}/../../fixtures/examples/busifavor/{name}.request.json", env!("CARGO_MANIFEST_DIR"));
        let example: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut body = example["body"].clone();
        body["belong_merchant"] = json!(OTHER_MCHID);
        let made = platform.merchant().post(example["path"].as_str().unwrap(), &body).await.ok();
        assert_eq!(made["create_time"], json!(platform.now()));
        let stock_id = made["stock_id"].as_str().unwrap();
        let shown = platform.merchant().get(&format!("{}/{stock_id}", stocks())).await.ok();
        for (name, written) in body.as_object().unwrap().iter().filter(|(name, _)| *name != "out_request_no")
        {
            assert_eq!(&shown[name], written, "{name}");
        }
        assert_eq!((&shown["stock_state"], &shown["stock_id"]), (&json!("RUNNING"), &json!(stock_id)));
        assert_eq!(shown["send_count_information"], json!({ "total_send_num": 0, "today_send_num": 0 }));
        let has_pool = body["coupon_code_mode"] == "MERCHANT_UPLOAD";
        assert_eq!(shown.get("coupon_code_count").is_some(), has_pool);
    }
}

#[tokio::test]
async fn a_creation_is_repeated_by_its_number() {
    let platform = TestPlatform::start().await;
    let body = platform.merchant_stock_body();
    let made = platform.merchant().post(&stocks(), &body).await.ok();
    platform.clock.move_by_seconds(60);
    assert_eq!(platform.merchant().post(&stocks(), &body).await.ok(), made);
    let mut other = body.clone();
    other["stock_name"] = json!("另一张券");
    platform.merchant().post(&stocks(), &other).await.refused(400, "ALREADY_EXISTS", MISMATCH);
    let mut other = body.clone();
    other["belong_merchant"] = json!(OTHER_MCHID);
    platform.merchant().post(&stocks(), &other).await.refused(400, "ALREADY_EXISTS", MISMATCH);
    platform.bind_appid(APPID, OTHER_MCHID).await;
    let anothers = platform.other_merchant().post(&stocks(), &body).await.ok();
    assert_ne!(anothers["stock_id"], made["stock_id"], "the number is another merchant's");
}

#[tokio::test]
async fn a_creation_that_breaks_a_rule_names_the_member() {
    let platform = TestPlatform::start().await;
    let refused = |edit: fn(&mut Value)| {
        let platform = &platform;
        async move {
            let mut body = platform.merchant_stock_body();
            edit(&mut body);
            platform.merchant().post(&stocks(), &body).await
        }
    };
    let at = "/coupon_use_rule";
    let unbound = |body: &mut Value| body["notify_config"]["notify_appid"] = json!(UNBOUND_APPID);
    refused(unbound).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    let unknown = |body: &mut Value| body["belong_merchant"] = json!("1999999999");
    refused(unknown).await.refused(400, "MCH_NOT_EXISTS", 299_000_080);
    let answer = refused(|body| body["belong_merchant"] = json!("1234567")).await;
    answer.refused_field("PARAM_ERROR", 268_435_463, "/belong_merchant");
    let answer = refused(|body| body["stock_name"] = json!("券".repeat(22))).await;
    answer.refused_field("PARAM_ERROR", 268_435_462, "/stock_name");
    let answer = refused(|body| body["stock_type"] = json!("DISCOUNT")).await;
    answer.refused_field("INVALID_REQUEST", RULE, &format!("{at}/fixed_normal_coupon"));
    let answer = refused(|body| body["stock_type"] = json!("CASH")).await;
    answer.refused_field("PARAM_ERROR", 268_435_461, "/stock_type");
    let answer = refused(|body| body["stock_send_rule"] = json!({ "max_coupons_per_user": 1 })).await;
    answer.refused_field("PARAM_ERROR", MISSING, "/stock_send_rule/max_coupons");
    let answer = refused(|body| body["stock_send_rule"]["max_coupons_by_day"] = json!(1)).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_send_rule/max_coupons_by_day");
    let answer = refused(|body| body["stock_send_rule"]["max_coupons"] = json!(1_000_000_001)).await;
    answer.refused_field("PARAM_ERROR", RANGE, "/stock_send_rule/max_coupons");
    let answer = refused(|body| body["out_request_no"] = json!("单号")).await;
    answer.refused_field("PARAM_ERROR", 268_435_461, "/out_request_no");
    let answer = refused(|body| body["out_request_no"] = json!("1".repeat(129))).await;
    answer.refused_field("PARAM_ERROR", 268_435_462, "/out_request_no");
    refused(|body| body["out_request_no"] = json!("a|b*c_d-e")).await.ok();
}

#[tokio::test]
async fn a_stock_is_its_creator_s_and_its_merchant_s() {
    let platform = TestPlatform::start().await;
    let own = platform.merchant_stock(|_| {}).await;
    let shared = platform.merchant_stock(|stock| stock["belong_merchant"] = json!(OTHER_MCHID)).await;
    let target = |stock_id: &str| format!("{}/{stock_id}", stocks());
    let foreign = platform.other_merchant().get(&target(&own)).await;
    foreign.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let absent = platform.other_merchant().get(&target("999")).await;
    assert_eq!((absent.status, &absent.body), (foreign.status, &foreign.body));
    assert_eq!(platform.other_merchant().get(&target(&shared)).await.ok()["belong_merchant"], OTHER_MCHID);
    assert_eq!(platform.merchant().get(&target(&shared)).await.ok()["belong_merchant"], OTHER_MCHID);
    // The product-coupon faces know nothing of it, not even as its creator.
    let over_partner = format!("{PARTNER}/product-coupons/2000000000000/stocks/{own}?brand_id={BRAND_ID}");
    platform.merchant().get(&over_partner).await.refused(404, "NOT_FOUND", NOT_FOUND);
}

#[tokio::test]
async fn a_stock_of_a_product_coupon_is_shown_but_not_operated() {
    let platform = TestPlatform::start().await;
    let offer = platform.single_offer(|_| {}).await;
    let target = format!("{}/{}", stocks(), offer.stock_id);
    let shown = platform.merchant().get(&target).await.ok();
    assert_eq!((&shown["stock_state"], &shown["stock_type"]), (&json!("RUNNING"), &json!("NORMAL")));
    assert!(shown.get("belong_merchant").is_none() && shown.get("goods_name").is_none(), "{shown}");
    assert!(shown["coupon_use_rule"]["fixed_normal_coupon"].is_object(), "{shown}");
    platform.other_merchant().get(&target).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let sequential = platform.sequential_offer(|_| {}).await;
    let rounds = platform.merchant().get(&format!("{}/{}", stocks(), sequential.stock_id)).await.ok();
    assert!(rounds["coupon_use_rule"].get("discount_coupon").is_none(), "several benefits have no word here");

    let number = platform.fresh_number();
    let modify = json!({ "out_request_no": number, "comment": "x" });
    patch(&platform, &target, &modify).await.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    let budget =
        json!({ "modify_budget_request_no": number, "target_max_coupons": 1, "current_max_coupons": 1 });
    let answer = patch(&platform, &format!("{target}/budget"), &budget).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    let answer = upload(&platform, &offer.stock_id, &["A"]).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    let answer = delete(&platform, &offer.stock_id, "A", &number).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    let body = platform.merchant_send_body(&offer.stock_id, "oUser");
    let answer = platform.merchant().post(&format!("{BUSIFAVOR}/coupons/send"), &body).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    for command in ["use", "return", "deactivate", "associate", "disassociate"] {
        let answer = platform
            .merchant_command(command, (&offer.stock_id, "CODE"), &platform.fresh_number(), |_| {})
            .await;
        answer.refused_field("INVALID_REQUEST", RULE, "/stock_id");
    }
}

#[tokio::test]
async fn a_modification_answers_a_signed_empty_body() {
    let platform = TestPlatform::start().await;
    let stock_id = platform.merchant_stock(|_| {}).await;
    let target = format!("{}/{stock_id}", stocks());
    let held = platform.merchant_coupon(&stock_id, "oUser").await;
    let change =
        json!({ "out_request_no": "MODIFY_1", "comment": "二期", "goods_name": "甜点", "stock_name": "x" });
    for _ in 0..2 {
        let answer = patch(&platform, &target, &change).await;
        assert_eq!((answer.status, answer.number(), answer.body.len()), (204, 0, 0));
        assert!(answer.signed_by.is_some(), "an empty body is signed too");
    }
    let shown = platform.merchant().get(&target).await.ok();
    assert_eq!(
        (&shown["comment"], &shown["goods_name"], &shown["stock_name"]),
        (&json!("二期"), &json!("甜点"), &json!("满30减5券"))
    );
    let coupon = format!("{BUSIFAVOR}/users/oUser/coupons/{held}/appids/{APPID}");
    assert_eq!(
        platform.merchant().get(&coupon).await.ok()["goods_name"],
        "全场饮品",
        "what it was issued with"
    );

    let other = json!({ "out_request_no": "MODIFY_1", "comment": "三期" });
    patch(&platform, &target, &other).await.refused(400, "INVALID_REQUEST", MISMATCH);
    let long = json!({ "out_request_no": "MODIFY_2", "comment": "长".repeat(21) });
    patch(&platform, &target, &long).await.refused_field("PARAM_ERROR", 268_435_462, "/comment");
    let unbound = json!({ "out_request_no": "MODIFY_3", "notify_config": { "notify_appid": UNBOUND_APPID } });
    patch(&platform, &target, &unbound).await.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    let page = json!({ "out_request_no": "MODIFY_4", "coupon_use_rule": { "use_method": "MINI_PROGRAMS" } });
    let answer = patch(&platform, &target, &page).await;
    answer.refused_field("PARAM_ERROR", MISSING, "/coupon_use_rule/mini_programs_appid");
    let foreign = platform.other_merchant().call("PATCH", &target).json(&change).send().await;
    foreign.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    platform.clock.move_by_seconds(31 * DAY);
    let late = json!({ "out_request_no": "MODIFY_5", "comment": "迟" });
    patch(&platform, &target, &late).await.refused(400, "INVALID_REQUEST", 299_000_008);
    assert_eq!(patch(&platform, &target, &change).await.status, 204, "a replay outlives the stock");
    assert_eq!(platform.merchant().get(&target).await.ok()["stock_state"], "STOPED");
}

#[tokio::test]
async fn a_budget_changes_one_limit_against_its_current_value() {
    let platform = TestPlatform::start().await;
    let stock_id = platform
        .merchant_stock(|stock| {
            stock["stock_type"] = json!("DISCOUNT");
            let rule = &mut stock["coupon_use_rule"];
            rule.as_object_mut().unwrap().remove("fixed_normal_coupon");
            rule["discount_coupon"] = json!({ "discount_percent": 100, "transaction_minimum": 1 });
            stock["stock_send_rule"] =
                json!({ "max_coupons": 10, "max_coupons_per_user": 100, "max_coupons_by_day": 2 });
        })
        .await;
    let target = format!("{}/{stock_id}/budget", stocks());
    for user in ["oUser1", "oUser2"] {
        platform.merchant_coupon(&stock_id, user).await;
    }
    let send = platform.merchant_send_body(&stock_id, "oUser3");
    let sends = format!("{BUSIFAVOR}/coupons/send");
    platform.merchant().post(&sends, &send).await.refused(400, "INVALID_REQUEST", 299_000_002);
    let by_day = json!({
        "modify_budget_request_no": "BUDGET_1", "target_max_coupons_by_day": 3, "current_max_coupons_by_day": 2,
    });
    for _ in 0..2 {
        let changed = patch(&platform, &target, &by_day).await.ok();
        assert_eq!(changed, json!({ "max_coupons": 10, "max_coupons_by_day": 3 }));
    }
    platform.merchant().post(&sends, &send).await.ok();
    let total = |number: &str, target: i64, current: i64| json!({ "modify_budget_request_no": number, "target_max_coupons": target, "current_max_coupons": current });
    let low = patch(&platform, &target, &total("BUDGET_2", 2, 10)).await;
    low.refused(400, "INVALID_REQUEST", 299_000_007);
    let stale = patch(&platform, &target, &total("BUDGET_3", 3, 9)).await;
    stale.refused(400, "INVALID_REQUEST", 299_000_006);
    let changed = patch(&platform, &target, &total("BUDGET_4", 3, 10)).await.ok();
    assert_eq!(changed, json!({ "max_coupons": 3, "max_coupons_by_day": 3 }));
    platform.clock.move_by_seconds(DAY);
    let send = platform.merchant_send_body(&stock_id, "oUser4");
    platform.merchant().post(&sends, &send).await.refused(400, "INVALID_REQUEST", 299_000_001);
    let other = patch(&platform, &target, &total("BUDGET_4", 4, 10)).await;
    other.refused(400, "INVALID_REQUEST", MISMATCH);
    let neither = json!({ "modify_budget_request_no": "BUDGET_5" });
    let answer = patch(&platform, &target, &neither).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/target_max_coupons");
    let foreign = platform.other_merchant().call("PATCH", &target).json(&neither).send().await;
    foreign.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
}

#[tokio::test]
async fn codes_are_uploaded_drawn_and_shown() {
    let platform = TestPlatform::start().await;
    let stock_id = pool_stock(&platform).await;
    let target = format!("{}/{stock_id}/couponcodes", stocks());
    upload(&platform, &stock_id, &["OLD"]).await.ok();
    let body = json!({
        "coupon_code_list": ["NEW 1\\/=|", "TWICE", "TWICE", "OLD", "BAD#", "x".repeat(33)],
        "upload_request_no": "UPLOAD_1",
    });
    let answer = platform.merchant().post(&target, &body).await.ok();
    assert_eq!(answer["success_codes"], json!(["NEW 1\\/=|"]));
    assert_eq!((&answer["duplicate_codes"], &answer["exist_codes"]), (&json!(["TWICE"]), &json!(["OLD"])));
    assert_eq!(answer["fail_codes"][0]["coupon_code"], "BAD#");
    let counts = ["total_count", "success_count", "fail_count"].map(|name| answer[name].as_u64());
    assert_eq!(counts, [Some(5), Some(1), Some(2)]);
    assert_eq!(platform.merchant().post(&target, &body).await.ok(), answer, "the first answer again");
    let other = json!({ "coupon_code_list": ["Z"], "upload_request_no": "UPLOAD_1" });
    platform.merchant().post(&target, &other).await.refused(400, "INVALID_REQUEST", MISMATCH);
    let none: [&str; 0] = [];
    upload(&platform, &stock_id, &none).await.refused_field("PARAM_ERROR", 268_435_463, "/coupon_code_list");
    let many: Vec<String> = (0..201).map(|number| format!("M{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    upload(&platform, &stock_id, &many).await.refused_field("PARAM_ERROR", 268_435_462, "/coupon_code_list");

    let code = platform.merchant_coupon(&stock_id, "oUser").await;
    let shown = platform.merchant().get(&format!("{}/{stock_id}", stocks())).await.ok();
    assert_eq!(shown["coupon_code_count"], json!({ "total_count": 3, "available_count": 2 }));
    let list = platform.merchant().get(&format!("{target}?status=DISPATCHED")).await.ok();
    assert_eq!((&list["total_count"], &list["limit"]), (&json!(1), &json!(1)));
    let entity = &list["data"][0];
    assert_eq!((&entity["code"], &entity["openid"]), (&json!(code), &json!("oUser")));
    let free = platform.merchant().get(&format!("{target}?status=AVAILABLE&offset=1&limit=1")).await.ok();
    assert_eq!((&free["total_count"], &free["offset"], &free["limit"]), (&json!(2), &json!(1), &json!(1)));
    let path = percent_encoded(&code);
    let one = platform.merchant().get(&format!("{target}/{path}?appid={APPID}")).await.ok();
    assert_eq!(one["code_information"]["code_status"], "DISPATCHED");
    assert_eq!(one["coupon_information"]["coupon_state"], "SENDED");
    let unbound = platform.merchant().get(&format!("{target}/{path}?appid={UNBOUND_APPID}")).await;
    unbound.refused(400, "INVALID_REQUEST", APPID_NOT_BOUND);
    for (query, number) in
        [("limit=0", RANGE), ("limit=201", RANGE), ("offset=-1", RANGE), ("limit=x", 268_435_461)]
    {
        let answer = platform.merchant().get(&format!("{target}?{query}")).await;
        answer.refused_field("PARAM_ERROR", number, query.split('=').next().unwrap());
    }
    let word = platform.merchant().get(&format!("{target}?status=SENDED")).await;
    word.refused_field("PARAM_ERROR", 268_435_461, "status");
    platform.other_merchant().get(&target).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
}

/// Percent-encodes what may not stand in a path.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

#[tokio::test]
async fn a_free_code_is_deleted_and_uploaded_again() {
    let platform = TestPlatform::start().await;
    let stock_id = pool_stock(&platform).await;
    upload(&platform, &stock_id, &["A"]).await.ok();
    let deleted = delete(&platform, &stock_id, "A", "DELETE_1").await.ok();
    assert_eq!(deleted, json!({ "stock_id": stock_id, "delete_time": platform.now() }));
    platform.clock.move_by_seconds(60);
    assert_eq!(delete(&platform, &stock_id, "A", "DELETE_1").await.ok(), deleted);
    assert_eq!(delete(&platform, &stock_id, "A", "DELETE_2").await.ok(), deleted, "it is deleted already");
    delete(&platform, &stock_id, "B", "DELETE_1").await.refused(400, "INVALID_REQUEST", MISMATCH);
    delete(&platform, &stock_id, "B", "DELETE_3").await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let gone = format!("{}/{stock_id}/couponcodes/A", stocks());
    platform.merchant().get(&gone).await.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
    let body = platform.merchant_send_body(&stock_id, "oUser");
    let sends = format!("{BUSIFAVOR}/coupons/send");
    platform.merchant().post(&sends, &body).await.refused(400, "INVALID_REQUEST", 299_000_003);
    assert_eq!(upload(&platform, &stock_id, &["A"]).await.ok()["success_codes"], json!(["A"]));
    platform.merchant().post(&sends, &body).await.ok();
    delete(&platform, &stock_id, "A", "DELETE_4").await.refused(400, "INVALID_REQUEST", 268_578_367);
    let nameless = platform.merchant().call("DELETE", &gone).send().await;
    nameless.refused_field("PARAM_ERROR", MISSING, "delete_request_no");
    let foreign =
        platform.other_merchant().call("DELETE", &format!("{gone}?delete_request_no=1")).send().await;
    foreign.refused(404, "RESOURCE_NOT_EXISTS", NOT_FOUND);
}

#[tokio::test]
async fn only_a_pool_that_is_open_takes_codes() {
    let platform = TestPlatform::start().await;
    let without_pool = platform.merchant_stock(|_| {}).await;
    let answer = upload(&platform, &without_pool, &["A"]).await;
    answer.refused_field("INVALID_REQUEST", RULE, "/coupon_code_list");
    let stock_id = pool_stock(&platform).await;
    platform.clock.move_by_seconds(31 * DAY);
    upload(&platform, &stock_id, &["A"]).await.refused(400, "INVALID_REQUEST", 299_000_008);
}
