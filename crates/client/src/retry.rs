//! When a call is repeated: classes of outcome, and one table that decides.
//!
//! Repeating is only safe when the platform did not act, or when acting twice is acting once. Every
//! decision is a pure function of its arguments, so it can be read and tested as a table
//! (client.md 12.2, C-71).

use std::time::Duration;

use http::Method;
use serde_json::Value;
use std::collections::HashMap;

use crate::operations::{self, Idempotency};

/// How often and how fast a call is repeated. Bodies and request numbers never change between
/// attempts; signatures do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts_max: u32,
    backoff_first: Duration,
    backoff_max: Duration,
    busy_first: Duration,
}

impl Retry {
    /// Up to 3 attempts; waits with full jitter from 200 ms, doubling to 5 s; from 1 s when the platform
    /// asks for fewer calls (client.md C-67).
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            attempts_max: 3,
            backoff_first: Duration::from_millis(200),
            backoff_max: Duration::from_secs(5),
            busy_first: Duration::from_secs(1),
        }
    }

    /// One attempt, whatever happens.
    #[must_use]
    pub const fn none() -> Self {
        Self { attempts_max: 1, ..Self::standard() }
    }

    /// At most this many attempts in all; 0 counts as 1.
    #[must_use]
    pub const fn attempts_max(mut self, attempts: u32) -> Self {
        self.attempts_max = attempts;
        self
    }

    /// The first and the longest wait.
    #[must_use]
    pub const fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.backoff_first = first;
        self.backoff_max = max;
        self
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::standard()
    }
}

/// How an attempt ended, as far as repeating is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// No byte was sent.
    NotSent,
    /// The platform did not act: too many calls.
    Busy,
    /// Accepted, not finished (HTTP 202).
    Pending,
    /// It may have acted: lost answers, 5xx, probes.
    Unknown,
    /// It probably acted, but its answer fails verification in a way that repeating cannot mend.
    Untrusted,
    /// A verified refusal.
    Refused,
    /// A refusal, or redirect, that anybody may have sent.
    RefusedUnsigned,
}

/// Whether carrying out the request twice is the same as once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeatable {
    Yes,
    No,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Wait, then send again.
    Repeat { after: Duration },
    /// Report the outcome.
    GiveUp,
    /// It would be repeated, but the call has no time left.
    OutOfTime,
}

/// Everything a decision depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation {
    pub(crate) retry: Retry,
    pub(crate) repeatable: Repeatable,
    pub(crate) class: Class,
    /// Attempts made so far, from 1.
    pub(crate) attempt: u32,
    /// Until the deadline of the call.
    pub(crate) remaining: Duration,
    /// Uniformly random; chooses the wait.
    pub(crate) jitter: u32,
    /// What the platform asked for.
    pub(crate) retry_after: Option<Duration>,
}

impl Class {
    /// Whether repeating in this class may succeed and is safe.
    pub(crate) fn may_repeat(self, repeatable: Repeatable) -> bool {
        match self {
            Self::NotSent | Self::Busy => true,
            Self::Pending | Self::Unknown => repeatable == Repeatable::Yes,
            Self::Untrusted | Self::Refused | Self::RefusedUnsigned => false,
        }
    }

    /// Whether a write may have been carried out in an attempt that ended so.
    pub(crate) fn may_have_acted(self) -> bool {
        match self {
            Self::NotSent | Self::Busy | Self::Refused => false,
            Self::Pending | Self::Unknown | Self::Untrusted | Self::RefusedUnsigned => true,
        }
    }
}

impl Situation {
    pub(crate) fn decide(&self) -> Decision {
        if !self.class.may_repeat(self.repeatable) || self.attempt >= self.retry.attempts_max {
            return Decision::GiveUp;
        }
        let after = self.wait().max(self.retry_after.unwrap_or_default());
        if after < self.remaining { Decision::Repeat { after } } else { Decision::OutOfTime }
    }

    fn wait(&self) -> Duration {
        let doublings = self.attempt.saturating_sub(1).min(16);
        let grown = |first: Duration| first.saturating_mul(1 << doublings).min(self.retry.backoff_max);
        match self.class {
            // At least a second, because less would be refused again; the jitter comes on top.
            Class::Busy => {
                let least = grown(self.retry.busy_first);
                least + fraction(least / 2, self.jitter)
            }
            Class::NotSent
            | Class::Pending
            | Class::Unknown
            | Class::Untrusted
            | Class::Refused
            | Class::RefusedUnsigned => fraction(grown(self.retry.backoff_first), self.jitter),
        }
    }
}

/// `jitter / 2^32` of a duration, in whole microseconds.
fn fraction(whole: Duration, jitter: u32) -> Duration {
    let micros = u64::try_from((whole.as_micros() * u128::from(jitter)) >> 32).unwrap_or(u64::MAX);
    Duration::from_micros(micros)
}

/// Whether a call may be repeated when its effect is unknown. `claimed` is the caller's own word.
pub(crate) fn repeatable(
    method: &Method,
    path: &str,
    query: &str,
    body: &[u8],
    claimed: Repeatable,
) -> Repeatable {
    let known = match operations::idempotency(method, path) {
        Some(Idempotency::Safe | Idempotency::Natural) => Repeatable::Yes,
        // The number makes the call repeatable, so it has to be there.
        Some(Idempotency::Keyed(name)) if has_member(body, name) || has_pair(query, name) => Repeatable::Yes,
        Some(Idempotency::Keyed(_)) => Repeatable::No,
        None if *method == Method::GET => Repeatable::Yes,
        None => Repeatable::No,
    };
    if claimed == Repeatable::Yes { Repeatable::Yes } else { known }
}

