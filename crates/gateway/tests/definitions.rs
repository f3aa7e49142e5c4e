//! The entity tables of the documentation over the wire, field by field, on both faces: each limit from both
//! sides, each exclusion, each conditional requirement, with the place of the fault and a Chinese sentence.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use quan_testkit::{APPID, TestPlatform, definition};
use serde_json::{Value, json};

/// R-BODY: missing. The brand face has another number for it.
const MISSING: u64 = 268_578_101;
const FORMAT: u64 = 268_435_461;
const LONG: u64 = 268_435_462;
const SHORT: u64 = 268_435_463;
const RANGE: u64 = 268_435_464;
const RULE: u64 = 268_578_224;
const WORSE: u64 = 268_586_067;
const IMAGE: u64 = 268_578_404;

/// What is expected: a success, or a number at a place; an empty place is the one that was edited.
#[derive(Clone, Copy)]
enum Expect {
    Taken,
    Refused(u64, &'static str),
}
use Expect::{Refused, Taken};

const fn refused(number: u64) -> Expect {
    Refused(number, "")
}

/// One edit of a definition: a member set, or removed when the value is `null`.
type Row = (&'static str, Value, Expect);

fn text(count: usize) -> Value {
    json!("券".repeat(count))
}

fn path(count: usize) -> Value {
    json!("p".repeat(count))
}

/// Scope ALL, amount off, with everything that a stock may have.
fn all_goods(platform: &TestPlatform) -> Value {
    let mut request = definition::single(platform.now(), &platform.fresh_number());
    request["out_product_no"] = json!("SKU-1");
    request["display_info"]["detail_image_url_list"] = json!(["https://img.example.com/1.png"]);
    request["stock"]["usage_rule_display_info"] = json!({
        "coupon_usage_method_list": ["OFFLINE", "MINI_PROGRAM", "APP"],
        "mini_program_appid": APPID, "mini_program_path": "/use",
        "app_jump_type": "H5", "app_path": "https://m.example.com", "passcode_link": "口令",
        "usage_description": "到店出示券码",
        "coupon_available_store_info": {
            "description": "全部门店", "mini_program_appid": APPID, "mini_program_path": "/stores",
        },
    });
    request["stock"]["coupon_display_info"] = json!({
        "code_display_mode": "BARCODE", "background_color": "Color100",
        "entrance_mini_program": {
            "appid": APPID, "path": "/more", "entrance_wording": "去看看", "guidance_wording": "领取优惠",
        },
        "entrance_official_account": { "appid": APPID },
        "entrance_finder": {
            "finder_id": "sph1", "finder_video_id": "v1",
            "finder_video_cover_image_url": "https://img.example.com/c.png",
        },
    });
    request
}

/// Scope SINGLE, amount off, with a package.
fn one_product(platform: &TestPlatform) -> Value {
    let mut request = definition::single(platform.now(), &platform.fresh_number());
    request["scope"] = json!("SINGLE");
    request.as_object_mut().unwrap().remove("single_usage_info");
    request["stock"]["single_usage_rule"]["normal_coupon"] =
        json!({ "threshold": 3000, "discount_amount": 800 });
    request["display_info"]["original_price"] = json!(3600);
    request["display_info"]["combo_package_list"] = json!([{
        "name": "午餐", "pick_count": 1,
        "choice_list": [{
            "name": "咖喱饭", "price": 2800, "count": 1, "image_url": "https://img.example.com/d.png",
            "mini_program_appid": APPID, "mini_program_path": "/dish",
        }],
    }]);
    request
}

fn rounds(platform: &TestPlatform) -> Value {
    definition::sequential(platform.now(), &platform.fresh_number())
}

fn edit(request: &mut Value, pointer: &str, value: &Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = request.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Array(items), _) => items[name.parse::<usize>().unwrap()] = value.clone(),
        (parent, Value::Null) => drop(parent.as_object_mut().unwrap().remove(name)),
        (parent, _) => parent[name] = value.clone(),
    }
}

