//! What a coupon is worth, and whether a later round is worth at least as much (semantics 4.7).
//!
//! Money is whole fen, percentages are whole per cent taken off; nothing here is ever a fraction.

use quan_model::coupon::{DiscountCouponRule, ExchangeCouponRule, NormalCouponRule};

use crate::refusal::{Violation, ViolationKind};

/// An amount of money in fen (分), never negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fen(i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount; `None` when it is negative.
    pub fn new(fen: i64) -> Option<Self> {
        (fen >= 0).then_some(Self(fen))
    }

    /// An amount from a request.
    ///
    /// # Errors
    /// [`Violation`] of kind OutOfRange at the pointer `at` when it is negative.
    pub fn from_wire(at: impl Into<String>, fen: i64) -> Result<Self, Violation> {
        Self::new(fen).ok_or_else(|| {
            Violation::new(at, ViolationKind::OutOfRange, "金额不能为负数，单位为分").with_value(&fen)
        })
    }

    /// The number of fen.
    pub fn get(self) -> i64 {
        self.0
    }

    /// The sum; `None` when it does not fit.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; `None` when it would be negative.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(Self::new)
    }
}

/// Whole per cent taken off, 0 to 99: 30 means the customer pays 70 %. Only merchant coupons may take off none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PercentOff(u8);

impl PercentOff {
    /// A percentage; `None` outside 0 to 99.
    pub fn new(percent: i64) -> Option<Self> {
        u8::try_from(percent).ok().filter(|percent| *percent <= 99).map(Self)
    }

    /// The per cent taken off.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// The benefit of one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Benefit {
    /// 满减.
    Normal {
        /// Minimum spend; zero for none.
        threshold: Fen,
        /// Taken off; at least one fen, and at most the threshold when there is one.
        discount_amount: Fen,
    },
    /// 折扣.
    Discount {
        /// Minimum spend; zero for none.
        threshold: Fen,
        /// Taken off.
        percent_off: PercentOff,
    },
    /// 兑换.
    Exchange {
        /// Minimum spend; zero for none.
        threshold: Fen,
        /// What the customer pays; zero for nothing.
        exchange_price: Fen,
    },
}

impl Benefit {
    /// Reads a 满减 rule whose pointer is `at` (api-product-coupon 3.5).
    ///
    /// # Errors
    /// [`Violation`] of kind OutOfRange: a negative threshold, or a discount below 1 or above the threshold.
    pub fn normal(at: &str, rule: &NormalCouponRule) -> Result<Self, Violation> {
        let threshold = threshold(at, rule.threshold)?;
        let field = || format!("{at}/discount_amount");
        let out_of_range = |issue: &str| {
            Violation::new(field(), ViolationKind::OutOfRange, issue).with_value(&rule.discount_amount)
        };
        let discount_amount = Fen::new(rule.discount_amount)
            .filter(|amount| *amount > Fen::ZERO)
            .ok_or_else(|| out_of_range("优惠金额应不小于1分"))?;
        if threshold > Fen::ZERO && discount_amount > threshold {
            return Err(out_of_range("优惠金额不能大于使用门槛"));
        }
        Ok(Self::Normal { threshold, discount_amount })
    }

    /// Reads a 折扣 rule whose pointer is `at`.
    ///
    /// # Errors
    /// [`Violation`] of kind OutOfRange: a negative threshold, or a percentage outside 1 to 99.
    pub fn discount(at: &str, rule: &DiscountCouponRule) -> Result<Self, Violation> {
        let threshold = threshold(at, rule.threshold)?;
        let percent_off = PercentOff::new(rule.percent_off).filter(|percent| percent.get() > 0);
        let percent_off = percent_off.ok_or_else(|| {
            let issue = "减免比例应为1到99的整数，30表示七折";
            Violation::new(format!("{at}/percent_off"), ViolationKind::OutOfRange, issue)
                .with_value(&rule.percent_off)
        })?;
        Ok(Self::Discount { threshold, percent_off })
    }

    /// Reads a 兑换 rule whose pointer is `at`.
    ///
    /// # Errors
    /// [`Violation`] of kind OutOfRange: a negative threshold or price.
    pub fn exchange(at: &str, rule: &ExchangeCouponRule) -> Result<Self, Violation> {
        let threshold = threshold(at, rule.threshold)?;
        let exchange_price = Fen::from_wire(format!("{at}/exchange_price"), rule.exchange_price)?;
        Ok(Self::Exchange { threshold, exchange_price })
    }

    /// Whether a customer loses nothing by getting this benefit instead of `before`: no higher threshold,
    /// and no smaller discount or higher price. Benefits of different kinds do not compare.
    pub fn is_at_least_as_generous_as(&self, before: &Self) -> bool {
        match (*self, *before) {
            (
                Self::Normal { threshold, discount_amount },
                Self::Normal { threshold: old_threshold, discount_amount: old },
            ) => threshold <= old_threshold && discount_amount >= old,
            (
                Self::Discount { threshold, percent_off },
                Self::Discount { threshold: old_threshold, percent_off: old },
            ) => threshold <= old_threshold && percent_off >= old,
            (
                Self::Exchange { threshold, exchange_price },
                Self::Exchange { threshold: old_threshold, exchange_price: old },
            ) => threshold <= old_threshold && exchange_price <= old,
            (Self::Normal { .. }, Self::Discount { .. } | Self::Exchange { .. })
            | (Self::Discount { .. }, Self::Normal { .. } | Self::Exchange { .. })
            | (Self::Exchange { .. }, Self::Normal { .. } | Self::Discount { .. }) => false,
        }
    }
}

