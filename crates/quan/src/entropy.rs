//! The operating system's randomness.

use aws_lc_rs::rand;
use quan_model::entropy::Entropy;

/// The provider's generator, seeded by the operating system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes).expect("a system without randomness cannot run a payment platform");
    }
}
