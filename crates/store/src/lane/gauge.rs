//! What a lane tells of itself: counters that anybody may read while it runs.
//!
//! Plain atomics, so that this crate needs no library of metrics; whoever exports them reads them as they are.
//! Counters begin at zero with the lane and only grow. Read one by one, they may be of different moments.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Upper bounds of batch sizes; [`super::BATCH_MAX`] is the last.
const BATCH_BOUNDS: &[u64] = &[1, 2, 4, 8, 16, 32, 64, 128, 256];
/// Upper bounds of times, in microseconds: from a commit without a disk to the end of patience.
const MICROS_BOUNDS: &[u64] = &[
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000,
];

/// So many callers in one batch have waited for each other.
const CROWD: usize = 8;

/// What one lane has done, and how many wait in it now.
#[derive(Debug)]
pub struct LaneGauge {
    begun: Instant,
    /// When a batch last served a crowd, in milliseconds since then; 0 for never.
    crowded_ms: AtomicU64,
    waiting: AtomicU64,
    refused_full: AtomicU64,
    refused_late: AtomicU64,
    reruns: AtomicU64,
    failed_commits: AtomicU64,
    batch_sizes: Histogram,
    wait_micros: Histogram,
    commit_micros: Histogram,
}

impl Default for LaneGauge {
    fn default() -> Self {
        let zero = AtomicU64::default;
        Self {
            begun: Instant::now(),
            crowded_ms: zero(),
            waiting: zero(),
            refused_full: zero(),
            refused_late: zero(),
            reruns: zero(),
            failed_commits: zero(),
            batch_sizes: Histogram::new(BATCH_BOUNDS),
            wait_micros: Histogram::new(MICROS_BOUNDS),
            commit_micros: Histogram::new(MICROS_BOUNDS),
        }
    }
}

impl LaneGauge {
    /// Pieces of work in the queue now.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Work refused because the queue was full.
    pub fn refused_full(&self) -> u64 {
        self.refused_full.load(Ordering::Relaxed)
    }

    /// Work refused because it had waited too long.
    pub fn refused_late(&self) -> u64 {
        self.refused_late.load(Ordering::Relaxed)
    }

    /// How often work was put back to be run again after a conflict.
    pub fn reruns(&self) -> u64 {
        self.reruns.load(Ordering::Relaxed)
    }

    /// Batches that the store did not commit. [`LaneGauge::commit_micros`] counts the others.
    pub fn failed_commits(&self) -> u64 {
        self.failed_commits.load(Ordering::Relaxed)
    }

    /// Callers served by each batch that was begun.
    pub fn batch_sizes(&self) -> &Histogram {
        &self.batch_sizes
    }

    /// How long work had waited when it was begun, in microseconds.
    pub fn wait_micros(&self) -> &Histogram {
        &self.wait_micros
    }

    /// How long batches took from their first statement until they were durable, in microseconds.
    pub fn commit_micros(&self) -> &Histogram {
        &self.commit_micros
    }

    pub(super) fn came(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn was_full(&self) {
        self.left();
        self.refused_full.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn left(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn was_late(&self) {
        self.refused_late.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn begins(&self, waited: Duration) {
        self.wait_micros.note(micros(waited));
    }

    /// Whether callers came faster than they could be served one by one, so lately: a batch served a crowd of them.
    pub fn was_crowded(&self, lately: Duration) -> bool {
        let crowded = Duration::from_millis(self.crowded_ms.load(Ordering::Relaxed));
        !crowded.is_zero() && self.begun.elapsed().saturating_sub(crowded) <= lately
    }

    pub(super) fn batch_begins(&self, size: usize, callers: usize) {
        self.batch_sizes.note(u64::try_from(size).unwrap_or(u64::MAX));
        if callers >= CROWD {
            let now_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.crowded_ms.store(now_ms.max(1), Ordering::Relaxed);
        }
    }

    pub(super) fn committed(&self, took: Duration) {
        self.commit_micros.note(micros(took));
    }

    pub(super) fn failed(&self) {
        self.failed_commits.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn runs_again(&self, jobs: usize) {
        self.reruns.fetch_add(u64::try_from(jobs).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// How many values fell into each of some ranges.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [u64],
    /// One more than there are bounds: the last is for what exceeds them all.
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

impl Histogram {
    fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::default()).collect();
        Self { bounds, counts, sum: AtomicU64::default() }
    }

    fn note(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        self.counts[place].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// Each bound with the number of values up to it, smaller bounds included; the last bound is none.
    pub fn cumulative(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter()).scan(0, |sum, (bound, count)| {
            *sum += count.load(Ordering::Relaxed);
            Some((bound, *sum))
        })
    }

    /// How many values there were.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Their sum.
    pub fn sum(&self) -> u64 {
        self.sum.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fall_into_the_range_that_ends_at_or_above_them() {
        let histogram = Histogram::new(&[1, 4]);
        for value in [0, 1, 2, 4, 5, 100] {
            histogram.note(value);
        }
        let cumulative: Vec<_> = histogram.cumulative().collect();
        assert_eq!(cumulative, [(Some(1), 2), (Some(4), 4), (None, 6)]);
        assert_eq!((histogram.count(), histogram.sum()), (6, 112));
    }

    #[test]
    fn a_crowd_is_remembered_for_a_while_and_work_that_nobody_waits_for_is_none() {
        let (gauge, long) = (LaneGauge::default(), Duration::from_secs(3600));
        gauge.batch_begins(200, CROWD - 1);
        assert!(!gauge.was_crowded(long));
        gauge.batch_begins(CROWD, CROWD);
        assert!(gauge.was_crowded(long));
        let later = LaneGauge { begun: gauge.begun.checked_sub(long).unwrap(), ..gauge };
        assert!(!later.was_crowded(long / 2) && later.was_crowded(2 * long));
    }

    #[test]
    fn bounds_rise_and_reach_the_largest_batch() {
        for bounds in [BATCH_BOUNDS, MICROS_BOUNDS] {
            assert!(bounds.is_sorted_by(|one, other| one < other));
        }
        assert_eq!(BATCH_BOUNDS.last().copied(), u64::try_from(super::super::BATCH_MAX).ok());
    }
}
