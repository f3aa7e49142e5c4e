//! Why a use case did not do what was asked.

use quan_coupon::refusal::{Refusal, Violation};
pub use quan_store::error::StoreError;
pub use quan_store::lane::LaneError;
use quan_store::lane::WorkError;

/// A refusal by the rules, or a failure of the machinery. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules say no; the caller can do something about it.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The store failed; the caller may repeat the call with the same number.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The write lane did not do the work; the caller may repeat the call with the same number.
    #[error("the write lane did not do the work")]
    Lane(#[from] LaneError),
    /// A reader's task ended early; only when the process is shutting down or a use case broke down.
    #[error("the reading task ended early")]
    Interrupted,
}

impl WorkError for Error {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => error.conflict(),
            Self::Refused(_) | Self::Lane(_) | Self::Interrupted => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Self::Refused(Refusal::Invalid(violation))
    }
}
