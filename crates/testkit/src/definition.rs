//! Bodies that create product coupons and stocks, with sensible values, to be edited by tests.

use quan_model::time::{DAY_SECONDS, Time};
use serde_json::{Value, json};

use crate::parties::{APPID, BRAND_ID};

/// How long a stock runs, in days.
pub const STOCK_DAYS: i64 = 180;

/// 满30减8, once, with a stock whose codes the platform makes.
#[must_use]
pub fn single(now: Time, out_request_no: &str) -> Value {
    json!({
        "brand_id": BRAND_ID,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
        "single_usage_info": { "normal_coupon": { "threshold": 3000, "discount_amount": 800 } },
        "display_info": display("拿铁满30减8"),
        "stock": single_stock(now),
    })
}

/// 10, 20 and 30 percent off, a day apart.
#[must_use]
pub fn sequential(now: Time, out_request_no: &str) -> Value {
    let mut stock = stock();
    let mut rule = json!({ "discount_coupon_list": [
        { "threshold": 0, "percent_off": 10 },
        { "threshold": 0, "percent_off": 20 },
        { "threshold": 0, "percent_off": 30 },
    ] });
    rule["coupon_available_period"] = period(now);
    stock["sequential_usage_rule"] = rule;
    json!({
        "brand_id": BRAND_ID,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "DISCOUNT", "usage_mode": "SEQUENTIAL",
        "sequential_usage_info": { "type": "INCREMENTAL", "count": 3, "available_days": 30, "interval_days": 1 },
        "display_info": display("奶茶三次折上折"),
        "stock": stock,
    })
}

/// 6, 9 and 12 yuan off from 60 on, in a chain of three coupons without a pause.
#[must_use]
pub fn progressive_bundle(now: Time, out_request_no: &str) -> Value {
    json!({
        "brand_id": BRAND_ID,
        "out_request_no": out_request_no,
        "scope": "ALL", "type": "NORMAL", "usage_mode": "PROGRESSIVE_BUNDLE",
        "progressive_bundle_usage_info": { "count": 3, "interval_days": 0 },
        "display_info": display("满60三次递增减"),
        "stock_bundle": stock_bundle(now),
    })
}

/// A bundle of [`progressive_bundle`]: as [`single_stock`], with three benefits.
#[must_use]
pub fn stock_bundle(now: Time) -> Value {
    let mut bundle = stock();
    let mut rule = json!({ "normal_coupon_list": [
        { "threshold": 6000, "discount_amount": 600 },
        { "threshold": 6000, "discount_amount": 900 },
        { "threshold": 6000, "discount_amount": 1200 },
    ] });
    rule["coupon_available_period"] = period(now);
    bundle["progressive_bundle_usage_rule"] = rule;
    bundle
}

/// A stock of [`single`]: 1000 coupons, 10 for each person, for [`STOCK_DAYS`] from today 00:00.
#[must_use]
pub fn single_stock(now: Time) -> Value {
    let mut stock = stock();
    stock["single_usage_rule"] = json!({ "coupon_available_period": period(now) });
    stock
}

fn period(now: Time) -> Value {
    let begin = now.start_of_day_after(0);
    json!({
        "available_begin_time": begin,
        "available_end_time": begin.plus_seconds(STOCK_DAYS * DAY_SECONDS - 1),
    })
}

fn display(name: &str) -> Value {
    json!({
        "name": name,
        "image_url": "https://img.example.com/coupon.png",
        "background_url": "https://img.example.com/background.png",
    })
}

fn stock() -> Value {
    json!({
        "remark": "测试批次",
        "coupon_code_mode": "WECHATPAY",
        "stock_send_rule": { "max_count": 1000, "max_count_per_user": 10 },
        "usage_rule_display_info": {
            "coupon_usage_method_list": ["OFFLINE"],
            "usage_description": "到店出示券码即可使用，每单限用一张。",
            "coupon_available_store_info": { "description": "全国直营门店可用" },
        },
        "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
        "notify_config": { "notify_appid": APPID },
        "store_scope": "NONE",
    })
}
