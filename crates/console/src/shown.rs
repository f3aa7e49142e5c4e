//! Values as people read them: times, amounts, ids in addresses.

use quan_model::time::Time;

/// A time as `2026-03-02 10:00:00`, in UTC+08:00 as everywhere in the API.
pub(crate) fn time(time: Time) -> String {
    let text = time.to_string();
    text.get(..19).unwrap_or(&text).replace('T', " ")
}

/// A time in milliseconds as `10:00:00.123`, with the day before it when asked for.
pub(crate) fn time_ms(at_ms: i64) -> String {
    format!("{}.{:03}", time(Time::from_unix_seconds(at_ms.div_euclid(1000))), at_ms.rem_euclid(1000))
}

/// A duration in microseconds as `1.5 ms`.
pub(crate) fn duration(us: u64) -> String {
    if us < 10_000 { format!("{}.{} ms", us / 1000, us % 1000 / 100) } else { format!("{} ms", us / 1000) }
}

/// A text for a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_china() {
        assert_eq!(time(Time::from_unix_seconds(1_772_416_800)), "2026-03-02 10:00:00");
        assert_eq!(time_ms(1_772_416_800_007), "2026-03-02 10:00:00.007");
    }

    #[test]
    fn durations_and_addresses() {
        assert_eq!((duration(1549).as_str(), duration(23_456).as_str()), ("1.5 ms", "23 ms"));
        assert_eq!(encoded("a/b c?券"), "a%2Fb%20c%3F%E5%88%B8");
    }
}
