//! Checks of `coupon_available_time`, in the order of api-busifavor 4.3.
//!
//! The rules are those of product coupons; names, the numbering of days and what may stand together differ.

use quan_model::busifavor::{AvailableTime, AvailableWeek};
use quan_model::enums::Weekday;

use super::parse::{
    AVAILABLE_SECONDS_MAX, STOCK_DAYS_MAX, WAIT_DAYS_MAX, check_span, in_range, parse_hours, parse_irregular,
};
use super::{AvailablePeriod, Relative, Weekly};
use crate::refusal::{Violation, ViolationKind};
use crate::window::Window;

pub(super) fn available_time(at: &str, wire: &AvailableTime) -> Result<AvailablePeriod, Violation> {
    let stock = Window { begin: wire.available_begin_time, end: wire.available_end_time };
    check_span(at, stock.begin, stock.end)?;
    let relative = relative(at, wire)?;
    let weekly = match &wire.available_week {
        Some(week) => weekly(&format!("{at}/available_week"), week)?,
        None => None,
    };
    let irregular = match &wire.irregulary_avaliable_time {
        Some(list) => parse_irregular(&format!("{at}/irregulary_avaliable_time"), stock, list)?,
        None => Vec::new(),
    };
    Ok(AvailablePeriod { begin: stock.begin, end: stock.end, relative, weekly, irregular })
}

fn relative(at: &str, wire: &AvailableTime) -> Result<Relative, Violation> {
    let field = |name: &str| format!("{at}/{name}");
    let rule = |name: &str, issue: &str| Err(Violation::new(field(name), ViolationKind::Rule, issue));
    let days = wire
        .available_day_after_receive
        .map(|days| in_range(field("available_day_after_receive"), days, 1, STOCK_DAYS_MAX, "应为1到365"))
        .transpose()?;
    let wait_days = wire
        .wait_days_after_receive
        .map(|days| in_range(field("wait_days_after_receive"), days, 1, WAIT_DAYS_MAX, "应为1到30"))
        .transpose()?;
    if wait_days.is_some() && days.is_none() {
        let issue = "填写wait_days_after_receive时必须同时填写available_day_after_receive";
        return rule("wait_days_after_receive", issue);
    }
    let Some(seconds) = wire.available_second_after_receive else {
        let days_of = |days| Relative::Days { days, wait_days: wait_days.unwrap_or(0) };
        return Ok(days.map_or(Relative::Whole, days_of));
    };
    let name = "available_second_after_receive";
    let seconds = in_range(field(name), seconds, 1, AVAILABLE_SECONDS_MAX, "应为1到31536000")?;
    if days.is_some() {
        return rule(name, "available_second_after_receive不能与available_day_after_receive同时使用");
    }
    Ok(Relative::Seconds(seconds))
}

/// An object without days and without hours restricts nothing and counts as absent.
fn weekly(at: &str, wire: &AvailableWeek) -> Result<Option<Weekly>, Violation> {
    let field = || format!("{at}/week_day");
    let periods = wire.available_day_time.as_deref().unwrap_or_default();
    let Some(numbers) = &wire.week_day else {
        if periods.is_empty() {
            return Ok(None);
        }
        let issue = "填写available_day_time时必须填写week_day";
        return Err(Violation::new(field(), ViolationKind::Rule, issue));
    };
    if numbers.is_empty() {
        return Err(Violation::new(field(), ViolationKind::TooShort, "应至少填写一天"));
    }
    let mut days = Vec::new();
    for (index, number) in numbers.iter().enumerate() {
        let out_of_range = || {
            let issue = "应为0到6，0表示周日";
            Violation::new(format!("{at}/week_day/{index}"), ViolationKind::OutOfRange, issue)
                .with_value(number)
        };
        let day = weekday(*number).ok_or_else(out_of_range)?;
        if days.contains(&day) {
            let issue = "不能重复填写同一天";
            return Err(Violation::new(field(), ViolationKind::Rule, issue).with_value(number));
        }
        days.push(day);
    }
    let hours = parse_hours(&format!("{at}/available_day_time"), periods)?;
    Ok(Some(Weekly { days, hours }))
}

