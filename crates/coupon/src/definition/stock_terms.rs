//! The terms of a stock (api-product-coupon 3.8 to 3.10, 3.18).

use quan_model::coupon::{SequentialUsageRule, SingleUsageRule, StockForCreate, StockSendRule};
use quan_model::enums::{ProductCouponScope, ProductCouponType, SequentialUsageType, UsageMode};

use super::product_terms::{misplaced, missing};
use super::{Limits, ProductCouponTerms, SequentialTerms, StockTerms, display_info};
use crate::benefit::{self, Benefit};
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

const REMARK_LEN_MAX: usize = 20;
/// Of the total and of the daily cap.
const MAX_COUNT_MAX: i64 = 100_000_000;
const MAX_COUNT_PER_USER_MAX: i64 = 100;

pub(super) fn parse(
    at: &str,
    product: &ProductCouponTerms,
    stock: &StockForCreate,
) -> Result<StockTerms, Violation> {
    if let Some(remark) = &stock.remark {
        field::at_most(format!("{at}/remark"), remark, REMARK_LEN_MAX)?;
    }
    let limits = limits(&format!("{at}/stock_send_rule"), &stock.stock_send_rule)?;
    let (period, benefits) = usage_rule(at, product, stock)?;
    let usage_rule_at = format!("{at}/usage_rule_display_info");
    display_info::check_usage_rule(&usage_rule_at, &stock.usage_rule_display_info)?;
    display_info::check_coupon(&format!("{at}/coupon_display_info"), &stock.coupon_display_info)?;
    let appid_at = format!("{at}/notify_config/notify_appid");
    let notify_appid = field::id(appid_at, &stock.notify_config.notify_appid)?;
    Ok(StockTerms {
        code_mode: stock.coupon_code_mode,
        limits,
        period,
        benefits,
        store_scope: stock.store_scope,
        notify_appid,
        confirm_required: true,
    })
}

fn limits(at: &str, rule: &StockSendRule) -> Result<Limits, Violation> {
    let number = |name: &str, value: i64, max: i64| {
        let field = format!("{at}/{name}");
        field::range(field.as_str(), value, 1, max)?;
        u64::try_from(value).map_err(|_| Violation::new(field, ViolationKind::OutOfRange, "应为正整数"))
    };
    Ok(Limits {
        max_count: number("max_count", rule.max_count, MAX_COUNT_MAX)?,
        max_count_per_day: match rule.max_count_per_day {
            Some(count) => Some(number("max_count_per_day", count, MAX_COUNT_MAX)?),
            None => None,
        },
        max_count_per_user: number("max_count_per_user", rule.max_count_per_user, MAX_COUNT_PER_USER_MAX)?,
    })
}

fn usage_rule(
    at: &str,
    product: &ProductCouponTerms,
    stock: &StockForCreate,
) -> Result<(AvailablePeriod, Vec<Benefit>), Violation> {
    let forbidden = |name: &str| {
        let issue = format!("使用模式不符，不能填写{name}");
        Err(Violation::new(format!("{at}/{name}"), ViolationKind::Rule, issue))
    };
    let required = |name: &str| {
        let issue = format!("该使用模式必须填写{name}");
        Violation::new(format!("{at}/{name}"), ViolationKind::Missing, issue)
    };
    match product.usage_mode {
        UsageMode::Single | UsageMode::ProgressiveBundle => {
            let rule = stock.single_usage_rule.as_ref().ok_or_else(|| required("single_usage_rule"))?;
            if stock.sequential_usage_rule.is_some() {
                return forbidden("sequential_usage_rule");
            }
            single(&format!("{at}/single_usage_rule"), product, rule)
        }
        UsageMode::Sequential => {
            if stock.single_usage_rule.is_some() {
                return forbidden("single_usage_rule");
            }
            let rule = stock.sequential_usage_rule.as_ref();
            let rule = rule.ok_or_else(|| required("sequential_usage_rule"))?;
            let terms = product.sequential.as_ref().ok_or_else(|| required("sequential_usage_rule"))?;
            sequential(&format!("{at}/sequential_usage_rule"), product.kind, terms, rule)
        }
    }
}

fn single(
    at: &str,
    product: &ProductCouponTerms,
    rule: &SingleUsageRule,
) -> Result<(AvailablePeriod, Vec<Benefit>), Violation> {
    let period_at = format!("{at}/coupon_available_period");
    let period = AvailablePeriod::parse(&period_at, &rule.coupon_available_period, None)?;
    let field = |name: &str| format!("{at}/{name}");
    let wanted = match product.scope {
        ProductCouponScope::Single => Some(product.kind),
        ProductCouponScope::All | ProductCouponScope::Category => None,
    };
    for (kind, name, is_given) in [
        (ProductCouponType::Normal, "normal_coupon", rule.normal_coupon.is_some()),
        (ProductCouponType::Discount, "discount_coupon", rule.discount_coupon.is_some()),
        (ProductCouponType::Exchange, "exchange_coupon", rule.exchange_coupon.is_some()),
    ] {
        if is_given && wanted != Some(kind) {
            return Err(misplaced(field(name)));
        }
        if !is_given && wanted == Some(kind) {
            return Err(missing(field(name)));
        }
    }
    let benefit = match (&rule.normal_coupon, &rule.discount_coupon, &rule.exchange_coupon) {
        (Some(rule), _, _) => Benefit::normal(&field("normal_coupon"), rule)?,
        (None, Some(rule), _) => Benefit::discount(&field("discount_coupon"), rule)?,
        (None, None, Some(rule)) => Benefit::exchange(&field("exchange_coupon"), rule)?,
        (None, None, None) => product.single_benefit.ok_or_else(|| missing(at))?,
    };
    Ok((period, vec![benefit]))
}

