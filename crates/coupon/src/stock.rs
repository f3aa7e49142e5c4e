//! A stock: from which coupons are issued, and in which states (semantics 3.2).
//!
//! Knows the facts of one stock and computes its state; counting and keeping are the store's.

use quan_model::enums::{StockState, StoreScope};
use quan_model::ids::{Principal, ProductCouponId, StockBundleId, StockId};
use quan_model::time::Time;

use crate::definition::{ProductCouponTerms, StockTerms};
use crate::refusal::{Refusal, Violation, ViolationKind};

/// A stock with the terms of its product coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stock {
    /// Globally unique.
    pub stock_id: StockId,
    /// The product coupon it belongs to.
    pub product_coupon_id: ProductCouponId,
    /// Who owns it: the brand, or over busifavor the belonging merchant.
    pub owner: Principal,
    /// Who created it; notifications go there.
    pub creator: Principal,
    /// What is issued, to whom and until when.
    pub terms: StockTerms,
    /// The terms of the product coupon.
    pub product: ProductCouponTerms,
    /// When its audit passes: its creation plus the audit delay of the deployment (semantics 3.1).
    pub effective_from: Time,
    /// Whether an operator paused it.
    pub paused: bool,
    /// Whether its owner deactivated it or its product coupon.
    pub deactivated: bool,
    /// Its place in a stock bundle, in mode PROGRESSIVE_BUNDLE and only then.
    pub bundle: Option<StockBundlePlace>,
}

/// Where a stock stands in its bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockBundlePlace {
    /// The bundle.
    pub stock_bundle_id: StockBundleId,
    /// From 0.
    pub index: u32,
}

/// How many coupons a stock has issued, as far as one issue needs to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In all.
    pub total: u64,
    /// On the day of the issue, in UTC+08:00.
    pub today: u64,
    /// To the person of the issue, unconfirmed ones included.
    pub person: u64,
}

impl Stock {
    /// The state at an instant. It is SENDING before `available_begin_time` too: early claims are legal.
    pub fn state(&self, now: Time) -> StockState {
        if self.deactivated {
            StockState::Deactivated
        } else if now > self.terms.period.end {
            StockState::Stopped
        } else if now < self.effective_from {
            StockState::Auditing
        } else if self.paused {
            StockState::Paused
        } else {
            StockState::Sending
        }
    }

