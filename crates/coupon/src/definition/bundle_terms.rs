//! The terms of a stock bundle: of each of its stocks, by index (api-product-coupon 3.11, semantics 3.3, 4.7).

use quan_model::coupon::{ProgressiveBundleRoundRule, StockBundleForCreate, StockForCreate};
use quan_model::enums::{CouponCodeMode, ProductCouponType};

use super::benefit_lists::BenefitLists;
use super::product_terms::{misplaced, missing};
use super::stock_terms::{CommonMembers, terms};
use super::{ProductCouponTerms, StockTerms};
use crate::benefit::{self, Benefit};
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

pub(super) fn parse(
    at: &str,
    product: &ProductCouponTerms,
    bundle: &StockBundleForCreate,
) -> Result<Vec<StockTerms>, Violation> {
    let Some(chain) = &product.progressive else {
        let issue = "仅使用模式为PROGRESSIVE_BUNDLE的商品券可以添加批次组";
        return Err(Violation::new(at, ViolationKind::Rule, issue));
    };
    check_code_mode(at, bundle.coupon_code_mode)?;
    let whole = terms(at, &CommonMembers::from(bundle), || {
        let rule = &bundle.progressive_bundle_usage_rule;
        let at = format!("{at}/progressive_bundle_usage_rule");
        let period_at = format!("{at}/coupon_available_period");
        let period = AvailablePeriod::parse(&period_at, &rule.coupon_available_period, None)?;
        let (list_at, benefits) = BenefitLists::from(rule).of_type(&at, product.kind)?;
        check_length(&list_at, benefits.len(), chain.count)?;
        benefit::check_monotone(&list_at, &benefits, false)?;
        Ok((period, benefits))
    })?;
    let member = |benefit: &Benefit| StockTerms { benefits: vec![*benefit], ..whole.clone() };
    Ok(whole.benefits.iter().map(member).collect())
}

/// A stock of a bundle as it is kept: the members of the bundle, and the benefit of its place.
pub(super) fn parse_member(
    at: &str,
    product: &ProductCouponTerms,
    members: &StockForCreate,
    rule: &ProgressiveBundleRoundRule,
) -> Result<StockTerms, Violation> {
    check_code_mode(at, members.coupon_code_mode)?;
    terms(at, &CommonMembers::from(members), || {
        let at = format!("{at}/progressive_bundle_usage_rule");
        let period_at = format!("{at}/coupon_available_period");
        let period = AvailablePeriod::parse(&period_at, &rule.coupon_available_period, None)?;
        Ok((period, vec![benefit_of_place(&at, product.kind, rule)?]))
    })
}

/// The platform draws the codes of the later coupons, so a merchant cannot assign them (C25).
pub(super) fn check_code_mode(at: &str, mode: CouponCodeMode) -> Result<(), Violation> {
    match mode {
        CouponCodeMode::Wechatpay | CouponCodeMode::Upload => Ok(()),
        CouponCodeMode::ApiAssign => {
            let issue = "批次组的券Code分配模式只能是WECHATPAY或UPLOAD";
            let field = format!("{at}/coupon_code_mode");
            Err(Violation::new(field, ViolationKind::Format, issue).with_value(&mode))
        }
    }
}

fn check_length(list_at: &str, found: usize, count: u32) -> Result<(), Violation> {
    if u32::try_from(found) == Ok(count) {
        return Ok(());
    }
    let issue = format!("应填写{count}项，与progressive_bundle_usage_info.count一致");
    Err(Violation::new(list_at, ViolationKind::Rule, issue).with_value(&found))
}

