//! Associating a merchant's order with a coupon, and taking that back (semantics 10, api-busifavor 5.16, 5.17).
//!
//! Statistics only: the coupon does not change. A coupon has one order at most, and only while it can still
//! be used.

use quan_model::enums::UserCouponState;
use quan_model::time::Time;

use crate::refusal::Refusal;
use crate::user_coupon::UserCoupon;

/// Whether the order may be associated. `current` is the order of the coupon; the same one again is allowed and
/// changes nothing.
///
/// # Errors
/// [`Refusal::WrongState`] when the coupon is USED or DEACTIVATED or has another order;
/// [`Refusal::ExpiredForOperation`], [`Refusal::Deleted`].
pub fn associate(
    coupon: &UserCoupon,
    current: Option<&str>,
    out_trade_no: &str,
    now: Time,
) -> Result<(), Refusal> {
    ensure_unused(coupon, "associate", now)?;
    if current.is_some_and(|current| current != out_trade_no) {
        return Err(Refusal::WrongState { state: coupon.state(now), attempted: "associate" });
    }
    Ok(())
}

/// Whether the association may be taken back.
///
/// # Errors
/// As [`associate`], and [`Refusal::WrongState`] when this order is not the coupon's.
pub fn disassociate(
    coupon: &UserCoupon,
    current: Option<&str>,
    out_trade_no: &str,
    now: Time,
) -> Result<(), Refusal> {
    ensure_unused(coupon, "disassociate", now)?;
    if current != Some(out_trade_no) {
        return Err(Refusal::WrongState { state: coupon.state(now), attempted: "disassociate" });
    }
    Ok(())
}

fn ensure_unused(coupon: &UserCoupon, attempted: &'static str, now: Time) -> Result<(), Refusal> {
    match coupon.state(now) {
        UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Effective => Ok(()),
        UserCouponState::Expired => Err(Refusal::ExpiredForOperation),
        UserCouponState::Deleted => Err(Refusal::Deleted),
        state @ (UserCouponState::Used | UserCouponState::Deactivated) => {
            Err(Refusal::WrongState { state, attempted })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{NO_STORE, coupon_of, number, stock, time, use_order};

    const NOW: &str = "2025-08-05T10:00:00";

    fn coupon() -> UserCoupon {
        let mut stock = stock();
        stock.terms.confirm_required = false;
        coupon_of(&stock, time(NOW))
    }

    #[test]
    fn one_order_at_a_time() {
        let (coupon, now) = (coupon(), time(NOW));
        let state = UserCouponState::Effective;
        let wrong = |attempted| Err(Refusal::WrongState { state, attempted });
        assert_eq!(associate(&coupon, None, "A", now), Ok(()));
        assert_eq!(associate(&coupon, Some("A"), "A", now), Ok(()));
        assert_eq!(associate(&coupon, Some("A"), "B", now), wrong("associate"));
        assert_eq!(disassociate(&coupon, Some("A"), "A", now), Ok(()));
        assert_eq!(disassociate(&coupon, Some("A"), "B", now), wrong("disassociate"));
        assert_eq!(disassociate(&coupon, None, "A", now), wrong("disassociate"));
    }

    #[test]
    fn only_while_the_coupon_can_be_used() {
        let now = time(NOW);
        let fresh = coupon();
        let period = stock().terms.period;
        let used = fresh.use_(use_order(now, None), &period, 0, NO_STORE, now).unwrap();
        let ended = fresh.deactivate(number("deactivate"), String::new(), now).unwrap();
        let deleted = fresh.delete(now).unwrap();
        let wrong = |state, attempted| Err(Refusal::WrongState { state, attempted });
        let after = fresh.window.end.plus_seconds(1);
        for (coupon, at, expected) in [
            (&used, now, wrong(UserCouponState::Used, "associate")),
            (&ended, now, wrong(UserCouponState::Deactivated, "associate")),
            (&deleted, now, Err(Refusal::Deleted)),
            (&fresh, after, Err(Refusal::ExpiredForOperation)),
            (&fresh, fresh.window.end, Ok(())),
        ] {
            assert_eq!(associate(coupon, None, "A", at), expected);
        }
        let state = UserCouponState::Used;
        assert_eq!(disassociate(&used, Some("A"), "A", now), wrong(state, "disassociate"));
    }
}