/// Makes each edit of a definition on both faces.
async fn check(base: fn(&TestPlatform) -> Value, rows: Vec<Row>) {
    let platform = TestPlatform::start().await;
    let sides = [(platform.partner_side(), MISSING), (platform.brand_side(), FORMAT)];
    for (side, missing) in &sides {
        side.post("/product-coupons", &base(&platform)).await.ok();
        for (pointer, value, expected) in &rows {
            let mut request = base(&platform);
            edit(&mut request, pointer, value);
            let answer = side.post("/product-coupons", &request).await;
            let shown: String = value.to_string().chars().take(60).collect();
            match expected {
                Taken => assert_eq!(answer.status, 200, "{pointer} {shown}: {}", answer.json()),
                Refused(number, place) => {
                    let number = if *number == MISSING { *missing } else { *number };
                    let code = if [RULE, WORSE, IMAGE].contains(&number) {
                        "INVALID_REQUEST"
                    } else {
                        "PARAM_ERROR"
                    };
                    let place = if place.is_empty() { pointer } else { place };
                    assert_eq!(answer.status, 400, "{pointer} {shown}");
                    let body = answer.refused_field(code, number, place);
                    let issue = body["detail"]["issue"].as_str().unwrap();
                    assert!(issue.chars().any(|letter| letter >= '\u{4e00}'), "{pointer} {shown}: {issue}");
                }
            }
        }
    }
}

#[tokio::test]
async fn the_product_coupon_and_its_kinds() {
    check(
        all_goods,
        vec![
            ("/out_request_no", json!("n".repeat(5)), refused(SHORT)),
            ("/out_request_no", json!("n".repeat(41)), refused(LONG)),
            ("/out_request_no", json!("a b c d"), refused(FORMAT)),
            ("/out_request_no", Value::Null, refused(MISSING)),
            ("/scope", json!("CATEGORY"), refused(RULE)),
            ("/scope", json!("all"), refused(FORMAT)),
            ("/scope", Value::Null, refused(MISSING)),
            ("/scope", json!("SINGLE"), Refused(RULE, "/single_usage_info")),
            ("/type", json!("EXCHANGE"), refused(RULE)),
            ("/type", json!("DISCOUNT"), Refused(RULE, "/single_usage_info/normal_coupon")),
            ("/type", Value::Null, refused(MISSING)),
            ("/usage_mode", json!("SEQUENTIAL"), Refused(RULE, "/single_usage_info")),
            ("/usage_mode", Value::Null, refused(MISSING)),
            ("/single_usage_info", Value::Null, refused(MISSING)),
            ("/single_usage_info", json!({}), Refused(MISSING, "/single_usage_info/normal_coupon")),
            (
                "/single_usage_info/discount_coupon",
                json!({ "threshold": 0, "percent_off": 10 }),
                refused(RULE),
            ),
            (
                "/sequential_usage_info",
                json!({ "type": "EQUAL", "count": 3, "available_days": 3 }),
                refused(RULE),
            ),
            ("/out_product_no", text(40), Taken),
            ("/out_product_no", text(41), refused(LONG)),
            ("/out_product_no", Value::Null, Taken),
            ("/stock", Value::Null, refused(MISSING)),
            ("/display_info", Value::Null, refused(MISSING)),
            ("/unknown", json!({ "any": [null, 1] }), Taken),
        ],
    )
    .await;
}

