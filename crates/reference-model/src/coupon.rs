//! One coupon that somebody holds: its facts and its state (semantics 3.4, 3.5).

use quan_model::enums::UserCouponState;

use crate::answer::UseView;
use crate::command::{CouponKey, StockKey, User};
use crate::time::Seconds;

/// A round, or the one use of a coupon that is used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// First and last second.
    pub window: (Seconds, Seconds),
    /// The use that came last, also when it was returned.
    pub usage: Option<UseView>,
}

impl Round {
    /// Whether it is used and that was not returned.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.usage.as_ref().is_some_and(|usage| usage.returned.is_none())
    }
}

/// A coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// How it is named.
    pub key: CouponKey,
    /// From which stock.
    pub stock: StockKey,
    /// To whom it was issued.
    pub user: User,
    /// Its code, once it was told.
    pub code: Option<String>,
    /// Given back.
    pub attach: Option<u8>,
    /// When it was issued.
    pub receive_time: Seconds,
    /// First and last second of validity.
    pub window: (Seconds, Seconds),
    /// The confirm.
    pub confirmed: Option<(String, Seconds)>,
    /// Of a sequential coupon: how many rounds it has.
    pub total_rounds: Option<u32>,
    /// The rounds so far; exactly one without `total_rounds`.
    pub rounds: Vec<Round>,
    /// The merchant's deactivation.
    pub deactivated: Option<(String, Seconds)>,
    /// When its user removed it while it was alive.
    pub deleted: Option<Seconds>,
    /// When its user hid it after its end.
    pub hidden: Option<Seconds>,
    /// Whether it stands in a chain.
    pub is_chained: bool,
}

impl Coupon {
    /// How many rounds are used.
    #[must_use]
    pub fn used_count(&self) -> usize {
        self.rounds.iter().filter(|round| round.is_used()).count()
    }

    /// Whether nothing is left to use.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.used_count() == self.total_rounds.unwrap_or(1) as usize
    }

    /// Its state.
    #[must_use]
    pub fn state(&self, now: Seconds) -> UserCouponState {
        if self.deactivated.is_some() {
            UserCouponState::Deactivated
        } else if self.is_used_up() {
            UserCouponState::Used
        } else if self.deleted.is_some() {
            UserCouponState::Deleted
        } else if now > self.window.1 {
            UserCouponState::Expired
        } else if self.confirmed.is_none() {
            UserCouponState::Confirming
        } else if now < self.window.0 {
            UserCouponState::Pending
        } else {
            UserCouponState::Effective
        }
    }

    /// Whether it is neither used up nor at its end.
    #[must_use]
    pub fn is_alive(&self, now: Seconds) -> bool {
        matches!(
            self.state(now),
            UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Effective
        )
    }

    /// Its user removes it: an end while it is alive, otherwise it is only hidden.
    pub fn delete(&mut self, now: Seconds) {
        if self.is_alive(now) {
            self.deleted = Some(now);
        } else if self.deleted.is_none() {
            self.hidden = self.hidden.or(Some(now));
        }
    }
}
