//! Pre-send, claim and send: three ways to one coupon under one number (semantics 3.8, 5.2, 6.1, 7).

use quan_model::enums::CouponCodeMode;

use crate::answer::{Answer, Refused};
use crate::command::{Caller, CouponKey, Order, StockKey, User, person};
use crate::coupon::{Coupon, Round};
use crate::stock::Lot;
use crate::time::Seconds;
use crate::world::{Outcome, World};

/// How long a token lives.
const TOKEN_LIFE: Seconds = 300;

/// What is known of a number of the send space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// What was asked for.
    pub order: Order,
    /// When it came first.
    pub created_at: Seconds,
    /// When the last of its tokens dies; of a send when it came.
    pub token_expires_at: Seconds,
    /// Whether a coupon was issued for it.
    pub is_claimed: bool,
}

/// Whether two orders under one number are the same request.
fn is_same(one: &Order, other: &Order) -> bool {
    let data = |order: &Order| (order.lot, order.user, order.code.clone(), order.attach);
    data(one) == data(other)
}

impl World {
    /// The checks before the number is looked up; nothing when there is no such lot.
    fn reach_lot(&self, order: &Order) -> Result<Option<&Lot>, Refused> {
        let Some(lot) = self.lots.get(&order.lot) else { return Ok(None) };
        self.ensure_authorised(order.caller)?;
        self.ensure_visible(order.caller, lot)?;
        if lot.is_bundle && order.alone.is_some() {
            return Err(Refused::Rule);
        }
        Ok(Some(lot))
    }

    pub(crate) fn pre_send(&mut self, order: &Order) -> Outcome {
        if self.reach_lot(order)?.is_none() {
            return Ok(Answer::Skipped);
        }
        let expires_at = self.now + TOKEN_LIFE;
        let number = (order.caller, order.number.clone());
        match self.intents.get_mut(&number) {
            Some(intent) if !is_same(&intent.order, order) => return Err(Refused::Mismatch),
            // After the clock stepped back an earlier token may be the one that lives longest.
            Some(intent) => intent.token_expires_at = intent.token_expires_at.max(expires_at),
            None => {
                self.ensure_issuable(order)?;
                let intent = Intent {
                    order: order.clone(),
                    created_at: self.now,
                    token_expires_at: expires_at,
                    is_claimed: false,
                };
                self.intents.insert(number, intent);
            }
        }
        self.tickets.push((order.caller, order.number.clone(), expires_at));
        Ok(Answer::Ticket(expires_at))
    }

    pub(crate) fn claim(&mut self, sender: Caller, number: &str, expires_at: Seconds) -> Outcome {
        if !self.tickets.contains(&(sender, number.to_owned(), expires_at)) {
            return Ok(Answer::Skipped);
        }
        let intent = self.intents[&(sender, number.to_owned())].clone();
        if self.now >= expires_at {
            return Err(Refused::TokenExpired);
        }
        if !intent.is_claimed {
            self.issue_first(&intent.order).map_err(Refused::in_component)?;
        }
        let first = CouponKey { sender, number: number.to_owned(), index: 0, nth: 0 };
        let coupon = self.whose_turn_it_is(&first);
        Ok(Answer::Claimed {
            first_time: !intent.is_claimed,
            state: coupon.state(self.now),
            window: coupon.window,
        })
    }

    pub(crate) fn send(&mut self, order: &Order) -> Outcome {
        if self.reach_lot(order)?.is_none() {
            return Ok(Answer::Skipped);
        }
        let number = (order.caller, order.number.clone());
        match self.intents.get(&number).cloned() {
            Some(intent) if !is_same(&intent.order, order) => return Err(Refused::Mismatch),
            Some(intent) if intent.is_claimed => {}
            Some(intent) => {
                // A live token has its code promised; since it died another number may have been promised it.
                if self.now < intent.token_expires_at {
                    self.ensure_code_fits(order)?;
                } else {
                    self.ensure_issuable(order)?;
                }
                self.issue_first(order)?;
            }
            None => {
                self.ensure_issuable(order)?;
                let intent = Intent {
                    order: order.clone(),
                    created_at: self.now,
                    token_expires_at: self.now,
                    is_claimed: false,
                };
                self.intents.insert(number, intent);
                self.issue_first(order)?;
            }
        }
        let first = CouponKey { sender: order.caller, number: order.number.clone(), index: 0, nth: 0 };
        Ok(match self.chain_of(&first) {
            Some(chain) => self.shown_chain(chain),
            None => self.shown(&first),
        })
    }

