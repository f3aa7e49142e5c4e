//! The terms of the model as the requests that create them.

use quan_model::coupon::StockForCreate;
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_model::time::Time;
use quan_reference_model::command::{Mode, Terms, Weekly};
use serde_json::{Value, json};

use crate::parties::APPID;

const WEEKDAYS: [&str; 7] = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

fn weekly(weekly: &Weekly) -> Value {
    let days: Vec<_> =
        weekly.days.iter().filter_map(|day| WEEKDAYS.get(usize::try_from(*day).ok()?)).collect();
    let mut period = json!({ "day_list": days });
    if let Some((from, to)) = weekly.hours {
        period["day_period_list"] = json!([{ "begin_time": from, "end_time": to }]);
    }
    period
}

fn period(terms: &Terms, mode: Mode) -> Value {
    let mut period = json!({
        "available_begin_time": Time::from_unix_seconds(terms.begin),
        "available_end_time": Time::from_unix_seconds(terms.end),
    });
    if let Some(days) = terms.days.filter(|_| !matches!(mode, Mode::Sequential { .. })) {
        period["available_days"] = json!(days);
    }
    if terms.wait_days > 0 {
        period["wait_days_after_receive"] = json!(terms.wait_days);
    }
    if let Some(terms) = &terms.weekly {
        period["weekly_available_period"] = weekly(terms);
    }
    period
}

fn benefits(count: u32) -> Value {
    (1..=count).map(|round| json!({ "threshold": 6000, "discount_amount": 100 * round })).collect()
}

fn lot(terms: &Terms, mode: Mode) -> Value {
    let mut lot = json!({
        "remark": "批次",
        "coupon_code_mode": terms.code_mode.as_str(),
        "stock_send_rule": { "max_count": terms.max_count, "max_count_per_user": terms.max_per_person },
        "usage_rule_display_info": {
            "coupon_usage_method_list": ["OFFLINE"],
            "usage_description": "到店出示券码即可使用。",
            "coupon_available_store_info": { "description": "全国门店可用" },
        },
        "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
        "notify_config": { "notify_appid": APPID },
        "store_scope": "NONE",
    });
    if let Some(max) = terms.max_per_day {
        lot["stock_send_rule"]["max_count_per_day"] = json!(max);
    }
    let period = period(terms, mode);
    match mode {
        Mode::Single => lot["single_usage_rule"] = json!({ "coupon_available_period": period }),
        Mode::Sequential { count, .. } => {
            let list = benefits(count);
            lot["sequential_usage_rule"] =
                json!({ "coupon_available_period": period, "normal_coupon_list": list });
        }
        Mode::Bundle { count, .. } => {
            let list = benefits(count);
            lot["progressive_bundle_usage_rule"] =
                json!({ "coupon_available_period": period, "normal_coupon_list": list });
        }
    }
    lot
}

/// A stock to add.
pub(crate) fn stock(terms: &Terms, mode: Mode) -> Result<StockForCreate, serde_json::Error> {
    serde_json::from_value(lot(terms, mode))
}

/// A product coupon with its first lot.
pub(crate) fn product_coupon(
    number: &str,
    terms: &Terms,
    mode: Mode,
) -> Result<CreateProductCouponRequest, serde_json::Error> {
    let mut request = json!({
        "out_request_no": number,
        "scope": "ALL", "type": "NORMAL",
        "display_info": {
            "name": "满减券",
            "image_url": "https://img.example.com/coupon.png",
            "background_url": "https://img.example.com/background.png",
        },
    });
    match mode {
        Mode::Single => {
            request["usage_mode"] = json!("SINGLE");
            request["single_usage_info"] =
                json!({ "normal_coupon": { "threshold": 3000, "discount_amount": 800 } });
            request["stock"] = lot(terms, mode);
        }
        Mode::Sequential { count, interval_days, days } => {
            request["usage_mode"] = json!("SEQUENTIAL");
            request["sequential_usage_info"] = json!({
                "type": "INCREMENTAL", "count": count, "available_days": days, "interval_days": interval_days,
            });
            request["stock"] = lot(terms, mode);
        }
        Mode::Bundle { count, interval_days } => {
            request["usage_mode"] = json!("PROGRESSIVE_BUNDLE");
            request["progressive_bundle_usage_info"] =
                json!({ "count": count, "interval_days": interval_days });
            request["stock_bundle"] = lot(terms, mode);
        }
    }
    serde_json::from_value(request)
}
