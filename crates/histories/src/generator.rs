//! Commands drawn from a seed. It looks at the model, so that most commands mean something: limits are small, codes
//! few, users few, and numbers come back, with the same data and with other data.

mod terms;

use quan_model::enums::{CouponCodeMode, StockState, UserCouponState};
use quan_reference_model::World;
use quan_reference_model::command::{
    Caller, Command, CouponKey, Dimension, OnCoupon, Order, Place, StockKey, User, person,
};
use quan_reference_model::coupon::Coupon;
use quan_reference_model::stock::Lot;
use quan_reference_model::time::{DAY, day, midnight};

use crate::compare::USERS;
use crate::random::Random;

/// Product coupons of a history at most.
const PRODUCTS_MAX: usize = 4;
/// Stocks of a history at most, bundles as one.
const LOTS_MAX: usize = 7;

/// What draws the commands of one history.
pub(crate) struct Generator {
    random: Random,
    /// Every command with a number, to come back.
    past: Vec<Command>,
    numbers: u32,
    names: u32,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), past: Vec::new(), numbers: 0, names: 0 }
    }

    pub(crate) fn random(&self) -> &Random {
        &self.random
    }

    /// The next command.
    pub(crate) fn next(&mut self, world: &World) -> Command {
        let command = self.draw(world);
        if !matches!(command, Command::Wait(_) | Command::Authorise { .. }) {
            self.past.push(command.clone());
        }
        command
    }

    fn draw(&mut self, world: &World) -> Command {
        if world.products.is_empty() || world.products.len() < 2 && self.random.percent(60) {
            return self.create_product(world);
        }
        let is_withdrawn = world.authorised.len() < 2;
        if is_withdrawn && self.random.percent(20) {
            return self.authorise(world);
        }
        // The least used weights are for what ends everything.
        match self.random.below(1000) {
            0..8 if world.products.len() < PRODUCTS_MAX => self.create_product(world),
            8..20 if world.lots.len() < LOTS_MAX => self.create_stock(world),
            20..120 => self.again(world),
            120..180 => self.again_with_other_data(world),
            180..240 => self.wait(world),
            240..245 => self.authorise(world),
            245..360 => self.pre_send(world),
            360..460 => self.claim(world),
            460..570 => self.send(world),
            570..760 => self.on_coupon(world),
            760..860 => self.use_(world),
            860..900 => self.return_(world),
            900..940 => self.upload(world),
            940..970 => self.update_budget(world),
            970..977 => self.pause(world),
            977..986 => self.resume(world),
            986..990 => self.deactivate_stock(world),
            990..992 => self.deactivate_product(world),
            _ => self.deactivate_chain(world),
        }
    }

    fn number(&mut self) -> String {
        self.numbers += 1;
        format!("NO_{:06}", self.numbers)
    }

    fn name(&mut self) -> u32 {
        self.names += 1;
        self.names
    }

    /// Mostly who may.
    fn caller(&self, creator: Caller) -> Caller {
        match self.random.below(20) {
            0 => Caller::OtherProvider,
            1 => Caller::Brand,
            _ => creator,
        }
    }

    fn creator(&self) -> Caller {
        if self.random.percent(15) { Caller::Brand } else { Caller::Provider }
    }

    fn user(&self) -> User {
        u8::try_from(self.random.below(u64::from(USERS))).unwrap_or(0)
    }

    fn create_product(&mut self, world: &World) -> Command {
        let mode = terms::mode(&self.random);
        Command::CreateProductCoupon {
            caller: self.creator(),
            number: self.number(),
            product: self.name(),
            lot: self.name(),
            mode,
            terms: terms::terms(&self.random, mode, world.now),
        }
    }

    fn create_stock(&mut self, world: &World) -> Command {
        let products: Vec<_> = world.products.iter().collect();
        let Some((name, product)) = self.random.one_of(&products) else { return self.create_product(world) };
        let terms = terms::terms(&self.random, product.mode, world.now);
        let (caller, number, lot) = (self.caller(product.creator), self.number(), self.name());
        Command::CreateStock { caller, number, product: **name, lot, terms }
    }

    /// The same call once more.
    fn again(&mut self, world: &World) -> Command {
        // What was asked a moment ago comes back most often.
        let recent = self.past.len().saturating_sub(25);
        let from = if self.random.percent(70) { &self.past[recent..] } else { &self.past[..] };
        self.random.one_of(from).cloned().unwrap_or(Command::Wait(world.now % 2))
    }

    /// The same number with other data.
    fn again_with_other_data(&mut self, world: &World) -> Command {
        let mut command = self.again(world);
        let other = self.user();
        match &mut command {
            Command::PreSend(order) | Command::Send(order) => {
                if self.random.percent(50) {
                    order.user = other;
                } else {
                    order.attach = Some(9);
                }
                if self.random.percent(30) {
                    return Command::Send(order.clone());
                }
            }
            Command::Confirm(on) | Command::Return { on, .. } | Command::DeactivateChain { on, .. } => {
                on.user = other;
            }
            Command::Use { on, use_time, .. } => {
                if self.random.percent(50) {
                    on.user = other;
                } else {
                    *use_time -= 1;
                }
            }
            Command::Deactivate { reason, .. }
            | Command::DeactivateStock { reason, .. }
            | Command::DeactivateProductCoupon { reason, .. } => *reason = 9,
            Command::CreateProductCoupon { product, lot, terms, .. } => {
                terms.max_count += 1;
                (*product, *lot) = (self.name(), self.name());
            }
            Command::CreateStock { lot, terms, .. } => {
                terms.max_count += 1;
                *lot = self.name();
            }
            Command::UpdateBudget { target, .. } => *target += 1,
            Command::UploadCodes { codes, .. } => codes.push(format!("X{other}")),
            Command::Wait(_)
            | Command::Authorise { .. }
            | Command::Claim { .. }
            | Command::Delete(_)
            | Command::Pause(_)
            | Command::Resume(_) => {}
        }
        command
    }

    /// To the moments at which something changes, and sometimes back a little.
    fn wait(&self, world: &World) -> Command {
        let random = &self.random;
        let to_midnight = midnight(day(world.now) + 1) - world.now;
        let (ends, rounds) = self.moments(world);
        let to = |moment: Option<&i64>| moment.map_or(1, |moment| (moment - world.now).max(1));
        Command::Wait(match random.below(20) {
            0..6 => random.between(1, 200),
            6..8 => random.between(250, 310),
            8..11 => random.between(3_600, 30_000),
            11 => to_midnight - 1,
            12..15 => to_midnight + random.between(0, 3_600),
            15 => -random.between(1, 90),
            16..19 => to(random.one_of(&rounds)),
            _ => to(random.one_of(&ends)) + random.between(0, 1),
        })
    }

    /// The next ends, and the next beginnings of coupons and rounds.
    fn moments(&self, world: &World) -> (Vec<i64>, Vec<i64>) {
        let soon = |moment: &i64| *moment >= world.now && *moment < world.now + 9 * DAY;
        let ends = world.coupons.iter().map(|coupon| coupon.window.1);
        let lots = world.lots.values().map(|lot| lot.terms.end);
        let begins = world.coupons.iter().flat_map(|coupon| coupon.rounds.iter().map(|round| round.window.0));
        (ends.chain(lots).filter(soon).collect(), begins.filter(soon).collect())
    }

    fn authorise(&self, world: &World) -> Command {
        let withdrawn = [Caller::Provider, Caller::OtherProvider]
            .into_iter()
            .find(|caller| !world.authorised.contains(caller));
        match withdrawn {
            Some(caller) => Command::Authorise { caller, granted: true },
            None => {
                let granted = self.random.percent(20);
                Command::Authorise { caller: Caller::Provider, granted }
            }
        }
    }

    fn a_lot<'w>(&self, world: &'w World) -> Option<(u32, &'w Lot)> {
        let all: Vec<_> = world.lots.iter().collect();
        let is_sending =
            |lot: &Lot| lot.state(&world.products[&lot.product], world.now) == StockState::Sending;
        let sending: Vec<_> = world.lots.iter().filter(|(_, lot)| is_sending(lot)).collect();
        let lots = if sending.is_empty() || self.random.percent(15) { &all } else { &sending };
        self.random.one_of(lots).map(|(name, lot)| (**name, *lot))
    }

    fn order(&mut self, world: &World) -> Option<Order> {
        let (name, lot) = self.a_lot(world)?;
        let is_asked_for = lot.terms.code_mode == CouponCodeMode::ApiAssign;
        let gives_code = !lot.is_bundle && (is_asked_for != self.random.percent(4));
        let code = gives_code.then(|| format!("A{}", self.random.below(9)));
        let alone = (lot.is_bundle && self.random.percent(6)).then_some(0);
        Some(Order {
            caller: self.caller(lot.creator),
            number: self.number(),
            lot: name,
            alone,
            user: self.user(),
            code,
            attach: self.random.percent(30).then_some(1),
        })
    }

    fn pre_send(&mut self, world: &World) -> Command {
        self.order(world).map_or(Command::Wait(1), Command::PreSend)
    }

    fn send(&mut self, world: &World) -> Command {
        let open: Vec<_> = world.intents.values().filter(|intent| !intent.is_claimed).collect();
        match self.random.one_of(&open) {
            Some(intent) if self.random.percent(20) => Command::Send(intent.order.clone()),
            _ => self.order(world).map_or(Command::Wait(1), Command::Send),
        }
    }

    fn claim(&mut self, world: &World) -> Command {
        let live: Vec<_> = world.tickets.iter().filter(|ticket| world.now < ticket.2).cloned().collect();
        let tickets = if self.random.percent(92) { &live } else { &world.tickets };
        match self.random.one_of(tickets).cloned() {
            Some((sender, number, expires_at)) => Command::Claim { sender, number, expires_at },
            None => self.pre_send(world),
        }
    }

    /// A call on a coupon, mostly by its holder's openid.
    fn on(&mut self, world: &World, coupon: &Coupon) -> OnCoupon {
        let creator = world.lots[&coupon.stock.lot].creator;
        let user = match self.random.below(20) {
            0 => self.user(),
            // The other openid of the same person.
            1..6 if person(coupon.user) == 0 => 1 - coupon.user,
            _ => coupon.user,
        };
        OnCoupon { caller: self.caller(creator), number: self.number(), coupon: coupon.key.clone(), user }
    }

    fn a_coupon<'w>(&self, world: &'w World, fits: impl Fn(&Coupon) -> bool) -> Option<&'w Coupon> {
        let all: Vec<_> = world.coupons.iter().collect();
        let fitting: Vec<_> = world.coupons.iter().filter(|coupon| fits(coupon)).collect();
        let from = if fitting.is_empty() || self.random.percent(12) { &all } else { &fitting };
        self.random.one_of(from).copied()
    }

    /// Confirm, deactivate or delete.
    fn on_coupon(&mut self, world: &World) -> Command {
        let is_waiting = |coupon: &Coupon| coupon.state(world.now) == UserCouponState::Confirming;
        let Some(coupon) = self.a_coupon(world, is_waiting) else { return self.send(world) };
        let kind = self.random.below(100);
        let any = self.a_coupon(world, |_| true).unwrap_or(coupon);
        match kind {
            0..80 => Command::Confirm(self.on(world, coupon)),
            80..90 => Command::Deactivate { on: self.on(world, any), reason: 1 },
            _ => Command::Delete(any.key.clone()),
        }
    }

    fn use_(&mut self, world: &World) -> Command {
        let is_usable = |coupon: &Coupon| coupon.state(world.now) == UserCouponState::Effective;
        let Some(coupon) = self.a_coupon(world, is_usable) else { return self.send(world) };
        let used = u32::try_from(coupon.used_count()).unwrap_or(0);
        let mut round = coupon.total_rounds.map(|_| used);
        if self.random.percent(12) {
            round = match self.random.below(3) {
                0 => round.xor(Some(0)),
                _ => round.map(|_| u32::try_from(self.random.below(5)).unwrap_or(0)),
            };
        }
        let use_time = match self.random.below(20) {
            0 => world.now + self.random.between(295, 305),
            1 => coupon.receive_time - self.random.between(0, 2),
            2 => coupon.window.0 - self.random.between(0, 1),
            3..5 => world.now - self.random.between(0, 30_000),
            _ => world.now,
        };
        let place = match self.random.below(20) {
            0 => Place::Unknown,
            1..4 => Place::Open,
            _ => Place::Unnamed,
        };
        let with_order = !self.random.percent(4);
        Command::Use { on: self.on(world, coupon), use_time, round, with_order, place }
    }

    fn return_(&mut self, world: &World) -> Command {
        let Some(coupon) = self.a_coupon(world, |coupon| coupon.used_count() > 0) else {
            return self.use_(world);
        };
        let latest = u32::try_from(coupon.used_count().saturating_sub(1)).unwrap_or(0);
        let mut round = coupon.total_rounds.map(|_| latest);
        if self.random.percent(10) {
            round = round.xor(Some(0));
        } else if self.random.percent(8) {
            round = round.map(|round| round + 1);
        }
        Command::Return { on: self.on(world, coupon), round }
    }

    /// Few codes at once, so that pools run dry and chains wait.
    fn upload(&mut self, world: &World) -> Command {
        let pools: Vec<_> = world.lots.iter().filter(|(_, lot)| lot.has_pool()).collect();
        let all: Vec<_> = world.lots.iter().collect();
        let from = if pools.is_empty() || self.random.percent(6) { &all } else { &pools };
        let Some((name, lot)) = self.random.one_of(from) else { return Command::Wait(1) };
        // A chain needs a first code to begin, and then waits for the next one.
        let member = match self.random.percent(60) {
            true => 0,
            false => u32::try_from(self.random.below(lot.stocks.len() as u64)).unwrap_or(0),
        };
        let count = 1 + self.random.below(6);
        let mut codes: Vec<String> = (0..count).map(|_| format!("U{}", self.random.below(40))).collect();
        if self.random.percent(10) {
            codes.push("no code!".to_owned());
        }
        let (caller, number) = (self.caller(lot.creator), self.number());
        Command::UploadCodes { caller, number, stock: StockKey { lot: **name, member }, codes }
    }

    fn update_budget(&mut self, world: &World) -> Command {
        let Some((name, lot)) = self.a_lot(world) else { return Command::Wait(1) };
        let stock = &lot.stocks[0];
        let dimension = if self.random.percent(50) { Dimension::Total } else { Dimension::Day };
        let stored = match dimension {
            Dimension::Total => stock.max_count,
            Dimension::Day => stock.max_per_day.unwrap_or(1),
        };
        let issued = stock.issues.len() as u64;
        // Around what was issued: just enough, one too few, one more.
        let target = (issued + self.random.below(4)).saturating_sub(1);
        Command::UpdateBudget {
            caller: self.caller(lot.creator),
            number: self.number(),
            lot: name,
            alone: (lot.is_bundle && self.random.percent(10)).then_some(0),
            dimension,
            current: if self.random.percent(10) { stored + 1 } else { stored },
            target,
        }
    }

    fn any_stock(&self, world: &World, fits: impl Fn(&Lot) -> bool) -> Option<(StockKey, Caller)> {
        let all: Vec<_> = world.lots.iter().collect();
        let fitting: Vec<_> = world.lots.iter().filter(|(_, lot)| fits(lot)).collect();
        let from = if fitting.is_empty() || self.random.percent(20) { &all } else { &fitting };
        let (name, lot) = self.random.one_of(from)?;
        let member = u32::try_from(self.random.below(lot.stocks.len() as u64)).unwrap_or(0);
        Some((StockKey { lot: **name, member }, lot.creator))
    }

    fn pause(&self, world: &World) -> Command {
        self.any_stock(world, |lot| !lot.is_paused)
            .map_or(Command::Wait(1), |(stock, _)| Command::Pause(stock))
    }

    fn resume(&self, world: &World) -> Command {
        self.any_stock(world, |lot| lot.is_paused)
            .map_or(Command::Wait(1), |(stock, _)| Command::Resume(stock))
    }

    fn deactivate_stock(&mut self, world: &World) -> Command {
        let Some((stock, creator)) = self.any_stock(world, |_| true) else { return Command::Wait(1) };
        let (caller, number) = (self.caller(creator), self.number());
        Command::DeactivateStock { caller, number, stock, reason: 1 }
    }

    fn deactivate_product(&mut self, world: &World) -> Command {
        let products: Vec<_> = world.products.iter().collect();
        let Some((name, product)) = self.random.one_of(&products) else { return Command::Wait(1) };
        let (caller, number) = (self.caller(product.creator), self.number());
        Command::DeactivateProductCoupon { caller, number, product: **name, reason: 1 }
    }

    fn deactivate_chain(&mut self, world: &World) -> Command {
        let Some(chain) = self.random.one_of(&world.chains) else { return self.send(world) };
        let coupon =
            CouponKey { sender: chain.order.caller, number: chain.order.number.clone(), index: 0, nth: 0 };
        let Some(first) = world.coupon(&coupon) else { return Command::Wait(1) };
        Command::DeactivateChain { on: self.on(world, first), reason: 1 }
    }
}