fn threshold(at: &str, fen: i64) -> Result<Fen, Violation> {
    Fen::from_wire(format!("{at}/threshold"), fen)
}

/// Checks that no round is less generous than the one before. With `special_first` the first round is
/// exempt: it may be better than the second.
///
/// # Errors
/// [`Violation`] of kind Monotone at the pointer `at` of the list, with the index of the first worse round.
pub fn check_monotone(at: &str, benefits: &[Benefit], special_first: bool) -> Result<(), Violation> {
    let exempt = usize::from(special_first);
    for (index, pair) in benefits.windows(2).enumerate().skip(exempt) {
        if !pair[1].is_at_least_as_generous_as(&pair[0]) {
            let field = format!("{at}/{}", index + 1);
            let issue = "每一次的优惠力度不能低于前一次，使用门槛不能高于前一次";
            return Err(Violation::new(field, ViolationKind::Monotone, issue));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(result: Result<Benefit, Violation>) -> String {
        result.err().map_or(String::new(), |violation| format!("{} {:?}", violation.field, violation.kind))
    }

    fn normal(threshold: i64, discount_amount: i64) -> Result<Benefit, Violation> {
        Benefit::normal("/n", &NormalCouponRule { threshold, discount_amount })
    }

    fn discount(threshold: i64, percent_off: i64) -> Result<Benefit, Violation> {
        Benefit::discount("/d", &DiscountCouponRule { threshold, percent_off })
    }

    fn exchange(threshold: i64, exchange_price: i64) -> Result<Benefit, Violation> {
        Benefit::exchange("/e", &ExchangeCouponRule { threshold, exchange_price })
    }

    #[test]
    fn both_sides_of_every_limit() {
        for (found, expected) in [
            (refusal(normal(-1, 1)), "/n/threshold OutOfRange"),
            (refusal(normal(0, 1)), ""),
            (refusal(normal(0, 1_000_000)), ""),
            (refusal(normal(100, 0)), "/n/discount_amount OutOfRange"),
            (refusal(normal(100, -5)), "/n/discount_amount OutOfRange"),
            (refusal(normal(100, 1)), ""),
            (refusal(normal(100, 100)), ""),
            (refusal(normal(100, 101)), "/n/discount_amount OutOfRange"),
            (refusal(discount(-1, 1)), "/d/threshold OutOfRange"),
            (refusal(discount(0, 0)), "/d/percent_off OutOfRange"),
            (refusal(discount(0, 1)), ""),
            (refusal(discount(0, 99)), ""),
            (refusal(discount(0, 100)), "/d/percent_off OutOfRange"),
            (refusal(discount(0, 256 + 5)), "/d/percent_off OutOfRange"),
            (refusal(exchange(-1, 0)), "/e/threshold OutOfRange"),
            (refusal(exchange(0, -1)), "/e/exchange_price OutOfRange"),
            (refusal(exchange(0, 0)), ""),
        ] {
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn later_rounds_are_at_least_as_generous() {
        let rows = [
            (normal(100, 10), normal(100, 10), true),
            (normal(100, 10), normal(100, 11), true),
            (normal(100, 10), normal(100, 9), false),
            (normal(100, 10), normal(99, 10), true),
            (normal(100, 10), normal(101, 20), false),
            (discount(5, 10), discount(5, 11), true),
            (discount(5, 10), discount(5, 9), false),
            (discount(5, 10), discount(6, 10), false),
            (exchange(5, 10), exchange(5, 9), true),
            (exchange(5, 10), exchange(5, 11), false),
            (exchange(5, 10), exchange(6, 10), false),
            (normal(100, 10), discount(100, 10), false),
            (discount(100, 10), exchange(100, 10), false),
            (exchange(100, 10), normal(100, 10), false),
        ];
        for (before, after, is_at_least) in rows {
            let (before, after) = (before.unwrap(), after.unwrap());
            assert_eq!(after.is_at_least_as_generous_as(&before), is_at_least, "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_first_worse_round_is_named_and_a_special_first_is_exempt() {
        let rounds: Vec<Benefit> =
            [30, 10, 20, 15].into_iter().map(|percent| discount(0, percent).unwrap()).collect();
        let field = |special_first| check_monotone("/list", &rounds, special_first).unwrap_err().field;
        assert_eq!(field(false), "/list/1");
        assert_eq!(field(true), "/list/3");
        assert_eq!(check_monotone("/list", &rounds[..3], true), Ok(()));
        assert_eq!(check_monotone("/list", &[], true), Ok(()));
    }

    #[test]
    fn money_neither_overflows_nor_turns_negative() {
        let (most, one) = (Fen::new(i64::MAX).unwrap(), Fen::new(1).unwrap());
        assert_eq!(most.checked_add(one), None);
        assert_eq!(one.checked_sub(most), None);
        assert_eq!(one.checked_add(one).and_then(|two| two.checked_sub(one)), Some(one));
        assert_eq!(Fen::new(-1), None);
    }
}
