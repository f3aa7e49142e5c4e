//! The state of a product coupon (semantics 3.1), computed from facts and the time.
//!
//! Knows nothing of its stocks: deactivating them with it is the use case's work.

use quan_model::enums::ProductCouponState;
use quan_model::time::Time;

use crate::refusal::Refusal;

/// The facts that decide the state of a product coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// When its audit passes: its creation plus the audit delay of the deployment.
    pub effective_from: Time,
    /// When its owner deactivated it.
    pub deactivated_at: Option<Time>,
}

impl Lifecycle {
    /// The state at an instant.
    pub fn state(&self, now: Time) -> ProductCouponState {
        if self.deactivated_at.is_some() {
            ProductCouponState::Deactivated
        } else if now < self.effective_from {
            ProductCouponState::Auditing
        } else {
            ProductCouponState::Effective
        }
    }

    /// For adding a stock and for deactivating.
    ///
    /// # Errors
    /// [`Refusal::ProductCouponNotEffective`] when it is AUDITING or DEACTIVATED.
    pub fn ensure_effective(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            ProductCouponState::Effective => Ok(()),
            state @ (ProductCouponState::Auditing | ProductCouponState::Deactivated) => {
                Err(Refusal::ProductCouponNotEffective { state })
            }
        }
    }

    /// For PATCH: legal until it is deactivated.
    ///
    /// # Errors
    /// [`Refusal::ProductCouponNotEffective`] when it is DEACTIVATED.
    pub fn ensure_editable(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            ProductCouponState::Effective | ProductCouponState::Auditing => Ok(()),
            state @ ProductCouponState::Deactivated => Err(Refusal::ProductCouponNotEffective { state }),
        }
    }
}

#[cfg(test)]
mod tests {
    use quan_model::enums::ProductCouponState::{Auditing, Deactivated, Effective};

    use super::*;
    use crate::example::time;

    #[test]
    fn commands_by_state() {
        let effective_from = time("2025-08-05T10:00:00");
        let alive = Lifecycle { effective_from, deactivated_at: None };
        let ended = Lifecycle { deactivated_at: Some(effective_from), ..alive };
        let refused = |state| Err(Refusal::ProductCouponNotEffective { state });
        for (lifecycle, now, state, needs_effective, edits) in [
            (alive, effective_from.plus_seconds(-1), Auditing, refused(Auditing), Ok(())),
            (alive, effective_from, Effective, Ok(()), Ok(())),
            (ended, effective_from, Deactivated, refused(Deactivated), refused(Deactivated)),
        ] {
            assert_eq!(lifecycle.state(now), state);
            assert_eq!(lifecycle.ensure_effective(now), needs_effective);
            assert_eq!(lifecycle.ensure_editable(now), edits);
        }
    }
}
