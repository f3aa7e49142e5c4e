//! The sender: when to look at the outbox, how much to take, when to stop.
//!
//! Knows the loop and its bounds; leases, attempts and records are the dispatch's.

use std::sync::Arc;
use std::time::Duration;

use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_apiv3::probe::ProbeRatio;
use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_store::backend::Backend;
use quan_store::error::StoreError;
use quan_store::lane::{LaneError, WriteLane};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::address::AddressPolicy;
use crate::dispatch::{Dispatch, Ended};

/// Attempts under way at once in one sender, and so the most that is leased at once. Each costs a socket
/// and a few kilobytes; with receivers that all let the five seconds pass, it is twelve attempts a second.
pub const POSTS_MAX: usize = 64;

/// As [`POSTS_MAX`], while callers crowd before the write lane: people wait for claims, a callback may come a moment later.
/// Each costs as much of a processor as a claim or two, so that a few of them are enough not to stand still. Those that
/// only wait for a slow receiver do not count: a receiver that is down must not hold up everybody else's callbacks.
const POSTS_BESIDE_CALLERS: usize = 4;
/// For how long a crowd is thought to be there still: batches follow each other faster, with moments in between when the
/// queue happens to be empty.
const CROWD_LASTS: Duration = Duration::from_millis(100);

/// The longest time between two looks at the outbox. The rules' clock can be moved, and another process
/// can commit a notification, without anybody waking this sender.
const LOOK_AGAIN_MAX: Duration = Duration::from_secs(1);
/// The shortest time, so that a row held by somebody else is not asked for without pause.
const LOOK_AGAIN_MIN: Duration = Duration::from_millis(10);

/// What a [`Sender`] works with.
pub struct SenderParts {
    /// Read for what is due, for notify URLs and for the receivers' keys.
    pub backend: Arc<dyn Backend>,
    /// The one way to write to the same store.
    pub lane: Arc<WriteLane>,
    /// The rules' clock: due times, leases, times of attempts. May be moved.
    pub clock: Arc<dyn Clock>,
    /// Real time: timestamps of signatures.
    pub wire_clock: Arc<dyn Clock>,
    /// For the nonces of signatures, and for which notifications are probed.
    pub entropy: Arc<dyn Entropy>,
    /// With which callbacks are signed: the public key, or the certificate for a merchant that knows no other.
    pub platform_keys: LivePlatformKeys,
    /// The share of first attempts before which a wrong signature is sent (semantics 9.5). By default one in a
    /// thousand.
    pub probe_ratio: ProbeRatio,
    /// Where notifications may go.
    pub policy: AddressPolicy,
    /// The holder of the leases: different for every sender that works on one store, also after a
    /// restart if it should not have to wait for its own former leases.
    pub name: String,
}

/// Why a round could not be made. The notifications stay in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum NotifyError {
    /// The store failed.
    #[error("the outbox cannot be read or written")]
    Store(#[from] StoreError),
    /// The write lane did not do the work.
    #[error("the write lane did not take the work")]
    Lane(#[from] LaneError),
    /// A blocking task was cut off: the runtime shuts down, or the task panicked.
    #[error("a blocking task was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

/// What became of the notifications of one round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Taken by their receivers.
    pub delivered: usize,
    /// To be tried again at their time.
    pub retrying: usize,
    /// Given up.
    pub dead: usize,
    /// Posted or tried, but not recorded, because the store failed or the lease was lost. They are tried
    /// again when the lease ends.
    pub unrecorded: usize,
}

/// What became of the attempts of a sender since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Taken by their receivers.
    pub delivered: u64,
    /// Not taken, to be tried again.
    pub retrying: u64,
    /// Given up.
    pub dead: u64,
    /// Posted or tried, but not recorded.
    pub unrecorded: u64,
}

/// Delivers what the outbox holds. Several senders may work on one store.
pub struct Sender {
    dispatch: Arc<Dispatch>,
    waker: Arc<Notify>,
}

impl Sender {
    /// Makes a sender. It does nothing until [`Sender::run`] or [`Sender::deliver_due`].
    #[must_use]
    pub fn new(parts: SenderParts) -> Self {
        Self { dispatch: Dispatch::new(parts), waker: Arc::default() }
    }

