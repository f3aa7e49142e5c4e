//! Using a coupon or round, and returning the latest use (semantics 3.4 and 3.5).
//!
//! Knows the facts of one coupon; what the stores allow is told by the use case.

use std::cmp::Ordering;

use quan_model::enums::UserCouponState;
use quan_model::ids::RequestNumber;
use quan_model::time::Time;

use super::{Usage, UseOrder, UserCoupon};
use crate::period::AvailablePeriod;
use crate::redemption::{self, Redemption, StoreCheck};
use crate::refusal::{Refusal, Violation, ViolationKind};
use crate::sequential::Rounds;
use crate::window::Window;

/// What a request is about, after its index was checked against the mode.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Whole,
    Round { rounds: &'a Rounds, index: u32 },
}

impl UserCoupon {
    /// The coupon, or its open round, is redeemed.
    ///
    /// `period` and `interval_days` are those of the stock and product coupon at issue; `stores` is what
    /// the use case found out. The state is judged at now, window and periods at `use_time`: merchants
    /// may report late. Order of checks: index and `use_time` as fields, round and state, `use_time`
    /// against the issue, window, periods, stores.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the index or the time; the refusals of 3.4 and 3.5 by state;
    /// [`Refusal::OutsideWindow`], [`Refusal::OutsidePeriod`], [`Refusal::StoreNotAllowed`].
    pub fn use_(
        &self,
        order: UseOrder,
        period: &AvailablePeriod,
        interval_days: u32,
        stores: StoreCheck,
        now: Time,
    ) -> Result<Self, Refusal> {
        let use_time = order.use_time;
        let asked = self.asked(order.index)?;
        redemption::check_use_time_ahead(use_time, now)?;
        let window = match asked {
            Asked::Whole => {
                self.ensure_usable(now)?;
                self.window
            }
            Asked::Round { rounds, index } => self.usable_round(rounds, index, now)?,
        };
        redemption::check_use_time_after_receive(use_time, self.receive_time)?;
        if !window.contains(use_time) {
            return Err(Refusal::OutsideWindow);
        }
        if !period.allows(use_time) {
            return Err(Refusal::OutsidePeriod);
        }
        stores.decide()?;
        let redemption = Redemption {
            request_no: order.request_no,
            use_time,
            order: order.order,
            store_id: order.store_id,
            saved_amount: order.saved_amount,
            returned: None,
        };
        let usage = match &self.usage {
            Usage::Single(_) => Usage::Single(Some(redemption)),
            Usage::Sequential(rounds) => Usage::Sequential(rounds.with_use(redemption, interval_days)),
        };
        Ok(Self { usage, ..self.clone() })
    }

    /// The latest use is undone. A used coupon that the user had removed comes back into view, since it
    /// can be used again.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for the index; [`Refusal::NotLatestRedemption`] for any round but the one used
    /// last; [`Refusal::Expired`] past the validity; the other refusals of 3.4 and 3.5 by state.
    pub fn return_(&self, request_no: RequestNumber, index: Option<u32>, now: Time) -> Result<Self, Refusal> {
        let asked = self.asked(index)?;
        let state = self.state(now);
        if let Asked::Round { rounds, index } = asked {
            let is_latest = rounds.used_count().checked_sub(1) == Some(index);
            if state != UserCouponState::Confirming && !is_latest {
                return Err(Refusal::NotLatestRedemption { index });
            }
        }
        let wrong_state = Refusal::WrongState { state, attempted: "return" };
        match (state, asked) {
            (UserCouponState::Used, _) if now > self.window.end => return Err(Refusal::Expired),
            (UserCouponState::Used, _) | (UserCouponState::Effective, Asked::Round { .. }) => {}
            (UserCouponState::Expired, _) => return Err(Refusal::Expired),
            (UserCouponState::Deleted, _) => return Err(Refusal::Deleted),
            (UserCouponState::Effective, Asked::Whole)
            | (UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Deactivated, _) => {
                return Err(wrong_state);
            }
        }
        let usage = match &self.usage {
            Usage::Single(used) => Usage::Single(used.clone().map(|used| used.returned(request_no, now))),
            Usage::Sequential(rounds) => Usage::Sequential(rounds.with_return(request_no, now)),
        };
        Ok(Self { usage, deleted_at: None, ..self.clone() })
    }

