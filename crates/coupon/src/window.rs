//! The validity window of a coupon: computed once, when it is issued (semantics 4.2).
//!
//! Knows the period of a stock and the instant of the issue, nothing of coupons.

use quan_model::time::Time;

use crate::period::{AvailablePeriod, Relative};
use crate::sequential::next_begin;

/// From the first to the last second of validity, both inclusive (semantics 4.1, Q24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first second.
    pub begin: Time,
    /// The last second, never before `begin`.
    pub end: Time,
}

impl Window {
    /// Whether the instant lies inside, the ends included.
    pub fn contains(&self, time: Time) -> bool {
        self.begin <= time && time <= self.end
    }
}

/// The validity of a coupon issued at `receive_time`.
///
/// A claim before the stock begins counts from the stock's first instant. The window never reaches past
/// the stock's end. `None` when it would begin after that end: the issue is then refused as if the stock
/// had stopped (R-STOCK-STATE).
pub fn at_issue(period: &AvailablePeriod, receive_time: Time) -> Option<Window> {
    let first = receive_time.max(period.begin);
    let begin = match period.relative {
        Relative::Days { days: _, wait_days: wait_days @ 1.. } => {
            first.start_of_day_after(i64::from(wait_days))
        }
        Relative::Whole | Relative::Seconds(_) | Relative::Days { .. } => first,
    };
    beginning(period, begin)
}

/// The validity of the next coupon of a chain after a use at `use_time` (semantics 4.8): it begins as a round
/// would, `wait_days_after_receive` does not count, and the rest is as at any issue. `period` is that of its own
/// stock. `None` when it would begin after the end: then the chain ends.
pub fn after_use(period: &AvailablePeriod, use_time: Time, interval_days: u32) -> Option<Window> {
    beginning(period, next_begin(use_time, interval_days).max(period.begin))
}

fn beginning(period: &AvailablePeriod, begin: Time) -> Option<Window> {
    let end = match period.relative {
        Relative::Whole => period.end,
        Relative::Seconds(seconds) => begin.plus_seconds(i64::from(seconds)),
        Relative::Days { days, wait_days: _ } => last_second_of(begin, days),
    };
    (begin <= period.end).then(|| Window { begin, end: end.min(period.end) })
}

