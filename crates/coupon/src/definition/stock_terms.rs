//! The terms of a stock (api-product-coupon 3.8 to 3.10, 3.18).

use quan_model::coupon::{
    NotifyConfig, SequentialUsageRule, SingleUsageRule, StockBundleForCreate, StockForCreate, StockSendRule,
};
use quan_model::display::{CouponDisplayInfo, UsageRuleDisplayInfo};
use quan_model::enums::{
    CouponCodeMode, ProductCouponScope, ProductCouponType, SequentialUsageType, StoreScope, UsageMode,
};
use quan_model::ids::Appid;

use super::benefit_lists::BenefitLists;
use super::product_terms::{misplaced, missing};
use super::{Limits, ProductCouponTerms, SequentialTerms, StockTerms, display_info};
use crate::benefit::{self, Benefit};
use crate::field;
use crate::period::AvailablePeriod;
use crate::refusal::{Violation, ViolationKind};

pub(super) const REMARK_LEN_MAX: usize = 20;
/// Of the total and of the daily cap.
pub(crate) const MAX_COUNT_MAX: i64 = 100_000_000;
const MAX_COUNT_PER_USER_MAX: i64 = 100;

/// The members that a stock and a bundle have in common.
pub(super) struct CommonMembers<'m> {
    remark: Option<&'m str>,
    coupon_code_mode: CouponCodeMode,
    stock_send_rule: &'m StockSendRule,
    usage_rule_display_info: &'m UsageRuleDisplayInfo,
    coupon_display_info: &'m CouponDisplayInfo,
    notify_config: &'m NotifyConfig,
    store_scope: StoreScope,
}

macro_rules! has_common_members {
    ($($message:ty),+) => {
        $(impl<'m> From<&'m $message> for CommonMembers<'m> {
            fn from(written: &'m $message) -> Self {
                Self {
                    remark: written.remark.as_deref(),
                    coupon_code_mode: written.coupon_code_mode,
                    stock_send_rule: &written.stock_send_rule,
                    usage_rule_display_info: &written.usage_rule_display_info,
                    coupon_display_info: &written.coupon_display_info,
                    notify_config: &written.notify_config,
                    store_scope: written.store_scope,
                }
            }
        })+
    };
}

has_common_members!(StockForCreate, StockBundleForCreate);

pub(super) fn parse(
    at: &str,
    product: &ProductCouponTerms,
    stock: &StockForCreate,
) -> Result<StockTerms, Violation> {
    terms(at, &CommonMembers::from(stock), || usage_rule(at, product, stock))
}

/// The terms of what has these members, with what `usage` reads of the usage rule, in the order of the fields.
pub(super) fn terms(
    at: &str,
    members: &CommonMembers<'_>,
    usage: impl FnOnce() -> Result<(AvailablePeriod, Vec<Benefit>), Violation>,
) -> Result<StockTerms, Violation> {
    let (limits, (period, benefits), notify_appid) = form(at, members, usage)?;
    Ok(StockTerms {
        code_mode: members.coupon_code_mode,
        limits,
        period,
        benefits,
        store_scope: members.store_scope,
        notify_appid: Some(notify_appid),
        confirm_required: true,
    })
}

/// Checks the members in the order of the fields, the usage rule by `usage` in its place.
pub(super) fn form<U>(
    at: &str,
    members: &CommonMembers<'_>,
    usage: impl FnOnce() -> Result<U, Violation>,
) -> Result<(Limits, U, Appid), Violation> {
    if let Some(remark) = members.remark {
        field::at_most(format!("{at}/remark"), remark, REMARK_LEN_MAX)?;
    }
    let limits = limits(&format!("{at}/stock_send_rule"), members.stock_send_rule)?;
    let usage = usage()?;
    let usage_rule_at = format!("{at}/usage_rule_display_info");
    display_info::check_usage_rule(&usage_rule_at, members.usage_rule_display_info)?;
    display_info::check_coupon(&format!("{at}/coupon_display_info"), members.coupon_display_info)?;
    let appid_at = format!("{at}/notify_config/notify_appid");
    Ok((limits, usage, field::id(appid_at, &members.notify_config.notify_appid)?))
}

