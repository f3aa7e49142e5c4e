//! Rate limits (semantics 5.5): after the signature and before the handler, so nothing was done when one is hit.
//!
//! One bucket per caller and class of operations. A bucket holds as many calls as its time unit allows and is
//! refilled evenly, so a caller may spend a whole second's calls at once. Knows classes and callers, nothing of
//! what a call does; which operation is of which class is the table's.

mod table;

pub(crate) use table::operation_of;

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use governor::clock::Clock as LimiterTime;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use quan_model::clock::Clock;
use quan_model::ids::Principal;

use crate::problem::Problem;
use crate::rate::table::Class;
use crate::refusal::{self, Face};
use crate::signature::Caller;
use crate::state::Gateway;

/// Whether callers are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RateLimits {
    /// As documented, for everything that others can reach.
    #[default]
    On,
    /// Not at all, for development and for load tests.
    Off,
}

/// A clock of ours, as the limiter reads it.
#[derive(Clone)]
pub(crate) struct Ticks(Arc<dyn Clock>);

impl Ticks {
    /// A clock that must not go back.
    pub(crate) fn of(clock: &Arc<dyn Clock>) -> Self {
        Self(Arc::clone(clock))
    }
}

impl LimiterTime for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.now_ms()).unwrap_or_default())
    }
}

type Buckets = RateLimiter<Principal, HashMapStateStore<Principal>, Ticks, NoOpMiddleware<Duration>>;

/// The buckets of every class. A caller takes a few bytes in each class that it uses, and only known callers come
/// this far, so nothing has to be thrown out.
pub(crate) struct RateLimiters {
    by_class: Vec<(Class, Buckets)>,
}

impl RateLimiters {
    /// Full buckets. The clock must not go back: real time that was set back would close them for as long.
    pub(crate) fn new(clock: &Arc<dyn Clock>) -> Self {
        let buckets = |class: Class| {
            (class, RateLimiter::new(quota(class), HashMapStateStore::default(), Ticks::of(clock)))
        };
        Self { by_class: Class::ALL.map(buckets).into_iter().collect() }
    }

    /// Takes one call out of the caller's bucket, if one is left.
    fn admits(&self, class: Class, caller: &Principal) -> bool {
        let mut buckets = self.by_class.iter().filter(|(of, _)| *of == class);
        buckets.all(|(_, buckets)| buckets.check_key(caller).is_ok())
    }
}

fn quota(class: Class) -> Quota {
    match class.limit() {
        table::Limit::PerSecond(calls) => Quota::per_second(calls),
        table::Limit::PerMinute(calls) => Quota::per_minute(calls),
    }
}

/// Takes a call out of its caller's bucket; between the signature and the operations.
///
/// # Errors
/// The answer to a caller that makes too many.
pub(crate) fn limited(
    gateway: &Gateway,
    caller: &Caller,
    method: &Method,
    path: &str,
) -> Result<(), Problem> {
    let Some(limiters) = gateway.rate_limiters() else { return Ok(()) };
    let Some((operation, class)) = table::class_of(method, path) else { return Ok(()) };
    if limiters.admits(class, &caller.principal) {
        return Ok(());
    }
    gateway.observer.rate_limited();
    let reason = format!("{operation} would be more than {} calls of {class:?}", class.limit());
    Err(refusal::too_frequent(Face::of(path), reason))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::rate::table::Limit;

    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now_ms(&self) -> i64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn both_sides_of_every_limit() {
        for class in Class::ALL {
            let clock = Arc::new(HandClock(AtomicI64::new(1_760_000_000_000)));
            let limiters = RateLimiters::new(&(clock.clone() as Arc<dyn Clock>));
            let (calls, unit_ms) = match class.limit() {
                Limit::PerSecond(calls) => (calls.get(), 1_000),
                Limit::PerMinute(calls) => (calls.get(), 60_000),
            };
            let [one, other] =
                ["mchid:1900000001", "brand:120344"].map(|text| text.parse::<Principal>().unwrap());
            let admitted =
                |caller: &Principal| (0..=calls).filter(|_| limiters.admits(class, caller)).count();
            let all = usize::try_from(calls).unwrap();
            assert_eq!(admitted(&one), all, "{class:?}");
            assert_eq!(admitted(&other), all, "{class:?} has a bucket for each caller");
            let one_call_ms = unit_ms / i64::from(calls);
            clock.0.fetch_add(one_call_ms - 1, Ordering::SeqCst);
            assert!(!limiters.admits(class, &one), "{class:?}");
            clock.0.fetch_add(1, Ordering::SeqCst);
            assert!(limiters.admits(class, &one), "{class:?} is refilled evenly");
            assert!(!limiters.admits(class, &one), "{class:?}");
            clock.0.fetch_add(unit_ms, Ordering::SeqCst);
            assert_eq!(admitted(&one), all, "{class:?} is full again");
        }
    }
}
