//! A user coupon: its facts, its state, and the commands on it (semantics 3.4 and 3.5).
//!
//! A command returns the new value or the refusal; the old value is never changed. Replays (same request
//! number, same data) are answered by the use case before these rules are asked, so every number here is
//! a new one.

use quan_model::coupon::CouponTagInfo;
use quan_model::enums::{SendChannel, UserCouponState};
use quan_model::ids::{
    Appid, CouponCode, Openid, Principal, ProductCouponId, RequestNumber, StockId, StoreId,
    UserCouponBundleId,
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
    /// Who owns it: the brand, or over busifavor the belonging merchant.
    pub owner: Principal,
    /// Its code, unique in the stock.
    pub coupon_code: CouponCode,
    /// The appid it was issued with.
    pub appid: Appid,
    /// Its user under the appid.
    pub openid: Openid,
    /// The person behind the openid.
    pub person_id: String,
    /// The number of the send or pre-send.
    pub send_request_no: RequestNumber,
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
    /// Its place in a chain of coupons, in mode PROGRESSIVE_BUNDLE and only then.
    pub bundle: Option<BundlePlace>,
    /// What the send tagged it with; echoed, not judged.
    pub tags: Option<CouponTagInfo>,
}

/// Where a coupon stands in the chain that its user holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundlePlace {
    /// The chain.
    pub user_coupon_bundle_id: UserCouponBundleId,
    /// From 0.
    pub index: u32,
}

/// The merchant's confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Its number.
    pub request_no: RequestNumber,
    /// When.
    pub time: Time,
}

