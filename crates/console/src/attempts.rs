//! How often signing in may fail: a bound against guessing, kept in memory by each node.
//!
//! A secret has 238 random bits and cannot be guessed; the bound keeps a flood of attempts from costing anything.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use quan_model::time::Time;

/// Failures with one token's id within a minute.
const PER_TOKEN_MAX: u32 = 5;
/// Failures of all together within a minute.
const TOTAL_MAX: u32 = 60;
const WINDOW_SECONDS: i64 = 60;

#[derive(Default)]
pub(crate) struct Attempts {
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    window: i64,
    total: u32,
    by_token: HashMap<String, u32>,
}

impl Failures {
    fn at(&mut self, now: Time) -> &mut Self {
        let window = now.unix_seconds().div_euclid(WINDOW_SECONDS);
        if window != self.window {
            *self = Self { window, ..Self::default() };
        }
        self
    }
}

impl Attempts {
    /// Whether another attempt may be made now.
    pub(crate) fn may_try(&self, token_id: &str, now: Time) -> bool {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = failures.at(now);
        failures.total < TOTAL_MAX
            && failures.by_token.get(token_id).is_none_or(|failed| *failed < PER_TOKEN_MAX)
    }

    /// Counts a failure.
    pub(crate) fn note_failure(&self, token_id: &str, now: Time) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = failures.at(now);
        // No more than TOTAL_MAX ids come this far in one window.
        failures.total += 1;
        *failures.by_token.entry(token_id.to_owned()).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_and_all_together_are_bounded_for_a_minute() {
        let (attempts, now) = (Attempts::default(), Time::from_unix_seconds(600));
        for _ in 0..PER_TOKEN_MAX {
            assert!(attempts.may_try("a", now));
            attempts.note_failure("a", now);
        }
        assert!(!attempts.may_try("a", now) && attempts.may_try("b", now));
        for at in PER_TOKEN_MAX..TOTAL_MAX {
            attempts.note_failure(&at.to_string(), now);
        }
        assert!(!attempts.may_try("b", now));
        assert!(attempts.may_try("a", now.plus_seconds(WINDOW_SECONDS)));
    }
}
