//! A caller's work while it waits, runs and is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{LaneError, LaneGauge};
use crate::backend::{Ended, Job, UnitOfWork, Verdict};
use crate::error::StoreError;
use crate::foresight::Foreseen;

/// How often work is run again after a conflict. Each time another caller has won and is gone, so a loser of
/// this many is either in a crowd that the queue should thin out, or meets a conflict that time does not heal.
pub const RERUNS_MAX: u32 = 5;

/// What a piece of work fails with. The lane wants to know one thing of it.
pub trait WorkError: Send + 'static {
    /// The conflict that made the work fail, if one did: somebody else was faster, and the work may succeed
    /// when it looks again. What the rules refuse is none.
    fn conflict(&self) -> Option<&StoreError>;
}

impl WorkError for StoreError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Conflict { .. } => Some(self),
            Self::Backend { .. } | Self::Inconsistent { .. } => None,
        }
    }
}

/// Whether the work was begun, or its caller has given it up: whoever is first decides.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken(Arc<AtomicBool>);

impl Taken {
    /// Whether this is the first who takes it.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// A caller that waits for its result.
pub(super) struct Caller<T, E> {
    pub(super) answered: oneshot::Receiver<Result<Result<T, E>, LaneError>>,
    pub(super) taken: Taken,
    /// When it came.
    pub(super) since: Instant,
    pub(super) gauge: Arc<LaneGauge>,
}

impl<T, E> Caller<T, E> {
    /// The result. Work that is not begun by `wait_max` is given up, also when the writer itself hangs in its store.
    pub(super) async fn wait(mut self, wait_max: Duration) -> Result<Result<T, E>, LaneError> {
        let answer = loop {
            let left = wait_max.saturating_sub(self.since.elapsed());
            match tokio::time::timeout(left, &mut self.answered).await {
                Ok(answer) => break answer,
                // A runtime whose clock was moved: the writer judges by the real one, and so does this.
                Err(_elapsed) if self.since.elapsed() < wait_max => {}
                Err(_elapsed) if self.taken.take() => {
                    self.gauge.was_late();
                    return Err(LaneError::Late);
                }
                Err(_elapsed) => break self.answered.await,
            }
        };
        answer.map_err(|_| LaneError::NotCommitted)?
    }

    /// The result, without a clock: only the writer finds out that the work is late.
    pub(super) fn wait_blocking(self) -> Result<Result<T, E>, LaneError> {
        self.answered.blocking_recv().map_err(|_| LaneError::NotCommitted)?
    }
}

/// Work with its caller.
pub(super) struct Waiting<W, T, E> {
    work: W,
    foreseen: Option<Foreseen>,
    result: Option<Result<T, E>>,
    reruns: u32,
    answer: oneshot::Sender<Result<Result<T, E>, LaneError>>,
}

impl<W, T, E> Waiting<W, T, E> {
    pub(super) fn new(
        work: W,
        foreseen: Option<Foreseen>,
        gauge: &Arc<LaneGauge>,
    ) -> (Box<Self>, Caller<T, E>) {
        let (answer, answered) = oneshot::channel();
        let (taken, since) = (Taken::default(), Instant::now());
        let caller = Caller { answered, taken, since, gauge: Arc::clone(gauge) };
        (Box::new(Self { work, foreseen, result: None, reruns: 0, answer }), caller)
    }
}

impl<W, T, E> Job for Waiting<W, T, E>
where
    W: FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: WorkError,
{
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
        // A panic in one caller's work must not take the writer, and with it every caller, down.
        let result = catch_unwind(AssertUnwindSafe(|| (self.work)(unit)));
        self.result = result.ok();
        match self.result {
            Some(Ok(_)) => Verdict::Keep,
            Some(Err(_)) | None => Verdict::Discard,
        }
    }

    fn foreseen(&self) -> Option<&Foreseen> {
        self.foreseen.as_ref()
    }

    fn finish(mut self: Box<Self>, ended: Ended) -> Option<Box<dyn Job>> {
        let conflict = self.result.as_ref().and_then(|result| result.as_ref().err()?.conflict());
        // Where, and not over what: the key of a row may be a coupon's code.
        let conflict = conflict.map(|conflict| match conflict {
            StoreError::Conflict { table, .. } => *table,
            StoreError::Backend { .. } | StoreError::Inconsistent { .. } => "(none)",
        });
        let lost = conflict.is_some();
        if let (Some(table), Ended::Committed) = (conflict, ended) {
            if self.reruns < RERUNS_MAX {
                tracing::debug!(
                    conflict.table = table,
                    lane.reruns = self.reruns,
                    "work lost to another and runs again"
                );
                (self.result, self.reruns) = (None, self.reruns + 1);
                return Some(self);
            }
            tracing::error!(
                conflict.table = table,
                lane.reruns = self.reruns,
                "work lost to others each time it ran"
            );
        }
        let Self { work, result, answer: caller, .. } = *self;
        // Who has its answer may close the lane or the store: the work must not hold on to either.
        drop(work);
        let answer = match (result, ended) {
            (Some(result), Ended::Committed) if !lost => Ok(result),
            (_, Ended::Late) => Err(LaneError::Late),
            // A refusal may rest on what an earlier job of the batch wrote and lost.
            (Some(_) | None, Ended::Committed | Ended::NotCommitted) => Err(LaneError::NotCommitted),
        };
        // The caller may have gone; what was committed stays committed.
        drop(caller.send(answer));
        None
    }
}
