//! Changing the budget of a stock, one of its two dimensions a call (semantics 3.2, api-product-coupon 5.9).
//!
//! Knows the limits in force and how many coupons were issued; who may ask and in which state is asked
//! elsewhere. The budget per person cannot be changed.

use quan_model::enums::UpdateBudgetMode;
use quan_model::product_coupon::UpdateStockBudgetRequest;

use crate::definition::{Limits, MAX_COUNT_MAX};
use crate::field;
use crate::refusal::{Refusal, Violation, ViolationKind};

/// A change of one dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetChange {
    /// Which dimension.
    pub mode: UpdateBudgetMode,
    /// What the caller believes to be in force.
    pub current: i64,
    /// What it wants, 1 to 100,000,000.
    pub target: u64,
}

impl BudgetChange {
    /// Reads a request.
    ///
    /// # Errors
    /// [`ViolationKind::Rule`] for a field of the other mode, [`ViolationKind::Missing`],
    /// [`ViolationKind::OutOfRange`] for the target.
    pub fn parse(request: &UpdateStockBudgetRequest) -> Result<Self, Violation> {
        let total = [
            ("current_max_count", request.current_max_count),
            ("target_max_count", request.target_max_count),
        ];
        let per_day = [
            ("current_max_count_per_day", request.current_max_count_per_day),
            ("target_max_count_per_day", request.target_max_count_per_day),
        ];
        let (mine, others) = match request.update_mode {
            UpdateBudgetMode::MaxCount => (total, per_day),
            UpdateBudgetMode::MaxCountPerDay => (per_day, total),
        };
        if let Some((name, _)) = others.iter().find(|(_, value)| value.is_some()) {
            let issue = format!("update_mode为{}时不能填写{name}", request.update_mode);
            return Err(Violation::new(format!("/{name}"), ViolationKind::Rule, issue));
        }
        let [current, target] = mine.map(|(name, value)| {
            value.ok_or_else(|| {
                let issue = format!("update_mode为{}时必须填写{name}", request.update_mode);
                Violation::new(format!("/{name}"), ViolationKind::Missing, issue)
            })
        });
        let (current, target, target_at) = (current?, target?, format!("/{}", mine[1].0));
        field::range(target_at.as_str(), target, 1, MAX_COUNT_MAX)?;
        let target = u64::try_from(target)
            .map_err(|_| Violation::new(target_at, ViolationKind::OutOfRange, "应为正整数"))?;
        Ok(Self { mode: request.update_mode, current, target })
    }

    /// The limits after the change, of a stock that has issued so many coupons in all. A daily cap below
    /// what was issued today is legal and stops the day.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] of kind Rule for a daily cap of a stock that was created without one,
    /// [`Refusal::BudgetStale`], [`Refusal::BudgetLow`].
    pub fn apply(&self, limits: &Limits, issued: u64) -> Result<Limits, Refusal> {
        match self.mode {
            UpdateBudgetMode::MaxCount => {
                self.ensure_current(limits.max_count)?;
                if self.target < issued {
                    return Err(Refusal::BudgetLow);
                }
                Ok(Limits { max_count: self.target, ..*limits })
            }
            UpdateBudgetMode::MaxCountPerDay => {
                let cap = limits.max_count_per_day.ok_or_else(|| {
                    let issue = "创建时未设置单日发放上限的批次不能再设置";
                    Violation::new("/target_max_count_per_day", ViolationKind::Rule, issue)
                })?;
                self.ensure_current(cap)?;
                Ok(Limits { max_count_per_day: Some(self.target), ..*limits })
            }
        }
    }

