//! Errors of content: what came is not what was announced, or does not open.

use quan_apiv3::oaep::OaepError;

/// Why content is not taken for what it should be. No variant quotes the content.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntegrityError {
    /// The digest of a file is not the one that the platform has stated. Nothing of it was kept.
    #[error("the digest of the file is {actual}, not {stated}")]
    HashMismatch {
        /// What the platform has stated, in hex.
        stated: String,
        /// What was received, in hex.
        actual: String,
    },
    /// A file is larger than allowed; of a packed one, what it unpacks to.
    #[error("the file is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: u64,
    },
    /// A packed file is not gzip, or ends in the middle.
    #[error("the file does not unpack as gzip")]
    Gzip,
    /// A sealed field does not open with the caller's private key. The cause says nothing about the
    /// padding.
    #[error("the sealed field does not open")]
    Sealed(#[source] OaepError),
    /// The credential signs elsewhere, so there is no private key to open a field with.
    #[error("there is no private key in this process to open the field with")]
    NoPrivateKey,
}
