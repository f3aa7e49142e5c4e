//! Every business refusal of semantics 0.2, with the data that explains it.
//!
//! One vocabulary for the rules here and for the checks that need the store (who owns what, which number
//! was used before). It knows no HTTP status, code or number: one file of the gateway gives each variant
//! its place on the wire.

use quan_model::enums::{ProductCouponState, StockState, UserCouponState};

/// Why a command is refused. `Display` is an English sentence for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// R-BODY, R-PARAM-*, R-RULE, R-MONO, R-IMAGE: one field of the request is wrong.
    #[error(transparent)]
    Invalid(#[from] Violation),
    /// R-NOTFOUND: the product coupon or stock is unknown, of another brand, or created by another provider.
    #[error("the product coupon or stock is unknown to the caller")]
    NotFound,
    /// R-COUPON-NOTFOUND: no user coupon for this openid, code and stock.
    #[error("the user coupon is unknown to the caller")]
    CouponNotFound,
    /// R-NOAUTH: the brand has not authorised the provider for product coupons.
    #[error("the brand has not authorised the caller for product coupons")]
    NoAuthority,
    /// R-APPID: the appid is bound neither to the brand nor to the provider.
    #[error("the appid is not bound to the brand or the caller")]
    AppidNotBound,
    /// R-OPENID: the openid cannot be read or is not one of the appid.
    #[error("the openid is not one of the appid")]
    OpenidUnusable,
    /// A merchant that the call names is unknown (api-busifavor 5.3).
    #[error("the merchant named by {field} is unknown")]
    MerchantUnknown {
        /// The member that names it.
        field: &'static str,
    },
    /// R-STOCK-STATE: nothing is issued from a stock in this state, or no validity would be left.
    #[error("the stock is {state} and issues no coupon now")]
    StockNotSending {
        /// The state of the stock.
        state: StockState,
    },
    /// R-USER-LIMIT: the person has as many coupons of the stock as allowed.
    #[error("the person already has {max} coupons of the stock, as many as allowed")]
    UserLimit {
        /// `max_count_per_user`.
        max: u64,
    },
    /// R-STOCK-OUT: `max_count` is reached.
    #[error("every coupon of the stock is issued")]
    StockOut,
    /// R-DAY-OUT: `max_count_per_day` is reached.
    #[error("every coupon of the stock for this day is issued")]
    DayOut,
    /// R-POOL-EMPTY: no uploaded code is left.
    #[error("no uploaded coupon code is left")]
    PoolEmpty,
    /// R-CODE-TAKEN: the assigned code is another coupon's of the stock.
    #[error("the coupon code is already used in the stock")]
    CodeTaken,
    /// R-REENTRY: an issue of the same code to the same person under another number.
    #[error("the same coupon is being sent, or was sent, to the person under another number")]
    Reentry,
    /// R-MISMATCH: a known request number with different data.
    #[error("the request number was used before with different data")]
    RequestMismatch,
    /// R-EXISTS: a creation with a used `out_request_no` and different data.
    #[error("the creation number was used before with different data")]
    AlreadyExists,
    /// R-REQNO-SPENT: the redemption of this use number was returned since.
    #[error("the redemption of this use number was returned; use a new number")]
    RequestNoSpent,
    /// R-STATE of a user coupon.
    #[error("a coupon that is {state} does not allow {attempted}")]
    WrongState {
        /// The state of the coupon.
        state: UserCouponState,
        /// The command: `confirm`, `use`, `return`, `deactivate`, `delete`, `associate`, `disassociate` or `pay`.
        attempted: &'static str,
    },
    /// R-STATE: the round to use is not the one whose turn it is.
    #[error("round {index} cannot be used before round {open}")]
    RoundNotOpen {
        /// The round asked for, from 0.
        index: u32,
        /// The round whose turn it is, from 0.
        open: u32,
    },
    /// R-STATE: only the latest redemption of a coupon's rounds, or of a chain, can be returned.
    #[error("round {index} is not the latest one used")]
    NotLatestRedemption {
        /// The round, or the coupon's index in its chain, from 0.
        index: u32,
    },
    /// R-STATE of a chain: nothing of it is left to deactivate.
    #[error("nothing of the chain of coupons is left to deactivate")]
    ChainOver,
    /// R-STATE of a stock: deactivate, pause or resume does not fit its state.
    #[error("a stock that is {state} does not allow {attempted}")]
    StockWrongState {
        /// The state of the stock.
        state: StockState,
        /// The command: `deactivate`, `pause` or `resume`.
        attempted: &'static str,
    },
    /// R-STATE of an uploaded code: it was given out and cannot be deleted.
    #[error("the uploaded coupon code was given out")]
    CodeDispatched,
    /// R-USED: already redeemed under another use number.
    #[error("the coupon or round was already used under another number")]
    Used,
    /// R-LOCKED: another redemption of the coupon is in flight.
    #[error("another redemption of the coupon is in flight")]
    Locked,
    /// R-DELETED: the user deleted the coupon.
    #[error("the user deleted the coupon")]
    Deleted,
    /// R-EXPIRED: confirm, use or return of an expired coupon.
    #[error("the coupon has expired")]
    Expired,
    /// R-EXPIRED-OP: any other command on an expired coupon.
    #[error("the coupon has expired and can no longer be changed")]
    ExpiredForOperation,
    /// R-WINDOW: outside the absolute validity.
    #[error("outside the validity of the coupon or round")]
    OutsideWindow,
    /// R-PERIOD: inside the validity but outside the weekly or irregular periods.
    #[error("outside the weekly or irregular periods of the coupon")]
    OutsidePeriod,
    /// R-STORE: the store of the redemption is not allowed.
    #[error("the coupon cannot be used in this store")]
    StoreNotAllowed,
    /// R-STORE-ALL: a store list of a stock that every store accepts.
    #[error("the stock is usable in every store and has no store list")]
    StoreScopeIsAll,
    /// R-STOCK-CLOSED: the stock is STOPPED or DEACTIVATED and cannot be edited.
    #[error("the stock has ended and cannot be edited")]
    StockClosed,
    /// R-BUDGET-STALE: the given current value is not the stored one.
    #[error("the current budget given is not the stored one")]
    BudgetStale,
    /// R-BUDGET-LOW: the target is below what was already issued.
    #[error("the target budget is below what was issued")]
    BudgetLow,
    /// R-STATE of a product coupon: the command needs it to be EFFECTIVE.
    #[error("the product coupon is {state}, not EFFECTIVE")]
    ProductCouponNotEffective {
        /// The state of the product coupon.
        state: ProductCouponState,
    },
}