/// Whether a body has a text here that is not empty.
fn has_member(body: &[u8], field: &str) -> bool {
    serde_json::from_slice::<HashMap<String, Value>>(body).is_ok_and(|members| {
        members.get(field).and_then(Value::as_str).is_some_and(|number| !number.is_empty())
    })
}

/// Whether an encoded query names this.
fn has_pair(query: &str, name: &str) -> bool {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.any(|(given, value)| given == name && !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: u32 = 1 << 31;

    fn decide(repeatable: Repeatable, class: Class, attempt: u32, remaining_ms: u64) -> Decision {
        let remaining = Duration::from_millis(remaining_ms);
        let retry = Retry::standard();
        Situation { retry, repeatable, class, attempt, remaining, jitter: HALF, retry_after: None }.decide()
    }

    /// (repeatable, class, attempt, remaining time) → action.
    #[test]
    fn the_table_of_decisions() {
        use Class as C;
        use Decision::{GiveUp, OutOfTime};
        use Repeatable::{No, Yes};
        let after = |ms| Decision::Repeat { after: Duration::from_millis(ms) };
        let rows = [
            (Yes, C::NotSent, 1, 30_000, after(100)),
            (No, C::NotSent, 1, 30_000, after(100)),
            (No, C::NotSent, 2, 30_000, after(200)),
            (No, C::NotSent, 3, 30_000, GiveUp),
            (No, C::NotSent, 1, 100, OutOfTime),
            (No, C::NotSent, 1, 101, after(100)),
            (Yes, C::Busy, 1, 30_000, after(1250)),
            (No, C::Busy, 1, 30_000, after(1250)),
            (No, C::Busy, 2, 30_000, after(2500)),
            (No, C::Busy, 3, 30_000, GiveUp),
            (No, C::Busy, 1, 1_000, OutOfTime),
            (Yes, C::Pending, 1, 30_000, after(100)),
            (No, C::Pending, 1, 30_000, GiveUp),
            (Yes, C::Unknown, 1, 30_000, after(100)),
            (Yes, C::Unknown, 2, 30_000, after(200)),
            (Yes, C::Unknown, 3, 30_000, GiveUp),
            (Yes, C::Unknown, 1, 0, OutOfTime),
            (No, C::Unknown, 1, 30_000, GiveUp),
            (No, C::Unknown, 1, 0, GiveUp),
            (Yes, C::Untrusted, 1, 30_000, GiveUp),
            (No, C::Untrusted, 1, 30_000, GiveUp),
            (Yes, C::Refused, 1, 30_000, GiveUp),
            (No, C::Refused, 1, 30_000, GiveUp),
            (Yes, C::RefusedUnsigned, 1, 30_000, GiveUp),
            (No, C::RefusedUnsigned, 1, 30_000, GiveUp),
        ];
        for (repeatable, class, attempt, remaining_ms, action) in rows {
            let decided = decide(repeatable, class, attempt, remaining_ms);
            assert_eq!(decided, action, "{repeatable:?} {class:?} {attempt} {remaining_ms}");
        }
    }

    #[test]
    fn waits_grow_to_a_limit_and_respect_the_platform() {
        let situation = |attempt, retry_after| Situation {
            retry: Retry::standard().attempts_max(u32::MAX),
            repeatable: Repeatable::Yes,
            class: Class::Unknown,
            attempt,
            remaining: Duration::from_secs(60),
            jitter: u32::MAX,
            retry_after,
        };
        let Decision::Repeat { after } = situation(1_000_000, None).decide() else { panic!() };
        assert!(after <= Duration::from_secs(5) && after > Duration::from_millis(4_999));
        let seven = Duration::from_secs(7);
        assert_eq!(situation(1, Some(seven)).decide(), Decision::Repeat { after: seven });
        assert_eq!(situation(1, Some(Duration::from_secs(60))).decide(), Decision::OutOfTime);
        assert_eq!(Situation { retry: Retry::none(), ..situation(1, None) }.decide(), Decision::GiveUp);
    }

    #[test]
    fn only_a_number_that_is_really_there_makes_a_write_repeatable() {
        let pre_send = "v3/marketing/busifavor/product-coupons/pre-send";
        let post = |path, body: &[u8]| repeatable(&Method::POST, path, "", body, Repeatable::No);
        assert_eq!(post(pre_send, br#"{"send_request_no":"34657_1"}"#), Repeatable::Yes);
        assert_eq!(post(pre_send, br#"{"out_request_no":"34657_1"}"#), Repeatable::No);
        assert_eq!(post(pre_send, b""), Repeatable::No);
        assert_eq!(post(pre_send, br#"{"send_request_no":null}"#), Repeatable::No);
        assert_eq!(post(pre_send, br#"{"send_request_no":""}"#), Repeatable::No);
        assert_eq!(post("v3/pay/transactions/native", br#"{"out_request_no":"1"}"#), Repeatable::No);
        assert_eq!(repeatable(&Method::POST, "v3/x", "", b"", Repeatable::Yes), Repeatable::Yes);
        assert_eq!(repeatable(&Method::GET, "v3/x", "", b"", Repeatable::No), Repeatable::Yes);
        let code = "v3/marketing/busifavor/stocks/{stock_id}/couponcodes/{coupon_code}";
        let delete = |query| repeatable(&Method::DELETE, code, query, b"", Repeatable::No);
        assert_eq!(delete("appid=wx&delete_request_no=D1"), Repeatable::Yes);
        assert_eq!(delete("appid=delete_request_no"), Repeatable::No);
        assert_eq!(delete("delete_request_no="), Repeatable::No);
        assert_eq!(delete(""), Repeatable::No);
    }
}
