//! Counters of a hot stock, split so that many may count at once: which part of a limit each one has.
//!
//! A limit is shared out once and for all; a counter that keeps to its share needs to know nothing of the
//! others, and together they never exceed the limit. What the shares are, is arithmetic and stands here; how
//! counters are kept and which one an issue tries first is the store's.

use crate::field;
use crate::refusal::Violation;

/// The most counters of a stock: as many writers as meet on one stock, with room. Every one of them is read
/// when the counts are shown.
pub const COUNTER_SHARDS_MAX: u32 = 64;

/// Into how many counters a stock is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterShards(u32);

impl CounterShards {
    /// A stock that is not split, as every stock is at first.
    pub const ONE: Self = Self(1);

    /// Reads a number; `at` is the pointer of its field.
    ///
    /// # Errors
    /// [`ViolationKind::OutOfRange`](crate::refusal::ViolationKind::OutOfRange) for less than 1 or more than
    /// [`COUNTER_SHARDS_MAX`].
    pub fn parse(at: &str, number: i64) -> Result<Self, Violation> {
        field::range(at, number, 1, i64::from(COUNTER_SHARDS_MAX))?;
        Ok(Self(u32::try_from(number).expect("the range was checked")))
    }

    /// How many there are.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The share of each counter, in order. They differ by one at most, and their sum is the limit; the limit
    /// `u64::MAX`, which means none, is no exception.
    pub fn shares(self, limit: u64) -> impl ExactSizeIterator<Item = u64> {
        let shards = u64::from(self.0);
        let (each, left) = (limit / shards, limit % shards);
        (0..self.0).map(move |shard| each + u64::from(u64::from(shard) < left))
    }

    /// What was issued so far, spread over the counters anew. It is shared out as a limit is: so whatever limit
    /// is in force, no counter stands above its share while another has room.
    pub fn spread(self, issued: u64) -> impl ExactSizeIterator<Item = u64> {
        self.shares(issued)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shards() -> impl Strategy<Value = CounterShards> {
        (1..=COUNTER_SHARDS_MAX).prop_map(CounterShards)
    }

    proptest! {
        #[test]
        fn the_shares_of_a_limit_are_the_limit(shards in shards(), limit: u64) {
            let shares: Vec<u64> = shards.shares(limit).collect();
            let sum: u128 = shares.iter().copied().map(u128::from).sum();
            prop_assert_eq!(sum, u128::from(limit));
            prop_assert_eq!(shares.len(), usize::try_from(shards.get()).unwrap());
            let (most, least) = (shares.iter().max().unwrap(), shares.iter().min().unwrap());
            prop_assert!(most - least <= 1);
        }

        #[test]
        fn spreading_keeps_the_sum_and_overfills_none_while_another_has_room(
            shards in shards(),
            issued in 0u64..1000,
            limit in 0u64..1000,
        ) {
            let counters: Vec<u64> = shards.spread(issued).collect();
            prop_assert_eq!(counters.iter().sum::<u64>(), issued);
            let over = counters.iter().zip(shards.shares(limit)).any(|(count, share)| *count > share);
            let room = counters.iter().zip(shards.shares(limit)).any(|(count, share)| *count < share);
            prop_assert!(!(over && room), "{:?}", counters);
        }

        /// The store's rule, in small: an issue goes to the first counter with room, from any start.
        #[test]
        fn counters_that_keep_to_their_shares_grant_the_limit_and_no_more(
            shards in shards(),
            issued in 0u64..60,
            limit in 0u64..60,
            starts in prop::collection::vec(0usize..64, 80),
        ) {
            let shares: Vec<u64> = shards.shares(limit).collect();
            let mut counters: Vec<u64> = shards.spread(issued).collect();
            let mut granted = 0;
            for start in starts {
                let ring = (0..counters.len()).map(|step| (start + step) % counters.len());
                let mut ring = ring;
                if let Some(free) = ring.find(|shard| counters[*shard] < shares[*shard]) {
                    counters[free] += 1;
                    granted += 1;
                }
            }
            prop_assert_eq!(granted, limit.saturating_sub(issued));
        }
    }

    #[test]
    fn a_number_of_counters_is_checked() {
        assert_eq!(CounterShards::parse("/shards", 1).unwrap(), CounterShards::ONE);
        assert_eq!(CounterShards::parse("/shards", 64).unwrap().get(), 64);
        for wrong in [i64::MIN, 0, 65] {
            assert_eq!(CounterShards::parse("/shards", wrong).unwrap_err().field, "/shards");
        }
    }
}
