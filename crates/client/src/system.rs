//! The defaults of the builder: the system clock and the operating system's randomness.
//!
//! This is the only file of the crate that reads either. Everything else gets them through the traits,
//! so that a test can put its own in their place.

use std::time::{SystemTime, UNIX_EPOCH};

use quan_model::clock::Clock;
use quan_model::entropy::Entropy;

/// The wall clock of the machine.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the default clock of the builder")]
    fn now_ms(&self) -> i64 {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
    }
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes)
            .expect("invariant: the provider's generator aborts rather than fail on supported systems");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nonce::{NonceSource as _, RandomNonces};

    #[test]
    fn nonces_have_the_form_of_the_official_sdks_and_differ() {
        let nonces = RandomNonces(SystemEntropy);
        let (one, other) = (nonces.next_nonce(), nonces.next_nonce());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{one}");
        assert!(SystemClock.now_ms() > 1_700_000_000_000);
    }
}
