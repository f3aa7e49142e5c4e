//! Pre-sends, claims and sends, and the coupons that chains go on to issue.

use quan_coupon::chain::Chain;
use quan_coupon::issue::{self, IssueOrder};
use quan_coupon::pool::CodeState;
use quan_coupon::pre_send::{self, Decision, RecordState, RequestData, TokenState, decide, token_expires_at};
use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::{BundlePlace, UserCoupon};
use quan_coupon::window::{self, Window};
use quan_model::enums::{CouponCodeMode, SendChannel};
use quan_model::ids::{CouponCode, UserCouponBundleId};
use quan_model::time::Time;
use quan_reference_model::Answer;
use quan_reference_model::command::{Caller, CouponKey, Order, StockKey};

use super::kept::{Kept, KeptChain, KeptIntent, Stop, Waiting, parsed, request_number};
use crate::parties;

/// Digits of a code that the platform makes.
const MADE_DIGITS: usize = 22;

fn data_of(first: &Order, now: &Order) -> RequestData {
    let data = |order: &Order| (order.lot, order.user, order.code.clone(), order.attach);
    if data(first) == data(now) { RequestData::Same } else { RequestData::Other }
}

fn code_of(order: &Order) -> Result<Option<CouponCode>, Stop> {
    let code = order.code.clone().map(|code| parsed(CouponCode::parse(code))).transpose()?;
    Ok(code)
}

fn first_of(order: &Order) -> StockKey {
    StockKey { lot: order.lot, member: 0 }
}

impl Kept {
    pub(super) fn pre_send(&mut self, order: &Order) -> Result<Answer, Stop> {
        if !self.lots.contains_key(&order.lot) {
            return Ok(Answer::Skipped);
        }
        let (now, expires_at) = (self.now, token_expires_at(self.now));
        if let Some(intent) = self.intents.get_mut(&order.number) {
            let command = pre_send::Command::PreSend(data_of(&intent.order, order));
            match decide(command, intent.state, TokenState::at(intent.token_expires_at, now)) {
                Decision::NewToken => intent.token_expires_at = intent.token_expires_at.max(expires_at),
                Decision::Mismatch => return Err(Refusal::RequestMismatch.into()),
                other => return Err(Stop::Broken(format!("a pre-send is decided {other:?}"))),
            }
        } else {
            self.ensure_issuable(order)?;
            let (order, state) = (order.clone(), RecordState::Open);
            let number = order.number.clone();
            self.intents.insert(number, KeptIntent { order, state, token_expires_at: expires_at });
        }
        self.tickets.push((order.number.clone(), expires_at.unix_seconds()));
        Ok(Answer::Ticket(expires_at.unix_seconds()))
    }

    pub(super) fn claim(&mut self, number: &str, expires_at: i64) -> Result<Answer, Stop> {
        if !self.tickets.contains(&(number.to_owned(), expires_at)) {
            return Ok(Answer::Skipped);
        }
        let intent = self.intents.get(number).cloned().ok_or("a token without a pre-send".to_owned())?;
        let token = TokenState::at(Time::from_unix_seconds(expires_at), self.now);
        let first_time = match decide(pre_send::Command::Claim, intent.state, token) {
            Decision::TokenExpired => return Err(Stop::TokenExpired),
            Decision::Issue => true,
            Decision::ReturnCoupon => false,
            other => return Err(Stop::Broken(format!("a claim is decided {other:?}"))),
        };
        if first_time {
            self.issue_first(&intent.order, SendChannel::ReceiveComponent)?;
        }
        let coupons = self.facts_of_chain(number);
        let coupon = match self.chains.get(number) {
            Some(chain) => rules_of(chain, &coupons).current(self.now).cloned(),
            None => coupons.into_iter().next(),
        };
        let coupon = coupon.ok_or("a claim without a coupon".to_owned())?;
        let window = (coupon.window.begin.unix_seconds(), coupon.window.end.unix_seconds());
        Ok(Answer::Claimed { first_time, state: coupon.state(self.now), window })
    }

