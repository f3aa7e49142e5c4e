//! Sample definitions: the product coupons and stocks that the sandbox is seeded with and the demo creates.

use quan_model::time::{DAY_SECONDS, Time};
use serde_json::{Value, json};

use crate::seed::APPID;

/// How long a sample stock runs, in days.
const STOCK_DAYS: i64 = 180;

/// For whom, from where and from when a sample is.
pub(crate) struct Place<'p> {
    pub(crate) brand_id: &'p str,
    /// Where the sample pictures are served.
    pub(crate) base_url: &'p str,
    /// The sample stocks begin on this day.
    pub(crate) now: Time,
}

/// 满30减8, once.
pub(crate) fn single(place: &Place<'_>, out_request_no: &str) -> Value {
    json!({
        "brand_id": place.brand_id,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
        "single_usage_info": { "normal_coupon": { "threshold": 3000, "discount_amount": 800 } },
        "display_info": display(place, "拿铁满30减8", "coffee.svg"),
        "stock": single_stock(place, "WECHATPAY", 100_000, 2),
    })
}

/// 9折, 8折, 7折, a day apart.
pub(crate) fn sequential(place: &Place<'_>, out_request_no: &str) -> Value {
    let rounds = json!({ "discount_coupon_list": [
        { "threshold": 0, "percent_off": 10 },
        { "threshold": 0, "percent_off": 20 },
        { "threshold": 0, "percent_off": 30 },
    ] });
    json!({
        "brand_id": place.brand_id,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "DISCOUNT", "usage_mode": "SEQUENTIAL",
        "sequential_usage_info": { "type": "INCREMENTAL", "count": 3, "available_days": 30, "interval_days": 1 },
        "display_info": display(place, "奶茶三次折上折", "bubble-tea.svg"),
        "stock": stock(place, "WECHATPAY", 100_000, 2, "sequential_usage_rule", rounds),
    })
}

/// 满60减6, 减9, 减12, a day apart, as a chain of three coupons.
pub(crate) fn progressive_bundle(place: &Place<'_>, out_request_no: &str) -> Value {
    let benefits = json!({ "normal_coupon_list": [
        { "threshold": 6000, "discount_amount": 600 },
        { "threshold": 6000, "discount_amount": 900 },
        { "threshold": 6000, "discount_amount": 1200 },
    ] });
    json!({
        "brand_id": place.brand_id,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "NORMAL", "usage_mode": "PROGRESSIVE_BUNDLE",
        "progressive_bundle_usage_info": { "count": 3, "interval_days": 1 },
        "display_info": display(place, "蛋糕三次递增减", "cake.svg"),
        "stock_bundle": stock(place, "WECHATPAY", 100_000, 2, "progressive_bundle_usage_rule", benefits),
    })
}

/// A further stock of [`single`].
pub(crate) fn single_stock(place: &Place<'_>, mode: &str, max_count: u32, per_user: u32) -> Value {
    stock(place, mode, max_count, per_user, "single_usage_rule", json!({}))
}

/// 满30减5 of the merchant itself, over busifavor.
pub(crate) fn busifavor(place: &Place<'_>, mchid: &str, out_request_no: &str) -> Value {
    let begin = place.now.start_of_day_after(0);
    json!({
        "stock_name": "满30减5券",
        "belong_merchant": mchid,
        "comment": "开发沙箱",
        "goods_name": "全场饮品",
        "stock_type": "NORMAL",
        "coupon_use_rule": {
            "coupon_available_time": {
                "available_begin_time": begin,
                "available_end_time": begin.plus_seconds(STOCK_DAYS * DAY_SECONDS - 1),
            },
            "fixed_normal_coupon": { "discount_amount": 500, "transaction_minimum": 3000 },
            "use_method": "OFF_LINE",
        },
        "stock_send_rule": { "max_coupons": 100_000, "max_coupons_per_user": 10 },
        "out_request_no": out_request_no,
        "custom_entrance": { "code_display_mode": "QRCODE" },
        "display_pattern_info": {
            "description": "到店出示券码即可使用，每单限用一张，不与其他优惠同享。",
            "background_color": "Color040",
            "coupon_image_url": format!("{}/_quan/samples/coffee.svg", place.base_url),
        },
        "coupon_code_mode": "WECHATPAY_MODE",
        "notify_config": { "notify_appid": APPID },
    })
}

fn display(place: &Place<'_>, name: &str, picture: &str) -> Value {
    json!({
        "name": name,
        "image_url": format!("{}/_quan/samples/{picture}", place.base_url),
        "background_url": format!("{}/_quan/samples/background.svg", place.base_url),
    })
}

/// A stock or bundle whose usage rule has the sample period besides what is given.
fn stock(
    place: &Place<'_>,
    mode: &str,
    max_count: u32,
    per_user: u32,
    rule_name: &str,
    mut rule: Value,
) -> Value {
    let begin = place.now.start_of_day_after(0);
    rule["coupon_available_period"] = json!({
        "available_begin_time": begin,
        "available_end_time": begin.plus_seconds(STOCK_DAYS * DAY_SECONDS - 1),
    });
    let mut stock = json!({
        "remark": "开发沙箱",
        "coupon_code_mode": mode,
        "stock_send_rule": { "max_count": max_count, "max_count_per_user": per_user },
        "usage_rule_display_info": {
            "coupon_usage_method_list": ["OFFLINE"],
            "usage_description": "到店出示券码即可使用，每单限用一张，不与其他优惠同享。",
            "coupon_available_store_info": { "description": "全国直营门店可用" },
        },
        "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
        "notify_config": { "notify_appid": APPID },
        "store_scope": "NONE",
    });
    stock[rule_name] = rule;
    stock
}
