//! 营销补差: a payment between merchants for a used coupon, and its return (api-busifavor 5.22, 5.25).
//!
//! Receipts are facts that are kept; no money moves, so a receipt succeeds when it is made. Whether the order
//! was paid or refunded is not asked.

use quan_model::busifavor::PayReceiptStatus;
use quan_model::enums::UserCouponState;

use crate::benefit::{Benefit, Fen};
use crate::refusal::{Refusal, Violation, ViolationKind};

/// The most fen of one payment.
pub const AMOUNT_MAX: i64 = 500_000;

/// Checks a payment for a coupon that is in `state`. What a discount is worth depends on the price paid, which is
/// not known here, so only the amount of a 满减 coupon bounds the payment.
///
/// # Errors
/// [`Refusal::Invalid`] for an EXCHANGE coupon or an amount outside its range; [`Refusal::WrongState`] for a
/// coupon that is not USED.
pub fn pay(benefit: &Benefit, state: UserCouponState, amount: i64) -> Result<Fen, Refusal> {
    let most = match benefit {
        Benefit::Normal { discount_amount, .. } => discount_amount.get().min(AMOUNT_MAX),
        Benefit::Discount { .. } => AMOUNT_MAX,
        Benefit::Exchange { .. } => {
            let issue = "换购券不支持营销补差";
            return Err(Violation::new("/stock_id", ViolationKind::Rule, issue).into());
        }
    };
    let fen = in_range(amount, most)?;
    match state {
        UserCouponState::Used => Ok(fen),
        UserCouponState::Confirming
        | UserCouponState::Pending
        | UserCouponState::Effective
        | UserCouponState::Expired
        | UserCouponState::Deleted
        | UserCouponState::Deactivated => Err(Refusal::WrongState { state, attempted: "pay" }),
    }
}

/// Checks a return of a payment of which some was returned before.
///
/// # Errors
/// [`Refusal::Invalid`] of kind OutOfRange when the amount is below 1 or more than what is left.
pub fn give_back(paid: Fen, returned: Fen, amount: i64) -> Result<Fen, Refusal> {
    let left = paid.checked_sub(returned).unwrap_or(Fen::ZERO);
    in_range(amount, left.get())
}

fn in_range(amount: i64, most: i64) -> Result<Fen, Refusal> {
    let fen = Fen::new(amount).filter(|fen| *fen > Fen::ZERO && fen.get() <= most);
    fen.ok_or_else(|| {
        let issue = format!("金额应为1到{most}分");
        Violation::new("/amount", ViolationKind::OutOfRange, issue).with_value(&amount).into()
    })
}

/// The state of a payment by what was returned of it.
pub fn status(paid: Fen, returned: Fen) -> PayReceiptStatus {
    if returned == Fen::ZERO {
        PayReceiptStatus::Success
    } else if returned < paid {
        PayReceiptStatus::PartialReturn
    } else {
        PayReceiptStatus::FullReturn
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benefit::PercentOff;

    fn fen(fen: i64) -> Fen {
        Fen::new(fen).unwrap()
    }

    #[test]
    fn both_sides_of_what_may_be_paid() {
        let normal = Benefit::Normal { threshold: fen(3000), discount_amount: fen(500) };
        let large = Benefit::Normal { threshold: fen(900_000), discount_amount: fen(600_000) };
        let discount = Benefit::Discount { threshold: fen(1), percent_off: PercentOff::new(12).unwrap() };
        let used = UserCouponState::Used;
        for (benefit, amount, is_legal) in [
            (&normal, 0, false),
            (&normal, 1, true),
            (&normal, 500, true),
            (&normal, 501, false),
            (&large, 500_000, true),
            (&large, 500_001, false),
            (&discount, 500_000, true),
            (&discount, 500_001, false),
            (&discount, -1, false),
        ] {
            assert_eq!(pay(benefit, used, amount).is_ok(), is_legal, "{benefit:?} {amount}");
        }
        let exchange = Benefit::Exchange { threshold: fen(1), exchange_price: fen(1) };
        assert!(
            matches!(pay(&exchange, used, 1), Err(Refusal::Invalid(found)) if found.field == "/stock_id")
        );
        let state = UserCouponState::Effective;
        assert_eq!(pay(&normal, state, 1), Err(Refusal::WrongState { state, attempted: "pay" }));
    }

    #[test]
    fn no_more_is_returned_than_was_paid() {
        assert!(give_back(fen(300), fen(100), 200).is_ok());
        assert!(give_back(fen(300), fen(100), 201).is_err());
        assert!(give_back(fen(300), fen(100), 0).is_err());
        assert!(give_back(fen(300), fen(300), 1).is_err());
        assert_eq!(status(fen(300), Fen::ZERO), PayReceiptStatus::Success);
        assert_eq!(status(fen(300), fen(299)), PayReceiptStatus::PartialReturn);
        assert_eq!(status(fen(300), fen(300)), PayReceiptStatus::FullReturn);
    }
}