fn sequential(
    at: &str,
    kind: ProductCouponType,
    terms: &SequentialTerms,
    rule: &SequentialUsageRule,
) -> Result<(AvailablePeriod, Vec<Benefit>), Violation> {
    let wire = &rule.coupon_available_period;
    let period_at = format!("{at}/coupon_available_period");
    if wire.available_seconds.is_some() {
        // Not among the members of the legacy period (api-product-coupon 3.18).
        let issue = "多次优惠不支持available_seconds";
        return Err(Violation::new(format!("{period_at}/available_seconds"), ViolationKind::Rule, issue));
    }
    let period = AvailablePeriod::parse(&period_at, wire, Some(i64::from(terms.available_days)))?;
    let (name, given) = benefit_list(at, kind, rule)?;
    let list_at = format!("{at}/{name}");
    let special_first = rule.special_first.unwrap_or(false);
    let benefits = benefits_per_round(&list_at, terms, given, special_first)?;
    benefit::check_monotone(&list_at, &benefits, special_first)?;
    Ok((period, benefits))
}

/// The list that matches the type; the other two must be absent.
fn benefit_list(
    at: &str,
    kind: ProductCouponType,
    rule: &SequentialUsageRule,
) -> Result<(&'static str, Vec<Benefit>), Violation> {
    for (list_kind, name, is_given) in [
        (ProductCouponType::Normal, "normal_coupon_list", rule.normal_coupon_list.is_some()),
        (ProductCouponType::Discount, "discount_coupon_list", rule.discount_coupon_list.is_some()),
        (ProductCouponType::Exchange, "exchange_coupon_list", rule.exchange_coupon_list.is_some()),
    ] {
        if is_given && kind != list_kind {
            return Err(misplaced(format!("{at}/{name}")));
        }
        if !is_given && kind == list_kind {
            return Err(missing(format!("{at}/{name}")));
        }
    }
    fn each<R>(
        list_at: &str,
        rules: Option<&Vec<R>>,
        parse: fn(&str, &R) -> Result<Benefit, Violation>,
    ) -> Result<Vec<Benefit>, Violation> {
        let rules = rules.map(Vec::as_slice).unwrap_or_default();
        rules.iter().enumerate().map(|(index, rule)| parse(&format!("{list_at}/{index}"), rule)).collect()
    }
    let list_at = |name: &str| format!("{at}/{name}");
    Ok(match kind {
        ProductCouponType::Normal => {
            let name = "normal_coupon_list";
            (name, each(&list_at(name), rule.normal_coupon_list.as_ref(), Benefit::normal)?)
        }
        ProductCouponType::Discount => {
            let name = "discount_coupon_list";
            (name, each(&list_at(name), rule.discount_coupon_list.as_ref(), Benefit::discount)?)
        }
        ProductCouponType::Exchange => {
            let name = "exchange_coupon_list";
            (name, each(&list_at(name), rule.exchange_coupon_list.as_ref(), Benefit::exchange)?)
        }
    })
}

/// One benefit per round. INCREMENTAL lists them all; EQUAL gives one for all, or the special first one
/// and one for the others, or the whole list written out (semantics 4.7, U30).
fn benefits_per_round(
    list_at: &str,
    terms: &SequentialTerms,
    given: Vec<Benefit>,
    special_first: bool,
) -> Result<Vec<Benefit>, Violation> {
    let count = usize::try_from(terms.count).expect("a count is at most 15");
    let wrong_length =
        |issue: String| Violation::new(list_at, ViolationKind::Rule, issue).with_value(&given.len());
    match (terms.kind, given.as_slice()) {
        (SequentialUsageType::Incremental, list) if list.len() != count => {
            Err(wrong_length(format!("应填写{count}项，与sequential_usage_info.count一致")))
        }
        (SequentialUsageType::Incremental, _) => Ok(given),
        (SequentialUsageType::Equal, [every]) if !special_first => Ok(vec![*every; count]),
        (SequentialUsageType::Equal, [first, others]) if special_first => {
            let mut benefits = vec![*others; count];
            benefits[0] = *first;
            Ok(benefits)
        }
        (SequentialUsageType::Equal, list) if list.len() == count => {
            let equal = &list[usize::from(special_first)..];
            if equal.windows(2).all(|pair| pair[0] == pair[1]) {
                return Ok(given);
            }
            let issue = "类型为EQUAL时每一次的优惠应相同";
            Err(Violation::new(list_at, ViolationKind::Rule, issue))
        }
        (SequentialUsageType::Equal, _) if special_first => {
            Err(wrong_length(format!("类型为EQUAL且首笔特惠时应填写2项或{count}项")))
        }
        (SequentialUsageType::Equal, _) => Err(wrong_length(format!("类型为EQUAL时应填写1项或{count}项"))),
    }
}
