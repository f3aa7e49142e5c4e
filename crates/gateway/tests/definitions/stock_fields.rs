//! What a stock says: its limits, when and how its coupons are used, how they are shown.

use quan_testkit::{TestPlatform, definition};
use serde_json::{Value, json};

use crate::Expect::{Refused, Taken};
use crate::{FORMAT, LONG, MISSING, RANGE, RULE, SHORT, all_goods, check, edit, path, refused, text};

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