pub(super) fn limits(at: &str, rule: &StockSendRule) -> Result<Limits, Violation> {
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
        UsageMode::ProgressiveBundle => {
            let issue = "使用模式为PROGRESSIVE_BUNDLE的商品券只能添加批次组";
            Err(Violation::new(at, ViolationKind::Rule, issue))
        }
        UsageMode::Single => {
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
    let (list_at, given) = BenefitLists::from(rule).of_type(at, kind)?;
    let special_first = rule.special_first.unwrap_or(false);
    let benefits = benefits_per_round(&list_at, terms, given, special_first)?;
    benefit::check_monotone(&list_at, &benefits, special_first)?;
    Ok((period, benefits))
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

#[cfg(test)]
mod tests {
    use quan_model::coupon::{DiscountCouponRule, ExchangeCouponRule, NormalCouponRule};

    use super::*;
    use crate::benefit::{Fen, PercentOff};
    use crate::example::{finding, sequential_request, single_request};

    fn with_stock(number: usize, edit: impl FnOnce(&mut StockForCreate)) -> String {
        finding(single_request(number), |request| edit(request.stock.as_mut().unwrap()))
    }

    #[test]
    fn both_sides_of_every_limit() {
        let send = |edit: fn(&mut StockSendRule)| with_stock(1, |stock| edit(&mut stock.stock_send_rule));
        let at = "/stock/stock_send_rule";
        assert_eq!(send(|rule| rule.max_count = 0), format!("{at}/max_count OutOfRange"));
        assert_eq!(send(|rule| rule.max_count = 1), "");
        assert_eq!(send(|rule| rule.max_count = 100_000_000), "");
        assert_eq!(send(|rule| rule.max_count = 100_000_001), format!("{at}/max_count OutOfRange"));
        let day = format!("{at}/max_count_per_day OutOfRange");
        assert_eq!(send(|rule| rule.max_count_per_day = Some(0)), day);
        assert_eq!(send(|rule| rule.max_count_per_day = Some(1)), "");
        assert_eq!(send(|rule| rule.max_count_per_day = Some(100_000_000)), "");
        assert_eq!(send(|rule| rule.max_count_per_day = Some(100_000_001)), day);
        assert_eq!(send(|rule| rule.max_count_per_day = None), "");
        let user = format!("{at}/max_count_per_user OutOfRange");
        assert_eq!(send(|rule| rule.max_count_per_user = 0), user);
        assert_eq!(send(|rule| rule.max_count_per_user = 1), "");
        assert_eq!(send(|rule| rule.max_count_per_user = 100), "");
        assert_eq!(send(|rule| rule.max_count_per_user = 101), user);
        assert_eq!(send(|rule| rule.max_count = i64::MIN), format!("{at}/max_count OutOfRange"));
        assert_eq!(with_stock(1, |stock| stock.remark = Some("券".repeat(20))), "");
        assert_eq!(with_stock(1, |stock| stock.remark = Some("券".repeat(21))), "/stock/remark TooLong");
        assert_eq!(with_stock(1, |stock| stock.remark = None), "");
        let appid = |text: String| with_stock(1, |stock| stock.notify_config.notify_appid = text);
        assert_eq!(appid(String::new()), "/stock/notify_config/notify_appid TooShort");
        assert_eq!(appid("w".repeat(32)), "");
        assert_eq!(appid("w".repeat(33)), "/stock/notify_config/notify_appid TooLong");
    }

    #[test]
    fn the_usage_rule_fits_the_mode() {
        let sequential = sequential_request().stock.unwrap().sequential_usage_rule;
        let single = single_request(1).stock.unwrap().single_usage_rule;
        let missing = with_stock(1, |stock| stock.single_usage_rule = None);
        assert_eq!(missing, "/stock/single_usage_rule Missing");
        let both = with_stock(1, |stock| stock.sequential_usage_rule.clone_from(&sequential));
        assert_eq!(both, "/stock/sequential_usage_rule Rule");
        let missing = finding(sequential_request(), |request| {
            request.stock.as_mut().unwrap().sequential_usage_rule = None;
        });
        assert_eq!(missing, "/stock/sequential_usage_rule Missing");
        let both = finding(sequential_request(), |request| {
            request.stock.as_mut().unwrap().single_usage_rule.clone_from(&single);
        });
        assert_eq!(both, "/stock/single_usage_rule Rule");
        let period = with_stock(1, |stock| {
            let rule = stock.single_usage_rule.as_mut().unwrap();
            rule.coupon_available_period.available_days = Some(366);
        });
        assert_eq!(period, "/stock/single_usage_rule/coupon_available_period/available_days OutOfRange");
    }

    #[test]
    fn the_benefit_of_single_mode_stands_where_scope_and_type_say() {
        let normal = NormalCouponRule { threshold: 100, discount_amount: 10 };
        let discount = DiscountCouponRule { threshold: 100, percent_off: 10 };
        let exchange = ExchangeCouponRule { threshold: 100, exchange_price: 10 };
        // Requests 1 and 2 have scope ALL, 3 to 5 are NORMAL, DISCOUNT and EXCHANGE of scope SINGLE.
        for (number, legal) in [(1, ""), (2, ""), (3, "n"), (4, "d"), (5, "e")] {
            for given in ["", "n", "d", "e", "nd", "de", "ne"] {
                let found = with_stock(number, |stock| {
                    let rule = stock.single_usage_rule.as_mut().unwrap();
                    rule.normal_coupon = given.contains('n').then_some(normal);
                    rule.discount_coupon = given.contains('d').then_some(discount);
                    rule.exchange_coupon = given.contains('e').then_some(exchange);
                });
                assert_eq!(found.is_empty(), given == legal, "{number} {given:?}: {found}");
                assert!(found.is_empty() || found.starts_with("/stock/single_usage_rule/"), "{found}");
            }
        }
        let worse = with_stock(3, |stock| {
            let rule = stock.single_usage_rule.as_mut().unwrap();
            rule.normal_coupon = Some(NormalCouponRule { threshold: 100, discount_amount: 101 });
        });
        assert_eq!(worse, "/stock/single_usage_rule/normal_coupon/discount_amount OutOfRange");
    }

    fn terms(kind: SequentialUsageType) -> SequentialTerms {
        SequentialTerms { kind, count: 4, available_days: 30, interval_days: 0 }
    }

    fn rounds(kind: SequentialUsageType, percents: &[i64], special_first: bool) -> Result<Vec<u8>, String> {
        let rule = SequentialUsageRule {
            discount_coupon_list: Some(
                percents
                    .iter()
                    .map(|percent_off| DiscountCouponRule { threshold: 0, percent_off: *percent_off })
                    .collect(),
            ),
            special_first: Some(special_first),
            ..sequential_request().stock.unwrap().sequential_usage_rule.unwrap()
        };
        let found = sequential("", ProductCouponType::Discount, &terms(kind), &rule);
        let percent = |benefit: Benefit| match benefit {
            Benefit::Discount { percent_off, .. } => percent_off.get(),
            other => panic!("{other:?}"),
        };
        match found {
            Ok((_, benefits)) => Ok(benefits.into_iter().map(percent).collect()),
            Err(violation) => Err(format!("{} {:?}", violation.field, violation.kind)),
        }
    }

    #[test]
    fn one_benefit_per_round_whatever_the_form_of_the_list() {
        use SequentialUsageType::{Equal, Incremental};
        let list = "/discount_coupon_list";
        let wrong_length = || Err(format!("{list} Rule"));
        for (kind, percents, special_first, expected) in [
            (Incremental, vec![10, 20, 20, 30], false, Ok(vec![10, 20, 20, 30])),
            (Incremental, vec![10, 20, 30], false, wrong_length()),
            (Incremental, vec![10, 20, 30, 40, 50], false, wrong_length()),
            (Incremental, vec![], false, wrong_length()),
            (Incremental, vec![10, 20, 15, 30], false, Err(format!("{list}/2 Monotone"))),
            (Incremental, vec![50, 10, 20, 30], false, Err(format!("{list}/1 Monotone"))),
            (Incremental, vec![50, 10, 20, 30], true, Ok(vec![50, 10, 20, 30])),
            (Incremental, vec![50, 20, 10, 30], true, Err(format!("{list}/2 Monotone"))),
            (Incremental, vec![0, 10, 20, 30], false, Err(format!("{list}/0/percent_off OutOfRange"))),
            (Equal, vec![10], false, Ok(vec![10; 4])),
            (Equal, vec![10], true, wrong_length()),
            (Equal, vec![50, 10], true, Ok(vec![50, 10, 10, 10])),
            (Equal, vec![50, 10], false, wrong_length()),
            (Equal, vec![10; 4], false, Ok(vec![10; 4])),
            (Equal, vec![10, 10, 10, 20], false, wrong_length()),
            (Equal, vec![50, 10, 10, 10], true, Ok(vec![50, 10, 10, 10])),
            (Equal, vec![50, 10, 10, 20], true, wrong_length()),
            (Equal, vec![10; 3], false, wrong_length()),
            (Equal, vec![], false, wrong_length()),
        ] {
            assert_eq!(
                rounds(kind, &percents, special_first),
                expected,
                "{kind} {percents:?} {special_first}"
            );
        }
    }

    #[test]
    fn exactly_the_list_of_the_type() {
        let normal = NormalCouponRule { threshold: 100, discount_amount: 10 };
        let discount = DiscountCouponRule { threshold: 100, percent_off: 10 };
        let exchange = ExchangeCouponRule { threshold: 100, exchange_price: 10 };
        let fen = |fen| Fen::new(fen).unwrap();
        let threshold = fen(100);
        for (kind, legal, benefit) in [
            (ProductCouponType::Normal, "n", Benefit::Normal { threshold, discount_amount: fen(10) }),
            (
                ProductCouponType::Discount,
                "d",
                Benefit::Discount { threshold, percent_off: PercentOff::new(10).unwrap() },
            ),
            (ProductCouponType::Exchange, "e", Benefit::Exchange { threshold, exchange_price: fen(10) }),
        ] {
            for given in ["", "n", "d", "e", "nd", "de", "ne"] {
                let rule = SequentialUsageRule {
                    normal_coupon_list: given.contains('n').then(|| vec![normal]),
                    discount_coupon_list: given.contains('d').then(|| vec![discount]),
                    exchange_coupon_list: given.contains('e').then(|| vec![exchange]),
                    special_first: None,
                    ..sequential_request().stock.unwrap().sequential_usage_rule.unwrap()
                };
                let found = sequential("", kind, &terms(SequentialUsageType::Equal), &rule);
                let benefits = found.ok().map(|(_, benefits)| benefits);
                assert_eq!(benefits, (given == legal).then(|| vec![benefit; 4]), "{kind} {given:?}");
            }
        }
    }

    #[test]
    fn the_period_of_a_sequential_stock_counts_in_days_of_the_coupon() {
        let found = |edit: fn(&mut quan_model::period::CouponAvailablePeriod)| {
            finding(sequential_request(), |request| {
                let rule = request.stock.as_mut().unwrap().sequential_usage_rule.as_mut().unwrap();
                edit(&mut rule.coupon_available_period);
            })
        };
        let at = "/stock/sequential_usage_rule/coupon_available_period";
        assert_eq!(found(|period| period.available_days = Some(30)), format!("{at}/available_days Rule"));
        assert_eq!(
            found(|period| period.available_seconds = Some(30)),
            format!("{at}/available_seconds Rule")
        );
        assert_eq!(found(|period| period.wait_days_after_receive = Some(30)), "");
    }
}
