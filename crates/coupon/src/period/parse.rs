//! Checks of `coupon_available_period`, in the order of api-product-coupon 3.12.
//!
//! `wait_days_after_receive` 0 means "none" in the official samples, so 0 counts as absent wherever a
//! combination forbids or requires the field.

use quan_model::period::{CouponAvailablePeriod, DayPeriod, IrregularPeriod, WeeklyPeriod};
use quan_model::time::{DAY_SECONDS, Time};

use super::{AvailablePeriod, DayHours, Relative, Weekly};
use crate::refusal::{Violation, ViolationKind};
use crate::window::Window;

/// The longest stock, in days (DOC, api-product-coupon 3.12).
pub(super) const STOCK_DAYS_MAX: i64 = 365;
/// The longest wait, in days.
pub(super) const WAIT_DAYS_MAX: i64 = 30;
/// The longest relative validity in seconds: 365 days (semantics 4.1, assumed).
pub(super) const AVAILABLE_SECONDS_MAX: i64 = 31_536_000;
/// The most periods of a day, and the most absolute periods.
const PERIODS_MAX: usize = 2;

pub(super) fn available_period(
    at: &str,
    wire: &CouponAvailablePeriod,
    sequential_days: Option<i64>,
) -> Result<AvailablePeriod, Violation> {
    check_span(at, wire.available_begin_time, wire.available_end_time)?;
    let relative = relative(at, wire, sequential_days)?;
    let weekly = match &wire.weekly_available_period {
        Some(weekly) => parse_weekly(&format!("{at}/weekly_available_period"), weekly)?,
        None => None,
    };
    let irregular = match &wire.irregular_available_period_list {
        Some(list) => {
            let stock = Window { begin: wire.available_begin_time, end: wire.available_end_time };
            parse_irregular(&format!("{at}/irregular_available_period_list"), stock, list)?
        }
        None => Vec::new(),
    };
    if !irregular.is_empty() {
        check_irregular_stands_alone(at, wire, weekly.is_some())?;
    }
    Ok(AvailablePeriod {
        begin: wire.available_begin_time,
        end: wire.available_end_time,
        relative,
        weekly,
        irregular,
    })
}

pub(super) fn check_span(at: &str, begin: Time, end: Time) -> Result<(), Violation> {
    let seconds = end.seconds_since(begin);
    let issue = if seconds <= 0 {
        "可用结束时间应晚于可用开始时间"
    } else if seconds > STOCK_DAYS_MAX * DAY_SECONDS {
        "可用开始时间与结束时间的间隔不能超过365天"
    } else {
        return Ok(());
    };
    let field = format!("{at}/available_end_time");
    Err(Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&end))
}

fn relative(
    at: &str,
    wire: &CouponAvailablePeriod,
    sequential_days: Option<i64>,
) -> Result<Relative, Violation> {
    let days_field = || format!("{at}/available_days");
    let wait_field = || format!("{at}/wait_days_after_receive");
    let seconds_field = || format!("{at}/available_seconds");
    let rule = |field: String, issue: &str| Err(Violation::new(field, ViolationKind::Rule, issue));

    if let Some(days) = wire.available_days {
        in_range(days_field(), days, 1, STOCK_DAYS_MAX, "应为1到365")?;
        if sequential_days.is_some() {
            return rule(days_field(), "多次优惠的有效天数请填写在sequential_usage_info.available_days");
        }
    }
    let wait_days = wire.wait_days_after_receive.unwrap_or(0);
    let wait_days = in_range(wait_field(), wait_days, 0, WAIT_DAYS_MAX, "应为0到30")?;
    let days = match wire.available_days.or(sequential_days) {
        // The range of sequential_usage_info.available_days is checked where it stands; this only
        // guards a caller that has not.
        Some(days) => Some(in_range(days_field(), days, 1, STOCK_DAYS_MAX, "应为1到365")?),
        None => None,
    };
    if wait_days > 0 && days.is_none() {
        return rule(wait_field(), "填写wait_days_after_receive时必须同时填写available_days");
    }
    if let Some(seconds) = wire.available_seconds {
        let seconds = in_range(seconds_field(), seconds, 1, AVAILABLE_SECONDS_MAX, "应为1到31536000")?;
        if days.is_some() {
            return rule(seconds_field(), "available_seconds不能与有效天数同时使用");
        }
        return Ok(Relative::Seconds(seconds));
    }
    Ok(days.map_or(Relative::Whole, |days| Relative::Days { days, wait_days }))
}