    /// The code is there exactly when the mode asks for it, and the person does not have it already.
    fn ensure_code_fits(&self, order: &Order) -> Result<(), Refused> {
        let is_asked_for = self.lots[&order.lot].terms.code_mode == CouponCodeMode::ApiAssign;
        if is_asked_for != order.code.is_some() {
            return Err(Refused::Rule);
        }
        match self.holder_of(order) {
            Some(holder) if person(holder) == person(order.user) => Err(Refused::Reentry),
            Some(_) | None => Ok(()),
        }
    }

    /// Who has a coupon with the code that is asked for.
    fn holder_of(&self, order: &Order) -> Option<User> {
        let code = order.code.as_ref()?;
        let stock = StockKey { lot: order.lot, member: 0 };
        self.coupons_of_stock(stock)
            .find(|coupon| coupon.code.as_ref() == Some(code))
            .map(|coupon| coupon.user)
    }

    /// What an issue would refuse now, and a code that is promised to another number.
    fn ensure_issuable(&self, order: &Order) -> Result<(), Refused> {
        self.ensure_code_fits(order)?;
        let lot = &self.lots[&order.lot];
        lot.may_issue(&self.products[&lot.product], order.user, self.now)?;
        if order.code.is_none() {
            return Ok(());
        }
        let promised = self.intents.values().any(|other| {
            !other.is_claimed
                && other.order.lot == order.lot
                && other.order.code == order.code
                && self.now < other.token_expires_at
        });
        if promised || self.holder_of(order).is_some() { Err(Refused::CodeTaken) } else { Ok(()) }
    }

    /// The first coupon of an order, and with it of a chain. All limits count.
    fn issue_first(&mut self, order: &Order) -> Result<(), Refused> {
        let lot = &self.lots[&order.lot];
        let window = lot.may_issue(&self.products[&lot.product], order.user, self.now)?;
        let stock = StockKey { lot: order.lot, member: 0 };
        if self.is_pool_empty(stock) {
            return Err(Refused::PoolEmpty);
        }
        if self.holder_of(order).is_some() {
            return Err(Refused::CodeTaken);
        }
        let is_bundle = lot.is_bundle;
        self.count(stock, order.user);
        self.put_coupon(order, 0, stock, window);
        if is_bundle {
            self.begin_chain(order);
        }
        if let Some(intent) = self.intents.get_mut(&(order.caller, order.number.clone())) {
            intent.is_claimed = true;
        }
        Ok(())
    }

    pub(crate) fn count(&mut self, stock: StockKey, user: User) {
        let issue = (crate::time::day(self.now), person(user));
        if let Some(lot) = self.lots.get_mut(&stock.lot) {
            lot.stocks[stock.member as usize].issues.push(issue);
        }
    }

    /// A new coupon, with its first round open.
    pub(crate) fn put_coupon(
        &mut self,
        order: &Order,
        index: u32,
        stock: StockKey,
        window: (Seconds, Seconds),
    ) {
        let named = |coupon: &&Coupon| {
            coupon.key.sender == order.caller
                && coupon.key.number == order.number
                && coupon.key.index == index
        };
        let nth = u32::try_from(self.coupons.iter().filter(named).count()).unwrap_or(u32::MAX);
        let lot = &self.lots[&stock.lot];
        let total_rounds = match self.products[&lot.product].mode {
            crate::command::Mode::Sequential { count, .. } => Some(count),
            crate::command::Mode::Single | crate::command::Mode::Bundle { .. } => None,
        };
        self.coupons.push(Coupon {
            key: CouponKey { sender: order.caller, number: order.number.clone(), index, nth },
            stock,
            user: order.user,
            code: order.code.clone(),
            attach: order.attach,
            receive_time: self.now,
            window,
            confirmed: None,
            total_rounds,
            rounds: vec![Round { window, usage: None }],
            deactivated: None,
            deleted: None,
            hidden: None,
            is_chained: lot.is_bundle,
        });
    }
}
