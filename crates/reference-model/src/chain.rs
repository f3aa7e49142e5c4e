//! Chains: a use issues the next coupon, a return withdraws it (semantics 3.6, 4.8, 5.3).

use crate::answer::{Answer, Refused};
use crate::command::{Caller, Command, CouponKey, Mode, OnCoupon, Order, StockKey, person};
use crate::coupon::Coupon;
use crate::time::{Seconds, after_interval};
use crate::world::{Outcome, World};

/// A coupon of a chain that waits for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its index.
    pub index: u32,
    /// When the coupon before it was used.
    pub use_time: Seconds,
    /// Since when it waits.
    pub since: Seconds,
}

/// A chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The order that began it.
    pub order: Order,
    /// The platform's id, once it was told: it decides between chains that wait since the same second.
    pub id: Option<String>,
    /// Coupons in all.
    pub total: u32,
    /// What waits.
    pub queued: Option<Queued>,
    /// The merchant's deactivation.
    pub deactivated: Option<(String, Seconds)>,
}

impl World {
    pub(crate) fn begin_chain(&mut self, order: &Order) {
        let total = u32::try_from(self.lots[&order.lot].stocks.len()).unwrap_or(u32::MAX);
        self.chains.push(Chain { order: order.clone(), id: None, total, queued: None, deactivated: None });
    }

    fn place_of(&self, key: &CouponKey) -> Option<usize> {
        self.chains.iter().position(|chain| is_begun_by(chain, key.sender, &key.number))
    }

    /// The chain of a coupon, if it stands in one.
    #[must_use]
    pub fn chain_of(&self, key: &CouponKey) -> Option<&Chain> {
        self.place_of(key).map(|place| &self.chains[place])
    }

    /// The coupons of a chain in the order of issue.
    pub fn coupons_of<'w>(&'w self, chain: &'w Chain) -> impl Iterator<Item = &'w Coupon> {
        self.coupons.iter().filter(|coupon| is_begun_by(chain, coupon.key.sender, &coupon.key.number))
    }

    pub(crate) fn shown_chain(&self, chain: &Chain) -> Answer {
        let mut coupons: Vec<_> =
            self.coupons_of(chain).map(|coupon| (coupon.key.clone(), self.view(coupon))).collect();
        coupons.sort_by(|one, other| one.0.cmp(&other.0));
        Answer::Coupons(coupons)
    }

    /// The coupon that the claim component shows: of a chain the open one, or the last there is.
    pub(crate) fn whose_turn_it_is(&self, first: &CouponKey) -> &Coupon {
        let of_first = self.coupon(first).expect("a claimed intent has its coupon");
        let Some(chain) = self.chain_of(first) else { return of_first };
        let last = |coupon: &&Coupon| (coupon.key.index, coupon.is_used_up(), coupon.receive_time);
        let alive = self.coupons_of(chain).find(|coupon| coupon.is_alive(self.now));
        alive.or_else(|| self.coupons_of(chain).max_by_key(last)).unwrap_or(of_first)
    }

    /// A coupon was used: the next one of its chain comes into being.
    pub(crate) fn after_use(&mut self, key: &CouponKey, use_time: Seconds) {
        let Some(place) = self.place_of(key) else { return };
        let (chain, next) = (&self.chains[place], key.index + 1);
        if next < chain.total && chain.deactivated.is_none() {
            self.issue_next(place, next, use_time);
        }
    }

    /// No limit and no state stands in its way: the user was granted the whole chain.
    fn issue_next(&mut self, place: usize, index: u32, use_time: Seconds) {
        let order = self.chains[place].order.clone();
        let lot = &self.lots[&order.lot];
        let mode = self.products[&lot.product].mode;
        let interval_days = match mode {
            Mode::Bundle { interval_days, .. } => interval_days,
            Mode::Single | Mode::Sequential { .. } => 0,
        };
        let begin = after_interval(use_time, interval_days).max(lot.terms.begin);
        let window = lot.window_from(mode, begin).filter(|window| self.now <= window.1);
        self.chains[place].queued = None;
        let Some(window) = window else { return };
        let stock = StockKey { lot: order.lot, member: index };
        if self.is_pool_empty(stock) {
            self.chains[place].queued = Some(Queued { index, use_time, since: self.now });
            return;
        }
        let chain = &self.chains[place];
        if !self.coupons_of(chain).any(|coupon| coupon.key.index == index) {
            self.count(stock, order.user);
        }
        self.put_coupon(&order, index, stock, window);
    }