pub(super) fn in_range(field: String, value: i64, min: i64, max: i64, issue: &str) -> Result<u32, Violation> {
    match u32::try_from(value) {
        Ok(number) if min <= value && value <= max => Ok(number),
        Ok(_) | Err(_) => Err(Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&value)),
    }
}

/// An object without days and without hours restricts nothing and counts as absent.
fn parse_weekly(at: &str, wire: &WeeklyPeriod) -> Result<Option<Weekly>, Violation> {
    let day_field = || format!("{at}/day_list");
    let periods = wire.day_period_list.as_deref().unwrap_or_default();
    let Some(days) = &wire.day_list else {
        if periods.is_empty() {
            return Ok(None);
        }
        let issue = "填写day_period_list时必须填写day_list";
        return Err(Violation::new(day_field(), ViolationKind::Rule, issue));
    };
    if days.is_empty() {
        return Err(Violation::new(day_field(), ViolationKind::TooShort, "应至少填写一天"));
    }
    for (index, day) in days.iter().enumerate() {
        if days[..index].contains(day) {
            let issue = "不能重复填写同一天";
            return Err(Violation::new(day_field(), ViolationKind::Rule, issue).with_value(&day));
        }
    }
    let hours = parse_hours(&format!("{at}/day_period_list"), periods)?;
    Ok(Some(Weekly { days: days.clone(), hours }))
}

pub(super) fn parse_hours(at: &str, periods: &[DayPeriod]) -> Result<Vec<DayHours>, Violation> {
    check_count(at, periods.len())?;
    let mut hours: Vec<DayHours> = Vec::new();
    for (index, period) in periods.iter().enumerate() {
        let field = |name: &str| format!("{at}/{index}/{name}");
        in_range(field("begin_time"), period.begin_time, 0, DAY_SECONDS - 1, "应为0到86399")?;
        in_range(field("end_time"), period.end_time, 0, DAY_SECONDS - 1, "应为0到86399")?;
        if period.begin_time >= period.end_time {
            let issue = "时段的结束时间应晚于开始时间";
            return Err(Violation::new(field("end_time"), ViolationKind::OutOfRange, issue)
                .with_value(&period.end_time));
        }
        if hours.iter().any(|other| period.begin_time <= other.end && other.begin <= period.end_time) {
            return Err(Violation::new(format!("{at}/{index}"), ViolationKind::Rule, "时段之间不能重叠"));
        }
        hours.push(DayHours { begin: period.begin_time, end: period.end_time });
    }
    Ok(hours)
}

pub(super) fn parse_irregular(
    at: &str,
    stock: Window,
    list: &[IrregularPeriod],
) -> Result<Vec<Window>, Violation> {
    check_count(at, list.len())?;
    let mut windows: Vec<Window> = Vec::new();
    for (index, period) in list.iter().enumerate() {
        let refuse = |name: &str, kind: ViolationKind, issue: &str| {
            Err(Violation::new(format!("{at}/{index}{name}"), kind, issue))
        };
        if period.begin_time >= period.end_time {
            return refuse("/end_time", ViolationKind::OutOfRange, "时段的结束时间应晚于开始时间");
        }
        let inside = "时段应在可用开始时间与可用结束时间之内";
        if period.begin_time < stock.begin {
            return refuse("/begin_time", ViolationKind::OutOfRange, inside);
        }
        if period.end_time > stock.end {
            return refuse("/end_time", ViolationKind::OutOfRange, inside);
        }
        // Both ends belong to a period, so periods that share one second overlap.
        if windows.iter().any(|other| period.begin_time <= other.end && other.begin <= period.end_time) {
            return refuse("", ViolationKind::Rule, "时段之间不能重叠");
        }
        windows.push(Window { begin: period.begin_time, end: period.end_time });
    }
    Ok(windows)
}

/// Official for days, wait days and weekly periods (C26), assumed for seconds (U14). In sequential mode
/// the days of the whole coupon stand elsewhere and do not count here.
fn check_irregular_stands_alone(
    at: &str,
    wire: &CouponAvailablePeriod,
    has_weekly: bool,
) -> Result<(), Violation> {
    let taken = if wire.available_days.is_some() {
        "available_days"
    } else if wire.wait_days_after_receive.is_some_and(|days| days != 0) {
        "wait_days_after_receive"
    } else if has_weekly {
        "weekly_available_period"
    } else if wire.available_seconds.is_some() {
        "available_seconds"
    } else {
        return Ok(());
    };
    let issue = format!("填写irregular_available_period_list时不能填写{taken}");
    Err(Violation::new(format!("{at}/irregular_available_period_list"), ViolationKind::Rule, issue))
}

