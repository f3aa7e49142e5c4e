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
use crate::redemption::{OrderReference, Redemption};
use crate::refusal::Refusal;
use crate::sequential::Rounds;
use crate::window::Window;

mod redeem;

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
}
