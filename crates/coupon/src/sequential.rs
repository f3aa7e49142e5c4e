//! The rounds of a sequential coupon: one code, several uses in order (semantics 3.5 and 4.6).
//!
//! Knows rounds, their windows and their uses. Whether the coupon is alive is [`crate::user_coupon`]'s.

use quan_model::enums::{RoundState, UserCouponState};
use quan_model::ids::RequestNumber;
use quan_model::time::Time;

use crate::redemption::Redemption;
use crate::window::Window;

/// The rounds issued so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rounds {
    /// Rounds in all, fixed at issue.
    pub total_count: u32,
    /// Every used round, then at most one that is not; the position is the round's index.
    pub rounds: Vec<Round>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// When it may be used.
    pub window: Window,
    /// Its use; one that was returned stays until the next.
    pub redemption: Option<Redemption>,
}

impl Round {
    /// Whether it is used: it has a use that was not returned.
    pub fn is_used(&self) -> bool {
        self.redemption.as_ref().is_some_and(Redemption::is_standing)
    }

    /// The state of the round in a coupon that is in `coupon` at `now`. While the coupon waits for its
    /// confirm the round is PENDING: the documentation has no CONFIRMING round.
    pub fn state(&self, coupon: UserCouponState, now: Time) -> RoundState {
        if self.is_used() {
            return RoundState::Used;
        }
        match coupon {
            UserCouponState::Deleted => RoundState::Deleted,
            UserCouponState::Deactivated => RoundState::Deactivated,
            UserCouponState::Expired => RoundState::Expired,
            UserCouponState::Confirming | UserCouponState::Pending => RoundState::Pending,
            UserCouponState::Effective | UserCouponState::Used => {
                if now < self.window.begin {
                    RoundState::Pending
                } else {
                    RoundState::Effective
                }
            }
        }
    }
}

impl Rounds {
    /// The rounds of a new coupon: the first one open, with the coupon's own window.
    pub fn first(total_count: u32, window: Window) -> Self {
        Self { total_count, rounds: vec![Round { window, redemption: None }] }
    }

    /// How many rounds are used.
    pub fn used_count(&self) -> u32 {
        let used = self.rounds.iter().filter(|round| round.is_used()).count();
        u32::try_from(used).unwrap_or(u32::MAX)
    }

    /// Whether every round is used.
    pub fn is_used_up(&self) -> bool {
        self.used_count() >= self.total_count
    }

    /// The round whose turn it is, with its index. There is none when all are used, or when the next one
    /// would begin after the coupon's end.
    pub fn open(&self) -> Option<(u32, &Round)> {
        let round = self.rounds.last().filter(|round| !round.is_used())?;
        Some((self.used_count(), round))
    }

    /// The rounds after the open one was used: it keeps the use, and the next one opens if it can begin
    /// before the end. Without an open round nothing changes.
    #[must_use]
    pub(crate) fn with_use(&self, redemption: Redemption, interval_days: u32) -> Self {
        let mut after = self.clone();
        let use_time = redemption.use_time;
        if let Some(open) = after.rounds.last_mut().filter(|round| !round.is_used()) {
            open.redemption = Some(redemption);
            let end = open.window.end;
            let begin = next_begin(use_time, interval_days);
            if begin <= end && !after.is_used_up() {
                after.rounds.push(Round { window: Window { begin, end }, redemption: None });
            }
        }
        after
    }

    /// The rounds after the latest use was returned: its round opens again with its old window, and the
    /// open round after it is dropped. Without a use nothing changes.
    #[must_use]
    pub(crate) fn with_return(&self, request_no: RequestNumber, time: Time) -> Self {
        let mut after = self.clone();
        if let Some(latest) = after.rounds.iter().rposition(Round::is_used) {
            after.rounds.truncate(latest + 1);
            let round = &mut after.rounds[latest];
            round.redemption = round.redemption.take().map(|used| used.returned(request_no, time));
        }
        after
    }
}