    fn asked(&self, index: Option<u32>) -> Result<Asked<'_>, Refusal> {
        let issue = match (&self.usage, index) {
            (Usage::Single(_), None) => return Ok(Asked::Whole),
            (Usage::Sequential(rounds), Some(index)) => return Ok(Asked::Round { rounds, index }),
            (Usage::Single(_), Some(_)) => "单券模式不能填写sequential_coupon_index",
            (Usage::Sequential(_), None) => "多次优惠必须填写sequential_coupon_index",
        };
        Err(Refusal::Invalid(Violation::new("/sequential_coupon_index", ViolationKind::Rule, issue)))
    }

    fn ensure_usable(&self, now: Time) -> Result<(), Refusal> {
        match self.state(now) {
            UserCouponState::Effective => Ok(()),
            UserCouponState::Pending => Err(Refusal::OutsideWindow),
            UserCouponState::Used => Err(Refusal::Used),
            UserCouponState::Expired => Err(Refusal::Expired),
            UserCouponState::Deleted => Err(Refusal::Deleted),
            state @ (UserCouponState::Confirming | UserCouponState::Deactivated) => {
                Err(Refusal::WrongState { state, attempted: "use" })
            }
        }
    }

    /// The window of the round asked for, if its turn has come. A used round stays "used" whatever
    /// became of the coupon; a later one is refused for the end of the coupon first.
    fn usable_round(&self, rounds: &Rounds, index: u32, now: Time) -> Result<Window, Refusal> {
        use UserCouponState::{Confirming, Deactivated, Deleted, Effective, Expired, Pending, Used};
        let open = rounds.used_count();
        match (index.cmp(&open), self.state(now)) {
            (Ordering::Less, Pending | Effective | Used | Expired | Deleted | Deactivated) => {
                return Err(Refusal::Used);
            }
            (Ordering::Greater, Pending | Effective | Used) => return Err(round_ahead(rounds, index, open)),
            (Ordering::Greater, Expired | Deleted | Deactivated)
            | (Ordering::Equal, Pending | Effective | Used | Expired | Deleted | Deactivated)
            | (_, Confirming) => self.ensure_usable(now)?,
        }
        match rounds.open() {
            Some((_, round)) if now >= round.window.begin => Ok(round.window),
            // A round that would begin after the coupon's end is never opened: its time does not come.
            Some(_) | None => Err(Refusal::OutsideWindow),
        }
    }
}

fn round_ahead(rounds: &Rounds, index: u32, open: u32) -> Refusal {
    if index < rounds.total_count {
        return Refusal::RoundNotOpen { index, open };
    }
    let issue = format!("该券共{}次，轮次从0开始", rounds.total_count);
    let field = "/sequential_coupon_index";
    Refusal::Invalid(Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&index))
}

#[cfg(test)]
mod tests {
    use quan_model::enums::RoundState;
    use quan_model::enums::UserCouponState::{Confirming, Deactivated, Effective, Expired, Pending};

    use super::*;
    use crate::example::{NO_STORE, coupon_of, number, period, sequential_stock, stock, time, use_order};
    use crate::period::Relative;

    const RECEIVED: &str = "2025-08-10T15:30:00";
    const FIRST_USE: &str = "2025-08-12T09:00:00";
    /// The day after, when round 1 is open.
    const NEXT_DAY: &str = "2025-08-13T11:00:00";
    /// Example S ends on 2025-09-08T23:59:59.
    const AFTER_END: &str = "2025-09-09T00:00:00";

    /// Example S with three rounds and an interval of one day.
    fn issued() -> UserCoupon {
        coupon_of(&sequential_stock(3, 1), time(RECEIVED))
    }

    fn confirmed() -> UserCoupon {
        issued().confirm(number("confirm"), time(RECEIVED)).unwrap()
    }

    fn use_round(coupon: &UserCoupon, index: u32, at: &str) -> Result<UserCoupon, Refusal> {
        let period = sequential_stock(3, 1).terms.period;
        coupon.use_(use_order(time(at), Some(index)), &period, 1, NO_STORE, time(at))
    }

    fn return_round(coupon: &UserCoupon, index: u32, at: &str) -> Result<UserCoupon, Refusal> {
        coupon.return_(number("return"), Some(index), time(at))
    }

    fn used_once() -> UserCoupon {
        use_round(&confirmed(), 0, FIRST_USE).unwrap()
    }

    fn used_up() -> UserCoupon {
        let twice = use_round(&used_once(), 1, NEXT_DAY).unwrap();
        use_round(&twice, 2, "2025-08-14T11:00:00").unwrap()
    }

