//! Scope, type and usage mode of a product coupon, and the objects that depend on them
//! (api-product-coupon 3.1, 3.3, 3.4, 3.18).

use quan_model::coupon::{ProgressiveBundleUsageInfo, SequentialUsageInfo, SingleUsageInfo};
use quan_model::enums::{ProductCouponScope, ProductCouponType, UsageMode};

use super::{ProductCouponTerms, ProgressiveTerms, SequentialTerms, UsageMembers};
use crate::benefit::Benefit;
use crate::refusal::{Violation, ViolationKind};

/// The fewest and the most rounds. The refusal is R-RULE, not R-PARAM-RANGE (semantics 0.2).
const COUNT: (i64, i64) = (3, 15);
const AVAILABLE_DAYS: (i64, i64) = (3, 365);
const INTERVAL_DAYS: (i64, i64) = (0, 7);

pub(super) fn parse(members: &UsageMembers<'_>) -> Result<ProductCouponTerms, Violation> {
    let UsageMembers { scope, kind, usage_mode, .. } = *members;
    check_offered(scope, kind)?;
    let single_benefit = single(members)?;
    let progressive = of_mode(
        "progressive_bundle_usage_info",
        usage_mode,
        UsageMode::ProgressiveBundle,
        members.progressive_bundle_usage_info,
    )?;
    let sequential =
        of_mode("sequential_usage_info", usage_mode, UsageMode::Sequential, members.sequential_usage_info)?;
    Ok(ProductCouponTerms {
        scope,
        kind,
        usage_mode,
        sequential: sequential.map(sequential_terms).transpose()?,
        progressive: progressive.map(progressive_terms).transpose()?,
        single_benefit,
    })
}

/// The object that exactly one mode asks for.
fn of_mode<'a, T>(
    name: &str,
    usage_mode: UsageMode,
    wanted: UsageMode,
    given: Option<&'a T>,
) -> Result<Option<&'a T>, Violation> {
    match (usage_mode == wanted, given) {
        (true, None) => {
            let issue = format!("使用模式为{wanted}时必须填写{name}");
            Err(Violation::new(format!("/{name}"), ViolationKind::Missing, issue))
        }
        (false, Some(_)) => {
            let issue = format!("使用模式不是{wanted}时不能填写{name}");
            Err(Violation::new(format!("/{name}"), ViolationKind::Rule, issue))
        }
        (true, Some(_)) | (false, None) => Ok(given),
    }
}

fn single(members: &UsageMembers<'_>) -> Result<Option<Benefit>, Violation> {
    match (members.usage_mode, members.scope, members.single_usage_info) {
        (UsageMode::Single, ProductCouponScope::All | ProductCouponScope::Category, Some(info)) => {
            single_benefit(members.kind, info).map(Some)
        }
        (UsageMode::Single, ProductCouponScope::All | ProductCouponScope::Category, None) => {
            let issue = "全场券的优惠内容必须填写在single_usage_info";
            Err(Violation::new("/single_usage_info", ViolationKind::Missing, issue))
        }
        (UsageMode::Single, ProductCouponScope::Single, Some(_)) => {
            let issue = "单品券的优惠内容请填写在stock.single_usage_rule";
            Err(Violation::new("/single_usage_info", ViolationKind::Rule, issue))
        }
        (UsageMode::Sequential | UsageMode::ProgressiveBundle, _, Some(_)) => {
            let issue = "使用模式不是SINGLE时不能填写single_usage_info";
            Err(Violation::new("/single_usage_info", ViolationKind::Rule, issue))
        }
        (UsageMode::Single, ProductCouponScope::Single, None)
        | (UsageMode::Sequential | UsageMode::ProgressiveBundle, _, None) => Ok(None),
    }
}

fn check_offered(scope: ProductCouponScope, kind: ProductCouponType) -> Result<(), Violation> {
    let rule = |field: &str, issue: &str| Err(Violation::new(field, ViolationKind::Rule, issue));
    match (scope, kind) {
        // In newer enums only and never offered for writing (C24).
        (ProductCouponScope::Category, _) => rule("/scope", "暂不支持品类券，请填写ALL或SINGLE"),
        (ProductCouponScope::All, ProductCouponType::Exchange) => {
            rule("/type", "兑换券只支持单品，请将scope填写为SINGLE")
        }
        (ProductCouponScope::All, ProductCouponType::Normal | ProductCouponType::Discount)
        | (ProductCouponScope::Single, _) => Ok(()),
    }
}

fn single_benefit(kind: ProductCouponType, info: &SingleUsageInfo) -> Result<Benefit, Violation> {
    let at = "/single_usage_info";
    let unwanted = |name: &str| misplaced(format!("{at}/{name}"));
    match kind {
        ProductCouponType::Normal => {
            if info.discount_coupon.is_some() {
                return Err(unwanted("discount_coupon"));
            }
            let rule = info.normal_coupon.as_ref().ok_or_else(|| missing(format!("{at}/normal_coupon")))?;
            Benefit::normal(&format!("{at}/normal_coupon"), rule)
        }
        ProductCouponType::Discount => {
            if info.normal_coupon.is_some() {
                return Err(unwanted("normal_coupon"));
            }
            let rule =
                info.discount_coupon.as_ref().ok_or_else(|| missing(format!("{at}/discount_coupon")))?;
            Benefit::discount(&format!("{at}/discount_coupon"), rule)
        }
        ProductCouponType::Exchange => Err(misplaced(at)),
    }
}

