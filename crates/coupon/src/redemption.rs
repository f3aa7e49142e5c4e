//! One use of a coupon or round, and its return: order reference, time, store (semantics 2.4, 3.4).
//!
//! The platform stores the order reference and does not ask whether the order exists.

use quan_model::coupon::{AssociatedOrderInfo, AssociatedPayScoreOrderInfo};
use quan_model::ids::{RequestNumber, StoreId};
use quan_model::time::Time;

use crate::benefit::Fen;
use crate::refusal::{Refusal, Violation, ViolationKind};

/// How far `use_time` may lie ahead of the platform's clock, in seconds, for clocks that differ
/// (semantics 3.4, assumed).
pub const USE_TIME_AHEAD_SECONDS_MAX: i64 = 300;

/// A use that happened. After a return it stays visible until the next use takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// Number of the use.
    pub request_no: RequestNumber,
    /// When the coupon was used, as the merchant says.
    pub use_time: Time,
    /// The order it was used for; over busifavor it may be without one.
    pub order: Option<OrderReference>,
    /// Where it was used.
    pub store_id: Option<StoreId>,
    /// What the customer saved.
    pub saved_amount: Option<Fen>,
    /// Its return, which makes it void.
    pub returned: Option<Return>,
}

/// The return of a use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// Number of the return.
    pub request_no: RequestNumber,
    /// When it was returned.
    pub time: Time,
}

impl Redemption {
    /// Whether it counts: it was not returned.
    pub fn is_standing(&self) -> bool {
        self.returned.is_none()
    }

    /// The same use, returned.
    #[must_use]
    pub(crate) fn returned(mut self, request_no: RequestNumber, time: Time) -> Self {
        self.returned = Some(Return { request_no, time });
        self
    }
}

/// The order of a use, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderReference {
    /// A payment: `transaction_id`, or `out_trade_no` with `mchid`.
    Order(AssociatedOrderInfo),
    /// A pay-score order: `order_id`, or `out_order_no` with `mchid`.
    PayScore(AssociatedPayScoreOrderInfo),
}

impl OrderReference {
    /// Takes the one of the two objects that was given (api-product-coupon 3.17, C20). Giving both
    /// forms inside one object is refused: they might name different orders.
    ///
    /// # Errors
    /// [`Violation`] of kind Rule when none or both are given, or the one given names no order or two.
    pub fn parse(
        order: Option<&AssociatedOrderInfo>,
        pay_score: Option<&AssociatedPayScoreOrderInfo>,
    ) -> Result<Self, Violation> {
        match (order, pay_score) {
            (Some(info), None) => {
                let names = [info.transaction_id.as_deref(), info.out_trade_no.as_deref()];
                let issue = "请填写transaction_id，或同时填写out_trade_no与mchid，二者选一";
                check_form("/associated_order_info", issue, names, info.mchid.as_deref())?;
                Ok(Self::Order(info.clone()))
            }
            (None, Some(info)) => {
                let names = [info.order_id.as_deref(), info.out_order_no.as_deref()];
                let issue = "请填写order_id，或同时填写out_order_no与mchid，二者选一";
                check_form("/associated_pay_score_order_info", issue, names, info.mchid.as_deref())?;
                Ok(Self::PayScore(info.clone()))
            }
            (Some(_), Some(_)) => Err(rule(
                "/associated_pay_score_order_info",
                "associated_order_info与associated_pay_score_order_info不能同时填写",
            )),
            (None, None) => Err(rule(
                "/associated_order_info",
                "请填写associated_order_info或associated_pay_score_order_info",
            )),
        }
    }
}

impl OrderReference {
    /// The order of a use over busifavor, where it may be left out (api-busifavor 5.13).
    ///
    /// # Errors
    /// [`Violation`] of kind Rule when the members name no order or two.
    pub fn of_merchant_coupon(info: AssociatedOrderInfo) -> Result<Option<Self>, Violation> {
        if info == AssociatedOrderInfo::default() {
            return Ok(None);
        }
        let names = [info.transaction_id.as_deref(), info.out_trade_no.as_deref()];
        let issue = "请填写transaction_id，或同时填写out_trade_no与mch_id，二者选一";
        check_form("/transaction_id", issue, names, info.mchid.as_deref())?;
        Ok(Some(Self::Order(info)))
    }
}

fn check_form(
    at: &str,
    issue: &str,
    [official, merchants]: [Option<&str>; 2],
    mchid: Option<&str>,
) -> Result<(), Violation> {
    let given = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    match (given(official), given(merchants), given(mchid)) {
        (true, false, _) | (false, true, true) => Ok(()),
        (true, true, _) | (false, true, false) | (false, false, _) => Err(rule(at, issue)),
    }
}

fn rule(field: &str, issue: &str) -> Violation {
    Violation::new(field, ViolationKind::Rule, issue)
}

/// Checks that `use_time` is not more than [`USE_TIME_AHEAD_SECONDS_MAX`] ahead of now.
///
/// # Errors
/// [`Violation`] of kind OutOfRange at `/use_time`.
pub fn check_use_time_ahead(use_time: Time, now: Time) -> Result<(), Violation> {
    if use_time <= now.plus_seconds(USE_TIME_AHEAD_SECONDS_MAX) {
        return Ok(());
    }
    Err(use_time_out_of_range(use_time, "核销时间不能晚于当前时间5分钟以上"))
}