    fn rounds(coupon: &UserCoupon) -> &Rounds {
        match &coupon.usage {
            Usage::Sequential(rounds) => rounds,
            Usage::Single(_) => panic!("not a sequential coupon"),
        }
    }

    fn index_out_of_range(index: u32) -> Refusal {
        round_ahead(&Rounds { total_count: 3, rounds: Vec::new() }, index, 3)
    }

    fn wrong(state: UserCouponState, attempted: &'static str) -> Refusal {
        Refusal::WrongState { state, attempted }
    }

    /// Coupons of the columns of the table in semantics 3.5, one round used where that is possible.
    fn columns() -> [(&'static str, UserCoupon, &'static str); 7] {
        let deleted = used_once().delete(time(FIRST_USE)).unwrap();
        let ended = used_once().deactivate(number("deactivate"), "原因".to_owned(), time(FIRST_USE));
        [
            ("CONFIRMING", issued(), FIRST_USE),
            ("PENDING", used_once(), FIRST_USE),
            ("EFFECTIVE", used_once(), NEXT_DAY),
            ("USED", used_up(), "2025-08-14T12:00:00"),
            ("EXPIRED", used_once(), AFTER_END),
            ("DELETED", deleted, NEXT_DAY),
            ("DEACTIVATED", ended.unwrap(), NEXT_DAY),
        ]
    }

    #[test]
    fn using_the_round_whose_turn_it_is() {
        let expected = [
            Some(wrong(Confirming, "use")),
            Some(Refusal::OutsideWindow),
            None,
            Some(Refusal::Used),
            Some(Refusal::Expired),
            Some(Refusal::Deleted),
            Some(wrong(Deactivated, "use")),
        ];
        for ((column, coupon, at), expected) in columns().into_iter().zip(expected) {
            let index = rounds(&coupon).used_count();
            assert_eq!(use_round(&coupon, index, at).err(), expected, "{column}");
        }
    }

    #[test]
    fn using_an_earlier_round() {
        for (column, coupon, at) in &columns()[1..] {
            assert_eq!(use_round(coupon, 0, at).err(), Some(Refusal::Used), "{column}");
        }
    }

    #[test]
    fn using_a_later_round() {
        let not_open = Refusal::RoundNotOpen { index: 2, open: 1 };
        let rows = [
            (2, wrong(Confirming, "use"), wrong(Confirming, "use")),
            (2, not_open.clone(), index_out_of_range(3)),
            (2, not_open, index_out_of_range(3)),
            (4, index_out_of_range(4), index_out_of_range(4)),
            (2, Refusal::Expired, Refusal::Expired),
            (2, Refusal::Deleted, Refusal::Deleted),
            (2, wrong(Deactivated, "use"), wrong(Deactivated, "use")),
        ];
        for ((column, coupon, at), (index, refusal, beyond)) in columns().into_iter().zip(rows) {
            assert_eq!(use_round(&coupon, index, at), Err(refusal), "{column}");
            assert_eq!(use_round(&coupon, index.max(3), at), Err(beyond), "{column} beyond the count");
        }
    }

    #[test]
    fn returning_the_latest_round() {
        let expected = [
            Some(wrong(Confirming, "return")),
            None,
            None,
            None,
            Some(Refusal::Expired),
            Some(Refusal::Deleted),
            Some(wrong(Deactivated, "return")),
        ];
        for ((column, coupon, at), expected) in columns().into_iter().zip(expected) {
            let index = rounds(&coupon).used_count().saturating_sub(1);
            let after = return_round(&coupon, index, at);
            assert_eq!(after.as_ref().err(), expected.as_ref(), "{column}");
            if let Ok(after) = after {
                assert_eq!(after.state(time(at)), Effective, "{column}");
                let (open, round) = rounds(&after).open().unwrap();
                assert_eq!(open, index, "{column}");
                assert_eq!(round.window, rounds(&coupon).rounds[index as usize].window, "{column}");
                assert_eq!(round.state(Effective, time(at)), RoundState::Effective, "{column}");
            }
        }
    }

    #[test]
    fn returning_any_other_round() {
        for (column, coupon, at) in columns() {
            for index in 0..4 {
                if index + 1 == rounds(&coupon).used_count() {
                    continue;
                }
                let expected = match column {
                    "CONFIRMING" => wrong(Confirming, "return"),
                    _ => Refusal::NotLatestRedemption { index },
                };
                assert_eq!(return_round(&coupon, index, at), Err(expected), "{column} {index}");
            }
        }
    }