/// The benefit that the type asks for is not there.
pub(super) fn missing(field: impl Into<String>) -> Violation {
    Violation::new(field, ViolationKind::Missing, "缺少与券类型对应的优惠规则")
}

/// A benefit stands where it does not belong.
pub(super) fn misplaced(field: impl Into<String>) -> Violation {
    Violation::new(field, ViolationKind::Rule, "优惠规则与券类型或优惠范围不符，请删除")
}

fn sequential_terms(info: &SequentialUsageInfo) -> Result<SequentialTerms, Violation> {
    let at = "/sequential_usage_info";
    Ok(SequentialTerms {
        kind: info.kind,
        count: number(at, "count", info.count, COUNT, ViolationKind::Rule)?,
        available_days: number(
            at,
            "available_days",
            info.available_days,
            AVAILABLE_DAYS,
            ViolationKind::OutOfRange,
        )?,
        interval_days: interval_days(at, info.interval_days)?,
    })
}

fn progressive_terms(info: &ProgressiveBundleUsageInfo) -> Result<ProgressiveTerms, Violation> {
    let at = "/progressive_bundle_usage_info";
    Ok(ProgressiveTerms {
        count: number(at, "count", info.count, COUNT, ViolationKind::Rule)?,
        interval_days: interval_days(at, info.interval_days)?,
    })
}

fn interval_days(at: &str, given: Option<i64>) -> Result<u32, Violation> {
    number(at, "interval_days", given.unwrap_or(0), INTERVAL_DAYS, ViolationKind::OutOfRange)
}

fn number(
    at: &str,
    name: &str,
    value: i64,
    (min, max): (i64, i64),
    kind: ViolationKind,
) -> Result<u32, Violation> {
    u32::try_from(value).ok().filter(|_| min <= value && value <= max).ok_or_else(|| {
        let field = format!("{at}/{name}");
        Violation::new(field, kind, format!("应为{min}到{max}")).with_value(&value)
    })
}

#[cfg(test)]
mod tests {
    use quan_model::coupon::{DiscountCouponRule, NormalCouponRule};
    use quan_model::enums::SequentialUsageType;

    use super::*;

    const NORMAL: NormalCouponRule = NormalCouponRule { threshold: 100, discount_amount: 10 };
    const DISCOUNT: DiscountCouponRule = DiscountCouponRule { threshold: 100, percent_off: 10 };

    fn single_info(is_normal: bool, is_discount: bool) -> SingleUsageInfo {
        SingleUsageInfo {
            normal_coupon: is_normal.then_some(NORMAL),
            discount_coupon: is_discount.then_some(DISCOUNT),
        }
    }

    fn sequential_info() -> SequentialUsageInfo {
        SequentialUsageInfo {
            kind: SequentialUsageType::Incremental,
            count: 3,
            available_days: 30,
            interval_days: None,
        }
    }

    fn parse(
        scope: ProductCouponScope,
        kind: ProductCouponType,
        usage_mode: UsageMode,
        single_usage_info: Option<&SingleUsageInfo>,
        sequential_usage_info: Option<&SequentialUsageInfo>,
    ) -> Result<ProductCouponTerms, Violation> {
        super::parse(&UsageMembers {
            scope,
            kind,
            usage_mode,
            single_usage_info,
            progressive_bundle_usage_info: None,
            sequential_usage_info,
        })
    }

    fn finding(result: Result<ProductCouponTerms, Violation>) -> String {
        result.err().map_or(String::new(), |found| format!("{} {:?}", found.field, found.kind))
    }

    #[test]
    fn the_ten_kinds_and_what_is_not_one() {
        use ProductCouponScope::{All, Category, Single};
        use ProductCouponType::{Discount, Exchange, Normal};
        let info = sequential_info();
        for (scope, kind, expected) in [
            (All, Normal, ""),
            (All, Discount, ""),
            (All, Exchange, "/type Rule"),
            (Single, Normal, ""),
            (Single, Discount, ""),
            (Single, Exchange, ""),
            (Category, Normal, "/scope Rule"),
            (Category, Discount, "/scope Rule"),
            (Category, Exchange, "/scope Rule"),
        ] {
            let single = single_info(kind == Normal, kind == Discount);
            let single = (scope == All).then_some(&single);
            assert_eq!(finding(parse(scope, kind, UsageMode::Single, single, None)), expected);
            let sequential = parse(scope, kind, UsageMode::Sequential, None, Some(&info));
            assert_eq!(finding(sequential), expected, "{scope} {kind}");
        }
        let bundle = parse(All, Normal, UsageMode::ProgressiveBundle, None, None);
        assert_eq!(finding(bundle), "/progressive_bundle_usage_info Missing");
    }

