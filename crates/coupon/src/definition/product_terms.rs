//! Scope, type and usage mode of a product coupon, and the objects that depend on them
//! (api-product-coupon 3.1, 3.3, 3.4, 3.18).

use quan_model::coupon::{SequentialUsageInfo, SingleUsageInfo};
use quan_model::enums::{ProductCouponScope, ProductCouponType, UsageMode};

use super::{ProductCouponTerms, SequentialTerms};
use crate::benefit::Benefit;
use crate::refusal::{Violation, ViolationKind};

/// The fewest and the most rounds. The refusal is R-RULE, not R-PARAM-RANGE (semantics 0.2).
const COUNT: (i64, i64) = (3, 15);
const AVAILABLE_DAYS: (i64, i64) = (3, 365);
const INTERVAL_DAYS: (i64, i64) = (0, 7);

pub(super) fn parse(
    scope: ProductCouponScope,
    kind: ProductCouponType,
    usage_mode: UsageMode,
    single: Option<&SingleUsageInfo>,
    sequential: Option<&SequentialUsageInfo>,
) -> Result<ProductCouponTerms, Violation> {
    check_offered(scope, kind, usage_mode)?;
    let single_benefit = match (usage_mode, scope, single) {
        (UsageMode::Single, ProductCouponScope::All | ProductCouponScope::Category, Some(info)) => {
            Some(single_benefit(kind, info)?)
        }
        (UsageMode::Single, ProductCouponScope::All | ProductCouponScope::Category, None) => {
            let issue = "全场券的优惠内容必须填写在single_usage_info";
            return Err(Violation::new("/single_usage_info", ViolationKind::Missing, issue));
        }
        (UsageMode::Single, ProductCouponScope::Single, Some(_)) => {
            let issue = "单品券的优惠内容请填写在stock.single_usage_rule";
            return Err(Violation::new("/single_usage_info", ViolationKind::Rule, issue));
        }
        (UsageMode::Sequential | UsageMode::ProgressiveBundle, _, Some(_)) => {
            let issue = "使用模式不是SINGLE时不能填写single_usage_info";
            return Err(Violation::new("/single_usage_info", ViolationKind::Rule, issue));
        }
        (UsageMode::Single, ProductCouponScope::Single, None)
        | (UsageMode::Sequential | UsageMode::ProgressiveBundle, _, None) => None,
    };
    let sequential = match (usage_mode, sequential) {
        (UsageMode::Sequential, Some(info)) => Some(sequential_terms(info)?),
        (UsageMode::Sequential, None) => {
            let issue = "使用模式为SEQUENTIAL时必须填写sequential_usage_info";
            return Err(Violation::new("/sequential_usage_info", ViolationKind::Missing, issue));
        }
        (UsageMode::Single | UsageMode::ProgressiveBundle, Some(_)) => {
            let issue = "使用模式不是SEQUENTIAL时不能填写sequential_usage_info";
            return Err(Violation::new("/sequential_usage_info", ViolationKind::Rule, issue));
        }
        (UsageMode::Single | UsageMode::ProgressiveBundle, None) => None,
    };
    Ok(ProductCouponTerms { scope, kind, usage_mode, sequential, single_benefit })
}

fn check_offered(
    scope: ProductCouponScope,
    kind: ProductCouponType,
    usage_mode: UsageMode,
) -> Result<(), Violation> {
    let rule = |field: &str, issue: &str| Err(Violation::new(field, ViolationKind::Rule, issue));
    match (scope, kind) {
        // In newer enums only and never offered for writing (C24).
        (ProductCouponScope::Category, _) => return rule("/scope", "暂不支持品类券，请填写ALL或SINGLE"),
        (ProductCouponScope::All, ProductCouponType::Exchange) => {
            return rule("/type", "兑换券只支持单品，请将scope填写为SINGLE");
        }
        (ProductCouponScope::All, ProductCouponType::Normal | ProductCouponType::Discount)
        | (ProductCouponScope::Single, _) => {}
    }
    match usage_mode {
        UsageMode::Single | UsageMode::Sequential => Ok(()),
        UsageMode::ProgressiveBundle => {
            rule("/usage_mode", "当前版本不支持PROGRESSIVE_BUNDLE，请填写SINGLE或SEQUENTIAL")
        }
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
    let number = |name: &str, value: i64, (min, max): (i64, i64), kind: ViolationKind| {
        u32::try_from(value).ok().filter(|_| min <= value && value <= max).ok_or_else(|| {
            let field = format!("/sequential_usage_info/{name}");
            Violation::new(field, kind, format!("应为{min}到{max}")).with_value(&value)
        })
    };
    Ok(SequentialTerms {
        kind: info.kind,
        count: number("count", info.count, COUNT, ViolationKind::Rule)?,
        available_days: number(
            "available_days",
            info.available_days,
            AVAILABLE_DAYS,
            ViolationKind::OutOfRange,
        )?,
        interval_days: number(
            "interval_days",
            info.interval_days.unwrap_or(0),
            INTERVAL_DAYS,
            ViolationKind::OutOfRange,
        )?,
    })
}