/// When the round after a use may begin: at once without an interval, else at 00:00:00 of a later day.
pub fn next_begin(use_time: Time, interval_days: u32) -> Time {
    if interval_days == 0 { use_time } else { use_time.start_of_day_after(i64::from(interval_days)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::example::{NO_STORE, coupon_of, number, sequential_stock, time, use_order};
    use crate::refusal::Refusal;
    use crate::user_coupon::{Usage, UserCoupon};

    const RECEIVED: &str = "2025-08-10T15:30:00";

    fn confirmed(count: u32, interval_days: u32) -> UserCoupon {
        let coupon = coupon_of(&sequential_stock(count, interval_days), time(RECEIVED));
        coupon.confirm(number("confirm"), time(RECEIVED)).unwrap()
    }

    fn rounds(coupon: &UserCoupon) -> &Rounds {
        match &coupon.usage {
            Usage::Sequential(rounds) => rounds,
            Usage::Single(_) => panic!("not a sequential coupon"),
        }
    }

    #[test]
    fn the_first_round_has_the_window_of_the_coupon() {
        let coupon = confirmed(5, 0);
        let window = Window { begin: time("2025-08-10T15:30:00"), end: time("2025-09-08T23:59:59") };
        assert_eq!(coupon.window, window);
        assert_eq!(rounds(&coupon), &Rounds::first(5, window));
    }

    #[test]
    fn worked_examples_of_example_s() {
        for (interval_days, used_at, next) in [
            (0, "2025-08-12T09:00:00", Some("2025-08-12T09:00:00")),
            (1, "2025-08-12T09:00:00", Some("2025-08-13T00:00:00")),
            (1, "2025-08-12T23:59:59", Some("2025-08-13T00:00:00")),
            (2, "2025-08-12T09:00:00", Some("2025-08-14T00:00:00")),
            (7, "2025-08-12T09:00:00", Some("2025-08-19T00:00:00")),
            (7, "2025-09-05T12:00:00", None),
            (3, "2025-09-05T12:00:00", Some("2025-09-08T00:00:00")),
            (4, "2025-09-05T12:00:00", None),
        ] {
            let coupon = confirmed(5, interval_days);
            let at = time(used_at);
            let period = sequential_stock(5, interval_days).terms.period;
            let used = coupon.use_(use_order(at, Some(0)), &period, interval_days, NO_STORE, at).unwrap();
            let open = rounds(&used).open().map(|(index, round)| (index, round.window));
            let end = coupon.window.end;
            let expected = next.map(|begin| (1, Window { begin: time(begin), end }));
            assert_eq!(open, expected, "interval {interval_days}, used at {used_at}");
        }
    }

    #[test]
    fn without_an_open_round_a_use_changes_nothing_and_without_a_use_a_return_does() {
        let window = confirmed(3, 0).window;
        let fresh = Rounds::first(3, window);
        assert_eq!(fresh.with_return(number("return"), window.begin), fresh);
        let none = Rounds { total_count: 3, rounds: Vec::new() };
        assert_eq!(none.open(), None);
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Use { index: u32, late_by_seconds: i64 },
        Return { index: u32 },
        Wait { seconds: i64 },
    }

    fn any_step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (0..6_u32, 0..90_000_i64)
                .prop_map(|(index, late_by_seconds)| Step::Use { index, late_by_seconds }),
            2 => (0..6_u32).prop_map(|index| Step::Return { index }),
            4 => (0..200_000_i64).prop_map(|seconds| Step::Wait { seconds }),
        ]
    }

    fn check_invariants(coupon: &UserCoupon) {
        let rounds = rounds(coupon);
        let used = rounds.used_count();
        assert!(used <= rounds.total_count);
        let unused = rounds.rounds.iter().filter(|round| !round.is_used()).count();
        assert!(unused <= 1);
        assert!(rounds.rounds.iter().take(used as usize).all(Round::is_used));
        for round in &rounds.rounds {
            assert!(coupon.window.begin <= round.window.begin);
            assert!(round.window.begin <= round.window.end);
            assert_eq!(round.window.end, coupon.window.end);
            if let Some(redemption) = &round.redemption {
                assert!(round.window.contains(redemption.use_time));
            }
        }
        for pair in rounds.rounds.windows(2) {
            let used_at = pair[0].redemption.as_ref().unwrap().use_time;
            assert!(used_at <= pair[1].window.begin);
        }
    }

    proptest! {
        #[test]
        fn rounds_stay_ordered_over_any_history(
            count in 3..=6_u32,
            interval_days in 0..=7_u32,
            steps in proptest::collection::vec(any_step(), 1..60),
        ) {
            let period = sequential_stock(count, interval_days).terms.period;
            let mut coupon = confirmed(count, interval_days);
            let mut now = time(RECEIVED);
            for step in steps {
                let before = rounds(&coupon).used_count();
                match step {
                    Step::Wait { seconds } => now = now.plus_seconds(seconds),
                    Step::Use { index, late_by_seconds } => {
                        let order = use_order(now.plus_seconds(-late_by_seconds), Some(index));
                        if let Ok(used) = coupon.use_(order, &period, interval_days, NO_STORE, now) {
                            prop_assert_eq!(index, before);
                            prop_assert_eq!(rounds(&used).used_count(), before + 1);
                            let undone = used.return_(number("return"), Some(index), now).unwrap();
                            let windows = |coupon: &UserCoupon| -> Vec<Window> {
                                rounds(coupon).rounds.iter().map(|round| round.window).collect()
                            };
                            prop_assert_eq!(windows(&undone), windows(&coupon));
                            prop_assert_eq!(rounds(&undone).used_count(), before);
                            prop_assert_eq!(undone.state(now), coupon.state(now));
                            coupon = used;
                        }
                    }
                    Step::Return { index } => {
                        match coupon.return_(number("return"), Some(index), now) {
                            Ok(returned) => {
                                prop_assert_eq!(index + 1, before);
                                coupon = returned;
                            }
                            Err(Refusal::NotLatestRedemption { .. }) => prop_assert_ne!(index + 1, before),
                            Err(refusal) => prop_assert_eq!(refusal, Refusal::Expired),
                        }
                    }
                }
                check_invariants(&coupon);
            }
        }
    }
}
