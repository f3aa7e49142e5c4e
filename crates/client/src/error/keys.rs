//! Errors of the platform's keys: there is none to verify with, and none could be fetched.

use quan_apiv3::aead::AeadError;
use quan_apiv3::certificate::CertificateError;

use super::{Code, DecodeReason, Error, KeyError};

/// Why there is no usable verification key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// Every certificate has expired, and none are downloaded by this client.
    #[error("no key of the platform is valid now")]
    NoValidKey,
    /// This merchant has no platform certificates. Take the public key (`pub_key.pem`) and its id
    /// (`PUB_KEY_ID_…`) from the merchant console and give both to `.trust(PublicKey::new(…))`.
    #[error(
        "this merchant is in public-key mode: configure the public key id (PUB_KEY_ID_…) and the \
         public key file (pub_key.pem) of the merchant console"
    )]
    PublicKeyModeRequired,
    /// `GET /v3/certificates` has failed.
    #[error("the certificates could not be downloaded")]
    Download(#[source] Box<Error>),
    /// The downloaded list is not one that can be trusted.
    #[error("the list of certificates is refused")]
    List(#[source] CertificateListError),
}

/// What is wrong with a downloaded list of certificates.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateListError {
    /// It is not the JSON of such a list.
    #[error("the list is not of the expected shape")]
    Shape(#[source] DecodeReason),
    /// Sealed with another algorithm than `AEAD_AES_256_GCM`.
    #[error("the algorithm {0} is not supported")]
    Algorithm(String),
    /// No APIv3 key was configured to open it with.
    #[error("no APIv3 key is configured")]
    NoApiV3Key,
    /// None of the APIv3 keys opens an entry: a wrong key, or a list that somebody has changed.
    #[error("the entry {serial_no} cannot be opened with any of the APIv3 keys")]
    Sealed {
        /// The serial that the list states.
        serial_no: String,
        /// The last refusal.
        #[source]
        cause: AeadError,
    },
    /// An entry holds no acceptable certificate.
    #[error("the entry {serial_no} holds no acceptable certificate")]
    Certificate {
        /// The serial that the list states.
        serial_no: String,
        /// What it holds instead.
        #[source]
        cause: CertificateError,
    },
    /// An entry holds another certificate than the list states.
    #[error("the entry {stated} holds the certificate {actual}")]
    SerialMismatch {
        /// The serial that the list states.
        stated: String,
        /// The serial of the certificate.
        actual: String,
    },
    /// No certificate of the list is valid now.
    #[error("none of {rows} certificates is valid now")]
    NoneValid {
        /// How many there are.
        rows: usize,
    },
    /// A certificate contradicts a key that is trusted already.
    #[error("the list contradicts the keys that are trusted")]
    Conflict(#[source] KeyError),
}

impl KeysError {
    /// What the failure of the download means.
    pub(crate) fn from_download(error: Error) -> std::sync::Arc<Self> {
        match error {
            Error::Keys { reason, .. } => reason,
            Error::Api(api)
                if matches!(api.status.as_u16(), 403 | 404)
                    && matches!(api.code, Code::ResourceNotExists | Code::NotFound | Code::NoAuth) =>
            {
                Self::PublicKeyModeRequired.into()
            }
            other => Self::Download(Box::new(other)).into(),
        }
    }
}
