//! One lane's thread: gathers what waits into batches, and commits them one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::waiting::Taken;
use super::{LaneGauge, LaneKey};
use crate::backend::{Backend, Ended, Job};

/// Callers served by one commit: enough to make the sync cheap, few enough to keep the wait short.
pub const BATCH_MAX: usize = 256;

/// A batch of this many is worth its commit at once.
const BATCH_GOOD: usize = 24;
/// How often others may run before a smaller one is taken: who is about to come then shares its commit. On an idle machine
/// nobody is there to run, so that it takes no time.
const WAYS_GIVEN: usize = 2;

/// Who waits for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waits {
    /// Somebody who has called.
    Caller,
    /// Only this node itself, which has time.
    Nobody,
}

/// A job in the queue, or between two runs.
pub(super) struct Queued {
    pub(super) key: LaneKey,
    /// When its caller came.
    pub(super) since: Instant,
    /// Taken once it is begun; what its caller has taken before is not run.
    pub(super) taken: Taken,
    pub(super) waits: Waits,
    pub(super) job: Box<dyn Job>,
}

/// One lane's end of the queue.
pub(super) struct Writer {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) waiting: mpsc::Receiver<Queued>,
    pub(super) wait_max: Duration,
    pub(super) gauge: Arc<LaneGauge>,
}

impl Writer {
    /// Commits batches until nothing can come any more. Jobs that waited `wait_max` are not run.
    pub(super) fn write_batches(mut self) {
        let mut again = Vec::new();
        while let Some(batch) = self.gather(std::mem::take(&mut again)) {
            again = self.commit(batch);
        }
    }

    /// What is to be run next: first who was run before, then in the order of arrival; ordered by key at the end.
    /// Whose time is over is answered and left out.
    fn gather(&mut self, again: Vec<Queued>) -> Option<Vec<Queued>> {
        let mut batch: Vec<_> = again.into_iter().filter_map(|queued| self.in_time(queued)).collect();
        if batch.is_empty() {
            let first = self.waiting.blocking_recv()?;
            batch.extend(self.begin(first));
        }
        self.take_waiting(&mut batch);
        for _ in 0..WAYS_GIVEN {
            if batch.len() >= BATCH_GOOD {
                break;
            }
            std::thread::yield_now();
            self.take_waiting(&mut batch);
        }
        batch.sort_by_key(|queued| queued.key.place());
        Some(batch)
    }

    /// Takes what waits, as far as there is room.
    fn take_waiting(&mut self, batch: &mut Vec<Queued>) {
        while batch.len() < BATCH_MAX
            && let Ok(next) = self.waiting.try_recv()
        {
            batch.extend(self.begin(next));
        }
    }

    /// Takes a job out of the queue, unless its caller has given it up.
    fn begin(&self, queued: Queued) -> Option<Queued> {
        self.gauge.left();
        if queued.taken.take() { self.in_time(queued) } else { None }
    }

    /// A job whose time is not over; another is answered.
    fn in_time(&self, queued: Queued) -> Option<Queued> {
        if queued.since.elapsed() < self.wait_max {
            return Some(queued);
        }
        self.gauge.was_late();
        queued.job.finish(Ended::Late);
        None
    }

    /// Runs and commits one batch and answers its callers. Who has to run again is given back.
    fn commit(&self, batch: Vec<Queued>) -> Vec<Queued> {
        if batch.is_empty() {
            return batch;
        }
        let callers = batch.iter().filter(|queued| queued.waits == Waits::Caller).count();
        self.gauge.batch_begins(batch.len(), callers);
        let began = Instant::now();
        let arrival = |queued: Queued| {
            self.gauge.begins(began.saturating_duration_since(queued.since));
            ((queued.key, queued.since, queued.taken, queued.waits), queued.job)
        };
        let (arrivals, mut jobs): (Vec<_>, Vec<_>) = batch.into_iter().map(arrival).unzip();
        // A panic costs this batch, not the lane: without its thread the node would never write again.
        let ended = match catch_unwind(AssertUnwindSafe(|| self.backend.commit(&mut jobs))) {
            Ok(Ok(())) => {
                self.gauge.committed(began.elapsed());
                Ended::Committed
            }
            Ok(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a batch was not committed");
                self.gauge.failed();
                Ended::NotCommitted
            }
            Err(_panic) => {
                tracing::error!("the store broke down over a batch");
                self.gauge.failed();
                Ended::NotCommitted
            }
        };
        let finished = arrivals.into_iter().zip(jobs);
        let again: Vec<_> = finished
            .filter_map(|((key, since, taken, waits), job)| {
                Some(Queued { key, since, taken, waits, job: job.finish(ended)? })
            })
            .collect();
        self.gauge.runs_again(again.len());
        again
    }
}