    #[test]
    fn confirming_deactivating_and_deleting() {
        let reason = || "原因".to_owned();
        let states = ["EFFECTIVE", "EFFECTIVE", "USED", "EXPIRED", "DELETED", "DEACTIVATED"];
        for ((column, coupon, at), state) in columns().into_iter().skip(1).zip(states) {
            let at = time(at);
            assert_eq!(coupon.state(at).as_str(), state, "{column}");
            let confirm = coupon.confirm(number("confirm-2"), at).unwrap_err();
            let deactivate = coupon.deactivate(number("end-02"), reason(), at).map(|after| after.state(at));
            let delete = coupon.delete(at).unwrap().state(at).as_str();
            match state {
                "EFFECTIVE" => {
                    assert_eq!(confirm, wrong(Effective, "confirm"));
                    assert_eq!(deactivate, Ok(Deactivated));
                    assert_eq!(delete, "DELETED");
                }
                "EXPIRED" => {
                    assert_eq!(confirm, Refusal::Expired);
                    assert_eq!(deactivate, Err(Refusal::ExpiredForOperation));
                    assert_eq!(delete, "EXPIRED");
                }
                "DELETED" => {
                    assert_eq!(confirm, Refusal::Deleted);
                    assert_eq!(deactivate, Err(Refusal::Deleted));
                    assert_eq!(delete, "DELETED");
                }
                _ => {
                    assert_eq!(confirm, wrong(coupon.state(at), "confirm"));
                    assert_eq!(deactivate, Err(wrong(coupon.state(at), "deactivate")));
                    assert_eq!(delete, state);
                }
            }
        }
        let at = time(FIRST_USE);
        assert_eq!(issued().confirm(number("confirm"), at).unwrap().state(at), Effective);
        assert_eq!(issued().deactivate(number("end-02"), reason(), at).unwrap().state(at), Deactivated);
        assert_eq!(issued().delete(at).unwrap().state(at), UserCouponState::Deleted);
        assert_eq!(issued().state(time(AFTER_END)), Expired);
    }

    #[test]
    fn rounds_end_with_their_coupon_and_used_ones_stay_used() {
        for ((column, coupon, at), expected) in columns().into_iter().zip([
            vec![RoundState::Pending],
            vec![RoundState::Used, RoundState::Pending],
            vec![RoundState::Used, RoundState::Effective],
            vec![RoundState::Used; 3],
            vec![RoundState::Used, RoundState::Expired],
            vec![RoundState::Used, RoundState::Deleted],
            vec![RoundState::Used, RoundState::Deactivated],
        ]) {
            let state = coupon.state(time(at));
            let found: Vec<RoundState> =
                rounds(&coupon).rounds.iter().map(|round| round.state(state, time(at))).collect();
            assert_eq!(found, expected, "{column}");
        }
    }

    #[test]
    fn a_coupon_whose_validity_has_not_begun() {
        let mut stock = sequential_stock(3, 1);
        stock.terms.period.relative = Relative::Days { days: 30, wait_days: 2 };
        let coupon = coupon_of(&stock, time(RECEIVED)).confirm(number("confirm"), time(RECEIVED)).unwrap();
        assert_eq!(coupon.state(time(RECEIVED)), Pending);
        assert_eq!(use_round(&coupon, 0, RECEIVED), Err(Refusal::OutsideWindow));
        assert_eq!(use_round(&coupon, 1, RECEIVED), Err(Refusal::RoundNotOpen { index: 1, open: 0 }));
        assert_eq!(rounds(&coupon).rounds[0].state(Pending, time(RECEIVED)), RoundState::Pending);
    }

    /// Semantics 11.3, steps 4 to 7.
    #[test]
    fn the_story_of_three_rounds() {
        let once = used_once();
        assert_eq!(use_round(&once, 1, "2025-08-12T20:00:00"), Err(Refusal::OutsideWindow));
        let twice = use_round(&once, 1, NEXT_DAY).unwrap();
        assert_eq!(return_round(&twice, 0, NEXT_DAY), Err(Refusal::NotLatestRedemption { index: 0 }));
        let back = return_round(&twice, 1, NEXT_DAY).unwrap();
        assert_eq!((rounds(&back).used_count(), rounds(&back).rounds.len()), (1, 2));
        let returned = rounds(&back).rounds[1].redemption.clone().unwrap().returned.unwrap();
        assert_eq!(returned.time, time(NEXT_DAY));
        let again = use_round(&back, 1, NEXT_DAY).unwrap();
        assert_eq!(rounds(&again).rounds[1].redemption.as_ref().unwrap().returned, None);
        let all = use_round(&again, 2, "2025-08-14T00:00:00").unwrap();
        assert_eq!(all.state(time(AFTER_END)), UserCouponState::Used);
        assert_eq!(return_round(&all, 2, AFTER_END), Err(Refusal::Expired));
    }

