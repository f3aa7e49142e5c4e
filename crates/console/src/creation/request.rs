//! From the fields of the form to the request of the API. What the rules say to it is theirs.

use quan_model::ids::Principal;
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_model::time::Time;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::form::Form;

/// A definition with who creates it.
pub(super) struct Wanted {
    pub(super) creator: Principal,
    pub(super) request: CreateProductCouponRequest,
}

fn wrong(field: &'static str, issue: &str) -> Failure {
    Failure::Form { field, issue: issue.to_owned() }
}

/// A whole number; empty for none.
fn number(form: &Form, field: &'static str) -> Result<Option<i64>, Failure> {
    form.filled(field).map(|text| text.parse().map_err(|_| wrong(field, "整数 / a whole number"))).transpose()
}

/// Yuan with at most two decimals, as fen.
pub(super) fn fen(field: &'static str, text: &str) -> Result<i64, Failure> {
    let problem = || wrong(field, "金额，如 30 或 9.9 / an amount in yuan, such as 30 or 9.9");
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || rest.len() > 2 || !is_digits(whole) || !is_digits(rest) {
        return Err(problem());
    }
    let cents: i64 = format!("{rest:0<2}").parse().map_err(|_| problem())?;
    whole.parse::<i64>().map(|whole| whole * 100 + cents).map_err(|_| problem())
}

/// The request that the form describes.
pub(super) fn read(form: &Form) -> Result<Wanted, Failure> {
    let creator =
        form.text("creator").parse().map_err(|_| wrong("creator", "请选择创建方 / choose who creates it"))?;
    let (scope, kind) =
        form.text("kind").split_once('-').ok_or_else(|| wrong("kind", "请选择 / choose one"))?;
    let mode = form.text("usage_mode");
    let rules = rules(form, kind)?;
    let mut body = json!({
        "brand_id": form.text("brand_id"),
        // The use case gives it a number of its own.
        "out_request_no": "CONSOLE",
        "scope": scope, "type": kind, "usage_mode": mode,
        "display_info": display(form, scope)?,
    });
    set(&mut body, "out_product_no", form.filled("out_product_no").map(Value::from));
    let mut stock = stock(form)?;
    let mut period = period(form)?;
    let count = rules.len();
    let name = kind.to_ascii_lowercase();
    match mode {
        "SINGLE" => {
            let rule = rules.into_iter().next().unwrap_or_default();
            set(&mut period, "available_days", number(form, "available_days")?.map(Value::from));
            let mut usage = json!({ "coupon_available_period": period });
            let place = if scope == "ALL" { &mut body["single_usage_info"] } else { &mut usage };
            place[format!("{name}_coupon")] = rule;
            stock["single_usage_rule"] = usage;
            body["stock"] = stock;
        }
        "SEQUENTIAL" => {
            let is_equal = rules.windows(2).all(|pair| pair[0] == pair[1]);
            body["sequential_usage_info"] = json!({
                "type": if is_equal { "EQUAL" } else { "INCREMENTAL" },
                "count": count,
                "available_days": number(form, "available_days")?.unwrap_or(30),
                "interval_days": number(form, "interval_days")?.unwrap_or(0),
            });
            stock["sequential_usage_rule"] = json!({ "coupon_available_period": period });
            stock["sequential_usage_rule"][format!("{name}_coupon_list")] = Value::Array(rules);
            body["stock"] = stock;
        }
        "PROGRESSIVE_BUNDLE" => {
            body["progressive_bundle_usage_info"] =
                json!({ "count": count, "interval_days": number(form, "interval_days")?.unwrap_or(0) });
            set(&mut period, "available_days", number(form, "available_days")?.map(Value::from));
            stock["progressive_bundle_usage_rule"] = json!({ "coupon_available_period": period });
            stock["progressive_bundle_usage_rule"][format!("{name}_coupon_list")] = Value::Array(rules);
            body["stock_bundle"] = stock;
        }
        _ => return Err(wrong("usage_mode", "请选择 / choose one")),
    }
    let request = serde_json::from_value(body).map_err(|error| Failure::Malformed(error.to_string()))?;
    Ok(Wanted { creator, request })
}

