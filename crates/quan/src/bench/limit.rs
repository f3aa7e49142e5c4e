//! The limit of the machine: every signed call costs the platform one RSA verification and one signature, so nothing
//! can answer more of them than the cores can do of that pair. Measured with the same keys and the same library.

use std::time::{Duration, Instant};

use anyhow::Context;
use quan_apiv3::key::PrivateKey;

/// As long as the signed message of a pre-send.
const MESSAGE: [u8; 300] = [b'x'; 300];

/// What turns of the limit have come to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Limit {
    pub(crate) pairs: u64,
    pub(crate) elapsed: Duration,
    sign: Duration,
    verify: Duration,
}

impl Limit {
    /// Adds another turn.
    pub(crate) fn add(&mut self, turn: Self) {
        self.pairs += turn.pairs;
        self.elapsed += turn.elapsed;
        self.sign += turn.sign;
        self.verify += turn.verify;
    }

    /// Pairs of a signature and a verification per second, on all cores.
    pub(crate) fn per_second(&self) -> f64 {
        to_f64(self.pairs) / self.elapsed.as_secs_f64()
    }

    /// Microseconds that one signature and one verification take on one core.
    pub(crate) fn sign_and_verify_us(&self) -> (f64, f64) {
        let each = |spent: Duration| spent.as_secs_f64() * 1e6 / to_f64(self.pairs);
        (each(self.sign), each(self.verify))
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2⁵³")]
pub(crate) fn to_f64(count: u64) -> f64 {
    count as f64
}

/// Signs and verifies on every core for one turn.
///
/// # Errors
/// When the library fails.
pub(crate) fn turn(key: &PrivateKey, cores: usize, long: Duration) -> anyhow::Result<Limit> {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(move || worker(key, begun, long))).collect();
        let mut sum = Limit::default();
        for worker in workers {
            let of_core = worker.join().ok().context("a thread of the limit broke down")??;
            sum.pairs += of_core.pairs;
            sum.sign += of_core.sign;
            sum.verify += of_core.verify;
        }
        Ok(Limit { elapsed: begun.elapsed(), ..sum })
    })
}

fn worker(key: &PrivateKey, begun: Instant, long: Duration) -> anyhow::Result<Limit> {
    let public_key = key.public_key();
    let mut limit = Limit::default();
    while begun.elapsed() < long {
        let before = Instant::now();
        let signature = key.sign(&MESSAGE)?;
        let signed = Instant::now();
        public_key.verify(&MESSAGE, &signature)?;
        limit.verify += signed.elapsed();
        limit.sign += signed - before;
        limit.pairs += 1;
    }
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_counts_the_pairs_of_all_cores() {
        let key = PrivateKey::generate().unwrap();
        let mut limit = turn(&key, 2, Duration::from_millis(20)).unwrap();
        limit.add(turn(&key, 2, Duration::from_millis(20)).unwrap());
        let (sign_us, verify_us) = limit.sign_and_verify_us();
        assert!(limit.pairs >= 4 && limit.per_second() > 0.0 && sign_us > verify_us && verify_us > 0.0);
    }
}