fn benefit_of_place(
    at: &str,
    kind: ProductCouponType,
    rule: &ProgressiveBundleRoundRule,
) -> Result<Benefit, Violation> {
    let field = |name: &str| format!("{at}/{name}");
    match (kind, &rule.normal_coupon, &rule.discount_coupon, &rule.exchange_coupon) {
        (ProductCouponType::Normal, Some(rule), None, None) => Benefit::normal(&field("normal_coupon"), rule),
        (ProductCouponType::Discount, None, Some(rule), None) => {
            Benefit::discount(&field("discount_coupon"), rule)
        }
        (ProductCouponType::Exchange, None, None, Some(rule)) => {
            Benefit::exchange(&field("exchange_coupon"), rule)
        }
        (_, None, None, None) => Err(missing(at)),
        (_, _, _, _) => Err(misplaced(at)),
    }
}

#[cfg(test)]
mod tests {
    use quan_model::coupon::{DiscountCouponRule, NormalCouponRule, ProgressiveBundleUsageRule};
    use quan_model::enums::UsageMode;

    use super::*;
    use crate::definition::product_coupon;
    use crate::example::{BUNDLE_REQUESTS, bundle_request, finding, single_request};

    fn with_bundle(number: usize, edit: impl FnOnce(&mut StockBundleForCreate)) -> String {
        finding(bundle_request(number), |request| edit(request.stock_bundle.as_mut().unwrap()))
    }

    fn with_rule(number: usize, edit: impl FnOnce(&mut ProgressiveBundleUsageRule)) -> String {
        with_bundle(number, |bundle| edit(&mut bundle.progressive_bundle_usage_rule))
    }

    const RULE: &str = "/stock_bundle/progressive_bundle_usage_rule";

    #[test]
    fn the_official_examples_make_a_stock_for_every_benefit() {
        for (name, text) in BUNDLE_REQUESTS {
            let request = serde_json::from_str(text).unwrap();
            let (product, stocks) = product_coupon(&request).unwrap_or_else(|why| panic!("{name}: {why}"));
            let count = product.progressive.unwrap().count;
            assert_eq!(product.usage_mode, UsageMode::ProgressiveBundle, "{name}");
            assert_eq!(u32::try_from(stocks.len()).unwrap(), count, "{name}");
            assert!(stocks.iter().all(|stock| stock.benefits.len() == 1 && stock.confirm_required), "{name}");
            assert!(stocks.windows(2).all(|pair| pair[0].period == pair[1].period), "{name}");
        }
    }

    #[test]
    fn the_list_is_as_long_as_the_chain() {
        let at = format!("{RULE}/normal_coupon_list");
        let rule = |index: i64| NormalCouponRule { threshold: 6000, discount_amount: 600 + index };
        for (length, expected) in [(0, "Rule"), (1, "Rule"), (2, "Rule"), (3, ""), (4, "Rule")] {
            let found =
                with_rule(6, |usage| usage.normal_coupon_list = Some((0..length).map(rule).collect()));
            let expected = if expected.is_empty() { String::new() } else { format!("{at} {expected}") };
            assert_eq!(found, expected, "{length}");
        }
        for (count, expected) in [
            (2, "/progressive_bundle_usage_info/count Rule"),
            (3, ""),
            (15, ""),
            (16, "/progressive_bundle_usage_info/count Rule"),
        ] {
            let found = finding(bundle_request(6), |request| {
                request.progressive_bundle_usage_info.as_mut().unwrap().count = count;
                let usage = &mut request.stock_bundle.as_mut().unwrap().progressive_bundle_usage_rule;
                usage.normal_coupon_list = Some((0..count).map(rule).collect());
            });
            assert_eq!(found, expected, "{count}");
        }
    }

    #[test]
    fn no_coupon_of_the_chain_is_less_generous_than_the_one_before() {
        let at = format!("{RULE}/normal_coupon_list");
        let list = |rules: [(i64, i64); 3]| {
            let rule = |(threshold, discount_amount)| NormalCouponRule { threshold, discount_amount };
            with_rule(6, |usage| usage.normal_coupon_list = Some(rules.map(rule).to_vec()))
        };
        assert_eq!(list([(6000, 600), (6000, 600), (6000, 600)]), "");
        assert_eq!(list([(6000, 600), (5000, 600), (5000, 700)]), "");
        assert_eq!(list([(6000, 600), (6000, 599), (6000, 700)]), format!("{at}/1 Monotone"));
        assert_eq!(list([(6000, 600), (6000, 700), (6001, 700)]), format!("{at}/2 Monotone"));
    }

