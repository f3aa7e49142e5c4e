//! One lane's thread: gathers what waits into batches, and commits them one after the other.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::{LaneGauge, LaneKey};
use crate::backend::{Backend, Ended, Job};

/// Callers served by one commit: enough to make the sync cheap, few enough to keep the wait short.
pub const BATCH_MAX: usize = 256;

/// A job in the queue, or between two runs.
pub(super) struct Queued {
    pub(super) key: LaneKey,
    /// When its caller came.
    pub(super) since: Instant,
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
            again = self.commit(self.in_time(batch));
        }
    }

    /// What is to be run next: first who was run before, then in the order of arrival; ordered by key at the end.
    fn gather(&mut self, again: Vec<Queued>) -> Option<Vec<Queued>> {
        let mut batch = again;
        if batch.is_empty() {
            batch.push(self.waiting.blocking_recv()?);
            self.gauge.left();
        }
        while batch.len() < BATCH_MAX
            && let Ok(next) = self.waiting.try_recv()
        {
            self.gauge.left();
            batch.push(next);
        }
        batch.sort_by_key(|queued| queued.key.place());
        Some(batch)
    }

    /// Answers those whose time is over; the others are left.
    fn in_time(&self, batch: Vec<Queued>) -> Vec<Queued> {
        let (late, in_time): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|queued| queued.since.elapsed() >= self.wait_max);
        for queued in late {
            self.gauge.was_late();
            queued.job.finish(Ended::Late);
        }
        in_time
    }

    /// Runs and commits one batch and answers its callers. Who has to run again is given back.
    fn commit(&self, batch: Vec<Queued>) -> Vec<Queued> {
        if batch.is_empty() {
            return batch;
        }
        self.gauge.batch_begins(batch.len());
        let began = Instant::now();
        let arrival = |queued: Queued| {
            self.gauge.begins(began.saturating_duration_since(queued.since));
            ((queued.key, queued.since), queued.job)
        };
        let (arrivals, mut jobs): (Vec<_>, Vec<_>) = batch.into_iter().map(arrival).unzip();
        let ended = match self.backend.commit(&mut jobs) {
            Ok(()) => {
                self.gauge.committed(began.elapsed());
                Ended::Committed
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a batch was not committed");
                self.gauge.failed();
                Ended::NotCommitted
            }
        };
        let finished = arrivals.into_iter().zip(jobs);
        let again: Vec<_> = finished
            .filter_map(|((key, since), job)| Some(Queued { key, since, job: job.finish(ended)? }))
            .collect();
        self.gauge.runs_again(again.len());
        again
    }
}
