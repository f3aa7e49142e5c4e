//! Using a coupon or round, and returning the latest use (semantics 3.4 and 3.5).
//!
//! Knows the facts of one coupon; what the stores allow is told by the use case.

use std::cmp::Ordering;

use quan_model::enums::UserCouponState;
use quan_model::ids::RequestNo;
use quan_model::time::Time;

use super::{Usage, UseOrder, UserCoupon};
use crate::period::AvailablePeriod;
use crate::redemption::{self, Redemption, StoreCheck};
use crate::refusal::{Refusal, Violation, ViolationKind};
use crate::sequential::Rounds;
use crate::window::Window;

/// What a request is about, after its index was checked against the mode.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Whole,
    Round { rounds: &'a Rounds, index: u32 },
}

impl UserCoupon {
    /// The coupon, or its open round, is redeemed.
    ///
    /// `period` and `interval_days` are those of the stock and product coupon at issue; `stores` is what
    /// the use case found out. The state is judged at now, window and periods at `use_time`: merchants
    /// may report late. Order of checks: index and `use_time` as fields, round and state, `use_time`
    /// against the issue, window, periods, stores.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the index or the time; the refusals of 3.4 and 3.5 by state;
    /// [`Refusal::OutsideWindow`], [`Refusal::OutsidePeriod`], [`Refusal::StoreNotAllowed`].
    pub fn use_(
        &self,
        order: UseOrder,
        period: &AvailablePeriod,
        interval_days: u32,
        stores: StoreCheck,
        now: Time,
    ) -> Result<Self, Refusal> {
        let use_time = order.use_time;
        let asked = self.asked(order.index)?;
        redemption::check_use_time_ahead(use_time, now)?;
        let window = match asked {
            Asked::Whole => {
                self.ensure_usable(now)?;
                self.window
            }
            Asked::Round { rounds, index } => self.usable_round(rounds, index, now)?,
        };
        redemption::check_use_time_after_receive(use_time, self.receive_time)?;
        if !window.contains(use_time) {
            return Err(Refusal::OutsideWindow);
        }
        if !period.allows(use_time) {
            return Err(Refusal::OutsidePeriod);
        }
        stores.decide()?;
        let redemption = Redemption {
            request_no: order.request_no,
            use_time,
            order: order.order,
            store_id: order.store_id,
            saved_amount: order.saved_amount,
            returned: None,
        };
        let usage = match &self.usage {
            Usage::Single(_) => Usage::Single(Some(redemption)),
            Usage::Sequential(rounds) => Usage::Sequential(rounds.with_use(redemption, interval_days)),
        };
        Ok(Self { usage, ..self.clone() })
    }

    /// The latest use is undone. A used coupon that the user had removed comes back into view, since it
    /// can be used again.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the index; [`Refusal::NotLatestRedemption`] for any round but the one used
    /// last; [`Refusal::Expired`] past the validity; the other refusals of 3.4 and 3.5 by state.
    pub fn return_(&self, request_no: RequestNo, index: Option<u32>, now: Time) -> Result<Self, Refusal> {
        let asked = self.asked(index)?;
        let state = self.state(now);
        if let Asked::Round { rounds, index } = asked {
            let is_latest = rounds.used_count().checked_sub(1) == Some(index);
            if state != UserCouponState::Confirming && !is_latest {
                return Err(Refusal::NotLatestRedemption { index });
            }
        }
        let wrong_state = Refusal::WrongState { state, attempted: "return" };
        match (state, asked) {
            (UserCouponState::Used, _) if now > self.window.end => return Err(Refusal::Expired),
            (UserCouponState::Used, _) | (UserCouponState::Effective, Asked::Round { .. }) => {}
            (UserCouponState::Expired, _) => return Err(Refusal::Expired),
            (UserCouponState::Deleted, _) => return Err(Refusal::Deleted),
            (UserCouponState::Effective, Asked::Whole)
            | (UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Deactivated, _) => {
                return Err(wrong_state);
            }
        }
        let usage = match &self.usage {
            Usage::Single(used) => Usage::Single(used.clone().map(|used| used.returned(request_no, now))),
            Usage::Sequential(rounds) => Usage::Sequential(rounds.with_return(request_no, now)),
        };
        Ok(Self { usage, deleted_at: None, ..self.clone() })
    }

    fn asked(&self, index: Option<u32>) -> Result<Asked<'_>, Refusal> {
        let issue = match (&self.usage, index) {
            (Usage::Single(_), None) => return Ok(Asked::Whole),
            (Usage::Sequential(rounds), Some(index)) => return Ok(Asked::Round { rounds, index }),
            (Usage::Single(_), Some(_)) => "单券模式不能填写sequential_coupon_index",
            (Usage::Sequential(_), None) => "多次优惠必须填写sequential_coupon_index",
        };
        Err(Refusal::Invalid(Violation::new("/sequential_coupon_index", ViolationKind::Rule, issue)))
    }

    fn ensure_usable(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            UserCouponState::Effective => Ok(()),
            UserCouponState::Pending => Err(Refusal::OutsideWindow),
            UserCouponState::Used => Err(Refusal::Used),
            UserCouponState::Expired => Err(Refusal::Expired),
            UserCouponState::Deleted => Err(Refusal::Deleted),
            state @ (UserCouponState::Confirming | UserCouponState::Deactivated) => {
                Err(Refusal::WrongState { state, attempted: "use" })
            }
        }
    }

    /// The window of the round asked for, if its turn has come. A used round stays "used" whatever
    /// became of the coupon; a later one is refused for the end of the coupon first.
    fn usable_round(&self, rounds: &Rounds, index: u32, now: Time) -> Result<Window, Refusal> {
        use UserCouponState::{Confirming, Deactivated, Deleted, Effective, Expired, Pending, Used};
        let open = rounds.used_count();
        match (index.cmp(&open), self.state(now)) {
            (Ordering::Less, Pending | Effective | Used | Expired | Deleted | Deactivated) => {
                return Err(Refusal::Used);
            }
            (Ordering::Greater, Pending | Effective | Used) => return Err(round_ahead(rounds, index, open)),
            (Ordering::Greater, Expired | Deleted | Deactivated)
            | (Ordering::Equal, Pending | Effective | Used | Expired | Deleted | Deactivated)
            | (_, Confirming) => self.ensure_usable(now)?,
        }
        match rounds.open() {
            Some((_, round)) if now >= round.window.begin => Ok(round.window),
            // A round that would begin after the coupon's end is never opened: its time does not come.
            Some(_) | None => Err(Refusal::OutsideWindow),
        }
    }
}

fn round_ahead(rounds: &Rounds, index: u32, open: u32) -> Refusal {
    if index < rounds.total_count {
        return Refusal::RoundNotOpen { index, open };
    }
    let issue = format!("该券共{}次，轮次从0开始", rounds.total_count);
    let field = "/sequential_coupon_index";
    Refusal::Invalid(Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&index))
}