    /// For pre-send, send and claim.
    ///
    /// # Errors
    /// [`Refusal::StockNotSending`] in every state but SENDING.
    pub fn ensure_sending(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            StockState::Sending => Ok(()),
            state @ (StockState::Auditing
            | StockState::Paused
            | StockState::Stopped
            | StockState::Deactivated) => Err(Refusal::StockNotSending { state }),
        }
    }

    /// For edits: PATCH, budget, uploaded codes, store lists.
    ///
    /// # Errors
    /// [`Refusal::StockClosed`] when it is STOPPED or DEACTIVATED.
    pub fn ensure_editable(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            StockState::Auditing | StockState::Sending | StockState::Paused => Ok(()),
            StockState::Stopped | StockState::Deactivated => Err(Refusal::StockClosed),
        }
    }

    /// For the calls on one stock by itself: edits, budget, store list, deactivation (semantics 3.3).
    ///
    /// # Errors
    /// [`Refusal::Invalid`] of kind Rule when it stands in a stock bundle, which changes as a whole.
    pub fn ensure_alone(&self) -> Result<(), Refusal> {
        if self.bundle.is_none() {
            return Ok(());
        }
        let issue = "该批次属于批次组，不能单独操作，请使用批次组接口";
        Err(Refusal::Invalid(Violation::new("/stock_id", ViolationKind::Rule, issue)))
    }

    /// For associating and dissociating stores (semantics 2.4), after [`Self::ensure_editable`].
    ///
    /// # Errors
    /// [`Refusal::StoreScopeIsAll`] with scope ALL; [`Refusal::Invalid`] of kind Rule with scope NONE.
    pub fn ensure_store_list(&self) -> Result<(), Refusal> {
        match self.terms.store_scope {
            StoreScope::Specific => Ok(()),
            StoreScope::All => Err(Refusal::StoreScopeIsAll),
            StoreScope::None => Err(Refusal::Invalid(Violation::new(
                "/store_list",
                ViolationKind::Rule,
                "该批次不限制门店，不能关联或取消关联门店",
            ))),
        }
    }

    /// The stock after its owner deactivated it.
    ///
    /// # Errors
    /// [`Refusal::StockWrongState`] when it already is DEACTIVATED (the request number is a new one).
    pub fn deactivate(&self, now: Time) -> Result<Self, Refusal> {
        match self.state(now) {
            state @ StockState::Deactivated => {
                Err(Refusal::StockWrongState { state, attempted: "deactivate" })
            }
            StockState::Auditing | StockState::Sending | StockState::Paused | StockState::Stopped => {
                Ok(Self { deactivated: true, ..self.clone() })
            }
        }
    }

    /// The stock after an operator paused it.
    ///
    /// # Errors
    /// [`Refusal::StockWrongState`] when it is not SENDING.
    pub fn pause(&self, now: Time) -> Result<Self, Refusal> {
        match self.state(now) {
            StockState::Sending => Ok(Self { paused: true, ..self.clone() }),
            state @ (StockState::Auditing
            | StockState::Paused
            | StockState::Stopped
            | StockState::Deactivated) => Err(Refusal::StockWrongState { state, attempted: "pause" }),
        }
    }

    /// The stock after an operator resumed it.
    ///
    /// # Errors
    /// [`Refusal::StockWrongState`] when it is not PAUSED.
    pub fn resume(&self, now: Time) -> Result<Self, Refusal> {
        match self.state(now) {
            StockState::Paused => Ok(Self { paused: false, ..self.clone() }),
            state @ (StockState::Auditing
            | StockState::Sending
            | StockState::Stopped
            | StockState::Deactivated) => Err(Refusal::StockWrongState { state, attempted: "resume" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use quan_model::enums::StockState::{Auditing, Deactivated, Paused, Sending, Stopped};

    use super::*;
    use crate::example::{stock, time};

    const NOW: &str = "2025-08-05T10:00:00";
    /// One second after `available_end_time`.
    const AFTER: &str = "2025-08-13T08:00:01";

    /// Every state of 3.2 as a stock and the instant at which it is in that state.
    fn states() -> [(StockState, Stock, Time); 5] {
        let auditing = Stock { effective_from: time(NOW).plus_seconds(1), ..stock() };
        [
            (Auditing, auditing, time(NOW)),
            (Sending, stock(), time(NOW)),
            (Paused, Stock { paused: true, ..stock() }, time(NOW)),
            (Stopped, stock(), time(AFTER)),
            (Deactivated, Stock { deactivated: true, ..stock() }, time(NOW)),
        ]
    }

    #[test]
    fn commands_by_state() {
        let wrong = |state, attempted| Err(Refusal::StockWrongState { state, attempted });
        let sending = |state| Err(Refusal::StockNotSending { state });
        let closed = || Err(Refusal::StockClosed);
        let rows = [
            (sending(Auditing), Ok(()), Ok(Deactivated), wrong(Auditing, "pause"), wrong(Auditing, "resume")),
            (Ok(()), Ok(()), Ok(Deactivated), Ok(Paused), wrong(Sending, "resume")),
            (sending(Paused), Ok(()), Ok(Deactivated), wrong(Paused, "pause"), Ok(Sending)),
            (sending(Stopped), closed(), Ok(Deactivated), wrong(Stopped, "pause"), wrong(Stopped, "resume")),
            (
                sending(Deactivated),
                closed(),
                wrong(Deactivated, "deactivate"),
                wrong(Deactivated, "pause"),
                wrong(Deactivated, "resume"),
            ),
        ];
        for ((state, stock, now), (sends, edits, deactivates, pauses, resumes)) in
            states().into_iter().zip(rows)
        {
            assert_eq!(stock.state(now), state);
            assert_eq!(stock.ensure_sending(now), sends, "send in {state}");
            assert_eq!(stock.ensure_editable(now), edits, "edit in {state}");
            assert_eq!(stock.deactivate(now).map(|after| after.state(now)), deactivates, "{state}");
            assert_eq!(stock.pause(now).map(|after| after.state(now)), pauses, "pause in {state}");
            assert_eq!(stock.resume(now).map(|after| after.state(now)), resumes, "resume in {state}");
        }
    }

    #[test]
    fn time_passes_the_audit_and_stops_every_living_stock() {
        let auditing = Stock { effective_from: time(NOW), ..stock() };
        assert_eq!(auditing.state(time(NOW).plus_seconds(-1)), Auditing);
        assert_eq!(auditing.state(time(NOW)), Sending);
        assert_eq!(stock().state(time("2025-08-01T00:00:00")), Sending, "before its begin");
        assert_eq!(stock().state(time("2025-08-13T08:00:00")), Sending, "in its last second");
        for (state, mut stock, _) in states() {
            stock.effective_from = time("2026-01-01T00:00:00");
            let expected = if state == Deactivated { Deactivated } else { Stopped };
            assert_eq!(stock.state(time(AFTER)), expected, "{state}");
        }
    }

    #[test]
    fn a_stock_of_a_bundle_is_not_changed_by_itself() {
        assert_eq!(stock().ensure_alone(), Ok(()));
        let place = StockBundlePlace { stock_bundle_id: "B1".parse().unwrap(), index: 0 };
        let member = Stock { bundle: Some(place), ..stock() };
        let Err(Refusal::Invalid(violation)) = member.ensure_alone() else { panic!("it stands in a bundle") };
        assert_eq!((violation.field.as_str(), violation.kind), ("/stock_id", ViolationKind::Rule));
    }

    #[test]
    fn only_a_specific_scope_has_a_store_list() {
        let with = |store_scope| {
            let mut stock = stock();
            stock.terms.store_scope = store_scope;
            stock.ensure_store_list()
        };
        assert_eq!(with(StoreScope::Specific), Ok(()));
        assert_eq!(with(StoreScope::All), Err(Refusal::StoreScopeIsAll));
        assert!(matches!(with(StoreScope::None), Err(Refusal::Invalid(_))));
    }
}
