//! What a command is answered with, as far as the rules decide it.

use quan_model::enums::{StockState, UserCouponState};

use crate::command::CouponKey;
use crate::time::Seconds;

/// Why a command is refused: the catalogue of semantics 0.2, as far as the commands reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// R-RULE.
    Rule,
    /// R-PARAM-RANGE.
    Range,
    /// R-NOAUTH.
    NoAuthority,
    /// R-NOTFOUND.
    NotFound,
    /// R-COUPON-NOTFOUND.
    CouponNotFound,
    /// R-STOCK-STATE.
    StockState,
    /// R-USER-LIMIT.
    UserLimit,
    /// R-STOCK-OUT.
    StockOut,
    /// R-DAY-OUT.
    DayOut,
    /// R-POOL-EMPTY.
    PoolEmpty,
    /// R-CODE-TAKEN.
    CodeTaken,
    /// R-REENTRY.
    Reentry,
    /// R-MISMATCH.
    Mismatch,
    /// R-EXISTS.
    Exists,
    /// R-REQNO-SPENT.
    NumberSpent,
    /// R-STATE.
    State,
    /// R-USED.
    Used,
    /// R-DELETED.
    Deleted,
    /// R-EXPIRED.
    Expired,
    /// R-EXPIRED-OP.
    ExpiredForOperation,
    /// R-WINDOW.
    Window,
    /// R-PERIOD.
    Period,
    /// R-STORE.
    Store,
    /// R-STOCK-CLOSED.
    StockClosed,
    /// R-BUDGET-STALE.
    BudgetStale,
    /// R-BUDGET-LOW.
    BudgetLow,
    /// A claim with a dead token.
    TokenExpired,
    /// A claim of what is used up: the page says which limit.
    UnavailableStockOut,
    /// A claim on a day that is used up.
    UnavailableDayOut,
    /// A claim by somebody who has as many as allowed.
    UnavailableUserLimit,
    /// A claim of a stock that does not send, or whose code is taken.
    UnavailableNotRunning,
    /// A claim without a code left.
    UnavailablePoolEmpty,
}

impl Refused {
    /// Every refusal, for tests that want each of them reached.
    pub const ALL: [Self; 32] = [
        Self::Rule,
        Self::Range,
        Self::NoAuthority,
        Self::NotFound,
        Self::CouponNotFound,
        Self::StockState,
        Self::UserLimit,
        Self::StockOut,
        Self::DayOut,
        Self::PoolEmpty,
        Self::CodeTaken,
        Self::Reentry,
        Self::Mismatch,
        Self::Exists,
        Self::NumberSpent,
        Self::State,
        Self::Used,
        Self::Deleted,
        Self::Expired,
        Self::ExpiredForOperation,
        Self::Window,
        Self::Period,
        Self::Store,
        Self::StockClosed,
        Self::BudgetStale,
        Self::BudgetLow,
        Self::TokenExpired,
        Self::UnavailableStockOut,
        Self::UnavailableDayOut,
        Self::UnavailableUserLimit,
        Self::UnavailableNotRunning,
        Self::UnavailablePoolEmpty,
    ];

    /// How the claim component says it.
    #[must_use]
    pub fn in_component(self) -> Self {
        match self {
            Self::StockOut => Self::UnavailableStockOut,
            Self::DayOut => Self::UnavailableDayOut,
            Self::UserLimit => Self::UnavailableUserLimit,
            Self::StockState | Self::CodeTaken => Self::UnavailableNotRunning,
            Self::PoolEmpty => Self::UnavailablePoolEmpty,
            other => other,
        }
    }
}

/// A redemption as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseView {
    /// Its number.
    pub number: String,
    /// When.
    pub time: Seconds,
    /// The number and time of its return.
    pub returned: Option<(String, Seconds)>,
}

/// A coupon as it is shown, its code left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponView {
    /// Its state.
    pub state: UserCouponState,
    /// The number of the send.
    pub number: String,
    /// When it was issued.
    pub receive_time: Seconds,
    /// First and last second of validity.
    pub window: (Seconds, Seconds),
    /// The confirm.
    pub confirmed: Option<(String, Seconds)>,
    /// The deactivation by the merchant.
    pub deactivated: Option<(String, Seconds)>,
    /// The rounds issued so far, with their windows; of a coupon that is used once its one use.
    pub rounds: Vec<(Option<(Seconds, Seconds)>, Option<UseView>)>,
    /// In a chain: index, coupons in all, coupons used.
    pub chain: Option<(i64, i64, i64)>,
}

/// A stock as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockView {
    /// Its state.
    pub state: StockState,
    /// Its budget in all.
    pub max_count: u64,
    /// Its budget for a day.
    pub max_per_day: Option<u64>,
    /// Issued in all.
    pub total: u64,
    /// Issued today.
    pub today: u64,
}

/// The answer to an upload: what became of the codes, each list in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UploadView {
    /// Different codes of the request.
    pub total_count: usize,
    /// New ones given once.
    pub success: Vec<String>,
    /// Illegal ones.
    pub failed: Vec<String>,
    /// Known before.
    pub already_exist: Vec<String>,
    /// New ones given more than once.
    pub duplicate: Vec<String>,
}

/// What is answered when nothing is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing that the rules decide.
    Done,
    /// The command is about something that its history never made.
    Skipped,
    /// A token that lives until then.
    Ticket(Seconds),
    /// A claim, and whether it was the one that issued.
    Claimed {
        /// Whether it issued.
        first_time: bool,
        /// The state of the coupon whose turn it is.
        state: UserCouponState,
        /// Its validity.
        window: (Seconds, Seconds),
    },
    /// Coupons: one, or those of a chain.
    Coupons(Vec<(CouponKey, CouponView)>),
    /// A stock, or those of a bundle.
    Stocks(Vec<StockView>),
    /// Whether a product coupon is EFFECTIVE.
    ProductCoupon {
        /// Or DEACTIVATED, or AUDITING.
        is_effective: bool,
    },
    /// What became of an upload.
    Upload(UploadView),
    /// The state of a coupon.
    CouponState(UserCouponState),
    /// The state of a stock.
    StockState(StockState),
}
