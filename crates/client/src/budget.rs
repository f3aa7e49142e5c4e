//! The retry budget: repetitions that all calls of a client share, so that a platform in trouble is not
//! met by a storm (client.md C-68).

use std::sync::atomic::{AtomicU32, Ordering};

/// How many repetitions a client may make beyond what its successes earn.
///
/// It is a bucket of tokens: each repetition takes some, each success gives some back. An empty bucket
/// means that calls fail at their first failure, until successes have filled it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryBudget {
    tokens_max: u32,
    repetition_cost: u32,
    success_gain: u32,
}

impl RetryBudget {
    /// 500 tokens; a repetition takes 5, a success gives 1 back: a hundred repetitions at once, and one
    /// in five calls in the long run.
    #[must_use]
    pub const fn standard() -> Self {
        Self { tokens_max: 500, repetition_cost: 5, success_gain: 1 }
    }

    /// Other numbers, in tokens.
    #[must_use]
    pub const fn new(tokens_max: u32, repetition_cost: u32, success_gain: u32) -> Self {
        Self { tokens_max, repetition_cost, success_gain }
    }

    /// Repetitions are limited by [`Retry`](crate::Retry) alone.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self { tokens_max: 0, repetition_cost: 0, success_gain: 0 }
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::standard()
    }
}

/// The bucket.
pub(crate) struct Bucket {
    budget: RetryBudget,
    tokens: AtomicU32,
}

impl Bucket {
    pub(crate) fn new(budget: RetryBudget) -> Self {
        Self { budget, tokens: AtomicU32::new(budget.tokens_max) }
    }

    /// Pays for one repetition; says no when that is not possible.
    pub(crate) fn pay(&self) -> bool {
        let cost = self.budget.repetition_cost;
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost))
            .is_ok()
    }

    /// A success earns some tokens.
    pub(crate) fn earn(&self) {
        let earned = |tokens: u32| {
            let filled = tokens.saturating_add(self.budget.success_gain).min(self.budget.tokens_max);
            (filled != tokens).then_some(filled)
        };
        // A full bucket stays as it is.
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, earned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_cost_and_successes_earn() {
        let bucket = Bucket::new(RetryBudget::new(10, 5, 2));
        assert!(bucket.pay() && bucket.pay() && !bucket.pay());
        bucket.earn();
        bucket.earn();
        assert!(!bucket.pay(), "four tokens do not pay for five");
        bucket.earn();
        assert!(bucket.pay() && !bucket.pay());
        (0..100).for_each(|_| bucket.earn());
        assert!(bucket.pay() && bucket.pay() && !bucket.pay(), "it is never fuller than full");
        let unlimited = Bucket::new(RetryBudget::unlimited());
        assert!((0..1000).all(|_| unlimited.pay()));
    }
}
