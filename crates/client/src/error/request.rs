//! Errors found before anything is signed: nothing left the process.

use crate::path::PathError;

/// Why a call could not be signed. Values are not part of it, names are.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// The template, or the path it expands to, may not be signed.
    #[error("the path is refused")]
    InvalidPath(#[source] PathError),
    /// The template has a variable that was not given.
    #[error("the path variable {0} is missing")]
    MissingVariable(String),
    /// A variable was given that the template does not have.
    #[error("the path has no variable {0}")]
    UnknownVariable(String),
    /// A variable was given twice.
    #[error("the path variable {0} was given twice")]
    DuplicateVariable(String),
    /// A variable is empty; `.var_empty` says that this is meant.
    #[error("the path variable {0} is empty")]
    EmptyVariable(String),
    /// A `{+name}` variable holds `?` or `#`, which would end the path.
    #[error("the path variable {0} holds a `?` or `#`")]
    VariableMovesPath(String),
    /// The path is neither `/v3/…` nor `/brand/…`, or the client has no credential at all for it.
    #[error("there is no credential for this path; give one with .credential(…)")]
    NoCredential,
    /// A merchant credential for a brand path, or the reverse.
    #[error("the path needs a {needed} credential")]
    CredentialMismatch {
        /// The scheme the path needs.
        needed: &'static str,
    },
    /// `Authorization`, `Host`, `Content-Length` and the headers of the connection are not the
    /// caller's to set.
    #[error("the header {0} is reserved")]
    ReservedHeader(String),
    /// A header name or value has characters that no header can hold.
    #[error("the header {0} is not a header")]
    InvalidHeader(String),
    /// The value given as body cannot be written as JSON.
    #[error("the body cannot be written as JSON")]
    Body(#[source] serde_json::Error),
    /// The value given as query is not a flat set of names and simple values.
    #[error("the query must be a flat set of names and simple values")]
    Query,
    /// The private key did its work but the provider failed.
    #[error("the request could not be signed")]
    Signing,
}