    /// What became of the attempts so far.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.dispatch.totals()
    }

    /// Wakes the sender before its next look: call `notify_one` on it after a commit that may have
    /// added a notification, or after the rules' clock was moved.
    #[must_use]
    pub fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    /// Delivers until `stop` is cancelled. Then no new attempt begins, and it returns once those under
    /// way have ended, which takes at most the five seconds of an attempt, as many of a probe before it, and a write.
    ///
    /// A store that fails is logged and asked again a second later.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut attempts = JoinSet::new();
        while !stop.is_cancelled() {
            while attempts.try_join_next().is_some() {}
            let posts_max = posts_max(self.dispatch.is_lane_crowded(CROWD_LASTS));
            let pause = match self.fill(&mut attempts, posts_max).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "notifications have to wait");
                    LOOK_AGAIN_MAX
                }
            };
            let has_room = self.room(&attempts, posts_max).is_some();
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.waker.notified(), if has_room => {}
                // Also without room: callers may have gone meanwhile, or receivers turned out to be slow.
                () = tokio::time::sleep(pause) => {}
                Some(_ended) = attempts.join_next() => {}
            }
        }
        while attempts.join_next().await.is_some() {}
    }

    /// Makes one round: leases what is due now, at most [`POSTS_MAX`], and returns when every attempt
    /// has ended.
    ///
    /// # Errors
    /// [`NotifyError`] when nothing could be leased, or an attempt panicked.
    pub async fn deliver_due(&self) -> Result<Round, NotifyError> {
        let mut attempts = JoinSet::new();
        self.dispatch.begin(&mut attempts, POSTS_MAX).await?;
        let mut round = Round::default();
        while let Some(ended) = attempts.join_next().await {
            match ended? {
                Ended::Delivered => round.delivered += 1,
                Ended::Retrying => round.retrying += 1,
                Ended::Dead => round.dead += 1,
                Ended::Unrecorded => round.unrecorded += 1,
            }
        }
        Ok(round)
    }

    /// Begins as many attempts as are due and have room. Returns how long to wait before looking again.
    async fn fill(&self, attempts: &mut JoinSet<Ended>, posts_max: usize) -> Result<Duration, NotifyError> {
        let Some(room) = self.room(attempts, posts_max) else { return Ok(LOOK_AGAIN_MAX) };
        match self.dispatch.due_in_ms().await? {
            None => Ok(LOOK_AGAIN_MAX),
            Some(0) => match self.dispatch.begin(attempts, room).await? {
                0 => Ok(LOOK_AGAIN_MIN),
                _begun => Ok(Duration::ZERO),
            },
            Some(left_ms) => Ok(Duration::from_millis(left_ms).clamp(LOOK_AGAIN_MIN, LOOK_AGAIN_MAX)),
        }
    }

    fn room(&self, attempts: &JoinSet<Ended>, posts_max: usize) -> Option<usize> {
        room(attempts.len(), self.dispatch.slow_receivers(), posts_max)
    }
}

/// How many attempts may be under way.
fn posts_max(is_lane_crowded: bool) -> usize {
    if is_lane_crowded { POSTS_BESIDE_CALLERS } else { POSTS_MAX }
}

/// For how many more attempts there is room; nothing until a quarter is free, since each lease is a durable write.
fn room(under_way: usize, slow: usize, posts_max: usize) -> Option<usize> {
    let at_work = under_way.saturating_sub(slow);
    let room = posts_max.saturating_sub(at_work).min(POSTS_MAX.saturating_sub(under_way));
    (room >= posts_max.div_ceil(4)).then_some(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_taken_for_several_attempts_at_once() {
        let room = |under_way| room(under_way, 0, POSTS_MAX);
        assert_eq!((room(0), room(48), room(49), room(64)), (Some(POSTS_MAX), Some(16), None, None));
    }

    #[test]
    fn beside_waiting_callers_fewer_attempts_are_under_way_but_never_none() {
        assert_eq!(posts_max(false), POSTS_MAX);
        let beside = posts_max(true);
        let room = |under_way| room(under_way, 0, beside);
        assert_eq!((room(0), room(3), room(64)), (Some(4), Some(1), None));
    }

    #[test]
    fn receivers_that_never_answer_hold_up_nobody_else_until_all_sockets_are_theirs() {
        let beside = posts_max(true);
        assert_eq!((room(4, 4, beside), room(6, 4, beside), room(8, 4, beside)), (Some(4), Some(2), None));
        assert_eq!((room(63, 63, beside), room(64, 64, beside)), (Some(1), None));
        assert_eq!((room(48, 48, POSTS_MAX), room(64, 64, POSTS_MAX)), (Some(16), None));
        // Counted a moment apart, one may have ended that still counts as slow.
        assert_eq!(room(2, 3, beside), Some(4));
    }
}