/// 23:59:59 of the `days`-th day, the day of `begin` being the first.
fn last_second_of(begin: Time, days: u32) -> Time {
    begin.start_of_day_after(i64::from(days)).plus_seconds(-1).max(begin)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::example::{period, time};

    fn days(days: u32, wait_days: u32) -> Relative {
        Relative::Days { days, wait_days }
    }

    /// The stock of example P: ten days from each begin, in August.
    fn of_example_p(relative: Relative) -> AvailablePeriod {
        let (begin, end) = (time("2025-08-01T00:00:00"), time("2025-08-31T23:59:59"));
        AvailablePeriod { begin, end, ..period(relative) }
    }

    #[test]
    fn worked_example_p() {
        let stock = of_example_p(days(10, 0));
        let window = |begin, end| Some(Window { begin: time(begin), end: time(end) });
        let first = at_issue(&stock, time("2025-08-03T10:00:00"));
        assert_eq!(first, window("2025-08-03T10:00:00", "2025-08-12T23:59:59"));
        for (used_at, begin, end) in [
            ("2025-08-05T18:00:00", "2025-08-07T00:00:00", "2025-08-16T23:59:59"),
            ("2025-08-16T12:00:00", "2025-08-18T00:00:00", "2025-08-27T23:59:59"),
            ("2025-08-24T12:00:00", "2025-08-26T00:00:00", "2025-08-31T23:59:59"),
        ] {
            assert_eq!(after_use(&stock, time(used_at), 2), window(begin, end), "{used_at}");
        }
    }

    #[test]
    fn the_next_coupon_begins_by_the_interval_and_ignores_the_wait() {
        let window = |begin, end| Some(Window { begin: time(begin), end: time(end) });
        let used = time("2025-08-05T18:00:00");
        for (relative, interval, expected) in [
            (days(10, 3), 0, window("2025-08-05T18:00:00", "2025-08-14T23:59:59")),
            (days(1, 3), 1, window("2025-08-06T00:00:00", "2025-08-06T23:59:59")),
            (days(10, 0), 7, window("2025-08-12T00:00:00", "2025-08-21T23:59:59")),
            (Relative::Whole, 0, window("2025-08-05T18:00:00", "2025-08-31T23:59:59")),
            (Relative::Seconds(60), 1, window("2025-08-06T00:00:00", "2025-08-06T00:01:00")),
        ] {
            assert_eq!(
                after_use(&of_example_p(relative), used, interval),
                expected,
                "{relative:?} {interval}"
            );
        }
    }

    #[test]
    fn no_next_coupon_begins_after_the_end_of_its_stock() {
        let stock = of_example_p(days(10, 0));
        let last_day = Some(Window { begin: time("2025-08-31T00:00:00"), end: time("2025-08-31T23:59:59") });
        assert_eq!(after_use(&stock, time("2025-08-30T09:00:00"), 1), last_day);
        assert_eq!(after_use(&stock, time("2025-08-31T09:00:00"), 1), None);
        assert!(after_use(&stock, time("2025-08-31T23:59:59"), 0).is_some());
    }

    #[test]
    fn worked_examples_t1_to_t12() {
        let rows = [
            ("T1", Relative::Whole, "2025-08-05T10:00:00", "2025-08-05T10:00:00", "2025-08-13T08:00:00"),
            ("T2", Relative::Whole, "2025-08-01T10:00:00", "2025-08-04T08:00:00", "2025-08-13T08:00:00"),
            ("T3", days(3, 0), "2025-08-05T10:00:00", "2025-08-05T10:00:00", "2025-08-07T23:59:59"),
            ("T4", days(1, 0), "2025-08-05T23:59:30", "2025-08-05T23:59:30", "2025-08-05T23:59:59"),
            ("T5", days(3, 0), "2025-08-01T10:00:00", "2025-08-04T08:00:00", "2025-08-06T23:59:59"),
            ("T6", days(3, 1), "2025-08-05T10:00:00", "2025-08-06T00:00:00", "2025-08-08T23:59:59"),
            ("T7", days(3, 2), "2025-08-01T10:00:00", "2025-08-06T00:00:00", "2025-08-08T23:59:59"),
            ("T8", days(5, 0), "2025-08-12T20:00:00", "2025-08-12T20:00:00", "2025-08-13T08:00:00"),
            ("T9", days(3, 1), "2025-08-12T07:00:00", "2025-08-13T00:00:00", "2025-08-13T08:00:00"),
            (
                "T11",
                Relative::Seconds(3600),
                "2025-08-05T10:00:00",
                "2025-08-05T10:00:00",
                "2025-08-05T11:00:00",
            ),
            ("T12", days(2, 0), "2025-08-05T16:30:00Z", "2025-08-06T00:30:00", "2025-08-07T23:59:59"),
        ];
        for (name, relative, receive_time, begin, end) in rows {
            let expected = Window { begin: time(begin), end: time(end) };
            assert_eq!(at_issue(&period(relative), time(receive_time)), Some(expected), "{name}");
        }
    }

    #[test]
    fn t10_begins_after_the_stock_ends() {
        assert_eq!(at_issue(&period(days(3, 1)), time("2025-08-13T07:00:00")), None);
    }

    #[test]
    fn the_last_second_of_the_stock_is_still_a_window() {
        let period = period(Relative::Whole);
        let last = Window { begin: period.end, end: period.end };
        assert_eq!(at_issue(&period, period.end), Some(last));
        assert_eq!(at_issue(&period, period.end.plus_seconds(1)), None);
    }

    #[test]
    fn both_ends_are_inside() {
        let window = Window { begin: time("2025-08-06T00:00:00"), end: time("2025-08-08T23:59:59") };
        assert!(!window.contains(window.begin.plus_seconds(-1)));
        assert!(window.contains(window.begin));
        assert!(window.contains(window.end));
        assert!(!window.contains(window.end.plus_seconds(1)));
    }

    fn any_relative() -> impl Strategy<Value = Relative> {
        prop_oneof![
            Just(Relative::Whole),
            (1..=365_u32, 0..=30_u32).prop_map(|(days, wait_days)| Relative::Days { days, wait_days }),
            (1..=31_536_000_u32).prop_map(Relative::Seconds),
        ]
    }

    proptest! {
        #[test]
        fn a_window_is_ordered_and_inside_the_stock(
            relative in any_relative(),
            span in 1..=31_536_000_i64,
            receive in -40_000_000..40_000_000_i64,
        ) {
            let begin = time("2025-08-04T08:00:00");
            let period = AvailablePeriod {
                begin, end: begin.plus_seconds(span), relative, weekly: None, irregular: Vec::new(),
            };
            let receive_time = begin.plus_seconds(receive);
            if let Some(window) = at_issue(&period, receive_time) {
                prop_assert!(window.begin <= window.end);
                prop_assert!(window.end <= period.end);
                prop_assert!(window.begin >= period.begin && window.begin >= receive_time);
            }
        }
    }
}
