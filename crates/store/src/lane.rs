//! The write lanes: bounded queues in front of the store.
//!
//! Each lane has one writer. It takes what has gathered, runs each use case in its own savepoint inside one
//! transaction, commits once, then answers all. One sync of the disk serves many callers. Work about
//! one stock keeps to one lane, in the order of its arrival, so that callers of one node do not meet in the
//! database. A store with one writer has one lane; others may have several.
//!
//! Work that lost to somebody else ([`StoreError::Conflict`](crate::error::StoreError::Conflict)) is run
//! again in the next batch, on what is there by then, at most [`RERUNS_MAX`] times. Work that waited too
//! long is not run at all.

mod gauge;
mod key;
mod waiting;
mod writer;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;

use self::waiting::{Caller, Waiting};
use self::writer::{Queued, Waits, Writer};
use crate::backend::{Backend, UnitOfWork};
use crate::foresight::Foreseen;

pub use self::gauge::{Histogram, LaneGauge};
pub use self::key::LaneKey;
pub use self::waiting::{RERUNS_MAX, WorkError};
pub use self::writer::BATCH_MAX;

/// Callers that may wait at once in each lane. Beyond it the lane answers [`LaneError::Full`] instead of
/// piling up.
pub const QUEUE_MAX: usize = 4096;
/// How long work may wait before it is begun. Callers repeat a call that they have no answer to after a few
/// seconds (semantics 6.2 lets a duplicate wait three), so later than this nobody is there to read the answer.
pub const WAIT_MAX: Duration = Duration::from_secs(5);

/// Why the lane did not do the work. Nothing was kept, with the one exception of [`LaneError::NotCommitted`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// Too many callers wait already; try again later.
    #[error("the write lane is full")]
    Full,
    /// The work waited too long and was given up; try again later.
    #[error("the work waited too long in the write lane")]
    Late,
    /// The lane was closed.
    #[error("the write lane is closed")]
    Closed,
    /// The store did not commit, the work lost to others each time it ran, or it broke down. Something was kept only if the
    /// store was lost over the commit and did not come back in time to be asked: who repeats by its number finds it done.
    #[error("the work was not committed")]
    NotCommitted,
}

/// How the lanes of a store are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneSettings {
    /// How many lanes there are; more than one only for a store that commits side by side.
    pub lanes: NonZeroUsize,
    /// Callers that may wait at once in each lane.
    pub queue_max: NonZeroUsize,
    /// How long work may wait before it is begun.
    pub wait_max: Duration,
}

impl Default for LaneSettings {
    fn default() -> Self {
        let queue_max = NonZeroUsize::new(QUEUE_MAX).expect("the constant is not zero");
        Self { lanes: NonZeroUsize::MIN, queue_max, wait_max: WAIT_MAX }
    }
}

/// A handle to the writers of a store. Dropping the last handle, or [`WriteLane::close`], lets them
/// finish what they have.
pub struct WriteLane {
    queues: Mutex<Option<Arc<[mpsc::Sender<Queued>]>>>,
    writers: Mutex<Vec<JoinHandle<()>>>,
    gauges: Vec<Arc<LaneGauge>>,
    wait_max: Duration,
    /// Counts the work without a key.
    turn: AtomicUsize,
}

impl WriteLane {
    /// Starts one lane, for a store with one writer.
    pub fn start(backend: Arc<dyn Backend>) -> Self {
        Self::start_with(backend, LaneSettings::default())
    }

    /// Starts several lanes, for a store that commits side by side.
    pub fn start_many(backend: Arc<dyn Backend>, lanes: NonZeroUsize) -> Self {
        Self::start_with(backend, LaneSettings { lanes, ..LaneSettings::default() })
    }

