//! Why something was not done in the console.

use quan_store::console_access::Role;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;

use crate::error::Error;

/// Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The role does not allow it.
    #[error("this needs the role {}", .0.as_str())]
    NotAllowed(Role),
    /// There is no such thing; what is unknown is told apart from what the rules refuse.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// A field of a form cannot be used.
    #[error("{field}: {issue}")]
    Form {
        /// The field of the form.
        field: &'static str,
        /// What is wrong with it and what would be right.
        issue: String,
    },
    /// A use case refused or failed.
    #[error(transparent)]
    UseCase(#[from] Error),
}

impl WorkError for ConsoleError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::UseCase(error) => error.conflict(),
            Self::NotAllowed(_) | Self::Unknown(_) | Self::Form { .. } => None,
        }
    }
}

impl From<StoreError> for ConsoleError {
    fn from(error: StoreError) -> Self {
        Self::UseCase(error.into())
    }
}

impl From<quan_coupon::refusal::Refusal> for ConsoleError {
    fn from(refusal: quan_coupon::refusal::Refusal) -> Self {
        Self::UseCase(refusal.into())
    }
}
