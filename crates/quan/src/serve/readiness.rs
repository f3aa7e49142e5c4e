//! Whether this node should be given requests: it is not stopping, and its store answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quan_gateway::Readiness;
use quan_store::backend::Backend;

/// The readiness of a node.
pub(crate) struct NodeReadiness {
    backend: Arc<dyn Backend>,
    is_draining: AtomicBool,
}

impl NodeReadiness {
    pub(crate) fn new(backend: Arc<dyn Backend>) -> Self {
        Self { backend, is_draining: AtomicBool::new(false) }
    }

    /// Whether the node has begun to stop.
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Relaxed)
    }

    /// From here on the node is not ready.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Relaxed);
    }
}

impl Readiness for NodeReadiness {
    fn check(&self) -> Result<(), &'static str> {
        if self.is_draining() {
            return Err("draining");
        }
        // Every node has a token key, so an answer proves that tables can be read.
        match self.backend.snapshot(|store| store.token_keys()) {
            Ok(Ok(_keys)) => Ok(()),
            Ok(Err(error)) | Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the store does not answer");
                Err("store")
            }
        }
    }
}