    #[test]
    fn the_objects_fit_the_mode_and_scope() {
        use ProductCouponScope::{All, Single};
        let normal = ProductCouponType::Normal;
        let (single, info) = (single_info(true, false), sequential_info());
        for (scope, mode, single, info, expected) in [
            (All, UsageMode::Single, Some(&single), None, ""),
            (All, UsageMode::Single, None, None, "/single_usage_info Missing"),
            (All, UsageMode::Single, Some(&single), Some(&info), "/sequential_usage_info Rule"),
            (Single, UsageMode::Single, None, None, ""),
            (Single, UsageMode::Single, Some(&single), None, "/single_usage_info Rule"),
            (All, UsageMode::Sequential, None, Some(&info), ""),
            (All, UsageMode::Sequential, None, None, "/sequential_usage_info Missing"),
            (All, UsageMode::Sequential, Some(&single), Some(&info), "/single_usage_info Rule"),
            (Single, UsageMode::Sequential, None, Some(&info), ""),
        ] {
            assert_eq!(finding(parse(scope, normal, mode, single, info)), expected, "{scope} {mode}");
        }
    }

    #[test]
    fn exactly_the_benefit_of_the_type() {
        use ProductCouponType::{Discount, Normal};
        let at = "/single_usage_info";
        for (kind, is_normal, is_discount, expected) in [
            (Normal, true, false, String::new()),
            (Normal, false, false, format!("{at}/normal_coupon Missing")),
            (Normal, false, true, format!("{at}/discount_coupon Rule")),
            (Normal, true, true, format!("{at}/discount_coupon Rule")),
            (Discount, false, true, String::new()),
            (Discount, false, false, format!("{at}/discount_coupon Missing")),
            (Discount, true, false, format!("{at}/normal_coupon Rule")),
            (Discount, true, true, format!("{at}/normal_coupon Rule")),
        ] {
            let info = single_info(is_normal, is_discount);
            let found = parse(ProductCouponScope::All, kind, UsageMode::Single, Some(&info), None);
            assert_eq!(finding(found), expected, "{kind} {is_normal} {is_discount}");
        }
    }

    #[test]
    fn both_sides_of_every_limit_of_the_rounds() {
        let found = |count, available_days, interval_days| {
            let info = SequentialUsageInfo { count, available_days, interval_days, ..sequential_info() };
            let (scope, kind) = (ProductCouponScope::All, ProductCouponType::Normal);
            finding(parse(scope, kind, UsageMode::Sequential, None, Some(&info)))
        };
        let at = "/sequential_usage_info";
        assert_eq!(found(2, 30, None), format!("{at}/count Rule"));
        assert_eq!(found(3, 30, None), "");
        assert_eq!(found(15, 30, None), "");
        assert_eq!(found(16, 30, None), format!("{at}/count Rule"));
        assert_eq!(found(3, 2, None), format!("{at}/available_days OutOfRange"));
        assert_eq!(found(3, 3, None), "");
        assert_eq!(found(3, 365, None), "");
        assert_eq!(found(3, 366, None), format!("{at}/available_days OutOfRange"));
        assert_eq!(found(3, 30, Some(-1)), format!("{at}/interval_days OutOfRange"));
        assert_eq!(found(3, 30, Some(0)), "");
        assert_eq!(found(3, 30, Some(7)), "");
        assert_eq!(found(3, 30, Some(8)), format!("{at}/interval_days OutOfRange"));
    }

    #[test]
    fn a_chain_has_its_object_and_both_sides_of_its_limits() {
        let found = |count, interval_days, single: Option<&SingleUsageInfo>, mode| {
            let info = ProgressiveBundleUsageInfo { count, interval_days };
            finding(super::parse(&UsageMembers {
                scope: ProductCouponScope::All,
                kind: ProductCouponType::Normal,
                usage_mode: mode,
                single_usage_info: single,
                progressive_bundle_usage_info: Some(&info),
                sequential_usage_info: None,
            }))
        };
        let chain = |count, interval_days| found(count, interval_days, None, UsageMode::ProgressiveBundle);
        let at = "/progressive_bundle_usage_info";
        assert_eq!(chain(2, None), format!("{at}/count Rule"));
        assert_eq!(chain(3, None), "");
        assert_eq!(chain(15, None), "");
        assert_eq!(chain(16, None), format!("{at}/count Rule"));
        assert_eq!(chain(3, Some(-1)), format!("{at}/interval_days OutOfRange"));
        assert_eq!(chain(3, Some(0)), "");
        assert_eq!(chain(3, Some(7)), "");
        assert_eq!(chain(3, Some(8)), format!("{at}/interval_days OutOfRange"));
        let single = single_info(true, false);
        assert_eq!(found(3, None, Some(&single), UsageMode::ProgressiveBundle), "/single_usage_info Rule");
        assert_eq!(found(3, None, Some(&single), UsageMode::Single), format!("{at} Rule"));
    }
}
