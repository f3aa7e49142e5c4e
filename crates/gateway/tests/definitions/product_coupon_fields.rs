//! What a product coupon says: its kind, what it takes off, how it looks, its packages, its rounds.

use quan_testkit::{TestPlatform, definition};
use serde_json::{Value, json};

use crate::Expect::{Refused, Taken};
use crate::{
    FORMAT, IMAGE, LONG, MISSING, RANGE, RULE, SHORT, WORSE, all_goods, check, one_product, refused, rounds,
    text,
};

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
