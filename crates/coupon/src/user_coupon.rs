//! A user coupon: its facts, its state, and the commands on it (semantics 3.4 and 3.5).
//!
//! A command returns the new value or the refusal; the old value is never changed. Replays (same request
//! number, same data) are answered by the use case before these rules are asked, so every number here is
//! a new one.

use quan_model::enums::{SendChannel, UserCouponState};
use quan_model::ids::{
    Appid, BrandId, CouponCode, Openid, ProductCouponId, RequestNo, SendRequestNo, StockId, StoreId,
};
use quan_model::time::Time;

use crate::benefit::Fen;
use crate::period::AvailablePeriod;
use crate::redemption::{self, OrderReference, Redemption, StoreCheck};
use crate::refusal::{Refusal, Violation, ViolationKind};
use crate::sequential::Rounds;
use crate::window::Window;

/// The facts of a user coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCoupon {
    /// The stock it was issued from.
    pub stock_id: StockId,
    /// The product coupon of the stock.
    pub product_coupon_id: ProductCouponId,
    /// The brand.
    pub brand_id: BrandId,
    /// Its code, unique in the stock.
    pub coupon_code: CouponCode,
    /// The appid it was issued with.
    pub appid: Appid,
    /// Its user under the appid.
    pub openid: Openid,
    /// The person behind the openid.
    pub person_id: String,
    /// The number of the send or pre-send.
    pub send_request_no: SendRequestNo,
    /// How it was issued.
    pub send_channel: SendChannel,
    /// Given back unchanged in queries and notifications.
    pub attach: Option<String>,
    /// When it was issued.
    pub receive_time: Time,
    /// Its validity, fixed at issue.
    pub window: Window,
    /// Whether it waits for the merchant's confirm.
    pub confirm_required: bool,
    /// The confirm.
    pub confirmed: Option<Confirmation>,
    /// Its use or its rounds.
    pub usage: Usage,
    /// The deactivation by the merchant.
    pub deactivated: Option<Deactivation>,
    /// When the user removed it from the card pack. Only the removal of a coupon that was neither used
    /// nor at its end makes it DELETED; after that the removal hides it and its state is kept.
    pub deleted_at: Option<Time>,
}

/// The merchant's confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its number.
    pub request_no: RequestNo,
    /// When.
    pub time: Time,
}

/// The merchant's deactivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deactivation {
    /// Its number.
    pub request_no: RequestNo,
    /// When.
    pub time: Time,
    /// The reason given.
    pub reason: String,
}

/// How the coupon is used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Usage {
    /// Once; with the use, also when that was returned since.
    Single(Option<Redemption>),
    /// In rounds.
    Sequential(Rounds),
}

impl Usage {
    /// Whether nothing is left to use.
    pub fn is_used_up(&self) -> bool {
        match self {
            Self::Single(redemption) => redemption.as_ref().is_some_and(Redemption::is_standing),
            Self::Sequential(rounds) => rounds.is_used_up(),
        }
    }
}

/// A use that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseOrder {
    /// Its number, a new one.
    pub request_no: RequestNo,
    /// When the coupon was used, as the merchant says.
    pub use_time: Time,
    /// The round; required in sequential mode, forbidden in single mode.
    pub index: Option<u32>,
    /// The order it is used for.
    pub order: OrderReference,
    /// Where it is used.
    pub store_id: Option<StoreId>,
    /// What the customer saves.
    pub saved_amount: Option<Fen>,
}

impl UserCoupon {
    /// The state at an instant.
    ///
    /// Semantics 3.5 lists "unconfirmed" first, but its table (and 3.4) let an unconfirmed coupon
    /// expire, be deleted and be deactivated; the tables win.
    pub fn state(&self, now: Time) -> UserCouponState {
        if self.deactivated.is_some() {
            UserCouponState::Deactivated
        } else if self.usage.is_used_up() {
            UserCouponState::Used
        } else if self.deleted_at.is_some_and(|deleted_at| deleted_at <= self.window.end) {
            UserCouponState::Deleted
        } else if now > self.window.end {
            UserCouponState::Expired
        } else if self.confirm_required && self.confirmed.is_none() {
            UserCouponState::Confirming
        } else if now < self.window.begin {
            UserCouponState::Pending
        } else {
            UserCouponState::Effective
        }
    }