#[tokio::test]
async fn benefits() {
    let normal = "/single_usage_info/normal_coupon";
    let at = |name: &str| format!("{normal}/{name}");
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let (threshold, amount) = (leak(at("threshold")), leak(at("discount_amount")));
    check(
        all_goods,
        vec![
            (threshold, json!(-1), refused(RANGE)),
            (threshold, json!(0), Taken),
            (threshold, json!(799), Refused(RANGE, "/single_usage_info/normal_coupon/discount_amount")),
            (threshold, json!(800), Taken),
            (threshold, json!("800"), refused(FORMAT)),
            (threshold, json!(800.5), refused(FORMAT)),
            (threshold, Value::Null, refused(MISSING)),
            (amount, json!(0), refused(RANGE)),
            (amount, json!(1), Taken),
            (amount, json!(3000), Taken),
            (amount, json!(3001), refused(RANGE)),
            (amount, Value::Null, refused(MISSING)),
        ],
    )
    .await;
    let discount = |platform: &TestPlatform| {
        let mut request = definition::single(platform.now(), &platform.fresh_number());
        request["type"] = json!("DISCOUNT");
        request["single_usage_info"] = json!({ "discount_coupon": { "threshold": 0, "percent_off": 30 } });
        request
    };
    let percent = "/single_usage_info/discount_coupon/percent_off";
    check(
        discount,
        vec![
            (percent, json!(0), refused(RANGE)),
            (percent, json!(1), Taken),
            (percent, json!(99), Taken),
            (percent, json!(100), refused(RANGE)),
            ("/single_usage_info/discount_coupon/threshold", json!(-1), refused(RANGE)),
        ],
    )
    .await;
    let exchange = |platform: &TestPlatform| {
        let mut request = one_product(platform);
        request["type"] = json!("EXCHANGE");
        let rule = &mut request["stock"]["single_usage_rule"];
        rule.as_object_mut().unwrap().remove("normal_coupon");
        rule["exchange_coupon"] = json!({ "threshold": 0, "exchange_price": 990 });
        request
    };
    let rule = "/stock/single_usage_rule/exchange_coupon";
    check(
        exchange,
        vec![
            ("/stock/single_usage_rule/exchange_coupon/exchange_price", json!(-1), refused(RANGE)),
            ("/stock/single_usage_rule/exchange_coupon/exchange_price", json!(0), Taken),
            (rule, Value::Null, refused(MISSING)),
            (
                "/stock/single_usage_rule/normal_coupon",
                json!({ "threshold": 1, "discount_amount": 1 }),
                refused(RULE),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_it_looks_like() {
    let list = "/display_info/detail_image_url_list";
    check(
        all_goods,
        vec![
            ("/display_info/name", text(2), refused(SHORT)),
            ("/display_info/name", text(3), Taken),
            ("/display_info/name", json!("🎁".repeat(15)), Taken),
            ("/display_info/name", json!("🎁".repeat(16)), refused(LONG)),
            ("/display_info/name", json!("满减\u{200b}券"), refused(FORMAT)),
            ("/display_info/name", json!("满减\n券"), refused(FORMAT)),
            ("/display_info/name", Value::Null, refused(MISSING)),
            ("/display_info/image_url", json!(""), refused(IMAGE)),
            ("/display_info/image_url", json!("img.png"), refused(FORMAT)),
            ("/display_info/image_url", Value::Null, refused(IMAGE)),
            ("/display_info/background_url", json!(""), refused(IMAGE)),
            ("/display_info/background_url", Value::Null, refused(IMAGE)),
            (list, Value::Null, Taken),
            (list, json!([]), Taken),
            (list, json!(vec!["https://img.example.com/1.png"; 8]), Taken),
            (list, json!(vec!["https://img.example.com/1.png"; 9]), refused(LONG)),
            ("/display_info/detail_image_url_list/0", json!(""), refused(FORMAT)),
            ("/display_info/original_price", json!(1), refused(RULE)),
            ("/display_info/combo_package_list", json!([]), refused(RULE)),
        ],
    )
    .await;
}

#[tokio::test]
async fn packages_and_choices() {
    const PACKAGES: &str = "/display_info/combo_package_list";
    let package = one_product(&TestPlatform::start().await)["display_info"]["combo_package_list"][0].clone();
    let choice = package["choice_list"][0].clone();
    check(
        one_product,
        vec![
            ("/single_usage_info", json!({}), refused(RULE)),
            ("/display_info/original_price", json!(-1), refused(RANGE)),
            ("/display_info/original_price", json!(0), Taken),
            ("/display_info/original_price", Value::Null, Taken),
            (PACKAGES, Value::Null, Taken),
            (PACKAGES, json!([]), refused(SHORT)),
            (PACKAGES, json!(vec![package.clone(); 50]), Taken),
            (PACKAGES, json!(vec![package; 51]), refused(LONG)),
            ("/display_info/combo_package_list/0/name", json!(""), refused(SHORT)),
            ("/display_info/combo_package_list/0/name", text(15), Taken),
            ("/display_info/combo_package_list/0/name", text(16), refused(LONG)),
            ("/display_info/combo_package_list/0/pick_count", json!(0), refused(RANGE)),
            ("/display_info/combo_package_list/0/pick_count", json!(2), Taken),
            ("/display_info/combo_package_list/0/choice_list", json!([]), refused(SHORT)),
            ("/display_info/combo_package_list/0/choice_list", json!(vec![choice.clone(); 99]), Taken),
            ("/display_info/combo_package_list/0/choice_list", json!(vec![choice; 100]), refused(LONG)),
            ("/display_info/combo_package_list/0/choice_list/0/name", text(16), refused(LONG)),
            ("/display_info/combo_package_list/0/choice_list/0/price", json!(-1), refused(RANGE)),
            ("/display_info/combo_package_list/0/choice_list/0/price", json!(0), Taken),
            ("/display_info/combo_package_list/0/choice_list/0/price", Value::Null, refused(MISSING)),
            ("/display_info/combo_package_list/0/choice_list/0/count", json!(0), refused(RANGE)),
            ("/display_info/combo_package_list/0/choice_list/0/count", json!(99), Taken),
            ("/display_info/combo_package_list/0/choice_list/0/count", json!(100), refused(RANGE)),
            ("/display_info/combo_package_list/0/choice_list/0/image_url", Value::Null, Taken),
            ("/display_info/combo_package_list/0/choice_list/0/image_url", json!("x"), refused(FORMAT)),
            (
                "/display_info/combo_package_list/0/choice_list/0/mini_program_appid",
                Value::Null,
                refused(RULE),
            ),
            (
                "/display_info/combo_package_list/0/choice_list/0/mini_program_path",
                Value::Null,
                refused(RULE),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_stock_and_its_limits() {
    check(
        all_goods,
        vec![
            ("/stock/remark", text(20), Taken),
            ("/stock/remark", text(21), refused(LONG)),
            ("/stock/remark", json!(""), Taken),
            ("/stock/remark", Value::Null, Taken),
            ("/stock/coupon_code_mode", json!("API_ASSIGN"), Taken),
            ("/stock/coupon_code_mode", json!("RANDOM"), refused(FORMAT)),
            ("/stock/coupon_code_mode", Value::Null, refused(MISSING)),
            ("/stock/stock_send_rule", Value::Null, refused(MISSING)),
            ("/stock/stock_send_rule/max_count", json!(0), refused(RANGE)),
            ("/stock/stock_send_rule/max_count", json!(1), Taken),
            ("/stock/stock_send_rule/max_count", json!(100_000_000), Taken),
            ("/stock/stock_send_rule/max_count", json!(100_000_001), refused(RANGE)),
            ("/stock/stock_send_rule/max_count", Value::Null, refused(MISSING)),
            ("/stock/stock_send_rule/max_count_per_day", json!(0), refused(RANGE)),
            ("/stock/stock_send_rule/max_count_per_day", json!(1), Taken),
            ("/stock/stock_send_rule/max_count_per_day", json!(100_000_000), Taken),
            ("/stock/stock_send_rule/max_count_per_day", json!(100_000_001), refused(RANGE)),
            ("/stock/stock_send_rule/max_count_per_user", json!(0), refused(RANGE)),
            ("/stock/stock_send_rule/max_count_per_user", json!(1), Taken),
            ("/stock/stock_send_rule/max_count_per_user", json!(100), Taken),
            ("/stock/stock_send_rule/max_count_per_user", json!(101), refused(RANGE)),
            ("/stock/stock_send_rule/max_count_per_user", Value::Null, refused(MISSING)),
            ("/stock/single_usage_rule", Value::Null, refused(MISSING)),
            (
                "/stock/single_usage_rule/normal_coupon",
                json!({ "threshold": 0, "discount_amount": 1 }),
                refused(RULE),
            ),
            ("/stock/notify_config", Value::Null, refused(MISSING)),
            ("/stock/notify_config/notify_appid", json!(""), refused(SHORT)),
            ("/stock/notify_config/notify_appid", json!("w".repeat(33)), refused(LONG)),
            ("/stock/store_scope", json!("SOME"), refused(FORMAT)),
            ("/stock/store_scope", Value::Null, refused(MISSING)),
        ],
    )
    .await;
}

#[tokio::test]
async fn when_it_may_be_used() {
    const PERIOD: &str = "/stock/single_usage_rule/coupon_available_period";
    const END: &str = "/stock/single_usage_rule/coupon_available_period/available_end_time";
    const WEEKLY: &str = "/stock/single_usage_rule/coupon_available_period/weekly_available_period";
    const IRREGULAR: &str =
        "/stock/single_usage_rule/coupon_available_period/irregular_available_period_list";
    let (begin, end) = ("2026-03-02T00:00:00+08:00", "2027-03-02T00:00:00+08:00");
    let period = |more: Value| {
        let mut period = json!({ "available_begin_time": begin, "available_end_time": end });
        period.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        period
    };
    let at = |name: &str| -> &'static str { Box::leak(format!("{PERIOD}/{name}").into_boxed_str()) };
    let hours = |list: Value| json!({ "day_list": ["MONDAY"], "day_period_list": list });
    let irregular =
        json!([{ "begin_time": "2026-04-01T00:00:00+08:00", "end_time": "2026-04-02T00:00:00+08:00" }]);
    let with = |name: &str, value: Value| {
        let mut more = json!({ "irregular_available_period_list": irregular });
        more[name] = value;
        period(more)
    };
    check(
        all_goods,
        vec![
            (PERIOD, Value::Null, refused(MISSING)),
            (END, Value::Null, refused(MISSING)),
            (PERIOD, period(json!({})), Taken),
            // Fractions of a second are read and dropped; another offset is the same instant.
            (PERIOD, period(json!({ "available_end_time": "2027-03-02T00:00:00.999+08:00" })), Taken),
            (PERIOD, period(json!({ "available_end_time": "2027-03-01T16:00:00Z" })), Taken),
            (PERIOD, period(json!({ "available_end_time": "2027-03-02T00:00:01+08:00" })), Refused(RANGE, END)),
            (PERIOD, period(json!({ "available_end_time": begin })), Refused(RANGE, END)),
            (END, json!("2027-03-02 00:00:00"), refused(FORMAT)),
            (END, json!("2027-03-02T00:00:00"), refused(FORMAT)),
            (END, json!("2027-02-30T00:00:00+08:00"), refused(FORMAT)),
            (END, json!(1_800_000_000), refused(FORMAT)),
            (at("available_days"), json!(0), refused(RANGE)),
            (at("available_days"), json!(1), Taken),
            (at("available_days"), json!(365), Taken),
            (at("available_days"), json!(366), refused(RANGE)),
            (at("wait_days_after_receive"), json!(0), Taken),
            (at("wait_days_after_receive"), json!(1), refused(RULE)),
            (at("wait_days_after_receive"), json!(31), refused(RANGE)),
            (PERIOD, period(json!({ "available_days": 1, "wait_days_after_receive": 30 })), Taken),
            (at("available_seconds"), json!(0), refused(RANGE)),
            (at("available_seconds"), json!(31_536_000), Taken),
            (at("available_seconds"), json!(31_536_001), refused(RANGE)),
            (
                PERIOD,
                period(json!({ "available_days": 1, "available_seconds": 1 })),
                Refused(RULE, at("available_seconds")),
            ),
            (WEEKLY, json!({ "day_list": ["MONDAY", "SUNDAY"] }), Taken),
            (WEEKLY, json!({ "day_list": [] }), Refused(SHORT, at("weekly_available_period/day_list"))),
            (
                WEEKLY,
                json!({ "day_list": ["MONDAY", "MONDAY"] }),
                Refused(RULE, at("weekly_available_period/day_list")),
            ),
            (
                WEEKLY,
                json!({ "day_list": ["MON"] }),
                Refused(FORMAT, at("weekly_available_period/day_list/0")),
            ),
            (
                WEEKLY,
                json!({ "day_period_list": [{ "begin_time": 0, "end_time": 1 }] }),
                Refused(RULE, at("weekly_available_period/day_list")),
            ),
            (WEEKLY, hours(json!([{ "begin_time": 0, "end_time": 86_399 }])), Taken),
            (
                WEEKLY,
                hours(json!([{ "begin_time": 0, "end_time": 86_400 }])),
                Refused(RANGE, at("weekly_available_period/day_period_list/0/end_time")),
            ),
            (
                WEEKLY,
                hours(json!([{ "begin_time": 5, "end_time": 5 }])),
                Refused(RANGE, at("weekly_available_period/day_period_list/0/end_time")),
            ),
            (
                WEEKLY,
                hours(json!([{ "begin_time": 0, "end_time": 5 }, { "begin_time": 5, "end_time": 6 }])),
                Refused(RULE, at("weekly_available_period/day_period_list/1")),
            ),
            (PERIOD, period(json!({ "irregular_available_period_list": irregular })), Taken),
            (PERIOD, with("available_days", json!(3)), Refused(RULE, IRREGULAR)),
            (PERIOD, with("weekly_available_period", json!({ "day_list": ["FRIDAY"] })), Refused(RULE, IRREGULAR)),
            (PERIOD, with("available_seconds", json!(3)), Refused(RULE, IRREGULAR)),
            (
                IRREGULAR,
                json!([{ "begin_time": "2026-02-01T00:00:00+08:00", "end_time": "2026-04-02T00:00:00+08:00" }]),
                Refused(RANGE, at("irregular_available_period_list/0/begin_time")),
            ),
            (IRREGULAR, json!([{ "begin_time": begin }]), Refused(MISSING, at("irregular_available_period_list/0/end_time"))),
        ],
    )
    .await;
}

#[tokio::test]
async fn how_it_is_used() {
    const METHODS: &str = "/stock/usage_rule_display_info/coupon_usage_method_list";
    check(
        all_goods,
        vec![
            ("/stock/usage_rule_display_info", Value::Null, refused(MISSING)),
            (METHODS, Value::Null, refused(MISSING)),
            (METHODS, json!([]), refused(SHORT)),
            (METHODS, json!(["PAYMENT_CODE", "APP"]), Taken),
            (METHODS, json!(["APP", "APP"]), refused(RULE)),
            (METHODS, json!(["OFFLINE"]), Refused(RULE, "/stock/usage_rule_display_info/app_jump_type")),
            ("/stock/usage_rule_display_info/mini_program_appid", Value::Null, refused(MISSING)),
            ("/stock/usage_rule_display_info/mini_program_appid", json!("w".repeat(33)), refused(LONG)),
            ("/stock/usage_rule_display_info/mini_program_path", Value::Null, refused(MISSING)),
            ("/stock/usage_rule_display_info/mini_program_path", path(1024), Taken),
            ("/stock/usage_rule_display_info/mini_program_path", path(1025), refused(LONG)),
            ("/stock/usage_rule_display_info/app_path", Value::Null, refused(MISSING)),
            ("/stock/usage_rule_display_info/app_path", json!(""), refused(SHORT)),
            ("/stock/usage_rule_display_info/app_path", path(1024), Taken),
            ("/stock/usage_rule_display_info/app_path", path(1025), refused(LONG)),
            ("/stock/usage_rule_display_info/app_jump_type", Value::Null, Taken),
            ("/stock/usage_rule_display_info/app_jump_type", json!("USAGE_GUIDE"), Taken),
            ("/stock/usage_rule_display_info/app_jump_type", json!("h5"), refused(FORMAT)),
            ("/stock/usage_rule_display_info/passcode_link", Value::Null, Taken),
            ("/stock/usage_rule_display_info/usage_description", json!(""), refused(SHORT)),
            ("/stock/usage_rule_display_info/usage_description", text(1000), Taken),
            ("/stock/usage_rule_display_info/usage_description", text(1001), refused(LONG)),
            ("/stock/usage_rule_display_info/usage_description", json!("一\n二"), Taken),
            ("/stock/usage_rule_display_info/usage_description", json!("一\u{0}二"), refused(FORMAT)),
            ("/stock/usage_rule_display_info/usage_description", Value::Null, refused(MISSING)),
            ("/stock/usage_rule_display_info/coupon_available_store_info", Value::Null, Taken),
            (
                "/stock/usage_rule_display_info/coupon_available_store_info/description",
                Value::Null,
                refused(MISSING),
            ),
            ("/stock/usage_rule_display_info/coupon_available_store_info/description", text(1000), Taken),
            (
                "/stock/usage_rule_display_info/coupon_available_store_info/description",
                text(1001),
                refused(LONG),
            ),
            (
                "/stock/usage_rule_display_info/coupon_available_store_info/mini_program_path",
                Value::Null,
                refused(RULE),
            ),
        ],
    )
    .await;
    let by_passcode = |platform: &TestPlatform| {
        let mut request = all_goods(platform);
        let info = &mut request["stock"]["usage_rule_display_info"];
        info["app_jump_type"] = json!("PASSCODE_LINK");
        info.as_object_mut().unwrap().remove("app_path");
        request
    };
    let link = "/stock/usage_rule_display_info/passcode_link";
    check(
        by_passcode,
        vec![
            (link, Value::Null, refused(MISSING)),
            (link, path(1024), Taken),
            (link, path(1025), refused(LONG)),
        ],
    )
    .await;
}

#[tokio::test]
async fn how_the_coupon_is_shown() {
    check(
        all_goods,
        vec![
            ("/stock/coupon_display_info", Value::Null, refused(MISSING)),
            ("/stock/coupon_display_info/code_display_mode", Value::Null, refused(MISSING)),
            ("/stock/coupon_display_info/code_display_mode", json!("INVISIBLE"), Taken),
            ("/stock/coupon_display_info/code_display_mode", json!("NOT_SHOW"), refused(FORMAT)),
            ("/stock/coupon_display_info/background_color", Value::Null, Taken),
            ("/stock/coupon_display_info/background_color", json!("Color010"), Taken),
            ("/stock/coupon_display_info/background_color", json!("Color110"), refused(FORMAT)),
            ("/stock/coupon_display_info/entrance_mini_program", Value::Null, Taken),
            ("/stock/coupon_display_info/entrance_mini_program/appid", Value::Null, refused(MISSING)),
            ("/stock/coupon_display_info/entrance_mini_program/path", Value::Null, refused(MISSING)),
            ("/stock/coupon_display_info/entrance_mini_program/path", path(1025), refused(LONG)),
            (
                "/stock/coupon_display_info/entrance_mini_program/entrance_wording",
                Value::Null,
                refused(MISSING),
            ),
            ("/stock/coupon_display_info/entrance_mini_program/entrance_wording", text(5), Taken),
            ("/stock/coupon_display_info/entrance_mini_program/entrance_wording", text(6), refused(LONG)),
            ("/stock/coupon_display_info/entrance_mini_program/guidance_wording", Value::Null, Taken),
            ("/stock/coupon_display_info/entrance_mini_program/guidance_wording", text(6), Taken),
            ("/stock/coupon_display_info/entrance_mini_program/guidance_wording", text(7), refused(LONG)),
            ("/stock/coupon_display_info/entrance_official_account", Value::Null, Taken),
            (
                "/stock/coupon_display_info/entrance_official_account",
                json!({}),
                Refused(MISSING, "/stock/coupon_display_info/entrance_official_account/appid"),
            ),
            ("/stock/coupon_display_info/entrance_finder", Value::Null, Taken),
            ("/stock/coupon_display_info/entrance_finder/finder_id", Value::Null, refused(MISSING)),
            ("/stock/coupon_display_info/entrance_finder/finder_video_id", Value::Null, refused(MISSING)),
            (
                "/stock/coupon_display_info/entrance_finder/finder_video_cover_image_url",
                json!(""),
                refused(FORMAT),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn rounds_of_a_sequential_coupon() {
    const LIST: &str = "/stock/sequential_usage_rule/discount_coupon_list";
    let percents = |percents: &[i64]| {
        let rounds = percents.iter().map(|percent| json!({ "threshold": 0, "percent_off": percent }));
        json!(rounds.collect::<Vec<_>>())
    };
    check(
        rounds,
        vec![
            ("/sequential_usage_info", Value::Null, refused(MISSING)),
            ("/sequential_usage_info/type", json!("FALLING"), refused(FORMAT)),
            ("/sequential_usage_info/count", json!(2), refused(RULE)),
            ("/sequential_usage_info/count", json!(4), Refused(RULE, LIST)),
            ("/sequential_usage_info/count", json!(16), refused(RULE)),
            ("/sequential_usage_info/available_days", json!(2), refused(RANGE)),
            ("/sequential_usage_info/available_days", json!(3), Taken),
            ("/sequential_usage_info/available_days", json!(365), Taken),
            ("/sequential_usage_info/available_days", json!(366), refused(RANGE)),
            ("/sequential_usage_info/interval_days", json!(-1), refused(RANGE)),
            ("/sequential_usage_info/interval_days", json!(0), Taken),
            ("/sequential_usage_info/interval_days", json!(7), Taken),
            ("/sequential_usage_info/interval_days", json!(8), refused(RANGE)),
            ("/sequential_usage_info/interval_days", Value::Null, Taken),
            ("/stock/sequential_usage_rule", Value::Null, refused(MISSING)),
            ("/stock/single_usage_rule", json!({ "coupon_available_period": {
                "available_begin_time": "2026-03-02T00:00:00+08:00", "available_end_time": "2026-04-02T00:00:00+08:00",
            } }), refused(RULE)),
            (LIST, percents(&[10, 20, 20]), Taken),
            (LIST, percents(&[10, 20, 19]), Refused(WORSE, "/stock/sequential_usage_rule/discount_coupon_list/2")),
            (LIST, percents(&[10, 20]), refused(RULE)),
            (LIST, Value::Null, refused(MISSING)),
            ("/stock/sequential_usage_rule/normal_coupon_list", json!([]), refused(RULE)),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_added_stock_is_read_by_the_same_table() {
    let platform = TestPlatform::start().await;
    for (side, missing) in [(platform.partner_side(), MISSING), (platform.brand_side(), FORMAT)] {
        let offer = side.create(&definition::single(platform.now(), &platform.fresh_number())).await;
        let tail = format!("/product-coupons/{}/stocks", offer.product_coupon_id);
        for (pointer, value, number) in [
            ("/stock/remark", text(21), LONG),
            ("/stock/stock_send_rule/max_count", json!(0), RANGE),
            ("/stock/single_usage_rule", Value::Null, missing),
            ("/stock/single_usage_rule/discount_coupon", json!({ "threshold": 0, "percent_off": 1 }), RULE),
            ("/stock/usage_rule_display_info/usage_description", json!(""), SHORT),
            ("/stock/notify_config/notify_appid", json!("a b"), FORMAT),
            ("/out_request_no", json!("12345"), SHORT),
            ("/stock", Value::Null, missing),
        ] {
            let stock = definition::single_stock(platform.now());
            let mut body = json!({ "out_request_no": platform.fresh_number(), "stock": stock });
            edit(&mut body, pointer, &value);
            let answer = side.post(&tail, &body).await;
            let code = if number == RULE { "INVALID_REQUEST" } else { "PARAM_ERROR" };
            answer.refused_field(code, number, pointer);
        }
    }
}
