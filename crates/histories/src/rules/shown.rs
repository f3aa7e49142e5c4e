//! The kept facts in the words of the model, and both held against each other.

use quan_coupon::redemption::Redemption;
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_coupon::window::Window;
use quan_model::time::Time;
use quan_reference_model::answer::{CouponView, StockView, UseView};
use quan_reference_model::command::{Caller, CouponKey, StockKey};
use quan_reference_model::{Answer, World};

use super::giving::rules_of;
use super::kept::Kept;
use crate::views::Broken;

fn pair(window: Window) -> (i64, i64) {
    (window.begin.unix_seconds(), window.end.unix_seconds())
}

fn used(redemption: &Redemption) -> UseView {
    let returned = redemption.returned.as_ref();
    UseView {
        number: redemption.request_no.to_string(),
        time: redemption.use_time.unix_seconds(),
        returned: returned.map(|returned| (returned.request_no.to_string(), returned.time.unix_seconds())),
    }
}

impl Kept {
    fn view(&self, key: &CouponKey, coupon: &UserCoupon) -> CouponView {
        let noted = |number: &dyn ToString, time: Time| (number.to_string(), time.unix_seconds());
        let rounds = match &coupon.usage {
            Usage::Single(redemption) => redemption.iter().map(|use_| (None, Some(used(use_)))).collect(),
            Usage::Sequential(rounds) => {
                let shown = |round: &quan_coupon::sequential::Round| {
                    (Some(pair(round.window)), round.redemption.as_ref().map(used))
                };
                rounds.rounds.iter().map(shown).collect()
            }
        };
        let chain = self.chains.get(&key.number).map(|chain| {
            let coupons = self.facts_of_chain(&key.number);
            let used = rules_of(chain, &coupons).used_count();
            (i64::from(key.index), i64::from(chain.total_count), i64::from(used))
        });
        CouponView {
            state: coupon.state(self.now),
            number: coupon.send_request_no.to_string(),
            receive_time: coupon.receive_time.unix_seconds(),
            window: pair(coupon.window),
            confirmed: coupon.confirmed.as_ref().map(|confirm| noted(&confirm.request_no, confirm.time)),
            deactivated: coupon.deactivated.as_ref().map(|end| noted(&end.request_no, end.time)),
            rounds,
            chain,
        }
    }

    pub(super) fn shown_coupon(&self, key: &CouponKey) -> Answer {
        let coupon = self.coupons.get(key).map(|(_, coupon)| (key.clone(), self.view(key, coupon)));
        Answer::Coupons(coupon.into_iter().collect())
    }

    /// The coupon of an order, or those of its chain.
    pub(super) fn shown_coupons(&self, number: &str) -> Answer {
        let coupons = self.coupons_of_chain(number);
        let shown = |(key, coupon): (CouponKey, UserCoupon)| (key.clone(), self.view(&key, &coupon));
        Answer::Coupons(coupons.into_iter().map(shown).collect())
    }

    pub(super) fn shown_lot(&self, lot: u32) -> Answer {
        let stocks = self.lots.get(&lot).map_or(&[][..], |(_, stocks)| stocks);
        let shown = |kept: &super::kept::KeptStock| {
            let counts = self.counts(kept, "");
            let limits = &kept.stock.terms.limits;
            StockView {
                state: kept.stock.state(self.now),
                max_count: limits.max_count,
                max_per_day: limits.max_count_per_day,
                total: counts.total,
                today: counts.today,
            }
        };
        Answer::Stocks(stocks.iter().map(shown).collect())
    }

    /// Tells the model the codes and ids that were made; that none was given twice is the model's to say.
    pub(super) fn tell(&self, world: &mut World) -> Result<(), Broken> {
        for (key, (_, coupon)) in &self.coupons {
            world.tell_code(key, coupon.coupon_code.as_str())?;
        }
        for (number, chain) in &self.chains {
            world.tell_chain(Caller::Brand, number, chain.id.as_str());
        }
        Ok(())
    }

    /// Says what differs, if anything does.
    pub(super) fn compare(&self, world: &World) -> Result<(), Broken> {
        let mine: Vec<_> =
            self.coupons.iter().map(|(key, (_, coupon))| (key.clone(), self.view(key, coupon))).collect();
        let mut models: Vec<_> =
            world.coupons.iter().map(|coupon| (coupon.key.clone(), world.view(coupon))).collect();
        models.sort_by(|one, other| one.0.cmp(&other.0));
        same("the coupons", &mine, &models)?;
        for key in world.lots.keys() {
            let lot = &world.lots[key];
            let product = &world.products[&lot.product];
            let models = (0..lot.stocks.len()).map(|member| lot.view(member, product, world.now)).collect();
            same(&format!("lot {key}"), &self.shown_lot(*key), &Answer::Stocks(models))?;
            for (member, _) in lot.stocks.iter().enumerate() {
                let stock = StockKey { lot: *key, member: u32::try_from(member).unwrap_or(u32::MAX) };
                let free = self
                    .stock(stock)
                    .map_or(0, |kept| kept.pool.iter().filter(|code| code.1.is_drawable()).count());
                let models = if lot.has_pool() { world.free_codes(stock) } else { 0 };
                same(&format!("free codes of {stock:?}"), &free, &models)?;
            }
        }
        let waits = |index: u32, use_time: i64, since: i64| (index, use_time, since);
        for chain in &world.chains {
            let kept = self.chains.get(&chain.order.number).ok_or("a chain is missing")?;
            let mine = kept.waiting.as_ref().map(|waiting| {
                waits(waiting.index, waiting.use_time.unix_seconds(), waiting.since.unix_seconds())
            });
            let models =
                chain.queued.as_ref().map(|queued| waits(queued.index, queued.use_time, queued.since));
            same(&format!("what waits in {}", chain.order.number), &mine, &models)?;
            same("an ended chain", &kept.is_deactivated, &chain.deactivated.is_some())?;
        }
        same("how many chains", &self.chains.len(), &world.chains.len())?;
        same("how many orders", &self.intents.len(), &world.intents.len())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, mine: &T, models: &T) -> Result<(), Broken> {
    if mine == models {
        Ok(())
    } else {
        Err(format!("{what}: the rules have {mine:?}, the model {models:?}"))
    }
}
