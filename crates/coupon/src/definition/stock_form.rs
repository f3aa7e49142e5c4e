//! What can be said of a stock before its product coupon is looked up: single fields come before
//! authorisation, appid and ownership (semantics 0.1, step 3).

use quan_model::coupon::StockForCreate;
use quan_model::ids::Appid;

use super::{display_info, stock_terms};
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::Violation;

pub(super) fn parse(at: &str, stock: &StockForCreate) -> Result<Appid, Violation> {
    if let Some(remark) = &stock.remark {
        field::at_most(format!("{at}/remark"), remark, stock_terms::REMARK_LEN_MAX)?;
    }
    stock_terms::limits(&format!("{at}/stock_send_rule"), &stock.stock_send_rule)?;
    if let Some(rule) = &stock.single_usage_rule {
        let at = format!("{at}/single_usage_rule/coupon_available_period");
        AvailablePeriod::parse(&at, &rule.coupon_available_period, None)?;
    }
    let usage_rule_at = format!("{at}/usage_rule_display_info");
    display_info::check_usage_rule(&usage_rule_at, &stock.usage_rule_display_info)?;
    display_info::check_coupon(&format!("{at}/coupon_display_info"), &stock.coupon_display_info)?;
    field::id(format!("{at}/notify_config/notify_appid"), &stock.notify_config.notify_appid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{SINGLE_REQUESTS, sequential_request, single_request};

    #[test]
    fn what_the_whole_takes_the_form_takes() {
        for number in 1..=SINGLE_REQUESTS.len() {
            let stock = single_request(number).stock.unwrap();
            let appid = parse("/stock", &stock).unwrap();
            assert_eq!(appid.as_str(), stock.notify_config.notify_appid);
        }
        assert!(parse("/stock", &sequential_request().stock.unwrap()).is_ok());
    }

    #[test]
    fn each_field_is_named_in_the_order_of_the_document() {
        let mut stock = single_request(1).stock.unwrap();
        let mut found = Vec::new();
        stock.notify_config.notify_appid.clear();
        found.push(parse("/stock", &stock).unwrap_err().field);
        stock.coupon_display_info.entrance_mini_program.as_mut().unwrap().path.clear();
        found.push(parse("/stock", &stock).unwrap_err().field);
        stock.usage_rule_display_info.usage_description.clear();
        found.push(parse("/stock", &stock).unwrap_err().field);
        stock.single_usage_rule.as_mut().unwrap().coupon_available_period.available_days = Some(0);
        found.push(parse("/stock", &stock).unwrap_err().field);
        stock.stock_send_rule.max_count = 0;
        found.push(parse("/stock", &stock).unwrap_err().field);
        stock.remark = Some("券".repeat(21));
        found.push(parse("/stock", &stock).unwrap_err().field);
        found.reverse();
        let expected = [
            "/stock/remark",
            "/stock/stock_send_rule/max_count",
            "/stock/single_usage_rule/coupon_available_period/available_days",
            "/stock/usage_rule_display_info/usage_description",
            "/stock/coupon_display_info/entrance_mini_program/path",
            "/stock/notify_config/notify_appid",
        ];
        assert_eq!(found, expected);
    }
}
