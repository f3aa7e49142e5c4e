//! A store that is watched: how long looks at it take, how often it fails.

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
        // How long it takes and how large batches are the lanes count themselves.
        let committed = self.backend.commit(jobs);
        if committed.is_err() {
            self.metrics.families().store_errors.with_label_values(&["commit"]).inc();
        }
        committed
    }

    fn reads_ahead(&self) -> bool {
        self.backend.reads_ahead()
    }

    fn parties_version(&self) -> Option<u64> {
        self.backend.parties_version()
    }
}
