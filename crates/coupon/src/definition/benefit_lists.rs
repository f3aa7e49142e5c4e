//! The lists of benefits of what is used several times: the one of the type and no other
//! (api-product-coupon 3.11, 3.18).

use quan_model::coupon::{
    DiscountCouponRule, ExchangeCouponRule, NormalCouponRule, ProgressiveBundleUsageRule, SequentialUsageRule,
};
use quan_model::enums::ProductCouponType;

use super::product_terms::{misplaced, missing};
use crate::benefit::Benefit;
use crate::refusal::Violation;

/// The three lists as they were written; one of them at most should be there.
pub(super) struct BenefitLists<'r> {
    normal: Option<&'r [NormalCouponRule]>,
    discount: Option<&'r [DiscountCouponRule]>,
    exchange: Option<&'r [ExchangeCouponRule]>,
}

impl<'r> From<&'r SequentialUsageRule> for BenefitLists<'r> {
    fn from(rule: &'r SequentialUsageRule) -> Self {
        Self {
            normal: rule.normal_coupon_list.as_deref(),
            discount: rule.discount_coupon_list.as_deref(),
            exchange: rule.exchange_coupon_list.as_deref(),
        }
    }
}

impl<'r> From<&'r ProgressiveBundleUsageRule> for BenefitLists<'r> {
    fn from(rule: &'r ProgressiveBundleUsageRule) -> Self {
        Self {
            normal: rule.normal_coupon_list.as_deref(),
            discount: rule.discount_coupon_list.as_deref(),
            exchange: rule.exchange_coupon_list.as_deref(),
        }
    }
}

impl BenefitLists<'_> {
    /// The list that matches the type, with its pointer; the other two must be absent.
    pub(super) fn of_type(
        &self,
        at: &str,
        kind: ProductCouponType,
    ) -> Result<(String, Vec<Benefit>), Violation> {
        for (list_kind, name, is_given) in [
            (ProductCouponType::Normal, "normal_coupon_list", self.normal.is_some()),
            (ProductCouponType::Discount, "discount_coupon_list", self.discount.is_some()),
            (ProductCouponType::Exchange, "exchange_coupon_list", self.exchange.is_some()),
        ] {
            if is_given && kind != list_kind {
                return Err(misplaced(format!("{at}/{name}")));
            }
            if !is_given && kind == list_kind {
                return Err(missing(format!("{at}/{name}")));
            }
        }
        match kind {
            ProductCouponType::Normal => {
                each(format!("{at}/normal_coupon_list"), self.normal, Benefit::normal)
            }
            ProductCouponType::Discount => {
                each(format!("{at}/discount_coupon_list"), self.discount, Benefit::discount)
            }
            ProductCouponType::Exchange => {
                each(format!("{at}/exchange_coupon_list"), self.exchange, Benefit::exchange)
            }
        }
    }
}

fn each<R>(
    list_at: String,
    rules: Option<&[R]>,
    parse: fn(&str, &R) -> Result<Benefit, Violation>,
) -> Result<(String, Vec<Benefit>), Violation> {
    let rules = rules.unwrap_or_default().iter().enumerate();
    let benefits = rules.map(|(index, rule)| parse(&format!("{list_at}/{index}"), rule));
    let benefits = benefits.collect::<Result<Vec<_>, _>>()?;
    Ok((list_at, benefits))
}
