//! What the rules say, kept in memory: the facts of stocks, coupons and chains under the names of the model.

use std::collections::BTreeMap;

use quan_coupon::definition::ProductCouponTerms;
use quan_coupon::pool::CodeState;
use quan_coupon::pre_send::RecordState;
use quan_coupon::product_coupon::Lifecycle;
use quan_coupon::refusal::{Refusal, Violation};
use quan_coupon::stock::{Counts, Stock};
use quan_coupon::user_coupon::UserCoupon;
use quan_model::ids::{CouponCode, RequestNumber, UserCouponBundleId};
use quan_model::time::Time;
use quan_reference_model::Answer;
use quan_reference_model::command::{Command, CouponKey, Mode, Order, StockKey};

use crate::performing;
use crate::views::{Broken, broken};

/// Why nothing came of a command.
pub(super) enum Stop {
    /// The rules refused it.
    Refused(Refusal),
    /// The token was dead.
    TokenExpired,
    /// Nothing that rules decide.
    Broken(Broken),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Violation> for Stop {
    fn from(violation: Violation) -> Self {
        Self::Refused(violation.into())
    }
}

impl From<Broken> for Stop {
    fn from(what: Broken) -> Self {
        Self::Broken(what)
    }
}

/// A product coupon.
#[derive(Clone, Debug)]
pub(super) struct KeptProduct {
    pub(super) mode: Mode,
    pub(super) terms: ProductCouponTerms,
    pub(super) lifecycle: Lifecycle,
}

/// A stock with what it has issued and the codes of its pool.
#[derive(Clone, Debug)]
pub(super) struct KeptStock {
    pub(super) stock: Stock,
    pub(super) issues: Vec<(Time, String)>,
    pub(super) pool: Vec<(CouponCode, CodeState)>,
}

/// The issue of a chain that waits for a code.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) index: u32,
    pub(super) use_time: Time,
    pub(super) since: Time,
}

/// A chain.
#[derive(Clone, Debug)]
pub(super) struct KeptChain {
    pub(super) id: UserCouponBundleId,
    pub(super) order: Order,
    pub(super) total_count: u32,
    pub(super) is_deactivated: bool,
    pub(super) waiting: Option<Waiting>,
}

/// What is known of a number of pre-sends and sends.
#[derive(Clone, Debug)]
pub(super) struct KeptIntent {
    pub(super) order: Order,
    pub(super) state: RecordState,
    pub(super) token_expires_at: Time,
}

/// Everything.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) now: Time,
    pub(super) products: BTreeMap<u32, KeptProduct>,
    pub(super) lots: BTreeMap<u32, (u32, Vec<KeptStock>)>,
    pub(super) coupons: BTreeMap<CouponKey, (StockKey, UserCoupon)>,
    pub(super) chains: BTreeMap<String, KeptChain>,
    pub(super) intents: BTreeMap<String, KeptIntent>,
    pub(super) tickets: Vec<(String, i64)>,
    pub(super) made: u64,
}

impl Kept {
    /// Nothing, at an instant.
    pub(super) fn at(now: i64) -> Self {
        Self {
            now: Time::from_unix_seconds(now),
            products: BTreeMap::new(),
            lots: BTreeMap::new(),
            coupons: BTreeMap::new(),
            chains: BTreeMap::new(),
            intents: BTreeMap::new(),
            tickets: Vec::new(),
            made: 0,
        }
    }

    /// Does a command. After a refusal this value is of no use.
    pub(super) fn perform(&mut self, command: &Command) -> Result<Answer, Stop> {
        match command {
            Command::Wait(seconds) => {
                self.now = self.now.plus_seconds(*seconds);
                Ok(Answer::Done)
            }
            Command::Authorise { .. } => Err(Stop::Broken("the rules know no authorisations".to_owned())),
            Command::PreSend(order) => self.pre_send(order),
            Command::Claim { number, expires_at, .. } => self.claim(number, *expires_at),
            Command::Send(order) => self.send(order),
            Command::Confirm(_)
            | Command::Use { .. }
            | Command::Return { .. }
            | Command::Deactivate { .. }
            | Command::DeactivateChain { .. }
            | Command::Delete(_) => self.on_coupon(command),
            Command::CreateProductCoupon { .. }
            | Command::CreateStock { .. }
            | Command::Pause(_)
            | Command::Resume(_)
            | Command::DeactivateStock { .. }
            | Command::DeactivateProductCoupon { .. }
            | Command::UpdateBudget { .. }
            | Command::UploadCodes { .. } => self.on_catalogue(command),
        }
    }

    pub(super) fn stock(&self, key: StockKey) -> Option<&KeptStock> {
        self.lots.get(&key.lot)?.1.get(usize::try_from(key.member).ok()?)
    }

    pub(super) fn stock_mut(&mut self, key: StockKey) -> Option<&mut KeptStock> {
        self.lots.get_mut(&key.lot)?.1.get_mut(usize::try_from(key.member).ok()?)
    }

    /// The coupons of a chain in the order of their index.
    pub(super) fn coupons_of_chain(&self, number: &str) -> Vec<(CouponKey, UserCoupon)> {
        let of_chain = self.coupons.iter().filter(|(key, _)| key.number == number);
        of_chain.map(|(key, (_, coupon))| (key.clone(), coupon.clone())).collect()
    }

    /// What a stock has issued, as an issue to this person needs to know it.
    pub(super) fn counts(&self, kept: &KeptStock, person: &str) -> Counts {
        let count = |fits: &dyn Fn(&(Time, String)) -> bool| {
            kept.issues.iter().filter(|issue| fits(issue)).count() as u64
        };
        Counts {
            total: count(&|_| true),
            today: count(&|issue| issue.0.date() == self.now.date()),
            person: count(&|issue| issue.1 == person),
        }
    }
}

pub(super) fn request_number(text: &str) -> Result<RequestNumber, Broken> {
    performing::number(text).map(Into::into)
}

/// An id or a code that the histories made.
pub(super) fn parsed<T>(parsed: Result<T, quan_model::ids::IdError>) -> Result<T, Broken> {
    parsed.map_err(|error| broken(&error))
}
