//! Notifications of the coupons that were claimed: sealed, signed, posted to a receiver on this machine and noted in the
//! store. What is left when the claims have ended is delivered with nothing else going on, and that is timed.

use std::time::{Duration, Instant};

use crate::bench::cpu;
use crate::bench::subject::Subject;

/// How often the receiver is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(2);
/// How long nothing may come before the measurement is given up.
const SILENCE_MAX: Duration = Duration::from_secs(100);

/// What deliveries have come to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Delivered {
    pub(crate) beside_claims: u64,
    pub(crate) alone: u64,
    pub(crate) elapsed: Duration,
    pub(crate) cpu: cpu::Sides,
}

impl Delivered {
    /// Waits until as many as `claimed_so_far` have come; `before` were there when the claims of this turn began.
    ///
    /// # Errors
    /// When they stay out, or a sample of them does not verify.
    pub(crate) async fn turn(
        &mut self,
        subject: &Subject,
        before: u64,
        claimed_so_far: u64,
    ) -> anyhow::Result<()> {
        let (begun, cpu_before) = (Instant::now(), cpu::Sides::now(subject.server.id())?);
        let first = subject.deliveries.count();
        let (mut seen, mut seen_at) = (first, begun);
        while seen < claimed_so_far {
            anyhow::ensure!(
                seen_at.elapsed() < SILENCE_MAX,
                "{seen} of {claimed_so_far} notifications came, then none for {} s",
                SILENCE_MAX.as_secs()
            );
            tokio::time::sleep(LOOK_AGAIN).await;
            let now = subject.deliveries.count();
            if now != seen {
                (seen, seen_at) = (now, Instant::now());
            }
        }
        self.beside_claims += first - before;
        self.alone += seen - first;
        self.elapsed += seen_at - begun;
        let used = cpu::Sides::since(subject.server.id(), cpu_before)?;
        self.cpu.server += used.server;
        self.cpu.load += used.load;
        subject.deliveries.verify_sample(&subject.client.notifications())
    }
}

impl Delivered {
    /// Adds another turn.
    pub(crate) fn add(&mut self, turn: &Self) {
        self.beside_claims += turn.beside_claims;
        self.alone += turn.alone;
        self.elapsed += turn.elapsed;
        self.cpu.server += turn.cpu.server;
        self.cpu.load += turn.cpu.load;
    }
}
