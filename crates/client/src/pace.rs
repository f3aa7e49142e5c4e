//! Pacing: calls of one endpoint are spread out, so that a documented limit is not run into.
//!
//! Each endpoint (method and template) has its own rhythm. Calls are spaced evenly: with 20 per second
//! one begins every 50 ms, so no window of a second ever holds more than 20. Times are arguments, and the
//! waiting is done elsewhere (client.md C-69).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Method;

/// How many calls of one endpoint may begin in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    spacing: Duration,
}

impl Pace {
    /// `calls` in every `time`. 0 counts as 1.
    #[must_use]
    pub fn new(calls: u32, time: Duration) -> Self {
        Self { spacing: time / calls.max(1) }
    }

    /// `calls` per second: 20 is what most operations of product coupons are documented with.
    #[must_use]
    pub fn per_second(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(1))
    }

    /// `calls` per minute.
    #[must_use]
    pub fn per_minute(calls: u32) -> Self {
        Self::new(calls, Duration::from_secs(60))
    }
}

/// The rhythm of a client. Without any pace nothing ever waits.
#[derive(Default)]
pub(crate) struct Pacer {
    default: Option<Pace>,
    own: HashMap<String, Pace>,
    /// When the next call may begin, in microseconds since the Unix epoch.
    next_us: Mutex<HashMap<String, i64>>,
}

impl Pacer {
    pub(crate) fn new(default: Option<Pace>, own: HashMap<String, Pace>) -> Self {
        Self { default, own, next_us: Mutex::default() }
    }

    /// The key of an endpoint of its own pace.
    pub(crate) fn key(method: &Method, template: &str) -> String {
        format!("{method} {}", template.strip_prefix('/').unwrap_or(template))
    }

    /// Takes the next place in the rhythm, not before `from_ms`, and says how long to wait from
    /// `from_ms` on. A wait as long as `longest` takes no place: there is no time for it.
    pub(crate) fn reserve(
        &self,
        method: &Method,
        template: &str,
        from_ms: i64,
        longest: Duration,
    ) -> Result<Duration, Duration> {
        if self.default.is_none() && self.own.is_empty() {
            return Ok(Duration::ZERO);
        }
        let key = Self::key(method, template);
        let Some(pace) = self.own.get(&key).copied().or(self.default) else { return Ok(Duration::ZERO) };
        let from_us = from_ms.saturating_mul(1000);
        let spacing_us = i64::try_from(pace.spacing.as_micros()).unwrap_or(i64::MAX);
        let mut places = self.next_us.lock().unwrap_or_else(PoisonError::into_inner);
        let next_us = places.entry(key).or_insert(from_us);
        let begin_us = from_us.max(*next_us);
        let wait = Duration::from_micros(begin_us.abs_diff(from_us));
        if !wait.is_zero() && wait >= longest {
            return Err(wait);
        }
        *next_us = begin_us.saturating_add(spacing_us);
        Ok(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_760_000_000_000;
    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn calls_of_one_endpoint_are_spaced_evenly_and_endpoints_do_not_share() {
        let pacer = Pacer::new(Some(Pace::per_second(20)), HashMap::new());
        let wait = |method: Method, path, at| pacer.reserve(&method, path, at, LONG).unwrap().as_millis();
        assert_eq!(wait(Method::POST, "v3/a", T), 0);
        assert_eq!(wait(Method::POST, "v3/a", T), 50);
        assert_eq!(wait(Method::POST, "/v3/a", T + 10), 90);
        assert_eq!(wait(Method::GET, "v3/a", T), 0);
        assert_eq!(wait(Method::POST, "v3/b", T), 0);
        // After a pause nothing is owed and nothing is saved up.
        assert_eq!(wait(Method::POST, "v3/a", T + 60_000), 0);
        assert_eq!(wait(Method::POST, "v3/a", T + 60_000), 50);
    }

    #[test]
    fn an_endpoint_can_have_its_own_pace() {
        let own = HashMap::from([(Pacer::key(&Method::POST, "v3/a"), Pace::per_minute(1000))]);
        let pacer = Pacer::new(None, own);
        let wait = |path| pacer.reserve(&Method::POST, path, T, LONG).unwrap();
        assert_eq!([wait("v3/a"), wait("v3/a")], [Duration::ZERO, Duration::from_millis(60)]);
        assert_eq!([wait("v3/b"), wait("v3/b")], [Duration::ZERO; 2]);
    }

    #[test]
    fn a_wait_that_does_not_fit_takes_no_place() {
        let pacer = Pacer::new(Some(Pace::new(1, Duration::from_secs(10))), HashMap::new());
        let reserve = |longest| pacer.reserve(&Method::GET, "v3/a", T, Duration::from_secs(longest));
        assert_eq!(reserve(30), Ok(Duration::ZERO));
        assert_eq!(reserve(10), Err(Duration::from_secs(10)));
        assert_eq!(reserve(11), Ok(Duration::from_secs(10)));
        assert_eq!(reserve(30), Ok(Duration::from_secs(20)));
    }
}
