//! Random choices that a seed repeats (SplitMix64).
//!
//! Knows numbers only. The same seed makes the same choices; when a process dies in between is not part of it.

/// A stream of random numbers. Not for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// The stream of a seed.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own, for a task of this number.
    #[must_use]
    pub(crate) fn fork(&mut self, number: u64) -> Self {
        Self::new(self.next() ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, without `end`; 0 when `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// Whether something of this probability in per cent happens.
    pub(crate) fn percent(&mut self, probability: u64) -> bool {
        self.below(100) < probability
    }

    /// One of the things; nothing of nothing.
    pub(crate) fn pick<'t, T>(&mut self, things: &'t [T]) -> Option<&'t T> {
        let count = u64::try_from(things.len()).unwrap_or(u64::MAX);
        usize::try_from(self.below(count)).ok().and_then(|at| things.get(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_choices_and_another_does_not() {
        let choices = |seed| {
            let mut random = Random::new(seed);
            (0..50).map(|_| random.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(choices(1), choices(1));
        assert_ne!(choices(1), choices(2));
        assert!(choices(3).iter().all(|choice| *choice < 1000));
    }

    #[test]
    fn nothing_is_picked_of_nothing_and_probabilities_have_ends() {
        let mut random = Random::new(7);
        assert_eq!(random.pick::<u8>(&[]), None);
        assert_eq!(random.pick(&[5]), Some(&5));
        assert!((0..100).all(|_| random.percent(100) && !random.percent(0)));
    }
}
