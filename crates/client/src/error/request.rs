//! Errors found before anything is signed: nothing left the process.

use quan_model::ids::IdError;

use crate::media::MediaError;
use crate::path::PathError;
use crate::signer::SignerError;

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
    /// A number derived from the caller's is not a request number.
    #[error("the request number is refused")]
    RequestNumber(#[source] IdError),
    /// No APIv2 key was configured, which the merchant-coupon plug-in needs.
    #[error("no APIv2 key is configured; give one with .api_v2_key(…)")]
    NoApiV2Key,
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
    /// The private key or the signer did not sign.
    #[error("the request could not be signed")]
    Signing(#[source] SignerError),
    /// The pace of this endpoint leaves no room within the time of the call.
    #[error("the pace of this endpoint would make the call wait {wait:?}, longer than it may take")]
    Paced {
        /// How long it would have to wait.
        wait: std::time::Duration,
    },
    /// A file may not be uploaded: its size or its kind is not what the endpoint takes.
    #[error("the file is refused")]
    Media(#[source] MediaError),
    /// Fields of one request were sealed to different keys, or to another key than `sealed_by` names.
    #[error("the sealed fields are of different keys: {0} and {1}")]
    TwoSealingKeys(String, String),
    /// The URL of a download is not one that may be signed.
    #[error("the download URL is refused: {0}")]
    DownloadUrl(&'static str),
    /// A download from a host that is not on the list; signing for it would hand out a valid signature.
    #[error("the host {0} is not on the list of download hosts")]
    ForeignHost(String),
}
