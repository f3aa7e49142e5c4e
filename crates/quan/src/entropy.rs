//! The operating system's randomness: drawn each time for keys and secrets that are made by themselves, and in blocks for
//! the nonces and ids of requests.
//!
//! Where the provider's generator (AWS-LC) cannot tell whether its machine was copied, which is nearly everywhere, it seeds
//! itself from the operating system at each call: a system call and some microseconds for eight bytes. A block costs that once. No generator of our own
//! stands between: what is given out are the provider's bytes, each once. `rand` has a generator that seeds itself less
//! often, but it would be a second one beside the provider's, and its state would be as exposed as a block is.
//!
//! Of a running machine whose memory is copied and started twice, both copies hold the same rest of a block. Such a copy
//! has the same keys and the same node name too, and must be started anew in any case.

use std::cell::RefCell;

use aws_lc_rs::rand;
use quan_model::entropy::Entropy;

/// The provider's generator, seeded by the operating system at each call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes).expect("a system without randomness cannot run a payment platform");
    }
}

/// The same in blocks, one for each thread: for what every request needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BlockEntropy;

impl Entropy for BlockEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        thread_local! {
            static BLOCK: RefCell<Block> = const { RefCell::new(Block::EMPTY) };
        }
        BLOCK.with_borrow_mut(|block| block.give(bytes, |fresh| SystemEntropy.fill(fresh)));
    }
}

/// Bytes of a block: some thirty requests' worth.
const BLOCK_BYTES: usize = 4096;

/// Bytes that were drawn and not given out yet; those that were are zero.
struct Block {
    bytes: [u8; BLOCK_BYTES],
    /// How many are left, at the beginning.
    left: usize,
}

impl Block {
    const EMPTY: Self = Self { bytes: [0; BLOCK_BYTES], left: 0 };

    /// Gives bytes out, each once, and draws a new block whenever none is left.
    fn give(&mut self, mut wanted: &mut [u8], draw: impl Fn(&mut [u8])) {
        while !wanted.is_empty() {
            if self.left == 0 {
                draw(&mut self.bytes);
                self.left = BLOCK_BYTES;
            }
            let count = wanted.len().min(self.left);
            let (now, later) = wanted.split_at_mut(count);
            let given = &mut self.bytes[self.left - count..self.left];
            now.copy_from_slice(given);
            given.fill(0);
            self.left -= count;
            wanted = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_byte_is_given_out_once_and_wiped() {
        let drawn = Cell::new(0u32);
        // Block n is full of n: which bytes came from which block can be counted.
        let draw = |fresh: &mut [u8]| {
            drawn.set(drawn.get() + 1);
            fresh.fill(u8::try_from(drawn.get()).unwrap());
        };
        let (mut block, mut all) = (Block::EMPTY, Vec::new());
        for length in [0, 1, 16, 4000, 100, 8, 2 * BLOCK_BYTES + 5] {
            let mut bytes = vec![0; length];
            block.give(&mut bytes, draw);
            all.extend(bytes);
            let (kept, given) = block.bytes.split_at(block.left);
            assert!(given.iter().all(|byte| *byte == 0), "what was given out is wiped");
            assert!(kept.iter().all(|byte| u32::from(*byte) == drawn.get()), "and nothing else");
        }
        for number in 1..=drawn.get() {
            let count = all.iter().filter(|byte| u32::from(**byte) == number).count();
            let whole = if number == drawn.get() { BLOCK_BYTES - block.left } else { BLOCK_BYTES };
            assert_eq!(count, whole, "of block {number}");
        }
        assert_eq!(
            drawn.get() as usize,
            all.len().div_ceil(BLOCK_BYTES),
            "no block is drawn before it is needed"
        );
    }

    #[test]
    fn threads_share_no_bytes() {
        let draw = || {
            let mut bytes = [0; 16];
            BlockEntropy.fill(&mut bytes);
            bytes
        };
        let many = move || (0..2000).map(|_| draw()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(many)).collect();
        let mut seen = HashSet::new();
        for bytes in threads.into_iter().flat_map(|thread| thread.join().unwrap()) {
            assert!(seen.insert(bytes), "{bytes:?} came twice");
        }
        assert!(!seen.contains(&[0; 16]));
    }
}