    /// Codes came: who waits longest is served first.
    pub(crate) fn serve_queue(&mut self, stock: StockKey) {
        while !self.is_pool_empty(stock) {
            let waiting = self.chains.iter().enumerate().filter_map(|(place, chain)| {
                let queued = chain.queued.as_ref()?;
                let waits_here = chain.order.lot == stock.lot && queued.index == stock.member;
                waits_here.then(|| (queued.since, chain.id.clone(), place, queued.clone()))
            });
            let Some((_, _, place, queued)) =
                waiting.min_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)))
            else {
                return;
            };
            self.issue_next(place, queued.index, queued.use_time);
        }
    }

    /// Only the use of a chain that came last can be returned.
    pub(crate) fn ensure_latest_use(&self, coupon: &Coupon) -> Result<(), Refused> {
        let Some(chain) = self.chain_of(&coupon.key) else { return Ok(()) };
        let is_later_used =
            self.coupons_of(chain).any(|other| other.is_used_up() && other.key.index > coupon.key.index);
        if coupon.is_used_up() && is_later_used { Err(Refused::State) } else { Ok(()) }
    }

    /// A coupon was returned: what its use had brought is withdrawn.
    pub(crate) fn after_return(&mut self, key: &CouponKey, number: &str) {
        let Some(place) = self.place_of(key) else { return };
        let (now, chain) = (self.now, self.chains[place].clone());
        let behind = self.coupons.iter_mut().filter(|coupon| {
            is_begun_by(&chain, coupon.key.sender, &coupon.key.number) && coupon.key.index > key.index
        });
        for coupon in behind.filter(|coupon| coupon.is_alive(now)) {
            coupon.deactivated = Some((number.to_owned(), now));
        }
        self.chains[place].queued = None;
    }

    pub(crate) fn deactivate_chain(&mut self, command: &Command, on: &OnCoupon) -> Outcome {
        let Some(place) = self.place_of(&on.coupon) else { return Ok(Answer::Skipped) };
        let chain = self.chains[place].clone();
        self.ensure_authorised(on.caller)?;
        self.ensure_visible(on.caller, &self.lots[&chain.order.lot])?;
        if person(on.user) != person(chain.order.user) {
            return Err(Refused::CouponNotFound);
        }
        let (scope, data) = ((on.caller, "deactivate_chain", ""), format!("{command:?}"));
        if self.replay(scope, &on.number, &data, Refused::Mismatch)?.is_none() {
            let now = self.now;
            let is_alive = self.coupons_of(&chain).any(|coupon| coupon.is_alive(now));
            let is_complete =
                self.coupons_of(&chain).filter(|coupon| coupon.is_used_up()).count() >= chain.total as usize;
            if is_complete || !is_alive && chain.queued.is_none() {
                return Err(Refused::State);
            }
            for coupon in &mut self.coupons {
                if is_begun_by(&chain, coupon.key.sender, &coupon.key.number) && coupon.is_alive(now) {
                    coupon.deactivated = Some((on.number.clone(), now));
                }
            }
            self.chains[place].queued = None;
            self.chains[place].deactivated = Some((on.number.clone(), now));
            self.note(scope, &on.number, data, (None, None));
        }
        Ok(self.shown_chain(&self.chains[place]))
    }
}

fn is_begun_by(chain: &Chain, sender: Caller, number: &str) -> bool {
    chain.order.caller == sender && chain.order.number == number
}
