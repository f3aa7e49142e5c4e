//! Checks of `coupon_available_period`, in the order of api-product-coupon 3.12.
//!
//! `wait_days_after_receive` 0 means "none" in the official samples, so 0 counts as absent wherever a
//! combination forbids or requires the field.

use quan_model::period::{CouponAvailablePeriod, DayPeriod, IrregularPeriod, WeeklyPeriod};
use quan_model::time::DAY_SECONDS;

use super::{AvailablePeriod, DayHours, Relative, Weekly};
use crate::refusal::{Violation, ViolationKind};
use crate::window::Window;

/// The longest stock, in days (DOC, api-product-coupon 3.12).
const STOCK_DAYS_MAX: i64 = 365;
/// The longest wait, in days.
const WAIT_DAYS_MAX: i64 = 30;
/// The longest relative validity in seconds: 365 days (semantics 4.1, assumed).
const AVAILABLE_SECONDS_MAX: i64 = 31_536_000;
/// The most periods of a day, and the most absolute periods.
const PERIODS_MAX: usize = 2;

pub(super) fn available_period(
    at: &str,
    wire: &CouponAvailablePeriod,
    sequential_days: Option<i64>,
) -> Result<AvailablePeriod, Violation> {
    check_span(at, wire)?;
    let relative = relative(at, wire, sequential_days)?;
    let weekly = match &wire.weekly_available_period {
        Some(weekly) => parse_weekly(&format!("{at}/weekly_available_period"), weekly)?,
        None => None,
    };
    let irregular = match &wire.irregular_available_period_list {
        Some(list) => parse_irregular(&format!("{at}/irregular_available_period_list"), wire, list)?,
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

fn check_span(at: &str, wire: &CouponAvailablePeriod) -> Result<(), Violation> {
    let seconds = wire.available_end_time.seconds_since(wire.available_begin_time);
    let issue = if seconds <= 0 {
        "可用结束时间应晚于可用开始时间"
    } else if seconds > STOCK_DAYS_MAX * DAY_SECONDS {
        "可用开始时间与结束时间的间隔不能超过365天"
    } else {
        return Ok(());
    };
    let field = format!("{at}/available_end_time");
    Err(Violation::new(field, ViolationKind::OutOfRange, issue).with_value(&wire.available_end_time))
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

fn in_range(field: String, value: i64, min: i64, max: i64, issue: &str) -> Result<u32, Violation> {
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

fn parse_hours(at: &str, periods: &[DayPeriod]) -> Result<Vec<DayHours>, Violation> {
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

fn parse_irregular(
    at: &str,
    wire: &CouponAvailablePeriod,
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
        if period.begin_time < wire.available_begin_time {
            return refuse("/begin_time", ViolationKind::OutOfRange, inside);
        }
        if period.end_time > wire.available_end_time {
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
