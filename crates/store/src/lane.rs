//! The write lane: a bounded queue in front of the store.
//!
//! One writer takes what has gathered, runs each use case in its own savepoint inside one
//! transaction, commits once, then answers all. One sync of the disk serves many callers, and the
//! order inside a batch is the order of arrival.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::backend::{Backend, Job, NotCommitted, UnitOfWork, Verdict};

/// Callers that may wait at once. Beyond it the lane answers [`LaneError::Full`] instead of piling up.
pub const QUEUE_MAX: usize = 4096;
/// Callers served by one commit: enough to make the sync cheap, few enough to keep the wait short.
pub const BATCH_MAX: usize = 256;

/// Why the lane did not do the work. The first leaves no trace; after the second nothing was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// Too many callers wait already; try again later.
    #[error("the write lane is full")]
    Full,
    /// The lane was closed.
    #[error("the write lane is closed")]
    Closed,
    /// The store did not commit, or the work itself broke down.
    #[error("the work was not committed")]
    NotCommitted,
}

/// Where a caller waits for its result.
type Answered<T, E> = oneshot::Receiver<Result<Result<T, E>, LaneError>>;

/// A handle to the one writer of a store. Dropping the last handle, or [`WriteLane::close`], lets the
/// writer finish what it has.
pub struct WriteLane {
    queue: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl WriteLane {
    /// Starts the writer's thread.
    pub fn start(backend: Arc<dyn Backend>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let writer = std::thread::spawn(move || write_batches(&*backend, waiting));
        Self { queue: Mutex::new(Some(queue)), writer: Mutex::new(Some(writer)) }
    }

    /// Runs `work` in the lane and returns its result once it is durable. When `work` returns an
    /// error its writes are rolled back. `work` may be run more than once.
    ///
    /// # Errors
    /// [`LaneError`] when it was not run or not committed.
    pub async fn run<T, E>(
        &self,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let answer = self.submit(work)?;
        answer.await.map_err(|_| LaneError::NotCommitted)?
    }

    /// As [`WriteLane::run`], for callers outside an async runtime.
    ///
    /// # Errors
    /// As [`WriteLane::run`].
    pub fn run_blocking<T, E>(
        &self,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let answer = self.submit(work)?;
        answer.blocking_recv().map_err(|_| LaneError::NotCommitted)?
    }

    /// Takes no more work, lets the writer finish what waits, and waits for it.
    ///
    /// On the writer's own thread, where work that held the last handle was dropped, it does not wait.
    pub fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the writer of the store ended by a panic");
        }
    }

    fn submit<T, E>(
        &self,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Answered<T, E>, LaneError>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Waiting { work, result: None, answer });
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        queue.ok_or(LaneError::Closed)?.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => LaneError::Full,
            mpsc::error::TrySendError::Closed(_) => LaneError::Closed,
        })?;
        Ok(answered)
    }
}

impl Drop for WriteLane {
    fn drop(&mut self) {
        self.close();
    }
}

struct Waiting<W, T, E> {
    work: W,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<Result<T, E>, LaneError>>,
}

impl<W, T: Send, E: Send> Job for Waiting<W, T, E>
where
    W: FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send,
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

    fn finish(self: Box<Self>, committed: Result<(), NotCommitted>) {
        let Self { work, result, answer: caller } = *self;
        // Who has its answer may close the lane or the store: the work must not hold on to either.
        drop(work);
        let answer = match (result, committed) {
            (Some(result), Ok(())) => Ok(result),
            // A refusal wrote nothing, so it stands even if the batch around it failed.
            (Some(Err(refusal)), Err(NotCommitted)) => Ok(Err(refusal)),
            (Some(Ok(_)), Err(NotCommitted)) | (None, _) => Err(LaneError::NotCommitted),
        };
        // The caller may have gone; what was committed stays committed.
        drop(caller.send(answer));
    }
}

fn write_batches(backend: &dyn Backend, mut waiting: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let committed = backend.commit(&mut batch).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a batch was not committed");
            NotCommitted
        });
        for job in batch {
            job.finish(committed);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::backend::Reader;
    use crate::error::StoreError;

    /// A store that never commits and runs no job. Each batch waits for a permit, or for the end of them.
    struct Unwilling {
        begun: mpsc::Sender<usize>,
        permits: Mutex<mpsc::Receiver<()>>,
    }

    impl Backend for Unwilling {
        fn read(&self, _: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
            Ok(())
        }

        fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
            let _ = self.begun.send(jobs.len());
            let _ = self.permits.lock().unwrap().recv();
            Err(StoreError::backend("commit", std::io::Error::other("unwilling")))
        }
    }

    fn lane() -> (WriteLane, mpsc::Receiver<usize>, mpsc::Sender<()>) {
        let ((begun, batches), (permit, permits)) = (mpsc::channel(), mpsc::channel());
        let backend = Unwilling { begun, permits: Mutex::new(permits) };
        (WriteLane::start(Arc::new(backend)), batches, permit)
    }

    fn nothing(_: &mut dyn UnitOfWork) -> Result<(), ()> {
        Ok(())
    }

    #[test]
    fn a_full_lane_refuses_at_once_and_then_takes_work_again() {
        let (lane, batches, permit) = lane();
        let first = lane.submit(nothing).unwrap();
        assert_eq!(batches.recv(), Ok(1), "the writer has taken the first job");
        let waiting: Vec<_> = (0..QUEUE_MAX).map(|_| lane.submit(nothing).unwrap()).collect();
        assert!(matches!(lane.submit(nothing), Err(LaneError::Full)));
        drop(permit);
        for answered in std::iter::once(first).chain(waiting) {
            assert_eq!(answered.blocking_recv().unwrap(), Err(LaneError::NotCommitted));
        }
        assert!(batches.try_iter().all(|jobs| jobs <= BATCH_MAX));
        assert_eq!(lane.run_blocking(nothing), Err(LaneError::NotCommitted), "there is room again");
    }

    #[test]
    fn who_has_its_answer_shares_nothing_with_the_writer() {
        let (lane, _batches, permit) = lane();
        drop(permit);
        let held = Arc::new(());
        let by_the_work = Arc::clone(&held);
        let answer = lane.run_blocking(move |_| {
            let _held = &by_the_work;
            Ok::<(), ()>(())
        });
        assert_eq!(answer, Err(LaneError::NotCommitted));
        assert_eq!(Arc::strong_count(&held), 1, "the work is gone before its caller is answered");
    }

    /// Tells how its thread fared when it was dropped.
    struct LastWords(mpsc::Sender<bool>);

    impl Drop for LastWords {
        fn drop(&mut self) {
            let _ = self.0.send(std::thread::panicking());
        }
    }

    #[test]
    fn work_may_hold_the_last_handle_of_its_lane() {
        let (lane, batches, permit) = lane();
        let lane = Arc::new(lane);
        let (is_panicking, fared) = mpsc::channel();
        // Dropped in this order, on the writer's thread.
        let in_work = (Arc::clone(&lane), LastWords(is_panicking));
        drop(lane.submit(move |_| {
            let _in_work = &in_work;
            Ok::<(), ()>(())
        }));
        assert_eq!(batches.recv(), Ok(1));
        drop(lane);
        drop(permit);
        assert_eq!(fared.recv(), Ok(false), "the writer must not wait for its own end");
        assert_eq!(batches.recv(), Err(mpsc::RecvError), "it ends, and with it the store that it held");
    }
}