    pub(super) fn send(&mut self, order: &Order) -> Result<Answer, Stop> {
        if !self.lots.contains_key(&order.lot) {
            return Ok(Answer::Skipped);
        }
        match self.intents.get(&order.number).cloned() {
            None => {
                self.ensure_issuable(order)?;
                let intent =
                    KeptIntent { order: order.clone(), state: RecordState::Open, token_expires_at: self.now };
                self.intents.insert(order.number.clone(), intent);
                self.issue_first(order, SendChannel::Api)?;
            }
            Some(intent) => {
                let token = TokenState::at(intent.token_expires_at, self.now);
                let command = pre_send::Command::Send(data_of(&intent.order, order));
                match (decide(command, intent.state, token), token) {
                    (Decision::Issue, TokenState::Live) => {
                        self.ensure_no_reentry(order)?;
                        self.issue_first(order, SendChannel::Api)?;
                    }
                    (Decision::Issue, TokenState::Dead) => {
                        self.ensure_issuable(order)?;
                        self.issue_first(order, SendChannel::Api)?;
                    }
                    (Decision::ReturnCoupon, _) => {}
                    (Decision::Mismatch, _) => return Err(Refusal::RequestMismatch.into()),
                    (other, _) => return Err(Stop::Broken(format!("a send is decided {other:?}"))),
                }
            }
        }
        Ok(self.shown_coupons(&order.number))
    }

    /// The coupon of an order, or those of the chain that it began, in the order of their index.
    pub(super) fn facts_of_chain(&self, number: &str) -> Vec<UserCoupon> {
        self.coupons_of_chain(number).into_iter().map(|(_, coupon)| coupon).collect()
    }

    fn holder_of(&self, order: &Order) -> Option<&str> {
        let code = order.code.as_ref()?;
        let mut of_stock = self.coupons.values().filter(|(stock, _)| *stock == first_of(order));
        let held = of_stock.find(|(_, coupon)| coupon.coupon_code.as_str() == code);
        held.map(|(_, coupon)| coupon.person_id.as_str())
    }

    fn ensure_no_reentry(&self, order: &Order) -> Result<(), Stop> {
        let kept = self.stock(first_of(order)).ok_or("an order without a stock".to_owned())?;
        issue::check_code(kept.stock.terms.code_mode, code_of(order)?.as_ref())?;
        let is_held = self.holder_of(order) == Some(parties::person(order.user).as_str());
        if is_held { Err(Refusal::Reentry.into()) } else { Ok(()) }
    }

    fn ensure_issuable(&self, order: &Order) -> Result<(), Stop> {
        self.ensure_no_reentry(order)?;
        self.window_of_issue(order)?;
        let is_promised = self.intents.values().any(|other| {
            other.state == RecordState::Open
                && (other.order.lot, &other.order.code) == (order.lot, &order.code)
                && TokenState::at(other.token_expires_at, self.now) == TokenState::Live
        });
        let is_taken = order.code.is_some() && (is_promised || self.holder_of(order).is_some());
        if is_taken { Err(Refusal::CodeTaken.into()) } else { Ok(()) }
    }

    fn window_of_issue(&self, order: &Order) -> Result<Window, Stop> {
        let kept = self.stock(first_of(order)).ok_or("an order without a stock".to_owned())?;
        let counts = self.counts(kept, &parties::person(order.user));
        Ok(issue::check(&kept.stock, &counts, self.now)?)
    }

    /// The first coupon of an order, and with it of a chain. All limits count.
    fn issue_first(&mut self, order: &Order, channel: SendChannel) -> Result<(), Stop> {
        let window = self.window_of_issue(order)?;
        let stocks = self.lots.get(&order.lot).map_or(&[][..], |(_, stocks)| stocks);
        let total_count = u32::try_from(stocks.len()).unwrap_or(u32::MAX);
        let is_bundle = stocks.iter().any(|kept| kept.stock.bundle.is_some());
        stocks.iter().try_for_each(|kept| kept.stock.ensure_sending(self.now))?;
        if is_bundle {
            self.made += 1;
            let id = parsed(UserCouponBundleId::parse(format!("C{:06}", self.made)))?;
            let order = order.clone();
            let chain = KeptChain { id, order, total_count, is_deactivated: false, waiting: None };
            self.chains.insert(chain.order.number.clone(), chain);
        }
        let code = match self.take_code(order, 0)? {
            Some(code) => code,
            None => return Err(Refusal::PoolEmpty.into()),
        };
        if self.holder_of(order).is_some() {
            return Err(Refusal::CodeTaken.into());
        }
        self.count(first_of(order), order);
        self.put_coupon(order, channel, 0, window, code)?;
        if let Some(intent) = self.intents.get_mut(&order.number) {
            intent.state = RecordState::Claimed;
        }
        Ok(())
    }

