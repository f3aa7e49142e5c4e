//! What can be asked for. A command names everything by what its history said before, never by an id, so that it
//! means the same when other commands of the history are left out.

use quan_model::enums::CouponCodeMode;

use crate::time::Seconds;

/// Who calls. The brand sees everything of its own, a provider what it created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// A provider.
    Provider,
    /// Another provider of the same brand.
    OtherProvider,
    /// The brand itself.
    Brand,
}

/// A user. Users 0 and 1 are one person with two openids.
pub type User = u8;

/// The person that a user is.
#[must_use]
pub fn person(user: User) -> User {
    if user == 1 { 0 } else { user }
}

/// How often a coupon is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Once.
    Single,
    /// In rounds of one coupon.
    Sequential {
        /// Rounds.
        count: u32,
        /// Days between them.
        interval_days: u32,
        /// Days of validity.
        days: u32,
    },
    /// In a chain of coupons.
    Bundle {
        /// Coupons of a chain.
        count: u32,
        /// Days between them.
        interval_days: u32,
    },
}

/// A weekly period of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekly {
    /// 0 is Monday.
    pub days: Vec<i64>,
    /// Seconds of the day, both ends inclusive; the whole day without it.
    pub hours: Option<(Seconds, Seconds)>,
}

/// What a stock, or every stock of a bundle, is created with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Where codes come from.
    pub code_mode: CouponCodeMode,
    /// Coupons in all.
    pub max_count: u64,
    /// Coupons on a day.
    pub max_per_day: Option<u64>,
    /// Coupons for a person.
    pub max_per_person: u64,
    /// First second of use.
    pub begin: Seconds,
    /// Last second of use.
    pub end: Seconds,
    /// Days of validity; until `end` without it. Of a sequential coupon the mode has it.
    pub days: Option<u32>,
    /// Days to wait after the issue.
    pub wait_days: u32,
    /// When in the week.
    pub weekly: Option<Weekly>,
}

/// A stock of a lot: 0 of a stock that stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StockKey {
    /// The lot, a stock or a stock bundle.
    pub lot: u32,
    /// The place in the bundle.
    pub member: u32,
}

/// A coupon: the send that asked for it, its index in the chain, and how often that index was issued before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CouponKey {
    /// Who sent.
    pub sender: Caller,
    /// The number of the send.
    pub number: String,
    /// In a chain, from 0.
    pub index: u32,
    /// From 0.
    pub nth: u32,
}

/// What is to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who sends.
    pub caller: Caller,
    /// Its number.
    pub number: String,
    /// Of which lot.
    pub lot: u32,
    /// The member, when a stock of a bundle is asked for by itself, which is refused.
    pub alone: Option<u32>,
    /// To whom.
    pub user: User,
    /// The code that the caller wants.
    pub code: Option<String>,
    /// Given back later.
    pub attach: Option<u8>,
}

/// A call on a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnCoupon {
    /// Who calls.
    pub caller: Caller,
    /// Its number.
    pub number: String,
    /// Which coupon.
    pub coupon: CouponKey,
    /// Who is said to hold it.
    pub user: User,
}

/// The store that a use names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// None.
    Unnamed,
    /// An open store of the brand.
    Open,
    /// A store that is unknown.
    Unknown,
}

/// The dimension of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// In all.
    Total,
    /// On a day.
    Day,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The clock moves, back when negative.
    Wait(Seconds),
    /// The brand authorises a provider, or takes that back.
    Authorise {
        /// Whom.
        caller: Caller,
        /// Whether it stands.
        granted: bool,
    },
    /// A product coupon with its first lot.
    CreateProductCoupon {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// What it is called from now on.
        product: u32,
        /// What its first lot is called from now on.
        lot: u32,
        /// How often a coupon is used.
        mode: Mode,
        /// Of the first lot.
        terms: Terms,
    },
    /// One more stock.
    CreateStock {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// Of which product coupon.
        product: u32,
        /// What it is called from now on.
        lot: u32,
        /// What it is.
        terms: Terms,
    },
    /// The intent to give a coupon.
    PreSend(Order),
    /// The user claims with a token.
    Claim {
        /// Who pre-sent.
        sender: Caller,
        /// Under which number.
        number: String,
        /// Until when the token lives.
        expires_at: Seconds,
    },
    /// A coupon given at once.
    Send(Order),
    /// The merchant has booked the coupon.
    Confirm(OnCoupon),
    /// The coupon or round is redeemed.
    Use {
        /// On which coupon.
        on: OnCoupon,
        /// When it was used.
        use_time: Seconds,
        /// Which round.
        round: Option<u32>,
        /// Whether an order is named.
        with_order: bool,
        /// Where.
        place: Place,
    },
    /// A redemption is undone.
    Return {
        /// On which coupon.
        on: OnCoupon,
        /// Which round.
        round: Option<u32>,
    },
    /// The merchant ends a coupon.
    Deactivate {
        /// On which coupon.
        on: OnCoupon,
        /// Why.
        reason: u8,
    },
    /// The merchant ends a chain.
    DeactivateChain {
        /// On a coupon of the chain.
        on: OnCoupon,
        /// Why.
        reason: u8,
    },
    /// The user removes a coupon.
    Delete(CouponKey),
    /// An operator pauses a stock.
    Pause(StockKey),
    /// An operator resumes a stock.
    Resume(StockKey),
    /// The owner ends a stock.
    DeactivateStock {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// Which stock.
        stock: StockKey,
        /// Why.
        reason: u8,
    },
    /// The owner ends a product coupon.
    DeactivateProductCoupon {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// Which product coupon.
        product: u32,
        /// Why.
        reason: u8,
    },
    /// The budget of a stock, or of a whole bundle.
    UpdateBudget {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// Which lot.
        lot: u32,
        /// The member, when a stock of a bundle is asked for by itself, which is refused.
        alone: Option<u32>,
        /// Which dimension.
        dimension: Dimension,
        /// What the caller believes to be in force.
        current: u64,
        /// What it wants.
        target: u64,
    },
    /// Codes for a pool.
    UploadCodes {
        /// Who calls.
        caller: Caller,
        /// Its number.
        number: String,
        /// Whose pool.
        stock: StockKey,
        /// The codes.
        codes: Vec<String>,
    },
}

impl Command {
    /// The names of all commands, for tests that want each of them tried.
    pub const NAMES: [&str; 19] = [
        "wait",
        "authorise",
        "create_product_coupon",
        "create_stock",
        "pre_send",
        "claim",
        "send",
        "confirm",
        "use",
        "return",
        "deactivate",
        "deactivate_chain",
        "delete",
        "pause",
        "resume",
        "deactivate_stock",
        "deactivate_product_coupon",
        "update_budget",
        "upload_codes",
    ];

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wait(_) => "wait",
            Self::Authorise { .. } => "authorise",
            Self::CreateProductCoupon { .. } => "create_product_coupon",
            Self::CreateStock { .. } => "create_stock",
            Self::PreSend(_) => "pre_send",
            Self::Claim { .. } => "claim",
            Self::Send(_) => "send",
            Self::Confirm(_) => "confirm",
            Self::Use { .. } => "use",
            Self::Return { .. } => "return",
            Self::Deactivate { .. } => "deactivate",
            Self::DeactivateChain { .. } => "deactivate_chain",
            Self::Delete(_) => "delete",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::DeactivateStock { .. } => "deactivate_stock",
            Self::DeactivateProductCoupon { .. } => "deactivate_product_coupon",
            Self::UpdateBudget { .. } => "update_budget",
            Self::UploadCodes { .. } => "upload_codes",
        }
    }
}
