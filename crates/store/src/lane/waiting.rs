//! A caller's work while it waits, runs and is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::LaneError;
use crate::backend::{Ended, Job, UnitOfWork, Verdict};
use crate::error::StoreError;

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

/// Where a caller waits for its result.
pub(super) type Answered<T, E> = oneshot::Receiver<Result<Result<T, E>, LaneError>>;

/// Work with its caller.
pub(super) struct Waiting<W, T, E> {
    work: W,
    result: Option<Result<T, E>>,
    reruns: u32,
    answer: oneshot::Sender<Result<Result<T, E>, LaneError>>,
}

impl<W, T, E> Waiting<W, T, E> {
    pub(super) fn new(work: W) -> (Box<Self>, Answered<T, E>) {
        let (answer, answered) = oneshot::channel();
        (Box::new(Self { work, result: None, reruns: 0, answer }), answered)
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

    fn finish(mut self: Box<Self>, ended: Ended) -> Option<Box<dyn Job>> {
        let conflict = self.result.as_ref().and_then(|result| result.as_ref().err()?.conflict());
        let lost = conflict.is_some();
        if let (Some(conflict), Ended::Committed) = (conflict, ended) {
            if self.reruns < RERUNS_MAX {
                tracing::debug!(%conflict, lane.reruns = self.reruns, "work lost to another and runs again");
                (self.result, self.reruns) = (None, self.reruns + 1);
                return Some(self);
            }
            tracing::error!(%conflict, lane.reruns = self.reruns, "work lost to others each time it ran");
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