    fn ensure_current(&self, stored: u64) -> Result<(), Refusal> {
        if i64::try_from(stored) == Ok(self.current) { Ok(()) } else { Err(Refusal::BudgetStale) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { max_count: 100, max_count_per_day: Some(10), max_count_per_user: 2 };

    fn request(mode: UpdateBudgetMode, values: [Option<i64>; 4]) -> UpdateStockBudgetRequest {
        UpdateStockBudgetRequest {
            out_request_no: "BUDGET_1".into(),
            update_mode: mode,
            current_max_count: values[0],
            target_max_count: values[1],
            current_max_count_per_day: values[2],
            target_max_count_per_day: values[3],
            brand_id: None,
        }
    }

    fn read(mode: UpdateBudgetMode, values: [Option<i64>; 4]) -> Result<u64, String> {
        let found = BudgetChange::parse(&request(mode, values));
        found.map(|change| change.target).map_err(|why| format!("{} {:?}", why.field, why.kind))
    }

    #[test]
    fn one_dimension_a_call_with_both_of_its_fields() {
        use UpdateBudgetMode::{MaxCount, MaxCountPerDay};
        let one = Some(1);
        let wrong = |text: &str| Err(text.to_owned());
        for (mode, values, expected) in [
            (MaxCount, [one, Some(7), None, None], Ok(7)),
            (MaxCountPerDay, [None, None, one, Some(7)], Ok(7)),
            (MaxCount, [None, one, None, None], wrong("/current_max_count Missing")),
            (MaxCount, [one, None, None, None], wrong("/target_max_count Missing")),
            (MaxCount, [one, one, one, None], wrong("/current_max_count_per_day Rule")),
            (MaxCount, [one, one, None, one], wrong("/target_max_count_per_day Rule")),
            (MaxCountPerDay, [None, None, None, one], wrong("/current_max_count_per_day Missing")),
            (MaxCountPerDay, [None, None, one, None], wrong("/target_max_count_per_day Missing")),
            (MaxCountPerDay, [one, None, one, one], wrong("/current_max_count Rule")),
            (MaxCountPerDay, [None, one, one, one], wrong("/target_max_count Rule")),
        ] {
            assert_eq!(read(mode, values), expected, "{mode} {values:?}");
        }
    }

    #[test]
    fn both_sides_of_the_range_of_a_target() {
        use UpdateBudgetMode::{MaxCount, MaxCountPerDay};
        for (target, is_legal) in
            [(0, false), (1, true), (100_000_000, true), (100_000_001, false), (i64::MIN, false)]
        {
            let total = read(MaxCount, [Some(1), Some(target), None, None]);
            let per_day = read(MaxCountPerDay, [None, None, Some(1), Some(target)]);
            assert_eq!((total.is_ok(), per_day.is_ok()), (is_legal, is_legal), "{target}");
            let named = ["/target_max_count OutOfRange", "/target_max_count_per_day OutOfRange"];
            for (found, named) in [total, per_day].into_iter().zip(named) {
                assert!(found.is_ok() || found == Err(named.to_owned()), "{target}");
            }
        }
    }

    #[test]
    fn the_total_may_go_down_to_what_was_issued() {
        let change = |current, target| BudgetChange { mode: UpdateBudgetMode::MaxCount, current, target };
        assert_eq!(change(100, 40).apply(&LIMITS, 40), Ok(Limits { max_count: 40, ..LIMITS }));
        assert_eq!(change(100, 39).apply(&LIMITS, 40), Err(Refusal::BudgetLow));
        assert_eq!(change(100, 200).apply(&LIMITS, 100), Ok(Limits { max_count: 200, ..LIMITS }));
        for stale in [99, 101, -100] {
            assert_eq!(change(stale, 200).apply(&LIMITS, 0), Err(Refusal::BudgetStale), "{stale}");
        }
    }

    #[test]
    fn the_cap_of_a_day_may_go_anywhere_but_not_come_into_being() {
        let change = |current| BudgetChange { mode: UpdateBudgetMode::MaxCountPerDay, current, target: 1 };
        assert_eq!(change(10).apply(&LIMITS, 90), Ok(Limits { max_count_per_day: Some(1), ..LIMITS }));
        assert_eq!(change(11).apply(&LIMITS, 0), Err(Refusal::BudgetStale));
        let uncapped = Limits { max_count_per_day: None, ..LIMITS };
        let refused = change(10).apply(&uncapped, 0);
        assert!(matches!(refused, Err(Refusal::Invalid(why)) if why.kind == ViolationKind::Rule));
    }
}