/// Checks that `use_time` is not before the coupon was issued.
///
/// # Errors
/// [`Violation`] of kind OutOfRange at `/use_time`.
pub fn check_use_time_after_receive(use_time: Time, receive_time: Time) -> Result<(), Violation> {
    if use_time >= receive_time {
        return Ok(());
    }
    Err(use_time_out_of_range(use_time, "核销时间不能早于领取时间"))
}

fn use_time_out_of_range(use_time: Time, issue: &str) -> Violation {
    Violation::new("/use_time", ViolationKind::OutOfRange, issue).with_value(&use_time)
}

/// Reads `sequential_coupon_index`. Whether it may be there at all is asked by the coupon.
///
/// # Errors
/// [`Violation`] of kind OutOfRange at `/sequential_coupon_index` when it is negative or absurdly large.
pub fn parse_index(index: Option<i64>) -> Result<Option<u32>, Violation> {
    let parse = |index: i64| {
        u32::try_from(index).map_err(|_| {
            let issue = "轮次应为从0开始的整数";
            Violation::new("/sequential_coupon_index", ViolationKind::OutOfRange, issue).with_value(&index)
        })
    };
    index.map(parse).transpose()
}

/// What the use case found out about the stores of a use (semantics 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreCheck {
    /// Store scope NONE or ALL.
    Unrestricted {
        /// `None` when no store was given; otherwise whether it is an OPEN store of the brand.
        store_given_and_open: Option<bool>,
    },
    /// Store scope SPECIFIC.
    Specific {
        /// `None` when no store was given; otherwise whether it is associated with the stock and OPEN.
        store_given_and_associated: Option<bool>,
        /// Whether the stock has at least one associated store.
        has_associated_store: bool,
        /// The option `require_store_for_specific` of the deployment.
        store_required: bool,
    },
}

impl StoreCheck {
    /// Decides on the facts.
    ///
    /// # Errors
    /// [`Refusal::StoreNotAllowed`].
    pub fn decide(self) -> Result<(), Refusal> {
        let is_allowed = match self {
            Self::Unrestricted { store_given_and_open: store } => store.unwrap_or(true),
            Self::Specific { store_given_and_associated: Some(is_associated), .. } => is_associated,
            Self::Specific { store_given_and_associated: None, has_associated_store, store_required } => {
                has_associated_store && !store_required
            }
        };
        if is_allowed { Ok(()) } else { Err(Refusal::StoreNotAllowed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(names: [Option<&str>; 3]) -> Option<AssociatedOrderInfo> {
        let [transaction_id, out_trade_no, mchid] = names.map(|text| text.map(str::to_owned));
        Some(AssociatedOrderInfo { transaction_id, out_trade_no, mchid, sub_mchid: None })
    }

    fn pay_score(names: [Option<&str>; 3]) -> Option<AssociatedPayScoreOrderInfo> {
        let [order_id, out_order_no, mchid] = names.map(|text| text.map(str::to_owned));
        Some(AssociatedPayScoreOrderInfo { order_id, out_order_no, mchid, sub_mchid: None })
    }

    #[test]
    fn exactly_one_order_in_an_accepted_form() {
        let forms = [
            ([Some("1"), None, None], true),
            ([Some("1"), None, Some("2")], true),
            ([None, Some("1"), Some("2")], true),
            ([None, Some("1"), None], false),
            ([None, Some("1"), Some("")], false),
            ([None, None, Some("2")], false),
            ([None, None, None], false),
            ([Some(""), None, None], false),
            ([Some("1"), Some("1"), Some("2")], false),
        ];
        for (names, is_accepted) in forms {
            let found = OrderReference::parse(order(names).as_ref(), None);
            assert_eq!(found.is_ok(), is_accepted, "{names:?}");
            if let Err(violation) = found {
                assert_eq!(violation.field, "/associated_order_info");
                assert_eq!(violation.kind, ViolationKind::Rule);
            }
            let found = OrderReference::parse(None, pay_score(names).as_ref());
            assert_eq!(found.is_ok(), is_accepted, "{names:?}");
        }
        let one = [Some("1"), None, None];
        for (order, pay_score) in [(None, None), (order(one), pay_score(one))] {
            let violation = OrderReference::parse(order.as_ref(), pay_score.as_ref()).unwrap_err();
            assert_eq!(violation.kind, ViolationKind::Rule);
        }
    }

    #[test]
    fn stores_are_decided_by_the_scope() {
        let unrestricted = |store_given_and_open| StoreCheck::Unrestricted { store_given_and_open };
        let specific = |store_given_and_associated, has_associated_store, store_required| {
            StoreCheck::Specific { store_given_and_associated, has_associated_store, store_required }
        };
        for (check, is_allowed) in [
            (unrestricted(None), true),
            (unrestricted(Some(true)), true),
            (unrestricted(Some(false)), false),
            (specific(Some(true), true, false), true),
            (specific(Some(true), true, true), true),
            (specific(Some(false), true, false), false),
            (specific(None, true, false), true),
            (specific(None, true, true), false),
            (specific(None, false, false), false),
        ] {
            let expected = if is_allowed { Ok(()) } else { Err(Refusal::StoreNotAllowed) };
            assert_eq!(check.decide(), expected, "{check:?}");
        }
    }

    #[test]
    fn indexes_count_from_zero() {
        assert_eq!(parse_index(None), Ok(None));
        assert_eq!(parse_index(Some(0)), Ok(Some(0)));
        assert_eq!(parse_index(Some(-1)).unwrap_err().kind, ViolationKind::OutOfRange);
        assert!(parse_index(Some(i64::MAX)).is_err());
    }
}
