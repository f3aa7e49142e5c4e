//! The validity window of a coupon: computed once, when it is issued (semantics 4.2).
//!
//! Knows the period of a stock and the instant of the issue, nothing of coupons or rounds.

use quan_model::time::Time;

use crate::period::{AvailablePeriod, Relative};

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
    let (begin, end) = match period.relative {
        Relative::Whole => (first, period.end),
        Relative::Seconds(seconds) => (first, first.plus_seconds(i64::from(seconds))),
        Relative::Days { days, wait_days } => {
            let begin = if wait_days == 0 { first } else { first.start_of_day_after(i64::from(wait_days)) };
            (begin, last_second_of(begin, days))
        }
    };
    (begin <= period.end).then(|| Window { begin, end: end.min(period.end) })
}

/// 23:59:59 of the `days`-th day, the day of `begin` being the first.
fn last_second_of(begin: Time, days: u32) -> Time {
    begin.start_of_day_after(i64::from(days)).plus_seconds(-1).max(begin)
}
