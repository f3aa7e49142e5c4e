//! Instants in whole seconds and the calendar of UTC+08:00, in which every rule is written.

use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Seconds in a day; the fixed offset has no daylight saving, so every day has this many.
pub const DAY_SECONDS: i64 = 86_400;

const CHINA: Offset = Offset::constant(8);

/// An instant in whole seconds since the Unix epoch.
///
/// The official rules compare whole seconds, so fractions are cut when a text is read. On the wire it
/// is RFC 3339; it is written with `+08:00` and without a fraction (wire-protocol 0.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// The text is not an RFC 3339 time with an offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an RFC 3339 time with an offset, such as 2026-09-01T00:00:00+08:00")]
pub struct TimeError;

impl Time {
    /// The instant that many seconds after 1970-01-01T00:00:00Z. Values outside the years 1 to 9999
    /// are brought to the nearest end of them, so that every `Time` can be written as a date.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.clamp(-62_135_596_800 + DAY_SECONDS, 253_402_300_799 - 2 * DAY_SECONDS))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Reads `yyyy-MM-DDTHH:mm:ss[.SSS](Z|±HH:MM)`.
    ///
    /// # Errors
    /// [`TimeError`] for any other form: no offset, a date alone, a leap second, a space for the `T`.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        if !has_rfc3339_shape(text.as_bytes()) {
            return Err(TimeError);
        }
        let instant: jiff::Timestamp = text.parse().map_err(|_| TimeError)?;
        Ok(Self::from_unix_seconds(instant.as_millisecond().div_euclid(1000)))
    }

    /// The calendar day in UTC+08:00.
    pub fn date(self) -> Date {
        self.civil().date()
    }

    /// Seconds since 00:00:00 of the day in UTC+08:00: 0 to 86399.
    pub fn second_of_day(self) -> i64 {
        (self.0 + 8 * 3600).rem_euclid(DAY_SECONDS)
    }

    /// 00:00:00 of a day in UTC+08:00.
    pub fn start_of(day: Date) -> Self {
        let start = CHINA.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
        Self::from_unix_seconds(start.map_or(i64::MAX, jiff::Timestamp::as_second))
    }

    /// 23:59:59 of a day in UTC+08:00, the last second of it.
    pub fn end_of(day: Date) -> Self {
        Self::start_of(day).plus_seconds(DAY_SECONDS - 1)
    }

    /// 00:00:00 of the day that lies `days` after this instant's day, in UTC+08:00.
    pub fn start_of_day_after(self, days: i64) -> Self {
        Self::start_of(self.date()).plus_seconds(days.saturating_mul(DAY_SECONDS))
    }

    /// The instant `seconds` later (earlier when negative), kept inside the years 1 to 9999.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_unix_seconds(self.0.saturating_add(seconds))
    }

    /// Whole seconds from `earlier` to this instant; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    fn civil(self) -> jiff::civil::DateTime {
        let instant = jiff::Timestamp::from_second(self.0).expect("a Time lies inside the years 1 to 9999");
        CHINA.to_datetime(instant)
    }
}

fn has_rfc3339_shape(text: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let is = |at: usize, byte: u8| text.get(at) == Some(&byte);
    let date_time = digits(0..4)
        && is(4, b'-')
        && digits(5..7)
        && is(7, b'-')
        && digits(8..10)
        && is(10, b'T')
        && digits(11..13)
        && is(13, b':')
        && digits(14..16)
        && is(16, b':')
        && digits(17..19)
        && text.get(17..19).is_none_or(|second| second < b"60".as_slice());
    let mut offset_at = 19;
    if is(19, b'.') {
        let fraction = text[20..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if fraction == 0 || fraction > 9 {
            return false;
        }
        offset_at = 20 + fraction;
    }
    let zulu = is(offset_at, b'Z') && text.len() == offset_at + 1;
    let numeric = (is(offset_at, b'+') || is(offset_at, b'-'))
        && digits(offset_at + 1..offset_at + 3)
        && is(offset_at + 3, b':')
        && digits(offset_at + 4..offset_at + 6)
        && text.len() == offset_at + 6;
    date_time && (zulu || numeric)
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}+08:00", self.civil().strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

impl std::str::FromStr for Time {
    type Err = TimeError;
    fn from_str(text: &str) -> Result<Self, TimeError> {
        Self::parse(text)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn reads_every_form_of_rfc3339_and_writes_one() {
        for (text, written) in [
            ("2025-08-04T08:00:00+08:00", "2025-08-04T08:00:00+08:00"),
            ("2025-08-05T16:30:00Z", "2025-08-06T00:30:00+08:00"),
            ("2025-08-05T16:30:00.999Z", "2025-08-06T00:30:00+08:00"),
            ("2025-08-05T11:30:00-05:00", "2025-08-06T00:30:00+08:00"),
            ("1969-12-31T23:59:59.5Z", "1970-01-01T07:59:59+08:00"),
        ] {
            assert_eq!(time(text).to_string(), written, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_rfc3339() {
        for text in [
            "",
            "2025-08-04",
            "2025-08-04T08:00:00",
            "2025-08-04 08:00:00+08:00",
            "2025-08-04T08:00+08:00",
            "2025-08-04T08:00:00.+08:00",
            "2025-08-04T08:00:00+0800",
            "2025-08-04T08:00:60+08:00",
            "2025-13-04T08:00:00+08:00",
            "2025-02-30T08:00:00Z",
            "2025-08-04T24:00:00Z",
            "2025-08-04T08:00:00Z ",
            "20250804T080000Z",
            "2025-08-04T08:00:00+08:00[Asia/Shanghai]",
            "二〇二五年",
        ] {
            assert_eq!(text.parse::<Time>(), Err(TimeError), "{text}");
        }
    }

    #[test]
    fn days_are_those_of_utc_plus_eight() {
        assert_eq!(time("2025-08-05T15:59:59Z").date(), jiff::civil::date(2025, 8, 5));
        assert_eq!(time("2025-08-05T16:00:00Z").date(), jiff::civil::date(2025, 8, 6));
        let noon = time("2025-08-05T12:00:00+08:00");
        assert_eq!(noon.second_of_day(), 43_200);
        assert_eq!(Time::start_of(noon.date()).to_string(), "2025-08-05T00:00:00+08:00");
        assert_eq!(Time::end_of(noon.date()).to_string(), "2025-08-05T23:59:59+08:00");
        assert_eq!(noon.start_of_day_after(2).to_string(), "2025-08-07T00:00:00+08:00");
    }

    #[test]
    fn extreme_values_do_not_overflow() {
        for seconds in [i64::MIN, i64::MAX, 0] {
            let time = Time::from_unix_seconds(seconds);
            assert!(!time.plus_seconds(i64::MAX).to_string().is_empty());
            assert!(!time.plus_seconds(i64::MIN).start_of_day_after(i64::MAX).to_string().is_empty());
        }
    }
}