    #[test]
    fn a_coupon_without_room_for_another_round_runs_out() {
        let stock = sequential_stock(3, 7);
        let coupon = coupon_of(&stock, time(RECEIVED)).confirm(number("confirm"), time(RECEIVED)).unwrap();
        let at = time("2025-09-05T12:00:00");
        let order = use_order(at, Some(0));
        let once = coupon.use_(order, &stock.terms.period, 7, NO_STORE, at).unwrap();
        assert_eq!(rounds(&once).rounds.len(), 1);
        assert_eq!(once.state(at), Effective);
        assert_eq!(use_round(&once, 1, "2025-09-06T12:00:00"), Err(Refusal::OutsideWindow));
        assert_eq!(once.state(time(AFTER_END)), Expired);
        assert_eq!(rounds(&return_round(&once, 0, "2025-09-06T12:00:00").unwrap()).used_count(), 0);
    }

    #[test]
    fn the_index_belongs_to_sequential_coupons_only() {
        let single = coupon_of(&stock(), time("2025-08-05T10:00:00"));
        let whole = period(Relative::Whole);
        let at = time("2025-08-06T10:00:00");
        let found = [
            single.use_(use_order(at, Some(0)), &whole, 0, NO_STORE, at),
            single.return_(number("return"), Some(0), at),
            confirmed().use_(use_order(at, None), &whole, 0, NO_STORE, at),
            confirmed().return_(number("return"), None, at),
        ];
        for result in found {
            let Err(Refusal::Invalid(violation)) = result else { panic!("{result:?}") };
            assert_eq!(violation.field, "/sequential_coupon_index");
            assert_eq!(violation.kind, ViolationKind::Rule);
        }
    }

    #[test]
    fn the_time_of_a_use_is_judged_apart_from_now() {
        let received = time("2025-08-05T10:00:00");
        let coupon = coupon_of(&stock(), received).confirm(number("confirm"), received).unwrap();
        let end = coupon.window.end;
        let used = |use_time: Time, now: Time| {
            let whole = period(Relative::Whole);
            coupon.use_(use_order(use_time, None), &whole, 0, NO_STORE, now).map(|_| ())
        };
        let field = |result: Result<(), Refusal>| match result {
            Err(Refusal::Invalid(violation)) => (violation.field, violation.kind),
            other => panic!("{other:?}"),
        };
        let out_of_range = ("/use_time".to_owned(), ViolationKind::OutOfRange);
        let now = received.plus_seconds(3600);
        assert_eq!(used(now.plus_seconds(300), now), Ok(()));
        assert_eq!(field(used(now.plus_seconds(301), now)), out_of_range);
        assert_eq!(used(received, now), Ok(()));
        assert_eq!(field(used(received.plus_seconds(-1), now)), out_of_range);
        assert_eq!(used(end, end), Ok(()));
        assert_eq!(used(end.plus_seconds(1), end), Err(Refusal::OutsideWindow));
        assert_eq!(used(received, end.plus_seconds(1)), Err(Refusal::Expired));
    }

    #[test]
    fn a_use_keeps_what_was_reported_and_a_return_keeps_the_use() {
        let received = time("2025-08-05T10:00:00");
        let coupon = coupon_of(&stock(), received).confirm(number("confirm"), received).unwrap();
        let whole = period(Relative::Whole);
        let mut order = use_order(received, None);
        order.store_id = Some("100".parse().unwrap());
        order.saved_amount = crate::benefit::Fen::new(15);
        let used = coupon.use_(order, &whole, 0, NO_STORE, received).unwrap();
        let returned = used.return_(number("return"), None, received).unwrap();
        let Usage::Single(Some(kept)) = &returned.usage else { panic!("{returned:?}") };
        assert_eq!(kept.store_id.as_ref().unwrap().as_str(), "100");
        assert_eq!(kept.saved_amount.unwrap().get(), 15);
        assert_eq!(kept.returned.as_ref().unwrap().request_no, number("return"));
        let refusal = coupon.use_(
            use_order(received, None),
            &whole,
            0,
            StoreCheck::Unrestricted { store_given_and_open: Some(false) },
            received,
        );
        assert_eq!(refusal, Err(Refusal::StoreNotAllowed));
    }
}