fn check_count(at: &str, count: usize) -> Result<(), Violation> {
    if count > PERIODS_MAX {
        return Err(Violation::new(at, ViolationKind::TooLong, "最多填写2个时段").with_value(&count));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use quan_model::enums::Weekday;

    use super::*;
    use crate::example::time;

    fn wire() -> CouponAvailablePeriod {
        CouponAvailablePeriod {
            available_begin_time: time("2025-08-04T08:00:00"),
            available_end_time: time("2025-08-13T08:00:00"),
            available_days: None,
            wait_days_after_receive: None,
            weekly_available_period: None,
            irregular_available_period_list: None,
            available_seconds: None,
        }
    }

    fn weekly(days: &[Weekday], periods: &[(i64, i64)]) -> Option<WeeklyPeriod> {
        let day_period_list =
            periods.iter().map(|(begin, end)| DayPeriod { begin_time: *begin, end_time: *end }).collect();
        Some(WeeklyPeriod { day_list: Some(days.to_vec()), day_period_list: Some(day_period_list) })
    }

    fn irregular(periods: &[(&str, &str)]) -> Option<Vec<IrregularPeriod>> {
        let period =
            |(begin, end): &(&str, &str)| IrregularPeriod { begin_time: time(begin), end_time: time(end) };
        Some(periods.iter().map(period).collect())
    }

    fn parse(edit: impl Fn(&mut CouponAvailablePeriod), sequential: Option<i64>) -> Result<Relative, String> {
        let mut wire = wire();
        edit(&mut wire);
        match AvailablePeriod::parse("", &wire, sequential) {
            Ok(period) => Ok(period.relative),
            Err(violation) => Err(format!("{} {:?}", violation.field, violation.kind)),
        }
    }

    fn refused(edit: impl Fn(&mut CouponAvailablePeriod)) -> String {
        parse(edit, None).err().unwrap_or_default()
    }

    #[test]
    fn the_span_is_positive_and_at_most_365_days() {
        let end = |seconds: i64| {
            refused(|wire| wire.available_end_time = wire.available_begin_time.plus_seconds(seconds))
        };
        assert_eq!(end(0), "/available_end_time OutOfRange");
        assert_eq!(end(-1), "/available_end_time OutOfRange");
        assert_eq!(end(1), "");
        assert_eq!(end(365 * DAY_SECONDS), "");
        assert_eq!(end(365 * DAY_SECONDS + 1), "/available_end_time OutOfRange");
    }

    #[test]
    fn both_sides_of_every_relative_limit() {
        let days = |days, wait| {
            parse(|wire| (wire.available_days, wire.wait_days_after_receive) = (days, wait), None)
        };
        let too = |name: &str| Err(format!("/{name} OutOfRange"));
        assert_eq!(days(Some(0), None), too("available_days"));
        assert_eq!(days(Some(1), None), Ok(Relative::Days { days: 1, wait_days: 0 }));
        assert_eq!(days(Some(365), Some(30)), Ok(Relative::Days { days: 365, wait_days: 30 }));
        assert_eq!(days(Some(366), None), too("available_days"));
        assert_eq!(days(Some(1), Some(-1)), too("wait_days_after_receive"));
        assert_eq!(days(Some(1), Some(31)), too("wait_days_after_receive"));
        assert_eq!(days(None, Some(0)), Ok(Relative::Whole));
        assert_eq!(days(None, Some(1)), Err("/wait_days_after_receive Rule".to_owned()));
        let seconds = |seconds| parse(|wire| wire.available_seconds = Some(seconds), None);
        assert_eq!(seconds(0), too("available_seconds"));
        assert_eq!(seconds(1), Ok(Relative::Seconds(1)));
        assert_eq!(seconds(31_536_000), Ok(Relative::Seconds(31_536_000)));
        assert_eq!(seconds(31_536_001), too("available_seconds"));
        assert_eq!(
            refused(|wire| (wire.available_seconds, wire.available_days) = (Some(1), Some(1))),
            "/available_seconds Rule"
        );
    }

    #[test]
    fn sequential_days_take_the_place_of_available_days() {
        let relative = parse(|wire| wire.wait_days_after_receive = Some(2), Some(30));
        assert_eq!(relative, Ok(Relative::Days { days: 30, wait_days: 2 }));
        let both = parse(|wire| wire.available_days = Some(3), Some(30));
        assert_eq!(both, Err("/available_days Rule".to_owned()));
        let one = &[("2025-08-06T00:00:00", "2025-08-06T23:59:59")];
        let with_list = parse(|wire| wire.irregular_available_period_list = irregular(one), Some(30));
        assert_eq!(with_list, Ok(Relative::Days { days: 30, wait_days: 0 }));
    }

    #[test]
    fn weekly_periods_need_distinct_days_and_separate_hours() {
        use Weekday::{Friday, Monday};
        for (days, periods, expected) in [
            (vec![Monday], vec![], ""),
            (Weekday::ALL.to_vec(), vec![(0, 86_399)], ""),
            (vec![], vec![], "/day_list TooShort"),
            (vec![Monday, Friday, Monday], vec![], "/day_list Rule"),
            (vec![Monday], vec![(-1, 5)], "/day_period_list/0/begin_time OutOfRange"),
            (vec![Monday], vec![(5, 86_400)], "/day_period_list/0/end_time OutOfRange"),
            (vec![Monday], vec![(5, 5)], "/day_period_list/0/end_time OutOfRange"),
            (vec![Monday], vec![(5, 6)], ""),
            (vec![Monday], vec![(5, 6), (7, 8)], ""),
            (vec![Monday], vec![(7, 8), (5, 6)], ""),
            (vec![Monday], vec![(5, 6), (6, 8)], "/day_period_list/1 Rule"),
            (vec![Monday], vec![(5, 10), (6, 8)], "/day_period_list/1 Rule"),
            (vec![Monday], vec![(1, 2), (3, 4), (5, 6)], "/day_period_list TooLong"),
        ] {
            let found = refused(|wire| wire.weekly_available_period = weekly(&days, &periods));
            let expected = if expected.is_empty() {
                String::new()
            } else {
                format!("/weekly_available_period{expected}")
            };
            assert_eq!(found, expected, "{days:?} {periods:?}");
        }
        let hours_alone = Some(WeeklyPeriod {
            day_list: None,
            day_period_list: Some(vec![DayPeriod { begin_time: 1, end_time: 2 }]),
        });
        assert_eq!(
            refused(|wire| wire.weekly_available_period.clone_from(&hours_alone)),
            "/weekly_available_period/day_list Rule"
        );
        let empty = Some(WeeklyPeriod { day_list: None, day_period_list: None });
        assert_eq!(refused(|wire| wire.weekly_available_period.clone_from(&empty)), "");
    }

    #[test]
    fn irregular_periods_are_inside_the_stock_and_separate() {
        let first = ("2025-08-04T08:00:00", "2025-08-05T00:00:00");
        let last = ("2025-08-12T00:00:00", "2025-08-13T08:00:00");
        for (list, expected) in [
            (vec![first, last], ""),
            (vec![last, first], ""),
            (vec![], ""),
            (vec![first, last, ("2025-08-07T00:00:00", "2025-08-08T00:00:00")], " TooLong"),
            (vec![("2025-08-04T07:59:59", "2025-08-05T00:00:00")], "/0/begin_time OutOfRange"),
            (vec![("2025-08-12T00:00:00", "2025-08-13T08:00:01")], "/0/end_time OutOfRange"),
            (vec![("2025-08-06T00:00:00", "2025-08-06T00:00:00")], "/0/end_time OutOfRange"),
            (vec![first, ("2025-08-05T00:00:00", "2025-08-06T00:00:00")], "/1 Rule"),
            (vec![first, ("2025-08-05T00:00:01", "2025-08-06T00:00:00")], ""),
        ] {
            let found = refused(|wire| wire.irregular_available_period_list = irregular(&list));
            let expected = if expected.is_empty() {
                String::new()
            } else {
                format!("/irregular_available_period_list{expected}")
            };
            assert_eq!(found, expected, "{list:?}");
        }
    }

    #[test]
    fn irregular_periods_stand_alone() {
        let with = |edit: fn(&mut CouponAvailablePeriod)| {
            refused(|wire| {
                let one = &[("2025-08-06T00:00:00", "2025-08-07T00:00:00")];
                wire.irregular_available_period_list = irregular(one);
                edit(wire);
            })
        };
        let refusal = "/irregular_available_period_list Rule";
        assert_eq!(with(|_| {}), "");
        assert_eq!(with(|wire| wire.available_days = Some(3)), refusal);
        assert_eq!(with(|wire| wire.weekly_available_period = weekly(&[Weekday::Monday], &[])), refusal);
        assert_eq!(with(|wire| wire.available_seconds = Some(60)), refusal);
        assert_eq!(with(|wire| wire.wait_days_after_receive = Some(0)), "");
        let in_sequential_mode = parse(
            |wire| {
                let one = &[("2025-08-06T00:00:00", "2025-08-07T00:00:00")];
                wire.irregular_available_period_list = irregular(one);
                wire.wait_days_after_receive = Some(1);
            },
            Some(30),
        );
        assert_eq!(in_sequential_mode, Err(refusal.to_owned()));
    }
}
