//! A chain of coupons (用户券组): what a use issues, what a return withdraws, what a deactivation ends
//! (semantics 3.6).
//!
//! Knows the coupons of one chain that were issued so far. Each is a coupon of its own, with its own rules
//! ([`crate::user_coupon`]); its window is [`crate::window::after_use`]'s, and where its code comes from is the
//! caller's knowledge.

use quan_model::enums::UserCouponState;
use quan_model::ids::RequestNumber;
use quan_model::time::Time;

use crate::refusal::Refusal;
use crate::user_coupon::UserCoupon;

/// The reason that a coupon shows when the return of the one before it withdrew it.
pub const WITHDRAWN: &str = "上一张券已退券，本券随之失效";

/// The facts of a chain.
#[derive(Clone, Copy, Debug)]
pub struct Chain<'c> {
    /// Coupons of the chain in all, 3 to 15.
    pub total_count: u32,
    /// Whether the merchant deactivated the chain: then nothing more is issued.
    pub is_deactivated: bool,
    /// The index whose issue waits for a code.
    pub queued: Option<u32>,
    /// Every coupon that was issued, the withdrawn ones too, in any order.
    pub coupons: &'c [UserCoupon],
}

/// What becomes of a chain; derived, never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainState {
    /// A coupon is open, or waits to be issued.
    Active,
    /// Every coupon is used.
    Completed,
    /// No coupon is open and not every one is used.
    Ended,
}

/// Where a coupon stands in its chain, from 0.
fn index_of(coupon: &UserCoupon) -> u32 {
    coupon.bundle.as_ref().map_or(0, |place| place.index)
}

fn is_used(coupon: &UserCoupon) -> bool {
    coupon.deactivated.is_none() && coupon.usage.is_used_up()
}

fn is_open(coupon: &UserCoupon, now: Time) -> bool {
    match coupon.state(now) {
        UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Effective => true,
        UserCouponState::Used
        | UserCouponState::Expired
        | UserCouponState::Deleted
        | UserCouponState::Deactivated => false,
    }
}

