//! 券可核销时间: when a coupon may be used (api-product-coupon 3.12).

use serde::{Deserialize, Serialize};

use crate::enums::Weekday;
use crate::time::Time;

/// CouponAvailablePeriod: the usable time is the intersection of everything given here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponAvailablePeriod {
    /// The first instant of the stock.
    pub available_begin_time: Time,
    /// The last instant of the stock, inclusive.
    pub available_end_time: Time,
    /// Usable for this many calendar days once effective, 1 to 365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_days: Option<i64>,
    /// Effective from 00:00:00 of the n-th day after the claim, 0 to 30; 0 means at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_days_after_receive: Option<i64>,
    /// Days of the week and hours of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly_available_period: Option<WeeklyPeriod>,
    /// At most two absolute periods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irregular_available_period_list: Option<Vec<IrregularPeriod>>,
    /// Usable for this many seconds after the claim, 1 to 31,536,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_seconds: Option<i64>,
}

/// WeeklyPeriod: the same hours on each of the listed days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyPeriod {
    /// Required when `day_period_list` is present; 1 to 7 distinct days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_list: Option<Vec<Weekday>>,
    /// At most two periods of the day; absent means the whole day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_period_list: Option<Vec<DayPeriod>>,
}

/// Seconds of the day, 0 to 86399, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayPeriod {
    /// The first second.
    pub begin_time: i64,
    /// The last second.
    pub end_time: i64,
}

/// An absolute period, both ends inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IrregularPeriod {
    /// The first instant.
    pub begin_time: Time,
    /// The last instant.
    pub end_time: Time,
}
