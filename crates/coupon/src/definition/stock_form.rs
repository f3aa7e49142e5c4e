//! What can be said of a stock or bundle before its product coupon is looked up: single fields come before
//! authorisation, appid and ownership (semantics 0.1, step 3).

use quan_model::coupon::{StockBundleForCreate, StockForCreate};
use quan_model::ids::Appid;
use quan_model::period::CouponAvailablePeriod;

use super::bundle_terms;
use super::stock_terms::{CommonMembers, form};
use crate::period::AvailablePeriod;
use crate::refusal::Violation;

pub(super) fn of_stock(at: &str, stock: &StockForCreate) -> Result<Appid, Violation> {
    let rule = stock.single_usage_rule.as_ref();
    let period = rule.map(|rule| &rule.coupon_available_period);
    let (_, (), appid) =
        form(at, &CommonMembers::from(stock), || check_period(at, "single_usage_rule", period))?;
    Ok(appid)
}

pub(super) fn of_bundle(at: &str, bundle: &StockBundleForCreate) -> Result<Appid, Violation> {
    bundle_terms::check_code_mode(at, bundle.coupon_code_mode)?;
    let period = &bundle.progressive_bundle_usage_rule.coupon_available_period;
    let (_, (), appid) = form(at, &CommonMembers::from(bundle), || {
        check_period(at, "progressive_bundle_usage_rule", Some(period))
    })?;
    Ok(appid)
}

fn check_period(at: &str, rule: &str, period: Option<&CouponAvailablePeriod>) -> Result<(), Violation> {
    let Some(period) = period else { return Ok(()) };
    AvailablePeriod::parse(&format!("{at}/{rule}/coupon_available_period"), period, None).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{SINGLE_REQUESTS, bundle_request, sequential_request, single_request};

    #[test]
    fn what_the_whole_takes_the_form_takes() {
        for number in 1..=SINGLE_REQUESTS.len() {
            let stock = single_request(number).stock.unwrap();
            let appid = of_stock("/stock", &stock).unwrap();
            assert_eq!(appid.as_str(), stock.notify_config.notify_appid);
        }
        assert!(of_stock("/stock", &sequential_request().stock.unwrap()).is_ok());
    }

    #[test]
    fn of_a_bundle_the_fields_are_read_without_its_product_coupon() {
        let mut bundle = bundle_request(6).stock_bundle.unwrap();
        let appid = of_bundle("/stock_bundle", &bundle).unwrap();
        assert_eq!(appid.as_str(), bundle.notify_config.notify_appid);
        bundle.progressive_bundle_usage_rule.coupon_available_period.available_days = Some(0);
        let found = of_bundle("/stock_bundle", &bundle).unwrap_err().field;
        assert_eq!(
            found,
            "/stock_bundle/progressive_bundle_usage_rule/coupon_available_period/available_days"
        );
    }

    #[test]
    fn each_field_is_named_in_the_order_of_the_document() {
        let mut stock = single_request(1).stock.unwrap();
        let mut found = Vec::new();
        stock.notify_config.notify_appid.clear();
        found.push(of_stock("/stock", &stock).unwrap_err().field);
        stock.coupon_display_info.entrance_mini_program.as_mut().unwrap().path.clear();
        found.push(of_stock("/stock", &stock).unwrap_err().field);
        stock.usage_rule_display_info.usage_description.clear();
        found.push(of_stock("/stock", &stock).unwrap_err().field);
        stock.single_usage_rule.as_mut().unwrap().coupon_available_period.available_days = Some(0);
        found.push(of_stock("/stock", &stock).unwrap_err().field);
        stock.stock_send_rule.max_count = 0;
        found.push(of_stock("/stock", &stock).unwrap_err().field);
        stock.remark = Some("券".repeat(21));
        found.push(of_stock("/stock", &stock).unwrap_err().field);
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