    /// The merchant has booked the coupon. The validity does not move, however late this comes.
    ///
    /// # Errors
    /// [`Refusal::Expired`], [`Refusal::Deleted`]; [`Refusal::WrongState`] in every other state but
    /// CONFIRMING.
    pub fn confirm(&self, request_no: RequestNo, now: Time) -> Result<Self, Refusal> {
        match self.state(now) {
            UserCouponState::Confirming => {
                let confirmed = Some(Confirmation { request_no, time: now });
                Ok(Self { confirmed, ..self.clone() })
            }
            UserCouponState::Expired => Err(Refusal::Expired),
            UserCouponState::Deleted => Err(Refusal::Deleted),
            state @ (UserCouponState::Pending
            | UserCouponState::Effective
            | UserCouponState::Used
            | UserCouponState::Deactivated) => Err(Refusal::WrongState { state, attempted: "confirm" }),
        }
    }

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
        let round = self.round_asked(order.index)?;
        redemption::check_use_time_ahead(use_time, now)?;
        let window = match (&self.usage, round) {
            (Usage::Sequential(rounds), Some(index)) => self.usable_round(rounds, index, now)?,
            (Usage::Single(_) | Usage::Sequential(_), _) => {
                self.ensure_usable(now)?;
                self.window
            }
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
        let round = self.round_asked(index)?;
        let state = self.state(now);
        let wrong_state = Refusal::WrongState { state, attempted: "return" };
        if let (Usage::Sequential(rounds), Some(index)) = (&self.usage, round) {
            match state {
                UserCouponState::Confirming => return Err(wrong_state),
                _ if rounds.used_count() != index.saturating_add(1) => {
                    return Err(Refusal::NotLatestRedemption { index });
                }
                UserCouponState::Pending
                | UserCouponState::Effective
                | UserCouponState::Used
                | UserCouponState::Expired
                | UserCouponState::Deleted
                | UserCouponState::Deactivated => {}
            }
        }
        match (state, &self.usage) {
            (UserCouponState::Expired, _) => return Err(Refusal::Expired),
            (UserCouponState::Deleted, _) => return Err(Refusal::Deleted),
            (UserCouponState::Used, _) if now > self.window.end => return Err(Refusal::Expired),
            (UserCouponState::Used, _) | (UserCouponState::Effective, Usage::Sequential(_)) => {}
            (UserCouponState::Effective, Usage::Single(_))
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

    /// The merchant ends the coupon; used rounds stay used.
    ///
    /// # Errors
    /// [`Refusal::ExpiredForOperation`], [`Refusal::Deleted`]; [`Refusal::WrongState`] when USED or already
    /// DEACTIVATED.
    pub fn deactivate(&self, request_no: RequestNo, reason: String, now: Time) -> Result<Self, Refusal> {
        match self.state(now) {
            UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Effective => {
                let deactivated = Some(Deactivation { request_no, time: now, reason });
                Ok(Self { deactivated, ..self.clone() })
            }
            UserCouponState::Expired => Err(Refusal::ExpiredForOperation),
            UserCouponState::Deleted => Err(Refusal::Deleted),
            state @ (UserCouponState::Used | UserCouponState::Deactivated) => {
                Err(Refusal::WrongState { state, attempted: "deactivate" })
            }
        }
    }

    /// The user removes the coupon from the card pack. It becomes DELETED, or, when it was USED, EXPIRED
    /// or DEACTIVATED, is only hidden. Removing it again changes nothing.
    ///
    /// # Errors
    /// None today; the form is that of the other commands.
    pub fn delete(&self, now: Time) -> Result<Self, Refusal> {
        Ok(Self { deleted_at: self.deleted_at.or(Some(now)), ..self.clone() })
    }

    /// The round that a request names, after checking that it names one exactly in sequential mode.
    fn round_asked(&self, index: Option<u32>) -> Result<Option<u32>, Refusal> {
        let issue = match (&self.usage, index) {
            (Usage::Single(_), None) | (Usage::Sequential(_), Some(_)) => return Ok(index),
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

    /// The window of the round asked for, if its turn has come.
    fn usable_round(&self, rounds: &Rounds, index: u32, now: Time) -> Result<Window, Refusal> {
        let open = rounds.used_count();
        match self.state(now) {
            UserCouponState::Confirming => self.ensure_usable(now)?,
            UserCouponState::Pending
            | UserCouponState::Effective
            | UserCouponState::Used
            | UserCouponState::Expired
            | UserCouponState::Deleted
            | UserCouponState::Deactivated => {}
        }
        if index < open {
            return Err(Refusal::Used);
        }
        if index > open {
            return Err(round_ahead(rounds, index, open));
        }
        self.ensure_usable(now)?;
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
    Refusal::Invalid(
        Violation::new("/sequential_coupon_index", ViolationKind::OutOfRange, issue).with_value(index),
    )
}