    /// The code of the next coupon; nothing when the pool has none left.
    fn take_code(&mut self, order: &Order, member: u32) -> Result<Option<CouponCode>, Stop> {
        self.made += 1;
        let made = format!("{:0MADE_DIGITS$}", self.made);
        let asked_for = code_of(order)?;
        let key = StockKey { lot: order.lot, member };
        let kept = self.stock_mut(key).ok_or("an order without a stock".to_owned())?;
        match kept.stock.terms.code_mode {
            CouponCodeMode::ApiAssign => Ok(asked_for),
            CouponCodeMode::Wechatpay => Ok(Some(parsed(CouponCode::parse(made))?)),
            CouponCodeMode::Upload => {
                let free = kept.pool.iter_mut().find(|code| code.1.is_drawable());
                Ok(free.map(|code| {
                    code.1 = CodeState::Dispatched;
                    code.0.clone()
                }))
            }
        }
    }

    fn count(&mut self, key: StockKey, order: &Order) {
        let issue = (self.now, parties::person(order.user));
        if let Some(kept) = self.stock_mut(key) {
            kept.issues.push(issue);
        }
    }

    fn put_coupon(
        &mut self,
        order: &Order,
        send_channel: SendChannel,
        index: u32,
        window: Window,
        coupon_code: CouponCode,
    ) -> Result<(), Stop> {
        let stock = StockKey { lot: order.lot, member: index };
        let chain = self.chains.get(&order.number);
        let issue_order = IssueOrder {
            coupon_code,
            openid: parties::openid(order.user),
            appid: parties::appid(),
            person_id: parties::person(order.user),
            send_request_no: request_number(&order.number)?,
            send_channel,
            attach: order.attach.map(|attach| format!("attach-{attach}")),
            receive_time: self.now,
            bundle: chain.map(|chain| BundlePlace { user_coupon_bundle_id: chain.id.clone(), index }),
            tags: None,
        };
        let kept = self.stock(stock).ok_or("an order without a stock".to_owned())?;
        let coupon = issue::issue(&kept.stock, window, issue_order);
        let named = |key: &&CouponKey| key.number == order.number && key.index == index;
        let nth = u32::try_from(self.coupons.keys().filter(named).count()).unwrap_or(u32::MAX);
        let key = CouponKey { sender: Caller::Brand, number: order.number.clone(), index, nth };
        self.coupons.insert(key, (stock, coupon));
        Ok(())
    }

    /// Issues a further coupon of a chain, lets it wait for a code, or ends the chain.
    pub(super) fn issue_next(&mut self, number: &str, index: u32, use_time: Time) -> Result<(), Stop> {
        let chain = self.chains.get(number).cloned().ok_or("no such chain".to_owned())?;
        let key = StockKey { lot: chain.order.lot, member: index };
        let kept = self.stock(key).ok_or("a chain without a stock".to_owned())?;
        let interval_days = kept.stock.product.progressive.map_or(0, |terms| terms.interval_days);
        let window = window::after_use(&kept.stock.terms.period, use_time, interval_days);
        let mut waiting = None;
        if let Some(window) = window.filter(|window| self.now <= window.end) {
            let coupons = self.facts_of_chain(number);
            let is_counted = !rules_of(&chain, &coupons).was_issued(index);
            let channel = coupons.first().map_or(SendChannel::Api, |first| first.send_channel);
            match self.take_code(&chain.order, index)? {
                None => waiting = Some(Waiting { index, use_time, since: self.now }),
                Some(code) => {
                    if is_counted {
                        self.count(key, &chain.order);
                    }
                    self.put_coupon(&chain.order, channel, index, window, code)?;
                }
            }
        }
        if let Some(chain) = self.chains.get_mut(number) {
            chain.waiting = waiting;
        }
        Ok(())
    }

    /// Codes came: who waits longest is served first.
    pub(super) fn serve_queue(&mut self, key: StockKey) -> Result<(), Stop> {
        loop {
            let has_code =
                self.stock(key).is_some_and(|kept| kept.pool.iter().any(|code| code.1.is_drawable()));
            let waits_here = self.chains.values().filter_map(|chain| {
                let waiting = chain.waiting.as_ref()?;
                let is_here = chain.order.lot == key.lot && waiting.index == key.member;
                is_here
                    .then(|| (waiting.since, chain.id.clone(), chain.order.number.clone(), waiting.clone()))
            });
            let next = waits_here.min_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
            let Some((_, _, number, waiting)) = next.filter(|_| has_code) else { return Ok(()) };
            self.issue_next(&number, waiting.index, waiting.use_time)?;
        }
    }
}

/// A chain as the rules see it.
pub(super) fn rules_of<'c>(chain: &KeptChain, coupons: &'c [UserCoupon]) -> Chain<'c> {
    Chain {
        total_count: chain.total_count,
        is_deactivated: chain.is_deactivated,
        queued: chain.waiting.as_ref().map(|waiting| waiting.index),
        coupons,
    }
}
