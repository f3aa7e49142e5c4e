//! Randomness that follows from a seed, for choosing commands and for the ids that the platform draws.

use std::sync::atomic::{AtomicU64, Ordering};

use quan_model::entropy::Entropy;

/// The public-domain generator SplitMix64.
#[derive(Debug)]
pub struct Random(AtomicU64);

impl Random {
    /// The sequence of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// A number of a range, both ends included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.below(high.abs_diff(low) + 1)).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of several; nothing of nothing.
    pub fn one_of<'t, T>(&self, all: &'t [T]) -> Option<&'t T> {
        if all.is_empty() {
            return None;
        }
        all.get(usize::try_from(self.below(all.len() as u64)).unwrap_or(0))
    }
}

impl Entropy for Random {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}
