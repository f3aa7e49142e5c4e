//! Issuing: whether a coupon may come into being now, and the coupon that does.
//!
//! The checks are pure; the caller takes the counters and the code in the same transaction. Who calls
//! and where the code comes from is the caller's knowledge.

use quan_model::coupon::CouponTagInfo;
use quan_model::enums::{CouponCodeMode, SendChannel, StockState};
use quan_model::ids::{Appid, CouponCode, Openid, RequestNumber};
use quan_model::time::Time;

use crate::refusal::{Refusal, Violation, ViolationKind};
use crate::sequential::Rounds;
use crate::stock::{Counts, Stock};
use crate::user_coupon::{BundlePlace, Usage, UserCoupon};
use crate::window::{self, Window};

/// What distinguishes one issue from another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueOrder {
    /// The code of the new coupon.
    pub coupon_code: CouponCode,
    /// The user.
    pub openid: Openid,
    /// The appid of the openid.
    pub appid: Appid,
    /// The person behind the openid, for limits.
    pub person_id: String,
    /// The number of the send or pre-send.
    pub send_request_no: RequestNumber,
    /// How it was issued.
    pub send_channel: SendChannel,
    /// Given back unchanged in queries and notifications.
    pub attach: Option<String>,
    /// The instant of the issue.
    pub receive_time: Time,
    /// Its place in a chain, of a bundle's coupon and only then.
    pub bundle: Option<BundlePlace>,
    /// What the send tags it with.
    pub tags: Option<CouponTagInfo>,
}

/// Whether one more coupon may be issued now: the soft check of pre-send and the hard check of claim and
/// send (semantics 5.2). State, window, total, day and person are looked at in this order. The answer is
/// the validity the coupon would have.
///
/// # Errors
/// [`Refusal::StockNotSending`], also with state STOPPED when no validity would be left;
/// [`Refusal::StockOut`], [`Refusal::DayOut`], [`Refusal::UserLimit`].
pub fn check(stock: &Stock, counts: &Counts, now: Time) -> Result<Window, Refusal> {
    stock.ensure_sending(now)?;
    let window = window::at_issue(&stock.terms.period, now)
        .ok_or(Refusal::StockNotSending { state: StockState::Stopped })?;
    let limits = &stock.terms.limits;
    if counts.total >= limits.max_count {
        return Err(Refusal::StockOut);
    }
    if limits.max_count_per_day.is_some_and(|max| counts.today >= max) {
        return Err(Refusal::DayOut);
    }
    if counts.person >= limits.max_count_per_user {
        return Err(Refusal::UserLimit { max: limits.max_count_per_user });
    }
    Ok(window)
}

/// The new user coupon, with round 0 open in sequential mode. `window` is what [`check`] answered.
pub fn issue(stock: &Stock, window: Window, order: IssueOrder) -> UserCoupon {
    let usage = match &stock.product.sequential {
        Some(terms) => Usage::Sequential(Rounds::first(terms.count, window)),
        None => Usage::Single(None),
    };
    UserCoupon {
        stock_id: stock.stock_id.clone(),
        product_coupon_id: stock.product_coupon_id.clone(),
        owner: stock.owner.clone(),
        coupon_code: order.coupon_code,
        appid: order.appid,
        openid: order.openid,
        person_id: order.person_id,
        send_request_no: order.send_request_no,
        send_channel: order.send_channel,
        attach: order.attach,
        receive_time: order.receive_time,
        window,
        confirm_required: stock.terms.confirm_required,
        confirmed: None,
        usage,
        deactivated: None,
        deleted_at: None,
        bundle: order.bundle,
        tags: order.tags,
    }
}

