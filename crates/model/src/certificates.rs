//! `GET /v3/certificates` 下载平台证书: the rows, each with its certificate sealed (wire-protocol 3.3).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// Associated data of a sealed certificate. Never empty: one SDK skips such rows, two others crash.
pub const ASSOCIATED_DATA_CERTIFICATE: &str = "certificate";

/// The query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListCertificatesQuery {
    /// `RSA`, `SM2` or `ALL`; absent means `RSA`. Only RSA certificates exist.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub algorithm_type: Option<String>,
}

/// The answer. The order of the rows says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificatesResponse {
    /// One row per certificate, the current one and, during a rotation, another.
    pub data: Vec<CertificateRow>,
}

/// One platform certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRow {
    /// Serial number in upper-case hex.
    pub serial_no: String,
    /// First second of its validity.
    pub effective_time: Time,
    /// Last second of its validity.
    pub expire_time: Time,
    /// The certificate, sealed with the APIv3 key of the caller.
    pub encrypt_certificate: EncryptCertificate,
}

/// A sealed certificate; opened, it is PEM text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptCertificate {
    /// [`crate::notification::ALGORITHM`].
    pub algorithm: String,
    /// 12 characters.
    pub nonce: String,
    /// [`ASSOCIATED_DATA_CERTIFICATE`].
    pub associated_data: String,
    /// Base64 of ciphertext and 16-byte tag.
    pub ciphertext: String,
}
