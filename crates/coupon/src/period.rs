//! 券可核销时间: when coupons of a stock may be used (api-product-coupon 3.12, semantics 4.1 and 4.5).
//!
//! Parses the wire object once; after that weekly and irregular periods only answer yes or no for an
//! instant. The validity of one coupon is [`crate::window`]'s.

use quan_model::busifavor::AvailableTime;
use quan_model::enums::Weekday;
use quan_model::period::CouponAvailablePeriod;
use quan_model::time::Time;

use crate::refusal::Violation;
use crate::window::Window;

mod merchant;
mod parse;

/// The usable time of a stock: the intersection of everything here with the validity of each coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailablePeriod {
    /// The first instant of the stock.
    pub begin: Time,
    /// The last instant of the stock, inclusive.
    pub end: Time,
    /// How the validity of a coupon follows from its issue.
    pub relative: Relative,
    /// Days of the week and hours of the day, if restricted.
    pub weekly: Option<Weekly>,
    /// Absolute periods, at most two; empty when not restricted.
    pub irregular: Vec<Window>,
}

/// How long a coupon is valid after it was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relative {
    /// Until the stock ends.
    Whole,
    /// Some calendar days of UTC+08:00.
    Days {
        /// 1 to 365; the first day counts.
        days: u32,
        /// Days between the issue and the first day, 0 to 30; 0 begins at once.
        wait_days: u32,
    },
    /// Some seconds, 1 to 31,536,000.
    Seconds(u32),
}

/// The same hours on each of some days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weekly {
    /// One to seven distinct days.
    pub days: Vec<Weekday>,
    /// At most two; empty for the whole day.
    pub hours: Vec<DayHours>,
}

/// Seconds of the day in UTC+08:00, 0 to 86399, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayHours {
    /// The first second.
    pub begin: i64,
    /// The last second, after `begin`.
    pub end: i64,
}

impl AvailablePeriod {
    /// Parses the wire object at the pointer `at`. In sequential mode `sequential_days` is
    /// `sequential_usage_info.available_days`, which stands for the `available_days` that is forbidden
    /// there.
    ///
    /// # Errors
    /// The first [`Violation`], in the order of the fields in api-product-coupon 3.12.
    pub fn parse(
        at: &str,
        wire: &CouponAvailablePeriod,
        sequential_days: Option<i64>,
    ) -> Result<Self, Violation> {
        parse::available_period(at, wire, sequential_days)
    }

    /// Parses the object of merchant coupons at the pointer `at` (api-busifavor 4.3). Unlike on the product-coupon
    /// faces the absolute periods may stand beside the other parts: they intersect (api-busifavor U12).
    ///
    /// # Errors
    /// The first [`Violation`], in the order of the fields in api-busifavor 4.3.
    pub fn parse_merchant(at: &str, wire: &AvailableTime) -> Result<Self, Violation> {
        merchant::available_time(at, wire)
    }

    /// Whether the weekly and the irregular periods both allow the instant. The validity of the coupon
    /// is tested apart from this, and before it.
    pub fn allows(&self, time: Time) -> bool {
        self.weekly.as_ref().is_none_or(|weekly| weekly.allows(time))
            && (self.irregular.is_empty() || self.irregular.iter().any(|period| period.contains(time)))
    }
}

impl Weekly {
    /// Whether the instant is on one of the days and, if hours are given, inside them.
    pub fn allows(&self, time: Time) -> bool {
        let second = time.second_of_day();
        self.days.contains(&weekday(time))
            && (self.hours.is_empty()
                || self.hours.iter().any(|hours| hours.begin <= second && second <= hours.end))
    }
}

fn weekday(time: Time) -> Weekday {
    match time.date().weekday() {
        jiff::civil::Weekday::Monday => Weekday::Monday,
        jiff::civil::Weekday::Tuesday => Weekday::Tuesday,
        jiff::civil::Weekday::Wednesday => Weekday::Wednesday,
        jiff::civil::Weekday::Thursday => Weekday::Thursday,
        jiff::civil::Weekday::Friday => Weekday::Friday,
        jiff::civil::Weekday::Saturday => Weekday::Saturday,
        jiff::civil::Weekday::Sunday => Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{NO_STORE, coupon_of, number, period, stock, time, use_order};
    use crate::refusal::Refusal;

    fn workday_mornings() -> Weekly {
        let days = Weekday::ALL[..5].to_vec();
        Weekly { days, hours: vec![DayHours { begin: 21_600, end: 36_000 }] }
    }

    /// Semantics 4.5: settings on T1, used through a coupon so that window and period are both asked.
    fn used_at(weekly: Option<Weekly>, irregular: Vec<Window>, received: &str, at: &str) -> Option<Refusal> {
        let mut stock = stock();
        stock.terms.period.weekly = weekly;
        stock.terms.period.irregular = irregular;
        let received = time(received);
        let coupon = coupon_of(&stock, received).confirm(number("confirm"), received).unwrap();
        coupon.use_(use_order(time(at), None), &stock.terms.period, 0, NO_STORE, time(at)).err()
    }

    #[test]
    fn worked_examples_of_weekly_and_irregular_periods() {
        let t1 = "2025-08-05T10:00:00";
        for (received, at, expected) in [
            (t1, "2025-08-08T10:00:00", None),
            (t1, "2025-08-08T10:00:01", Some(Refusal::OutsidePeriod)),
            (t1, "2025-08-08T06:00:00", None),
            (t1, "2025-08-08T05:59:59", Some(Refusal::OutsidePeriod)),
            (t1, "2025-08-09T07:00:00", Some(Refusal::OutsidePeriod)),
            ("2025-08-01T10:00:00", "2025-08-04T07:00:00", Some(Refusal::OutsideWindow)),
        ] {
            assert_eq!(used_at(Some(workday_mornings()), Vec::new(), received, at), expected, "{at}");
        }
        let day = Window { begin: time("2025-08-06T00:00:00"), end: time("2025-08-06T23:59:59") };
        assert_eq!(used_at(None, vec![day], t1, "2025-08-06T23:59:59"), None);
        assert_eq!(used_at(None, vec![day], t1, "2025-08-07T00:00:00"), Some(Refusal::OutsidePeriod));
    }

    #[test]
    fn days_alone_are_whole_days() {
        let mut period = period(Relative::Whole);
        period.weekly = Some(Weekly { days: vec![Weekday::Friday], hours: Vec::new() });
        assert!(!period.allows(time("2025-08-07T23:59:59")));
        assert!(period.allows(time("2025-08-08T00:00:00")));
        assert!(period.allows(time("2025-08-08T23:59:59")));
        assert!(!period.allows(time("2025-08-09T00:00:00")));
    }

    #[test]
    fn every_day_of_the_week_is_its_own() {
        for (offset, day) in Weekday::ALL.iter().enumerate() {
            let offset = i64::try_from(offset).unwrap();
            let monday = time("2025-08-04T12:00:00");
            assert_eq!(weekday(monday.start_of_day_after(offset)), *day);
        }
    }
}
