//! Changing the budget of a merchant-coupon stock: one of total and daily cap (semantics 3.2, api-busifavor 5.6).

use quan_model::busifavor::{ModifyStockBudgetRequest, StockSendRule};

use super::{MAX_COUPONS_MAX, count};
use crate::refusal::{Refusal, Violation, ViolationKind};

/// The send rule after a change. The total cannot go below what was issued; a cap cannot be gained or lost, and
/// one below today's count only stops the day.
///
/// # Errors
/// [`Refusal::Invalid`] for a call with no target or two, without the current value, or for a target out of range;
/// [`Refusal::BudgetStale`] when the current value is another one; [`Refusal::BudgetLow`].
pub fn change(
    rule: &StockSendRule,
    request: &ModifyStockBudgetRequest,
    issued: u64,
) -> Result<StockSendRule, Refusal> {
    let fault = |name: &str, kind, issue: &str| Violation::new(format!("/{name}"), kind, issue);
    let both = "target_max_coupons与target_max_coupons_by_day必须填写且只能填写一个";
    match (request.target_max_coupons, request.target_max_coupons_by_day) {
        (Some(target), None) => {
            if request.current_max_coupons_by_day.is_some() {
                let issue = "修改总量时不能填写current_max_coupons_by_day";
                return Err(fault("current_max_coupons_by_day", ViolationKind::Rule, issue).into());
            }
            let wanted = count("/target_max_coupons", target, MAX_COUPONS_MAX)?;
            let current = request.current_max_coupons;
            ensure_current("current_max_coupons", current, rule.max_coupons)?;
            if wanted < issued {
                return Err(Refusal::BudgetLow);
            }
            Ok(StockSendRule { max_coupons: Some(target), ..*rule })
        }
        (None, Some(target)) => {
            if request.current_max_coupons.is_some() {
                let issue = "修改单天上限时不能填写current_max_coupons";
                return Err(fault("current_max_coupons", ViolationKind::Rule, issue).into());
            }
            count("/target_max_coupons_by_day", target, MAX_COUPONS_MAX)?;
            if rule.max_coupons_by_day.is_none() {
                let issue = "创建时未设置单天发放上限的批次不能增加该上限";
                return Err(fault("target_max_coupons_by_day", ViolationKind::Rule, issue).into());
            }
            let current = request.current_max_coupons_by_day;
            ensure_current("current_max_coupons_by_day", current, rule.max_coupons_by_day)?;
            Ok(StockSendRule { max_coupons_by_day: Some(target), ..*rule })
        }
        (None, None) | (Some(_), Some(_)) => {
            Err(fault("target_max_coupons", ViolationKind::Rule, both).into())
        }
    }
}

fn ensure_current(name: &str, given: Option<i64>, stored: Option<i64>) -> Result<(), Refusal> {
    if given.is_none() {
        let issue = "缺少必填字段";
        return Err(Violation::new(format!("/{name}"), ViolationKind::Missing, issue).into());
    }
    if given == stored { Ok(()) } else { Err(Refusal::BudgetStale) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(
        target: Option<i64>,
        current: Option<i64>,
        day_target: Option<i64>,
        day_current: Option<i64>,
    ) -> ModifyStockBudgetRequest {
        ModifyStockBudgetRequest {
            target_max_coupons: target,
            target_max_coupons_by_day: day_target,
            current_max_coupons: current,
            current_max_coupons_by_day: day_current,
            modify_budget_request_no: "1".into(),
        }
    }

    fn changed(by_day: Option<i64>, request: &ModifyStockBudgetRequest) -> Result<StockSendRule, String> {
        let rule = StockSendRule { max_coupons: Some(100), max_coupons_by_day: by_day, ..Default::default() };
        change(&rule, request, 40).map_err(|refusal| match refusal {
            Refusal::Invalid(violation) => format!("{} {:?}", violation.field, violation.kind),
            other => format!("{other:?}"),
        })
    }

    #[test]
    fn one_target_with_the_current_value_beside_it() {
        let total = |target, current| changed(Some(10), &request(Some(target), current, None, None));
        assert_eq!(total(40, Some(100)).unwrap().max_coupons, Some(40));
        assert_eq!(total(39, Some(100)).unwrap_err(), "BudgetLow");
        assert_eq!(total(1_000_000_000, Some(100)).unwrap().max_coupons_by_day, Some(10));
        assert_eq!(total(1_000_000_001, Some(100)).unwrap_err(), "/target_max_coupons OutOfRange");
        assert_eq!(total(0, Some(100)).unwrap_err(), "/target_max_coupons OutOfRange");
        assert_eq!(total(50, Some(99)).unwrap_err(), "BudgetStale");
        assert_eq!(total(50, None).unwrap_err(), "/current_max_coupons Missing");
        let day = |by_day, target, current| changed(by_day, &request(None, None, Some(target), current));
        assert_eq!(day(Some(10), 1, Some(10)).unwrap().max_coupons_by_day, Some(1));
        assert_eq!(day(Some(10), 0, Some(10)).unwrap_err(), "/target_max_coupons_by_day OutOfRange");
        assert_eq!(day(Some(10), 1, Some(11)).unwrap_err(), "BudgetStale");
        assert_eq!(day(Some(10), 1, None).unwrap_err(), "/current_max_coupons_by_day Missing");
        assert_eq!(day(None, 1, Some(10)).unwrap_err(), "/target_max_coupons_by_day Rule");
    }

    #[test]
    fn members_of_the_other_budget_are_refused() {
        let found = |request| changed(Some(10), &request).unwrap_err();
        assert_eq!(found(request(None, None, None, None)), "/target_max_coupons Rule");
        assert_eq!(found(request(Some(50), Some(100), Some(5), Some(10))), "/target_max_coupons Rule");
        assert_eq!(found(request(Some(50), Some(100), None, Some(10))), "/current_max_coupons_by_day Rule");
        assert_eq!(found(request(None, Some(100), Some(5), Some(10))), "/current_max_coupons Rule");
    }
}
