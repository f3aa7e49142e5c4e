//! Everything that was made so far, and one command after another.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::{Answer, CouponView, Refused, UploadView};
use crate::chain::Chain;
use crate::command::{Caller, Command, CouponKey, OnCoupon, StockKey, person};
use crate::coupon::Coupon;
use crate::sending::Intent;
use crate::stock::{Lot, Product};
use crate::time::Seconds;

/// What a command comes to.
pub type Outcome = Result<Answer, Refused>;

/// A number that was used, in its scope: caller, operation and target.
type UsedNumber = (Caller, &'static str, String, String);

/// What is known of a used number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The whole request.
    pub(crate) data: String,
    /// What it made, when it made a lot.
    pub(crate) lot: Option<u32>,
    /// The first answer, of an upload.
    pub(crate) upload: Option<UploadView>,
}

/// The whole state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// The time.
    pub now: Seconds,
    /// Providers that the brand has authorised.
    pub authorised: BTreeSet<Caller>,
    /// Product coupons by their name.
    pub products: BTreeMap<u32, Product>,
    /// Stocks and bundles by their name.
    pub lots: BTreeMap<u32, Lot>,
    /// Every coupon in the order of issue.
    pub coupons: Vec<Coupon>,
    /// Every chain in the order of its beginning.
    pub chains: Vec<Chain>,
    /// Pre-sends and sends by caller and number.
    pub intents: BTreeMap<(Caller, String), Intent>,
    /// Every token that was given: caller, number, and when it dies.
    pub tickets: Vec<(Caller, String, Seconds)>,
    pub(crate) numbers: BTreeMap<UsedNumber, Noted>,
}