/// Days are numbered from Sunday, which is 0.
fn weekday(number: i64) -> Option<Weekday> {
    match number {
        0 => Some(Weekday::Sunday),
        1 => Some(Weekday::Monday),
        2 => Some(Weekday::Tuesday),
        3 => Some(Weekday::Wednesday),
        4 => Some(Weekday::Thursday),
        5 => Some(Weekday::Friday),
        6 => Some(Weekday::Saturday),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use quan_model::period::{DayPeriod, IrregularPeriod};

    use super::*;
    use crate::example::time;

    fn plain() -> AvailableTime {
        AvailableTime {
            available_begin_time: time("2025-08-04T08:00:00"),
            available_end_time: time("2025-08-13T08:00:00"),
            available_day_after_receive: None,
            available_week: None,
            irregulary_avaliable_time: None,
            wait_days_after_receive: None,
            available_second_after_receive: None,
        }
    }

    fn found(edit: impl FnOnce(&mut AvailableTime)) -> String {
        let mut wire = plain();
        edit(&mut wire);
        match AvailablePeriod::parse_merchant("", &wire) {
            Ok(_) => String::new(),
            Err(violation) => format!("{} {:?}", violation.field, violation.kind),
        }
    }

    fn week(days: &[i64], hours: &[(i64, i64)]) -> AvailableWeek {
        let period =
            |(begin_time, end_time): &(i64, i64)| DayPeriod { begin_time: *begin_time, end_time: *end_time };
        AvailableWeek {
            week_day: Some(days.to_vec()),
            available_day_time: Some(hours.iter().map(period).collect()),
        }
    }

    #[test]
    fn both_sides_of_every_limit() {
        let days = |days, wait| {
            found(move |wire| {
                wire.available_day_after_receive = days;
                wire.wait_days_after_receive = wait;
            })
        };
        assert_eq!(days(Some(0), None), "/available_day_after_receive OutOfRange");
        assert_eq!(days(Some(1), None), "");
        assert_eq!(days(Some(365), None), "");
        assert_eq!(days(Some(366), None), "/available_day_after_receive OutOfRange");
        assert_eq!(days(Some(1), Some(0)), "/wait_days_after_receive OutOfRange");
        assert_eq!(days(Some(1), Some(1)), "");
        assert_eq!(days(Some(1), Some(30)), "");
        assert_eq!(days(Some(1), Some(31)), "/wait_days_after_receive OutOfRange");
        assert_eq!(days(None, Some(1)), "/wait_days_after_receive Rule");
        let seconds = |seconds| found(move |wire| wire.available_second_after_receive = Some(seconds));
        assert_eq!(seconds(0), "/available_second_after_receive OutOfRange");
        assert_eq!(seconds(1), "");
        assert_eq!(seconds(31_536_000), "");
        assert_eq!(seconds(31_536_001), "/available_second_after_receive OutOfRange");
        let span = |seconds| {
            found(move |wire| wire.available_end_time = wire.available_begin_time.plus_seconds(seconds))
        };
        assert_eq!(span(0), "/available_end_time OutOfRange");
        assert_eq!(span(1), "");
        assert_eq!(span(365 * 86_400), "");
        assert_eq!(span(365 * 86_400 + 1), "/available_end_time OutOfRange");
    }

    #[test]
    fn seconds_and_days_exclude_each_other_and_absolute_periods_exclude_nothing() {
        let both = found(|wire| {
            wire.available_day_after_receive = Some(3);
            wire.available_second_after_receive = Some(60);
        });
        assert_eq!(both, "/available_second_after_receive Rule");
        let everything = found(|wire| {
            wire.available_day_after_receive = Some(3);
            wire.wait_days_after_receive = Some(1);
            wire.available_week = Some(week(&[1, 2], &[(0, 86_399)]));
            let (begin_time, end_time) = (wire.available_begin_time, wire.available_end_time);
            wire.irregulary_avaliable_time = Some(vec![IrregularPeriod { begin_time, end_time }]);
        });
        assert_eq!(everything, "");
        let outside = found(|wire| {
            let (begin_time, end_time) = (wire.available_begin_time, wire.available_end_time.plus_seconds(1));
            wire.irregulary_avaliable_time = Some(vec![IrregularPeriod { begin_time, end_time }]);
        });
        assert_eq!(outside, "/irregulary_avaliable_time/0/end_time OutOfRange");
    }

    #[test]
    fn days_are_numbered_from_sunday() {
        let parse = |days: &[i64], hours: &[(i64, i64)]| weekly("", &week(days, hours));
        let sunday = parse(&[0], &[]).unwrap().unwrap();
        assert!(sunday.allows(time("2025-08-10T00:00:00")) && !sunday.allows(time("2025-08-11T00:00:00")));
        let all = parse(&[6, 5, 4, 3, 2, 1, 0], &[(1, 2), (3, 4)]).unwrap().unwrap();
        assert_eq!((all.days.len(), all.hours.len()), (7, 2));
        let refused = |days: &[i64], hours: &[(i64, i64)]| {
            parse(days, hours)
                .map_err(|violation| format!("{} {:?}", violation.field, violation.kind))
                .unwrap_err()
        };
        assert_eq!(refused(&[7], &[]), "/week_day/0 OutOfRange");
        assert_eq!(refused(&[-1], &[]), "/week_day/0 OutOfRange");
        assert_eq!(refused(&[1, 1], &[]), "/week_day Rule");
        assert_eq!(refused(&[], &[]), "/week_day TooShort");
        assert_eq!(refused(&[1], &[(0, 1), (2, 3), (4, 5)]), "/available_day_time TooLong");
        assert_eq!(refused(&[1], &[(0, 86_400)]), "/available_day_time/0/end_time OutOfRange");
        let hours_alone = AvailableWeek { week_day: None, ..week(&[], &[(0, 1)]) };
        assert_eq!(weekly("", &hours_alone).unwrap_err().field, "/week_day");
        let nothing = AvailableWeek { week_day: None, available_day_time: None };
        assert_eq!(weekly("", &nothing), Ok(None));
    }
}
