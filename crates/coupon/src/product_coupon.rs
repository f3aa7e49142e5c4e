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
