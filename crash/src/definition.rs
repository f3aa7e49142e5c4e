//! The bodies that create what the load asks for: product coupons, stocks, bundles.
//!
//! Knows the fields of the wire. A round and a link of a chain follow at once, so that no run has to wait for a day.

use serde_json::{Value, json};

use crate::offer::{Codes, Kind};

/// What all definitions of one run share.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    /// The brand, named on the partner face only.
    pub(crate) brand_id: Option<String>,
    /// The appid.
    pub(crate) appid: String,
    /// The first and last second of every stock.
    pub(crate) period: (String, String),
}

/// How many a stock has, and how many of them one person.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// In all.
    pub(crate) max: u64,
    /// For each person.
    pub(crate) per_person: u64,
}

/// A product coupon with its first stock or bundle.
#[must_use]
pub(crate) fn product_coupon(ground: &Ground, kind: Kind, number: &str, stock: &Value) -> Value {
    let mut body = json!({
        "out_request_no": number,
        "scope": "ALL",
        "display_info": {
            "name": "演练券",
            "image_url": "https://img.example.com/coupon.png",
            "background_url": "https://img.example.com/background.png",
        },
    });
    let (mode, of, stock_name) = match kind {
        Kind::Single => ("SINGLE", "NORMAL", "stock"),
        Kind::Sequential => ("SEQUENTIAL", "DISCOUNT", "stock"),
        Kind::Bundle => ("PROGRESSIVE_BUNDLE", "NORMAL", "stock_bundle"),
    };
    (body["usage_mode"], body["type"]) = (json!(mode), json!(of));
    match kind {
        Kind::Single => {
            let benefit = json!({ "threshold": 3000, "discount_amount": 800 });
            body["single_usage_info"] = json!({ "normal_coupon": benefit });
        }
        Kind::Sequential => {
            body["sequential_usage_info"] =
                json!({ "type": "INCREMENTAL", "count": 3, "available_days": 30, "interval_days": 0 });
        }
        Kind::Bundle => body["progressive_bundle_usage_info"] = json!({ "count": 3, "interval_days": 0 }),
    }
    body[stock_name] = stock.clone();
    with_brand(ground, body)
}

/// A stock or bundle.
#[must_use]
pub(crate) fn stock(ground: &Ground, kind: Kind, codes: Codes, bounds: Bounds) -> Value {
    let (begin, end) = &ground.period;
    let mut stock = json!({
        "remark": "崩溃演练",
        "coupon_code_mode": match codes {
            Codes::Minted => "WECHATPAY",
            Codes::Pool => "UPLOAD",
            Codes::Assigned => "API_ASSIGN",
        },
        "stock_send_rule": { "max_count": bounds.max, "max_count_per_user": bounds.per_person },
        "usage_rule_display_info": {
            "coupon_usage_method_list": ["OFFLINE"],
            "usage_description": "到店出示券码即可使用。",
            "coupon_available_store_info": { "description": "全部门店可用" },
        },
        "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
        "notify_config": { "notify_appid": ground.appid },
        "store_scope": "NONE",
    });
    let normal = |discount: u64| json!({ "threshold": 6000, "discount_amount": discount });
    let off = |percent: u64| json!({ "threshold": 0, "percent_off": percent });
    let (name, mut rule) = match kind {
        Kind::Single => ("single_usage_rule", json!({})),
        Kind::Sequential => {
            ("sequential_usage_rule", json!({ "discount_coupon_list": [off(10), off(20), off(30)] }))
        }
        Kind::Bundle => (
            "progressive_bundle_usage_rule",
            json!({ "normal_coupon_list": [normal(600), normal(900), normal(1200)] }),
        ),
    };
    rule["coupon_available_period"] = json!({ "available_begin_time": begin, "available_end_time": end });
    stock[name] = rule;
    stock
}

/// The body with the brand where the face asks for it.
#[must_use]
pub(crate) fn with_brand(ground: &Ground, mut body: Value) -> Value {
    if let Some(brand_id) = &ground.brand_id {
        body["brand_id"] = json!(brand_id);
    }
    body
}