impl World {
    /// An empty world at an instant; both providers are authorised.
    #[must_use]
    pub fn new(now: Seconds) -> Self {
        Self {
            now,
            authorised: [Caller::Provider, Caller::OtherProvider].into(),
            products: BTreeMap::new(),
            lots: BTreeMap::new(),
            coupons: Vec::new(),
            chains: Vec::new(),
            intents: BTreeMap::new(),
            tickets: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    /// Does a command. What is refused changes nothing.
    ///
    /// # Errors
    /// The refusal.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        let mut after = self.clone();
        let outcome = after.run(command);
        if outcome.is_ok() {
            *self = after;
        }
        outcome
    }

    fn run(&mut self, command: &Command) -> Outcome {
        match command {
            Command::Wait(seconds) => {
                self.now += seconds;
                Ok(Answer::Done)
            }
            Command::Authorise { caller, granted } => {
                if *granted {
                    self.authorised.insert(*caller)
                } else {
                    self.authorised.remove(caller)
                };
                Ok(Answer::Done)
            }
            Command::CreateProductCoupon { .. } | Command::CreateStock { .. } => self.create(command),
            Command::PreSend(order) => self.pre_send(order),
            Command::Claim { sender, number, expires_at } => self.claim(*sender, number, *expires_at),
            Command::Send(order) => self.send(order),
            Command::Confirm(on) => self.confirm(command, on),
            Command::Use { on, .. } => self.use_(command, on),
            Command::Return { on, round } => self.return_(command, on, *round),
            Command::Deactivate { on, .. } => self.deactivate(command, on),
            Command::DeactivateChain { on, .. } => self.deactivate_chain(command, on),
            Command::Delete(key) => {
                let now = self.now;
                let Some(coupon) = self.coupon_mut(key) else { return Ok(Answer::Skipped) };
                coupon.delete(now);
                Ok(Answer::CouponState(coupon.state(now)))
            }
            Command::Pause(stock) => self.turn(*stock, true),
            Command::Resume(stock) => self.turn(*stock, false),
            Command::DeactivateStock { .. } | Command::DeactivateProductCoupon { .. } => self.end(command),
            Command::UpdateBudget { .. } => self.update_budget(command),
            Command::UploadCodes { caller, number, stock, codes } => {
                self.upload(command, *caller, number, *stock, codes)
            }
        }
    }

    /// A provider needs the brand's authorisation.
    pub(crate) fn ensure_authorised(&self, caller: Caller) -> Result<(), Refused> {
        let is_allowed = caller == Caller::Brand || self.authorised.contains(&caller);
        if is_allowed { Ok(()) } else { Err(Refused::NoAuthority) }
    }

    /// A provider sees what it created, the brand everything.
    pub(crate) fn ensure_visible(&self, caller: Caller, lot: &Lot) -> Result<(), Refused> {
        let product = &self.products[&lot.product];
        let sees = |creator: Caller| caller == Caller::Brand || caller == creator;
        if sees(product.creator) && sees(lot.creator) { Ok(()) } else { Err(Refused::NotFound) }
    }

    /// The coupon of a name.
    #[must_use]
    pub fn coupon(&self, key: &CouponKey) -> Option<&Coupon> {
        self.coupons.iter().find(|coupon| coupon.key == *key)
    }

    pub(crate) fn coupon_mut(&mut self, key: &CouponKey) -> Option<&mut Coupon> {
        self.coupons.iter_mut().find(|coupon| coupon.key == *key)
    }

    /// The checks that every command on a coupon begins with; nothing when there is no such coupon.
    pub(crate) fn reach(&self, on: &OnCoupon) -> Result<Option<&Coupon>, Refused> {
        let Some(coupon) = self.coupon(&on.coupon) else { return Ok(None) };
        self.ensure_authorised(on.caller)?;
        self.ensure_visible(on.caller, &self.lots[&coupon.stock.lot])?;
        if person(on.user) != person(coupon.user) {
            return Err(Refused::CouponNotFound);
        }
        Ok(Some(coupon))
    }

    /// Whether the number was used for this operation and target: with the same data it is a replay.
    pub(crate) fn replay(
        &self,
        (caller, operation, target): (Caller, &'static str, &str),
        number: &str,
        data: &str,
        mismatch: Refused,
    ) -> Result<Option<&Noted>, Refused> {
        match self.numbers.get(&(caller, operation, target.to_owned(), number.to_owned())) {
            None => Ok(None),
            Some(noted) if noted.data == data => Ok(Some(noted)),
            Some(_) => Err(mismatch),
        }
    }

    /// Notes a number as used.
    pub(crate) fn note(
        &mut self,
        (caller, operation, target): (Caller, &'static str, &str),
        number: &str,
        data: String,
        (lot, upload): (Option<u32>, Option<UploadView>),
    ) {
        let noted = Noted { data, lot, upload };
        self.numbers.insert((caller, operation, target.to_owned(), number.to_owned()), noted);
    }

    /// The coupon as it is shown.
    #[must_use]
    pub fn view(&self, coupon: &Coupon) -> CouponView {
        let chain = self.chain_of(&coupon.key).filter(|_| coupon.is_chained).map(|chain| {
            let used = self.coupons_of(chain).filter(|other| other.is_used_up()).count();
            (i64::from(coupon.key.index), i64::from(chain.total), i64::try_from(used).unwrap_or(i64::MAX))
        });
        let rounds = match coupon.total_rounds {
            None => {
                coupon.rounds.iter().filter_map(|round| Some((None, Some(round.usage.clone()?)))).collect()
            }
            Some(_) => coupon.rounds.iter().map(|round| (Some(round.window), round.usage.clone())).collect(),
        };
        CouponView {
            state: coupon.state(self.now),
            number: coupon.key.number.clone(),
            receive_time: coupon.receive_time,
            window: coupon.window,
            confirmed: coupon.confirmed.clone(),
            deactivated: coupon.deactivated.clone(),
            rounds,
            chain,
        }
    }

    /// The answer that shows one coupon.
    pub(crate) fn shown(&self, key: &CouponKey) -> Answer {
        let coupons = self.coupon(key).map(|coupon| (key.clone(), self.view(coupon)));
        Answer::Coupons(coupons.into_iter().collect())
    }

    /// The answer that shows a stock, or every stock of a bundle.
    pub(crate) fn shown_lot(&self, lot: u32) -> Answer {
        let lot = &self.lots[&lot];
        let product = &self.products[&lot.product];
        Answer::Stocks((0..lot.stocks.len()).map(|member| lot.view(member, product, self.now)).collect())
    }

    /// The coupons of a stock.
    pub fn coupons_of_stock(&self, stock: StockKey) -> impl Iterator<Item = &Coupon> {
        self.coupons.iter().filter(move |coupon| coupon.stock == stock)
    }
}
