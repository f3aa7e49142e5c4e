//! Coupons confirmed, used, returned, deactivated and deleted, and what that means to their chains.

use quan_coupon::redemption::{OrderReference, StoreCheck};
use quan_coupon::user_coupon::{UseOrder, UserCoupon};
use quan_model::coupon::AssociatedOrderInfo;
use quan_model::time::Time;
use quan_reference_model::Answer;
use quan_reference_model::command::{Command, CouponKey, OnCoupon, Place};

use super::giving::rules_of;
use super::kept::{Kept, Stop, request_number};
use crate::parties;

impl Kept {
    pub(super) fn on_coupon(&mut self, command: &Command) -> Result<Answer, Stop> {
        let now = self.now;
        match command {
            Command::Confirm(on) => {
                let Some(coupon) = self.facts(&on.coupon) else { return Ok(Answer::Skipped) };
                self.put(&on.coupon, coupon.confirm(request_number(&on.number)?, now)?);
                Ok(self.shown_coupon(&on.coupon))
            }
            Command::Use { on, .. } => self.use_(command, on),
            Command::Return { on, round } => self.return_(on, *round),
            Command::Deactivate { on, reason } => {
                let Some(coupon) = self.facts(&on.coupon) else { return Ok(Answer::Skipped) };
                let ended =
                    coupon.deactivate(request_number(&on.number)?, format!("reason {reason}"), now)?;
                self.put(&on.coupon, ended);
                Ok(self.shown_coupon(&on.coupon))
            }
            Command::DeactivateChain { on, reason } => self.deactivate_chain(on, *reason),
            Command::Delete(key) => {
                let Some(coupon) = self.facts(key) else { return Ok(Answer::Skipped) };
                let deleted = coupon.delete(now)?;
                let state = deleted.state(now);
                self.put(key, deleted);
                Ok(Answer::CouponState(state))
            }
            _ => Ok(Answer::Skipped),
        }
    }

    fn facts(&self, key: &CouponKey) -> Option<UserCoupon> {
        self.coupons.get(key).map(|(_, coupon)| coupon.clone())
    }

    fn put(&mut self, key: &CouponKey, coupon: UserCoupon) {
        if let Some((_, kept)) = self.coupons.get_mut(key) {
            *kept = coupon;
        }
    }

    fn use_(&mut self, command: &Command, on: &OnCoupon) -> Result<Answer, Stop> {
        let Command::Use { use_time, round, with_order, place, .. } = command else {
            return Ok(Answer::Skipped);
        };
        let Some((stock, coupon)) = self.coupons.get(&on.coupon).cloned() else { return Ok(Answer::Skipped) };
        let stock = self.stock(stock).ok_or("a coupon without a stock".to_owned())?.stock.clone();
        let info = AssociatedOrderInfo {
            transaction_id: Some("4200000000202603021234567890".to_owned()),
            ..AssociatedOrderInfo::default()
        };
        let order = OrderReference::parse(with_order.then_some(&info), None);
        let use_time = Time::from_unix_seconds(*use_time);
        let asked = UseOrder {
            request_no: request_number(&on.number)?,
            use_time,
            index: *round,
            order: order.as_ref().ok().cloned(),
            store_id: parties::store(*place),
            saved_amount: None,
        };
        let store_given_and_open = match place {
            Place::Unnamed => None,
            Place::Open => Some(true),
            Place::Unknown => Some(false),
        };
        let stores = StoreCheck::Unrestricted { store_given_and_open };
        let interval_days = stock.product.sequential.as_ref().map_or(0, |terms| terms.interval_days);
        let used = coupon.use_(asked, &stock.terms.period, interval_days, stores, self.now)?;
        order?;
        self.put(&on.coupon, used);
        if let Some(chain) = self.chains.get(&on.coupon.number) {
            let coupons = self.facts_of_chain(&on.coupon.number);
            if let Some(next) = rules_of(chain, &coupons).next_after_use(on.coupon.index) {
                self.issue_next(&on.coupon.number, next, use_time)?;
            }
        }
        Ok(self.shown_coupon(&on.coupon))
    }

    fn return_(&mut self, on: &OnCoupon, round: Option<u32>) -> Result<Answer, Stop> {
        let Some(coupon) = self.facts(&on.coupon) else { return Ok(Answer::Skipped) };
        let number = request_number(&on.number)?;
        let chain = self.chains.get(&on.coupon.number).cloned();
        if let Some(chain) = &chain {
            let coupons = self.facts_of_chain(&on.coupon.number);
            rules_of(chain, &coupons).ensure_latest_use(&coupon)?;
        }
        self.put(&on.coupon, coupon.return_(number.clone(), round, self.now)?);
        if let Some(chain) = &chain {
            let coupons = self.facts_of_chain(&on.coupon.number);
            let withdrawn = rules_of(chain, &coupons).withdrawn_by_return(on.coupon.index, &number, self.now);
            self.put_changed(&on.coupon.number, &withdrawn);
            if let Some(chain) = self.chains.get_mut(&on.coupon.number) {
                chain.waiting = None;
            }
        }
        Ok(self.shown_coupon(&on.coupon))
    }

    fn deactivate_chain(&mut self, on: &OnCoupon, reason: u8) -> Result<Answer, Stop> {
        let number = &on.coupon.number;
        let Some(chain) = self.chains.get(number) else { return Ok(Answer::Skipped) };
        let coupons = self.facts_of_chain(number);
        let request_no = request_number(&on.number)?;
        let ended =
            rules_of(chain, &coupons).deactivate(&request_no, &format!("reason {reason}"), self.now)?;
        self.put_changed(number, &ended);
        if let Some(chain) = self.chains.get_mut(number) {
            (chain.is_deactivated, chain.waiting) = (true, None);
        }
        Ok(self.shown_coupons(number))
    }

    /// Writes the coupons of a chain that changed.
    fn put_changed(&mut self, number: &str, changed: &[UserCoupon]) {
        for (key, old) in self.coupons_of_chain(number) {
            let is_it =
                |new: &&UserCoupon| (&new.stock_id, &new.coupon_code) == (&old.stock_id, &old.coupon_code);
            if let Some(new) = changed.iter().find(is_it) {
                self.put(&key, new.clone());
            }
        }
    }
}