/// Whether the request gives a code exactly when the mode asks for one (semantics 3.7).
///
/// # Errors
/// [`Refusal::Invalid`] of kind Rule with field `/coupon_code`.
pub fn check_code(mode: CouponCodeMode, coupon_code: Option<&CouponCode>) -> Result<(), Refusal> {
    let issue = match (mode, coupon_code) {
        (CouponCodeMode::ApiAssign, Some(_)) | (CouponCodeMode::Wechatpay | CouponCodeMode::Upload, None) => {
            return Ok(());
        }
        (CouponCodeMode::ApiAssign, None) => "该批次由商户指定券Code，请填写coupon_code",
        (CouponCodeMode::Wechatpay, Some(_)) => "该批次的券Code由平台生成，请不要填写coupon_code",
        (CouponCodeMode::Upload, Some(_)) => "该批次的券Code取自预上传的Code，请不要填写coupon_code",
    };
    Err(Refusal::Invalid(Violation::new("/coupon_code", ViolationKind::Rule, issue)))
}

#[cfg(test)]
mod tests {
    use quan_model::enums::UserCouponState;

    use super::*;
    use crate::example::{coupon_of, sequential_stock, stock, time};

    const NOW: &str = "2025-08-05T10:00:00";

    fn refusal(stock: &Stock, total: u64, today: u64, person: u64, now: &str) -> Option<Refusal> {
        check(stock, &Counts { total, today, person }, time(now)).err()
    }

    #[test]
    fn both_sides_of_every_limit_and_which_refusal_wins() {
        let mut uncapped = stock();
        uncapped.terms.limits.max_count_per_day = None;
        for (stock, total, today, person, expected) in [
            (stock(), 99, 9, 1, None),
            (stock(), 100, 0, 0, Some(Refusal::StockOut)),
            (stock(), 99, 10, 1, Some(Refusal::DayOut)),
            (stock(), 99, 9, 2, Some(Refusal::UserLimit { max: 2 })),
            (stock(), 100, 10, 2, Some(Refusal::StockOut)),
            (stock(), 99, 10, 2, Some(Refusal::DayOut)),
            (uncapped, 99, 99, 1, None),
        ] {
            assert_eq!(refusal(&stock, total, today, person, NOW), expected);
        }
        let paused = Stock { paused: true, ..stock() };
        let state = StockState::Paused;
        assert_eq!(refusal(&paused, 100, 10, 2, NOW), Some(Refusal::StockNotSending { state }));
    }

    #[test]
    fn no_validity_left_is_a_stopped_stock_even_when_it_is_sold_out() {
        let mut stock = stock();
        stock.terms.period.relative = crate::period::Relative::Days { days: 3, wait_days: 1 };
        let state = StockState::Stopped;
        let expected = Some(Refusal::StockNotSending { state });
        assert_eq!(refusal(&stock, 100, 0, 0, "2025-08-13T07:00:00"), expected);
    }

    #[test]
    fn an_issued_coupon_waits_for_its_confirm() {
        let coupon = coupon_of(&stock(), time(NOW));
        assert_eq!(coupon.state(time(NOW)), UserCouponState::Confirming);
        assert_eq!(coupon.usage, Usage::Single(None));
        let sequential = coupon_of(&sequential_stock(3, 1), time(NOW));
        assert_eq!(sequential.usage, Usage::Sequential(Rounds::first(3, sequential.window)));
    }

    #[test]
    fn only_assigned_codes_come_with_the_request() {
        let code = CouponCode::parse("C1").unwrap();
        for (mode, code, is_legal) in [
            (CouponCodeMode::Wechatpay, None, true),
            (CouponCodeMode::Wechatpay, Some(&code), false),
            (CouponCodeMode::Upload, None, true),
            (CouponCodeMode::Upload, Some(&code), false),
            (CouponCodeMode::ApiAssign, None, false),
            (CouponCodeMode::ApiAssign, Some(&code), true),
        ] {
            let found = check_code(mode, code);
            assert_eq!(found.is_ok(), is_legal, "{mode} {code:?}");
            if let Err(Refusal::Invalid(violation)) = found {
                assert_eq!((violation.field.as_str(), violation.kind), ("/coupon_code", ViolationKind::Rule));
            }
        }
    }
}
