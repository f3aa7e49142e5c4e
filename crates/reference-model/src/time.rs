//! Time as plain numbers: days and weeks of UTC+08:00 (semantics 4).

/// Seconds since the Unix epoch.
pub type Seconds = i64;

/// Seconds of a day.
pub const DAY: Seconds = 86_400;
/// How far ahead of UTC the days of the rules begin.
const OFFSET: Seconds = 8 * 3_600;

/// The number of the day in UTC+08:00.
#[must_use]
pub fn day(at: Seconds) -> i64 {
    (at + OFFSET).div_euclid(DAY)
}

/// 00:00:00 of a day, as [`day`] numbers them.
#[must_use]
pub fn midnight(day: i64) -> Seconds {
    day * DAY - OFFSET
}

/// Seconds since midnight.
#[must_use]
pub fn second_of_day(at: Seconds) -> Seconds {
    (at + OFFSET).rem_euclid(DAY)
}

/// 0 is Monday.
#[must_use]
pub fn weekday(at: Seconds) -> i64 {
    // The epoch was a Thursday.
    (day(at) + 3).rem_euclid(7)
}

/// When something that follows a use may begin: at the use, or at midnight so many days later (semantics 4.6).
#[must_use]
pub fn after_interval(use_time: Seconds, interval_days: u32) -> Seconds {
    if interval_days == 0 { use_time } else { midnight(day(use_time) + i64::from(interval_days)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 2026-03-02 10:00:00 +08:00.
    const MONDAY: Seconds = 1_772_416_800;

    #[test]
    fn days_begin_eight_hours_before_those_of_utc() {
        assert_eq!(second_of_day(MONDAY), 10 * 3_600);
        assert_eq!(weekday(MONDAY), 0);
        assert_eq!(midnight(day(MONDAY)), MONDAY - 10 * 3_600);
        assert_eq!(day(MONDAY + 14 * 3_600 - 1), day(MONDAY));
        assert_eq!(day(MONDAY + 14 * 3_600), day(MONDAY) + 1);
    }

    #[test]
    fn an_interval_ends_at_midnight() {
        assert_eq!(after_interval(MONDAY, 0), MONDAY);
        assert_eq!(after_interval(MONDAY, 2), MONDAY + 38 * 3_600);
    }
}