fn set(object: &mut Value, name: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[name] = value;
    }
}

/// One rule each line: the minimum spend in yuan and what is to be had, in yuan or per cent.
fn rules(form: &Form, kind: &str) -> Result<Vec<Value>, Failure> {
    const FIELD: &str = "benefits";
    let lines = form.text(FIELD).lines().map(str::trim).filter(|line| !line.is_empty());
    let rule = |line: &str| {
        let (threshold, value) = line
            .split_once([' ', ',', '\t'])
            .ok_or_else(|| wrong(FIELD, "每行两个数，如 30 8 / two numbers a line, such as 30 8"))?;
        let (threshold, value) = (fen(FIELD, threshold)?, value.trim());
        Ok(match kind {
            "NORMAL" => json!({ "threshold": threshold, "discount_amount": fen(FIELD, value)? }),
            "DISCOUNT" => {
                let percent: i64 = value.parse().map_err(|_| wrong(FIELD, "1–99"))?;
                json!({ "threshold": threshold, "percent_off": percent })
            }
            _ => json!({ "threshold": threshold, "exchange_price": fen(FIELD, value)? }),
        })
    };
    let rules: Vec<Value> = lines.map(rule).collect::<Result<_, Failure>>()?;
    if rules.is_empty() { Err(wrong(FIELD, "至少一行 / at least one line")) } else { Ok(rules) }
}

fn display(form: &Form, scope: &str) -> Result<Value, Failure> {
    let mut display = json!({
        "name": form.text("name"),
        "image_url": form.text("image_url"),
        "background_url": form.text("background_url"),
    });
    if scope == "SINGLE" {
        let price = fen("original_price", form.text("original_price"))?;
        display["original_price"] = price.into();
        display["combo_package_list"] = json!([{
            "name": form.text("package_name"),
            "pick_count": 1,
            "choice_list": [{ "name": form.text("package_name"), "price": price, "count": 1 }],
        }]);
    }
    Ok(display)
}

fn stock(form: &Form) -> Result<Value, Failure> {
    let mut rule = json!({
        "max_count": number(form, "max_count")?.unwrap_or(0),
        "max_count_per_user": number(form, "max_count_per_user")?.unwrap_or(1),
    });
    set(&mut rule, "max_count_per_day", number(form, "max_count_per_day")?.map(Value::from));
    let mut usage = json!({
        "coupon_usage_method_list": ["OFFLINE"],
        "usage_description": form.text("usage_description"),
    });
    set(
        &mut usage,
        "coupon_available_store_info",
        form.filled("store_description").map(|text| json!({ "description": text })),
    );
    let mut stock = json!({
        "coupon_code_mode": form.text("coupon_code_mode"),
        "stock_send_rule": rule,
        "usage_rule_display_info": usage,
        "coupon_display_info": {
            "code_display_mode": form.text("code_display_mode"),
            "background_color": form.text("background_color"),
        },
        "notify_config": { "notify_appid": form.text("notify_appid") },
        "store_scope": form.text("store_scope"),
    });
    set(&mut stock, "remark", form.filled("remark").map(Value::from));
    Ok(stock)
}

/// From the beginning of the first day to the end of the last, in UTC+08:00.
fn period(form: &Form) -> Result<Value, Failure> {
    let day = |field: &'static str, second: &str| {
        let text = format!("{}T{second}+08:00", form.text(field));
        Time::parse(&text).map_err(|_| wrong(field, "yyyy-mm-dd"))
    };
    let (begin, end) = (day("begin", "00:00:00")?, day("end", "23:59:59")?);
    Ok(json!({ "available_begin_time": begin, "available_end_time": end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        for (text, wanted) in [("30", 3000), ("9.9", 990), ("0.05", 5), ("0", 0)] {
            assert_eq!(fen("x", text).unwrap(), wanted);
        }
        for text in ["", "-1", "1.234", "1,5", "x", ".5", "1e3", "１"] {
            assert!(fen("x", text).is_err(), "{text}");
        }
    }
}
