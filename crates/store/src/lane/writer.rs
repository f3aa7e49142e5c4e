//! One lane's thread: gathers what waits into batches, and commits them one after the other.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::LaneKey;
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

/// Commits batches until nothing can come any more. Jobs that waited `wait_max` are not run.
pub(super) fn write_batches(backend: &dyn Backend, mut waiting: mpsc::Receiver<Queued>, wait_max: Duration) {
    let mut again = Vec::new();
    while let Some(batch) = gather(&mut waiting, std::mem::take(&mut again)) {
        again = commit(backend, in_time(batch, wait_max));
    }
}

/// What is to be run next: first who was run before, then in the order of arrival; ordered by key at the end.
fn gather(waiting: &mut mpsc::Receiver<Queued>, again: Vec<Queued>) -> Option<Vec<Queued>> {
    let mut batch = again;
    if batch.is_empty() {
        batch.push(waiting.blocking_recv()?);
    }
    while batch.len() < BATCH_MAX
        && let Ok(next) = waiting.try_recv()
    {
        batch.push(next);
    }
    batch.sort_by_key(|queued| queued.key.place());
    Some(batch)
}

/// Answers those whose time is over; the others are left.
fn in_time(batch: Vec<Queued>, wait_max: Duration) -> Vec<Queued> {
    let (late, in_time): (Vec<_>, Vec<_>) =
        batch.into_iter().partition(|queued| queued.since.elapsed() >= wait_max);
    for queued in late {
        queued.job.finish(Ended::Late);
    }
    in_time
}

/// Runs and commits one batch and answers its callers. Who has to run again is given back.
fn commit(backend: &dyn Backend, batch: Vec<Queued>) -> Vec<Queued> {
    if batch.is_empty() {
        return batch;
    }
    let (arrivals, mut jobs): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|queued| ((queued.key, queued.since), queued.job)).unzip();
    let ended = match backend.commit(&mut jobs) {
        Ok(()) => Ended::Committed,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a batch was not committed");
            Ended::NotCommitted
        }
    };
    let finished = arrivals.into_iter().zip(jobs);
    finished.filter_map(|((key, since), job)| Some(Queued { key, since, job: job.finish(ended)? })).collect()
}
