//! A store that is watched: how long it takes, how large its batches are, how often it fails.

use std::sync::Arc;
use std::time::Instant;

use quan_store::backend::{Backend, Job, Reader};
use quan_store::error::StoreError;

use crate::serve::metrics::Metrics;

/// A store and who counts what it does.
pub(crate) struct ObservedBackend {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Backend for ObservedBackend {
    fn read(&self, view: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let families = self.metrics.families();
        let begun = Instant::now();
        let read = self.backend.read(view);
        families.read_duration.observe(begun.elapsed().as_secs_f64());
        if read.is_err() {
            families.store_errors.with_label_values(&["read"]).inc();
        }
        read
    }

    fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let families = self.metrics.families();
        families.commits.inc();
        families.commit_jobs.observe(f64::from(u32::try_from(jobs.len()).unwrap_or(u32::MAX)));
        let begun = Instant::now();
        let committed = self.backend.commit(jobs);
        families.commit_duration.observe(begun.elapsed().as_secs_f64());
        if committed.is_err() {
            families.store_errors.with_label_values(&["commit"]).inc();
        }
        committed
    }
}