    /// Starts the lanes, a thread each.
    pub fn start_with(backend: Arc<dyn Backend>, settings: LaneSettings) -> Self {
        let gauges: Vec<Arc<LaneGauge>> = (0..settings.lanes.get()).map(|_| Arc::default()).collect();
        let start = move |gauge: &Arc<LaneGauge>| {
            let (queue, waiting) = mpsc::channel(settings.queue_max.get());
            let (backend, gauge) = (Arc::clone(&backend), Arc::clone(gauge));
            let writer = Writer { backend, waiting, wait_max: settings.wait_max, gauge };
            (queue, std::thread::spawn(move || writer.write_batches()))
        };
        let (queues, writers): (Vec<_>, Vec<_>) = gauges.iter().map(start).unzip();
        let (queues, writers) = (Mutex::new(Some(queues.into())), Mutex::new(writers));
        Self { queues, writers, gauges, wait_max: settings.wait_max, turn: AtomicUsize::new(0) }
    }

    /// What each lane tells of itself, in a fixed order.
    pub fn gauges(&self) -> &[Arc<LaneGauge>] {
        &self.gauges
    }

    /// Runs `work` in the lane of `key` and returns its result once it is durable. When `work` returns an
    /// error its writes are rolled back. `work` may be run more than once, each time from the start. The runtime
    /// needs its timer: work that is not begun in time is given up, even when its writer hangs.
    ///
    /// # Errors
    /// [`LaneError`] when it was not run or not committed.
    pub async fn run<T, E>(
        &self,
        key: LaneKey,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: WorkError,
    {
        self.run_foreseen(key, None, work).await
    }

    /// As [`WriteLane::run`], for work of which it is known what it is going to read.
    ///
    /// # Errors
    /// As [`WriteLane::run`].
    pub async fn run_foreseen<T, E>(
        &self,
        key: LaneKey,
        foreseen: Option<Foreseen>,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: WorkError,
    {
        self.submit(key, foreseen, work, Waits::Caller)?.wait(self.wait_max).await
    }

    /// As [`WriteLane::run`], for work that nobody outside waits for: it makes no crowd ([`LaneGauge::was_crowded`]).
    ///
    /// # Errors
    /// As [`WriteLane::run`].
    pub async fn run_aside<T, E>(
        &self,
        key: LaneKey,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: WorkError,
    {
        self.submit(key, None, work, Waits::Nobody)?.wait(self.wait_max).await
    }

    /// As [`WriteLane::run`], for callers outside an async runtime.
    ///
    /// # Errors
    /// As [`WriteLane::run`].
    pub fn run_blocking<T, E>(
        &self,
        key: LaneKey,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, LaneError>
    where
        T: Send + 'static,
        E: WorkError,
    {
        self.submit(key, None, work, Waits::Caller)?.wait_blocking()
    }

    /// Takes no more work, lets the writers finish what waits, and waits for them.
    ///
    /// On a writer's own thread, where work that held the last handle was dropped, it does not wait for it.
    pub fn close(&self) {
        drop(self.queues.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writers = std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        for writer in writers {
            if writer.thread().id() != std::thread::current().id() && writer.join().is_err() {
                tracing::error!("a writer of the store ended by a panic");
            }
        }
    }

    fn submit<T, E>(
        &self,
        key: LaneKey,
        foreseen: Option<Foreseen>,
        work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, E> + Send + 'static,
        waits: Waits,
    ) -> Result<Caller<T, E>, LaneError>
    where
        T: Send + 'static,
        E: WorkError,
    {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let queues = queues.ok_or(LaneError::Closed)?;
        let in_turn = || self.turn.fetch_add(1, Ordering::Relaxed) % queues.len();
        let lane = key.lane(queues.len()).unwrap_or_else(in_turn);
        let gauge = &self.gauges[lane];
        let (job, caller) = Waiting::new(work, foreseen, gauge);
        // Before it is sent, so that nobody can have taken it out before it was counted.
        gauge.came();
        let queued = Queued { key, since: caller.since, taken: caller.taken.clone(), waits, job };
        let sent = queues[lane].try_send(queued);
        sent.map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => {
                gauge.was_full();
                LaneError::Full
            }
            mpsc::error::TrySendError::Closed(_) => {
                gauge.left();
                LaneError::Closed
            }
        })?;
        Ok(caller)
    }
}

impl Drop for WriteLane {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use quan_model::ids::StockId;

    use super::*;
    use crate::backend::{Job, Reader};
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

        fn reads_ahead(&self) -> bool {
            false
        }

        fn parties_version(&self) -> Option<u64> {
            None
        }
    }

    fn lane() -> (WriteLane, mpsc::Receiver<usize>, mpsc::Sender<()>) {
        let ((begun, batches), (permit, permits)) = (mpsc::channel(), mpsc::channel());
        let backend = Unwilling { begun, permits: Mutex::new(permits) };
        (WriteLane::start(Arc::new(backend)), batches, permit)
    }

    fn nothing(_: &mut dyn UnitOfWork) -> Result<(), StoreError> {
        Ok(())
    }

    /// A store that breaks down over its first batch.
    struct BreaksOnce(std::sync::atomic::AtomicBool);

    impl Backend for BreaksOnce {
        fn read(&self, _: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
            Ok(())
        }

        fn commit(&self, _: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
            assert!(self.0.swap(true, std::sync::atomic::Ordering::Relaxed), "it breaks down");
            Err(StoreError::backend("commit", std::io::Error::other("still there")))
        }

        fn reads_ahead(&self) -> bool {
            false
        }

        fn parties_version(&self) -> Option<u64> {
            None
        }
    }

    #[test]
    fn a_store_that_breaks_down_does_not_take_the_lane_with_it() {
        let lane = WriteLane::start(Arc::new(BreaksOnce(std::sync::atomic::AtomicBool::new(false))));
        for _ in 0..2 {
            assert_eq!(lane.run_blocking(LaneKey::NONE, nothing).unwrap_err(), LaneError::NotCommitted);
        }
    }

    #[test]
    fn a_full_lane_refuses_at_once_and_then_takes_work_again() {
        let (lane, batches, permit) = lane();
        let first = lane.submit(LaneKey::NONE, None, nothing, Waits::Caller).unwrap();
        assert_eq!(batches.recv(), Ok(1), "the writer has taken the first job");
        let waiting: Vec<_> = (0..QUEUE_MAX)
            .map(|_| lane.submit(LaneKey::NONE, None, nothing, Waits::Caller).unwrap())
            .collect();
        assert!(matches!(lane.submit(LaneKey::NONE, None, nothing, Waits::Caller), Err(LaneError::Full)));
        let gauge = &lane.gauges()[0];
        assert_eq!((usize::try_from(gauge.waiting()), gauge.refused_full()), (Ok(QUEUE_MAX), 1));
        drop(permit);
        for answered in std::iter::once(first).chain(waiting) {
            assert_eq!(answered.wait_blocking().unwrap_err(), LaneError::NotCommitted);
        }
        assert!(batches.try_iter().all(|jobs| jobs <= BATCH_MAX));
        assert_eq!(
            lane.run_blocking(LaneKey::NONE, nothing).unwrap_err(),
            LaneError::NotCommitted,
            "there is room again"
        );
    }

    #[test]
    fn work_that_waited_too_long_is_answered_without_being_run() {
        let (_permit, permits) = mpsc::channel();
        let (begun, batches) = mpsc::channel();
        let backend: Arc<dyn Backend> = Arc::new(Unwilling { begun, permits: Mutex::new(permits) });
        let settings = LaneSettings { wait_max: Duration::ZERO, ..LaneSettings::default() };
        let lane = WriteLane::start_with(backend, settings);
        assert_eq!(lane.run_blocking(LaneKey::NONE, nothing).unwrap_err(), LaneError::Late);
        assert_eq!((lane.gauges()[0].refused_late(), lane.gauges()[0].waiting()), (1, 0));
        drop(lane);
        assert_eq!(batches.recv(), Err(mpsc::RecvError), "the store was not asked for anything");
    }

    #[tokio::test]
    async fn a_caller_does_not_wait_longer_for_a_writer_that_hangs() {
        let (lane, batches, permit) = lane();
        let begun = lane.run(LaneKey::NONE, nothing);
        tokio::pin!(begun);
        tokio::select! {
            biased;
            done = &mut begun => panic!("the store was given no permit: {done:?}"),
            () = std::future::ready(()) => {}
        }
        assert_eq!(batches.recv(), Ok(1), "the writer has taken the first job");
        let (ran, runs) = mpsc::channel();
        let work = move |_: &mut dyn UnitOfWork| {
            ran.send(()).map_err(|_| StoreError::Inconsistent { table: "", column: "", row: String::new() })
        };
        let given_up = lane.submit(LaneKey::NONE, None, work, Waits::Caller);
        let given_up = given_up.unwrap().wait(Duration::ZERO).await;
        assert_eq!(given_up.unwrap_err(), LaneError::Late);
        assert_eq!((lane.gauges()[0].refused_late(), lane.gauges()[0].waiting()), (1, 1));
        drop(permit);
        assert_eq!(begun.await.unwrap_err(), LaneError::NotCommitted, "what is begun has no deadline");
        lane.close();
        assert_eq!(lane.gauges()[0].waiting(), 0);
        assert_eq!(batches.recv(), Err(mpsc::RecvError), "what was given up is not begun");
        assert_eq!(runs.recv(), Err(mpsc::RecvError));
    }

    #[test]
    fn each_lane_has_its_own_writer_and_queue() {
        let (permit, permits) = mpsc::channel();
        let (begun, batches) = mpsc::channel();
        let backend: Arc<dyn Backend> = Arc::new(Unwilling { begun, permits: Mutex::new(permits) });
        let queue_max = NonZeroUsize::MIN;
        let lanes = NonZeroUsize::new(2).unwrap();
        let lane =
            WriteLane::start_with(backend, LaneSettings { lanes, queue_max, ..LaneSettings::default() });
        let key = |number: u64| LaneKey::from(&StockId::parse(number.to_string()).unwrap());
        let of_lane = |wanted| (1..).map(key).find(|key| key.lane(2) == Some(wanted)).unwrap();
        let first = lane.submit(of_lane(0), None, nothing, Waits::Caller).unwrap();
        assert_eq!(batches.recv(), Ok(1), "a writer has taken the first job");
        let waiting = lane.submit(of_lane(0), None, nothing, Waits::Caller).unwrap();
        assert!(matches!(lane.submit(of_lane(0), None, nothing, Waits::Caller), Err(LaneError::Full)));
        let beside = lane.submit(of_lane(1), None, nothing, Waits::Caller).unwrap();
        drop(permit);
        for answered in [first, waiting, beside] {
            assert_eq!(answered.wait_blocking().unwrap_err(), LaneError::NotCommitted);
        }
    }

    #[test]
    fn who_has_its_answer_shares_nothing_with_the_writer() {
        let (lane, _batches, permit) = lane();
        drop(permit);
        let held = Arc::new(());
        let by_the_work = Arc::clone(&held);
        let answer = lane.run_blocking(LaneKey::NONE, move |_| {
            let _held = &by_the_work;
            Ok::<(), StoreError>(())
        });
        assert_eq!(answer.unwrap_err(), LaneError::NotCommitted);
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
        let work = move |_: &mut dyn UnitOfWork| {
            let _in_work = &in_work;
            Ok::<(), StoreError>(())
        };
        drop(lane.submit(LaneKey::NONE, None, work, Waits::Caller));
        assert_eq!(batches.recv(), Ok(1));
        drop(lane);
        drop(permit);
        assert_eq!(fared.recv(), Ok(false), "the writer must not wait for its own end");
        assert_eq!(batches.recv(), Err(mpsc::RecvError), "it ends, and with it the store that it held");
    }
}