    #[test]
    fn exactly_the_list_of_the_type() {
        let discount = || vec![DiscountCouponRule { threshold: 0, percent_off: 10 }; 3];
        let both = with_rule(6, |usage| usage.discount_coupon_list = Some(discount()));
        assert_eq!(both, format!("{RULE}/discount_coupon_list Rule"));
        let none = with_rule(6, |usage| usage.normal_coupon_list = None);
        assert_eq!(none, format!("{RULE}/normal_coupon_list Missing"));
        let other = with_rule(6, |usage| {
            usage.normal_coupon_list = None;
            usage.discount_coupon_list = Some(discount());
        });
        assert_eq!(other, format!("{RULE}/normal_coupon_list Missing"));
    }

    #[test]
    fn the_merchant_cannot_assign_codes() {
        let of_mode = |mode| with_bundle(6, |bundle| bundle.coupon_code_mode = mode);
        assert_eq!(of_mode(CouponCodeMode::Wechatpay), "");
        assert_eq!(of_mode(CouponCodeMode::Upload), "");
        assert_eq!(of_mode(CouponCodeMode::ApiAssign), "/stock_bundle/coupon_code_mode Format");
    }

    #[test]
    fn a_bundle_belongs_to_its_mode_and_a_stock_to_the_others() {
        let bundle = bundle_request(6).stock_bundle;
        let stock = single_request(1).stock;
        let found = |request, edit: &dyn Fn(&mut quan_model::product_coupon::CreateProductCouponRequest)| {
            finding(request, |request| edit(request))
        };
        assert_eq!(found(bundle_request(6), &|r| r.stock_bundle = None), "/stock_bundle Missing");
        assert_eq!(found(bundle_request(6), &|r| r.stock.clone_from(&stock)), "/stock Rule");
        assert_eq!(found(single_request(1), &|r| r.stock_bundle.clone_from(&bundle)), "/stock_bundle Rule");
        let (single, _) = product_coupon(&single_request(1)).unwrap();
        let refused = parse("/stock_bundle", &single, &bundle.unwrap()).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.kind), ("/stock_bundle", ViolationKind::Rule));
        let (chain, _) = product_coupon(&bundle_request(6)).unwrap();
        let refused = crate::definition::stock("/stock", &chain, &stock.unwrap()).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.kind), ("/stock", ViolationKind::Rule));
    }

    #[test]
    fn a_kept_stock_of_a_bundle_is_read_again() {
        let bundle = bundle_request(6).stock_bundle.unwrap();
        let (product, stocks) = product_coupon(&bundle_request(6)).unwrap();
        let members = StockForCreate {
            remark: bundle.remark,
            coupon_code_mode: bundle.coupon_code_mode,
            stock_send_rule: bundle.stock_send_rule,
            single_usage_rule: None,
            sequential_usage_rule: None,
            usage_rule_display_info: bundle.usage_rule_display_info,
            coupon_display_info: bundle.coupon_display_info,
            notify_config: bundle.notify_config,
            store_scope: bundle.store_scope,
        };
        let usage = bundle.progressive_bundle_usage_rule;
        let rule = |normal| ProgressiveBundleRoundRule {
            coupon_available_period: usage.coupon_available_period.clone(),
            normal_coupon: normal,
            discount_coupon: None,
            exchange_coupon: None,
        };
        let second = usage.normal_coupon_list.as_ref().unwrap()[1];
        assert_eq!(parse_member("", &product, &members, &rule(Some(second))), Ok(stocks[1].clone()));
        let refused = parse_member("", &product, &members, &rule(None)).unwrap_err();
        assert_eq!(refused.kind, ViolationKind::Missing);
    }
}