/// The merchant's deactivation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deactivation {
    /// Its number.
    pub request_no: RequestNumber,
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
    pub request_no: RequestNumber,
    /// When the coupon was used, as the merchant says.
    pub use_time: Time,
    /// The round; required in sequential mode, forbidden in single mode.
    pub index: Option<u32>,
    /// The order it is used for; required over the product-coupon faces.
    pub order: Option<OrderReference>,
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
    pub fn confirm(&self, request_no: RequestNumber, now: Time) -> Result<Self, Refusal> {
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
    pub fn deactivate(&self, request_no: RequestNumber, reason: String, now: Time) -> Result<Self, Refusal> {
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

#[cfg(test)]
mod tests {
    use quan_model::enums::UserCouponState::{
        self, Confirming, Deactivated, Deleted, Effective, Expired, Pending, Used,
    };

    use super::*;
    use crate::example::{NO_STORE, coupon_of, number, period, stock, time, use_order};
    use crate::period::Relative;

    /// T6: valid from 2025-08-06T00:00:00 to 2025-08-08T23:59:59.
    const RECEIVED: &str = "2025-08-05T10:00:00";
    const BEFORE: &str = "2025-08-05T12:00:00";
    const INSIDE: &str = "2025-08-07T12:00:00";
    const AFTER: &str = "2025-08-09T00:00:00";

    fn issued() -> UserCoupon {
        let mut stock = stock();
        stock.terms.period = period(Relative::Days { days: 3, wait_days: 1 });
        coupon_of(&stock, time(RECEIVED))
    }

    fn confirmed() -> UserCoupon {
        issued().confirm(number("confirm"), time(BEFORE)).unwrap()
    }

    fn used() -> UserCoupon {
        use_at(&confirmed(), INSIDE).unwrap()
    }

    fn use_at(coupon: &UserCoupon, at: &str) -> Result<UserCoupon, Refusal> {
        let whole = period(Relative::Whole);
        coupon.use_(use_order(time(at), None), &whole, 0, NO_STORE, time(at))
    }

    fn ended() -> UserCoupon {
        confirmed().deactivate(number("deactivate"), "活动取消".to_owned(), time(BEFORE)).unwrap()
    }

    /// Every state of 3.4 as a coupon and the instant at which it is in that state.
    fn states() -> [(UserCouponState, UserCoupon, &'static str); 7] {
        [
            (Confirming, issued(), INSIDE),
            (Pending, confirmed(), BEFORE),
            (Effective, confirmed(), INSIDE),
            (Used, used(), INSIDE),
            (Expired, confirmed(), AFTER),
            (Deleted, confirmed().delete(time(BEFORE)).unwrap(), INSIDE),
            (Deactivated, ended(), INSIDE),
        ]
    }

    type Command = fn(&UserCoupon, &str) -> Result<UserCoupon, Refusal>;

    fn wrong(state: UserCouponState, attempted: &'static str) -> Result<UserCouponState, Refusal> {
        Err(Refusal::WrongState { state, attempted })
    }

    /// Runs a row of the table of semantics 3.4 over every state.
    fn check_row(name: &str, command: Command, expected: [Result<UserCouponState, Refusal>; 7]) {
        for ((state, coupon, at), expected) in states().into_iter().zip(expected) {
            assert_eq!(coupon.state(time(at)), state);
            let found = command(&coupon, at).map(|after| after.state(time(at)));
            assert_eq!(found, expected, "{name} in {state}");
        }
    }

    #[test]
    fn commands_by_state() {
        check_row(
            "confirm",
            |coupon, at| coupon.confirm(number("confirm-2"), time(at)),
            [
                Ok(Effective),
                wrong(Pending, "confirm"),
                wrong(Effective, "confirm"),
                wrong(Used, "confirm"),
                Err(Refusal::Expired),
                Err(Refusal::Deleted),
                wrong(Deactivated, "confirm"),
            ],
        );
        check_row(
            "use",
            use_at,
            [
                wrong(Confirming, "use"),
                Err(Refusal::OutsideWindow),
                Ok(Used),
                Err(Refusal::Used),
                Err(Refusal::Expired),
                Err(Refusal::Deleted),
                wrong(Deactivated, "use"),
            ],
        );
        check_row(
            "return",
            |coupon, at| coupon.return_(number("return"), None, time(at)),
            [
                wrong(Confirming, "return"),
                wrong(Pending, "return"),
                wrong(Effective, "return"),
                Ok(Effective),
                Err(Refusal::Expired),
                Err(Refusal::Deleted),
                wrong(Deactivated, "return"),
            ],
        );
        check_row(
            "deactivate",
            |coupon, at| coupon.deactivate(number("deactivate"), "原因".to_owned(), time(at)),
            [
                Ok(Deactivated),
                Ok(Deactivated),
                Ok(Deactivated),
                wrong(Used, "deactivate"),
                Err(Refusal::ExpiredForOperation),
                Err(Refusal::Deleted),
                wrong(Deactivated, "deactivate"),
            ],
        );
        check_row(
            "delete",
            |coupon, at| coupon.delete(time(at)),
            [Ok(Deleted), Ok(Deleted), Ok(Deleted), Ok(Used), Ok(Expired), Ok(Deleted), Ok(Deactivated)],
        );
    }

    #[test]
    fn time_alone_changes_states_at_the_documented_seconds() {
        let coupon = issued();
        assert_eq!(coupon.confirm(number("confirm"), time(BEFORE)).unwrap().state(time(BEFORE)), Pending);
        for (coupon, at, state) in [
            (confirmed(), "2025-08-05T23:59:59", Pending),
            (confirmed(), "2025-08-06T00:00:00", Effective),
            (confirmed(), "2025-08-08T23:59:59", Effective),
            (confirmed(), "2025-08-09T00:00:00", Expired),
            (issued(), "2025-08-06T00:00:00", Confirming),
            (issued(), "2025-08-08T23:59:59", Confirming),
            (issued(), "2025-08-09T00:00:00", Expired),
            (used(), AFTER, Used),
            (confirmed().delete(time(INSIDE)).unwrap(), AFTER, Deleted),
            (ended(), AFTER, Deactivated),
        ] {
            assert_eq!(coupon.state(time(at)), state, "{at}");
        }
    }

    #[test]
    fn a_late_confirm_does_not_move_the_validity() {
        let late = issued().confirm(number("confirm"), time("2025-08-08T23:59:59")).unwrap();
        assert_eq!(late.window, issued().window);
        assert_eq!(late.confirmed.unwrap().time, time("2025-08-08T23:59:59"));
    }

    #[test]
    fn a_stock_without_confirm_issues_usable_coupons() {
        let mut stock = stock();
        stock.terms.confirm_required = false;
        let coupon = coupon_of(&stock, time(RECEIVED));
        assert_eq!(coupon.state(time(RECEIVED)), Effective);
        let refusal = coupon.confirm(number("confirm"), time(RECEIVED)).unwrap_err();
        assert_eq!(refusal, Refusal::WrongState { state: Effective, attempted: "confirm" });
        let early = coupon_of(&stock, time("2025-08-01T10:00:00"));
        assert_eq!(early.state(time("2025-08-01T10:00:00")), Pending);
    }

    #[test]
    fn removing_a_finished_coupon_only_hides_it() {
        let hidden = used().delete(time(INSIDE)).unwrap();
        assert_eq!((hidden.state(time(INSIDE)), hidden.deleted_at), (Used, Some(time(INSIDE))));
        let returned = hidden.return_(number("return"), None, time(INSIDE)).unwrap();
        assert_eq!((returned.state(time(INSIDE)), returned.deleted_at), (Effective, None));
        let expired = confirmed().delete(time(AFTER)).unwrap();
        assert_eq!(expired.state(time(AFTER)), Expired);
        let twice = expired.delete(time("2025-09-01T00:00:00")).unwrap();
        assert_eq!(twice.deleted_at, Some(time(AFTER)));
        let ended = ended().delete(time(INSIDE)).unwrap();
        assert_eq!(ended.state(time(INSIDE)), Deactivated);
    }

    #[test]
    fn the_reason_of_a_deactivation_is_kept() {
        let kept = ended().deactivated.unwrap();
        assert_eq!((kept.reason.as_str(), kept.time), ("活动取消", time(BEFORE)));
    }
}