/// A finding about one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is not acceptable ({kind:?}): {issue}")]
pub struct Violation {
    /// JSON pointer into the request body, such as `/stock/stock_send_rule/max_count`.
    pub field: String,
    /// Which family of errors it belongs to.
    pub kind: ViolationKind,
    /// In Chinese, what to change.
    pub issue: String,
    /// The value found, when it is short and helps.
    pub value: Option<String>,
}

impl Violation {
    /// A finding without a value.
    pub fn new(field: impl Into<String>, kind: ViolationKind, issue: impl Into<String>) -> Self {
        Self { field: field.into(), kind, issue: issue.into(), value: None }
    }

    /// The same finding with the value found.
    #[must_use]
    pub fn with_value(mut self, value: &(impl ToString + ?Sized)) -> Self {
        self.value = Some(value.to_string());
        self
    }
}

/// The families of field errors (semantics 0.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// R-BODY: a required field is missing.
    Missing,
    /// R-PARAM-FMT: an illegal value or form.
    Format,
    /// R-PARAM-LONG: a text or list that is too long.
    TooLong,
    /// R-PARAM-SHORT: a text or list that is too short.
    TooShort,
    /// R-PARAM-RANGE: a number or time outside its range.
    OutOfRange,
    /// R-RULE: a combination of fields that breaks a business rule.
    Rule,
    /// R-MONO: a later round is less generous than the one before.
    Monotone,
    /// R-IMAGE: a product image is missing.
    ImageMissing,
    /// R-IMAGE-SIZE: an uploaded picture is over 2 MB.
    ImageTooLarge,
}

impl ViolationKind {
    /// Every kind, for tests that walk them.
    pub const ALL: &'static [Self] = &[
        Self::Missing,
        Self::Format,
        Self::TooLong,
        Self::TooShort,
        Self::OutOfRange,
        Self::Rule,
        Self::Monotone,
        Self::ImageMissing,
        Self::ImageTooLarge,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_sentence_names_the_state_and_the_field() {
        let refusal = Refusal::WrongState { state: UserCouponState::Confirming, attempted: "use" };
        assert_eq!(refusal.to_string(), "a coupon that is CONFIRMING does not allow use");
        let violation = Violation::new("/stock", ViolationKind::Missing, "必须填写stock").with_value("x");
        assert_eq!(violation.value.as_deref(), Some("x"));
        assert_eq!(Refusal::from(violation).to_string(), "/stock is not acceptable (Missing): 必须填写stock");
    }

    #[test]
    fn every_kind_is_listed_once() {
        for (index, kind) in ViolationKind::ALL.iter().enumerate() {
            assert_eq!(ViolationKind::ALL.iter().position(|other| other == kind), Some(index));
        }
        assert_eq!(ViolationKind::ALL.len(), ViolationKind::ImageTooLarge as usize + 1);
    }
}