impl Chain<'_> {
    /// How many of its coupons are USED now.
    pub fn used_count(&self) -> u32 {
        let used = self.coupons.iter().filter(|coupon| is_used(coupon)).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    /// The state at an instant.
    pub fn state(&self, now: Time) -> ChainState {
        if self.used_count() >= self.total_count {
            ChainState::Completed
        } else if self.queued.is_some() || self.open(now).is_some() {
            ChainState::Active
        } else {
            ChainState::Ended
        }
    }

    /// The one coupon that is neither used nor at its end.
    pub fn open(&self, now: Time) -> Option<&UserCoupon> {
        self.coupons.iter().find(|coupon| is_open(coupon, now))
    }

    /// The coupon to show for the chain: the open one, or the last one there is.
    pub fn current(&self, now: Time) -> Option<&UserCoupon> {
        let last = |coupon: &&UserCoupon| (index_of(coupon), is_used(coupon), coupon.receive_time);
        self.open(now).or_else(|| self.coupons.iter().max_by_key(last))
    }

    /// The index that a use of `index` issues: none after the last one, and none once the chain was deactivated.
    pub fn next_after_use(&self, index: u32) -> Option<u32> {
        let next = index.checked_add(1)?;
        (next < self.total_count && !self.is_deactivated).then_some(next)
    }

    /// Whether a coupon of this index was ever issued: issuing it again does not count (semantics 5.3).
    pub fn was_issued(&self, index: u32) -> bool {
        self.coupons.iter().any(|coupon| index_of(coupon) == index)
    }

    /// For a return: of the used coupons, only the one used last can be returned. What is not used is refused
    /// by its own state.
    ///
    /// # Errors
    /// [`Refusal::NotLatestRedemption`] when a later one is used.
    pub fn ensure_latest_use(&self, coupon: &UserCoupon) -> Result<(), Refusal> {
        let index = index_of(coupon);
        let is_later_used = self.coupons.iter().any(|other| is_used(other) && index_of(other) > index);
        if is_used(coupon) && is_later_used { Err(Refusal::NotLatestRedemption { index }) } else { Ok(()) }
    }

    /// The coupons that the return of `index` withdraws, as they are after it: the open one behind it.
    pub fn withdrawn_by_return(&self, index: u32, request_no: &RequestNumber, now: Time) -> Vec<UserCoupon> {
        let behind = self.coupons.iter().filter(|coupon| index_of(coupon) > index);
        behind
            .filter_map(|coupon| coupon.deactivate(request_no.clone(), WITHDRAWN.to_owned(), now).ok())
            .collect()
    }

    /// The merchant ends the chain. The answer has the coupons that change, as they are after it: what is used
    /// stays used. Nothing changes but the chain itself when only an issue was waiting.
    ///
    /// # Errors
    /// [`Refusal::ChainOver`] when nothing is open and nothing waits.
    pub fn deactivate(
        &self,
        request_no: &RequestNumber,
        reason: &str,
        now: Time,
    ) -> Result<Vec<UserCoupon>, Refusal> {
        match self.state(now) {
            ChainState::Active => {
                let end =
                    |coupon: &UserCoupon| coupon.deactivate(request_no.clone(), reason.to_owned(), now).ok();
                Ok(self.coupons.iter().filter_map(end).collect())
            }
            ChainState::Completed | ChainState::Ended => Err(Refusal::ChainOver),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quan_model::enums::UserCouponState::{Confirming, Deactivated, Effective, Used};

    use super::*;
    use crate::example::{NO_STORE, chain_stock, coupon_of_chain, number, time, use_order};
    use crate::window;

    const COUNT: u32 = 3;
    const START: &str = "2025-08-03T10:00:00";
    /// Example P ends ten days after its claim.
    const EXPIRED: &str = "2025-08-13T00:00:00";

    /// A chain of three with the stock of example P and no interval, as a store would keep it.
    struct World {
        coupons: Vec<UserCoupon>,
        queued: Option<(u32, Time)>,
        is_deactivated: bool,
        /// Whether the pools have codes.
        has_codes: bool,
        now: Time,
        issued: u32,
    }

    impl World {
        fn start() -> Self {
            let now = time(START);
            let window = window::at_issue(&chain_stock().terms.period, now).unwrap();
            let first = coupon_of_chain(0, 0, window, now);
            let (queued, is_deactivated) = (None, false);
            Self { coupons: vec![first], queued, is_deactivated, has_codes: true, now, issued: 1 }
        }

        fn chain(&self) -> Chain<'_> {
            Chain {
                total_count: COUNT,
                is_deactivated: self.is_deactivated,
                queued: self.queued.map(|(index, _)| index),
                coupons: &self.coupons,
            }
        }

        fn state(&self) -> ChainState {
            self.chain().state(self.now)
        }

        fn put(&mut self, coupon: UserCoupon) {
            let place = self.coupons.iter().position(|other| other.coupon_code == coupon.coupon_code);
            self.coupons[place.unwrap()] = coupon;
        }

        fn states(&self) -> Vec<(u32, UserCouponState)> {
            self.coupons.iter().map(|coupon| (index_of(coupon), coupon.state(self.now))).collect()
        }

        /// The coupon of an index that counts: the open or used one, otherwise any.
        fn of_index(&self, index: u32) -> Option<UserCoupon> {
            let lives = |coupon: &&UserCoupon| is_used(coupon) || is_open(coupon, self.now);
            let mut of_index = self.coupons.iter().filter(|coupon| index_of(coupon) == index);
            of_index.clone().find(lives).or_else(|| of_index.next()).cloned()
        }

        fn confirm_open(&mut self) -> Result<(), Refusal> {
            let open = self.chain().open(self.now).cloned().ok_or(Refusal::CouponNotFound)?;
            self.put(open.confirm(number("confirm"), self.now)?);
            Ok(())
        }

        fn use_(&mut self, index: u32) -> Result<(), Refusal> {
            let coupon = self.of_index(index).ok_or(Refusal::CouponNotFound)?;
            let period = chain_stock().terms.period;
            let used = coupon.use_(use_order(self.now, None), &period, 0, NO_STORE, self.now)?;
            self.put(used);
            if let Some(next) = self.chain().next_after_use(index) {
                self.queued = Some((next, self.now));
                self.serve_queue();
            }
            Ok(())
        }

        fn serve_queue(&mut self) {
            let Some((index, used_at)) = self.queued.filter(|_| self.has_codes) else { return };
            self.queued = None;
            if let Some(window) = window::after_use(&chain_stock().terms.period, used_at, 0) {
                self.coupons.push(coupon_of_chain(index, self.issued, window, self.now));
                self.issued += 1;
            }
        }

        fn return_(&mut self, index: u32) -> Result<(), Refusal> {
            let coupon = self.of_index(index).ok_or(Refusal::CouponNotFound)?;
            self.chain().ensure_latest_use(&coupon)?;
            let returned = coupon.return_(number("return"), None, self.now)?;
            let withdrawn = self.chain().withdrawn_by_return(index, &number("return"), self.now);
            self.put(returned);
            withdrawn.into_iter().for_each(|coupon| self.put(coupon));
            self.queued = None;
            Ok(())
        }

        fn deactivate(&mut self) -> Result<(), Refusal> {
            let ended = self.chain().deactivate(&number("deactivate"), "原因", self.now)?;
            ended.into_iter().for_each(|coupon| self.put(coupon));
            self.is_deactivated = true;
            self.queued = None;
            Ok(())
        }

        /// Confirms and uses the open coupon so many times.
        fn used(times: u32) -> Self {
            let mut world = Self::start();
            for index in 0..times {
                world.confirm_open().unwrap();
                world.use_(index).unwrap();
            }
            world
        }

        fn ended_behind(times: u32) -> Self {
            let mut world = Self::used(times);
            let open = world.chain().open(world.now).cloned().unwrap();
            world.put(open.deactivate(number("deactivate"), "原因".to_owned(), world.now).unwrap());
            world
        }
    }

    #[test]
    fn each_use_issues_the_next_coupon_until_the_last() {
        assert_eq!(World::start().states(), [(0, Confirming)]);
        assert_eq!(World::used(1).states(), [(0, Used), (1, Confirming)]);
        let completed = World::used(3);
        assert_eq!(completed.states(), [(0, Used), (1, Used), (2, Used)]);
        assert_eq!(completed.chain().used_count(), 3);
        assert_eq!((World::used(2).state(), completed.state()), (ChainState::Active, ChainState::Completed));
    }

    #[test]
    fn commands_by_state_of_the_chain() {
        let (active, completed, ended) = (|| World::used(1), || World::used(3), || World::ended_behind(1));
        assert_eq!(
            [active().state(), completed().state(), ended().state()],
            [ChainState::Active, ChainState::Completed, ChainState::Ended]
        );
        let not_latest = |index| Err(Refusal::NotLatestRedemption { index });
        let deactivated = || Err(Refusal::WrongState { state: Deactivated, attempted: "use" });
        // Use of the open coupon or what is in its place, use of an earlier used one, deactivation.
        for (mut world, place, used, earlier, ends) in [
            (
                active(),
                1,
                Err(Refusal::WrongState { state: Confirming, attempted: "use" }),
                Err(Refusal::Used),
                Ok(()),
            ),
            (completed(), 2, Err(Refusal::Used), Err(Refusal::Used), Err(Refusal::ChainOver)),
            (ended(), 1, deactivated(), Err(Refusal::Used), Err(Refusal::ChainOver)),
        ] {
            assert_eq!(world.use_(place), used);
            assert_eq!(world.use_(0), earlier);
            assert_eq!(world.deactivate(), ends);
        }
        // Return of the latest use, which goes back to ACTIVE from everywhere, and of an earlier one.
        for (mut world, latest, after) in [
            (active(), 0, vec![(0, Effective), (1, Deactivated)]),
            (World::used(2), 1, vec![(0, Used), (1, Effective), (2, Deactivated)]),
            (completed(), 2, vec![(0, Used), (1, Used), (2, Effective)]),
            (ended(), 0, vec![(0, Effective), (1, Deactivated)]),
        ] {
            if latest > 0 {
                assert_eq!(world.return_(latest - 1), not_latest(latest - 1));
            }
            assert_eq!(world.return_(latest), Ok(()));
            assert_eq!((world.states(), world.state()), (after, ChainState::Active));
        }
    }

    #[test]
    fn a_return_past_the_window_is_refused_and_an_earlier_one_for_its_place() {
        let mut world = World::used(2);
        world.now = time(EXPIRED);
        assert_eq!(world.return_(1), Err(Refusal::Expired));
        assert_eq!(world.return_(0), Err(Refusal::NotLatestRedemption { index: 0 }));
        assert_eq!(world.state(), ChainState::Ended, "the open coupon has expired too");
    }

    #[test]
    fn a_withdrawn_coupon_is_issued_anew_by_the_next_use() {
        let mut world = World::used(1);
        world.return_(0).unwrap();
        let withdrawn = world.of_index(1).unwrap();
        assert_eq!(withdrawn.deactivated.as_ref().unwrap().reason, WITHDRAWN);
        assert!(world.chain().was_issued(1) && !world.chain().was_issued(2));
        world.use_(0).unwrap();
        assert_eq!(world.states(), [(0, Used), (1, Deactivated), (1, Confirming)]);
        assert_ne!(world.of_index(1).unwrap().coupon_code, withdrawn.coupon_code);
    }

    #[test]
    fn a_deactivated_chain_issues_nothing_more() {
        let mut world = World::used(1);
        world.deactivate().unwrap();
        assert_eq!(world.states(), [(0, Used), (1, Deactivated)]);
        assert_eq!((world.state(), world.deactivate()), (ChainState::Ended, Err(Refusal::ChainOver)));
        world.return_(0).unwrap();
        assert_eq!(world.state(), ChainState::Active);
        world.use_(0).unwrap();
        assert_eq!(world.states(), [(0, Used), (1, Deactivated)]);
        assert_eq!(world.state(), ChainState::Ended);
    }

    #[test]
    fn a_waiting_issue_keeps_the_chain_active_until_it_is_served_or_taken_back() {
        let waiting = || {
            let mut world = World::start();
            world.has_codes = false;
            world.confirm_open().unwrap();
            world.use_(0).unwrap();
            world
        };
        let mut world = waiting();
        assert_eq!((world.states(), world.state()), (vec![(0, Used)], ChainState::Active));
        world.has_codes = true;
        world.serve_queue();
        assert_eq!(world.states(), [(0, Used), (1, Confirming)]);
        let mut world = waiting();
        world.return_(0).unwrap();
        world.has_codes = true;
        world.serve_queue();
        assert_eq!(world.states(), [(0, Effective)]);
        let mut world = waiting();
        assert_eq!(world.deactivate(), Ok(()));
        assert_eq!((world.states(), world.state()), (vec![(0, Used)], ChainState::Ended));
    }

    #[test]
    fn the_coupon_to_show_is_the_open_one_or_the_last() {
        let shown = |world: &World| world.chain().current(world.now).map(index_of);
        assert_eq!(shown(&World::start()), Some(0));
        assert_eq!(shown(&World::used(1)), Some(1));
        assert_eq!(shown(&World::used(3)), Some(2));
        assert_eq!(shown(&World::ended_behind(1)), Some(1));
        let mut returned = World::used(2);
        returned.return_(1).unwrap();
        assert_eq!(shown(&returned), Some(1));
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Confirm,
        Use(u32),
        Return(u32),
        Deactivate,
        DeactivateOpen,
        DeleteOpen,
        Codes(bool),
        Wait(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => Just(Step::Confirm),
            4 => (0..COUNT).prop_map(Step::Use),
            2 => (0..COUNT).prop_map(Step::Return),
            1 => Just(Step::Deactivate),
            1 => Just(Step::DeactivateOpen),
            1 => Just(Step::DeleteOpen),
            1 => any::<bool>().prop_map(Step::Codes),
            1 => (1..400_000_i64).prop_map(Step::Wait),
        ]
    }

    fn take(world: &mut World, step: Step) {
        let open = world.chain().open(world.now).cloned();
        match (step, open) {
            (Step::Confirm, _) => drop(world.confirm_open()),
            (Step::Use(index), _) => drop(world.use_(index)),
            (Step::Return(index), _) => drop(world.return_(index)),
            (Step::Deactivate, _) => drop(world.deactivate()),
            (Step::DeactivateOpen, Some(open)) => {
                world.put(open.deactivate(number("one"), "原因".to_owned(), world.now).unwrap());
            }
            (Step::DeleteOpen, Some(open)) => world.put(open.delete(world.now).unwrap()),
            (Step::DeactivateOpen | Step::DeleteOpen, None) => {}
            (Step::Codes(has_codes), _) => {
                world.has_codes = has_codes;
                world.serve_queue();
            }
            (Step::Wait(seconds), _) => world.now = world.now.plus_seconds(seconds),
        }
    }

    proptest! {
        #[test]
        fn no_history_breaks_the_chain(steps in proptest::collection::vec(step(), 0..60)) {
            let mut world = World::start();
            for step in steps {
                let ended_before = world.is_deactivated;
                let issued_before = world.issued;
                take(&mut world, step);
                let chain = world.chain();
                let open: Vec<_> = world.coupons.iter().filter(|coupon| is_open(coupon, world.now)).collect();
                prop_assert!(open.len() <= 1, "{step:?}: {:?}", world.states());
                let mut used: Vec<u32> = world.coupons.iter().filter(|c| is_used(c)).map(index_of).collect();
                used.sort_unstable();
                prop_assert_eq!(&used, &(0..chain.used_count()).collect::<Vec<_>>(), "used in order, once each");
                if let Some(open) = open.first() {
                    prop_assert_eq!(index_of(open), chain.used_count(), "the open one is the next to use");
                    prop_assert!(world.queued.is_none(), "nothing waits beside an open coupon");
                }
                prop_assert!(!ended_before || world.issued == issued_before, "nothing more is issued");
                prop_assert_eq!(chain.state(world.now) == ChainState::Completed, chain.used_count() == COUNT);
            }
        }
    }
}
