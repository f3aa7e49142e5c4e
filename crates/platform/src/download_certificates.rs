//! download_certificates 下载平台证书: whether a merchant has certificates to download, and with which key they are
//! sealed for it.
//!
//! Which certificates there are is for who holds the platform's keys.

use quan_model::ids::Mchid;
use quan_model::verification::VerificationMode;
use quan_store::error::StoreError;

use crate::error::Error;
use crate::work::View;

/// Why there is nothing to download.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The merchant verifies by the public key only and never had a platform certificate.
    #[error("the merchant has no platform certificate: it verifies by the public key")]
    PublicKeyOnly,
    /// The merchant has set no APIv3 key, so nothing can be sealed for it.
    #[error("the merchant has set no APIv3 key")]
    NoKey,
    /// The machinery failed.
    #[error("the merchant could not be read")]
    Failed(#[source] Error),
}

impl From<Error> for DownloadError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for DownloadError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The APIv3 key with which the certificates are sealed for this merchant.
///
/// # Errors
/// Every [`DownloadError`]. The mode is looked at before the key.
pub fn download_certificates(view: &View<'_>, mchid: &Mchid) -> Result<String, DownloadError> {
    let merchant = view.store.merchant(mchid)?.ok_or(DownloadError::NoKey)?;
    match merchant.verification_mode {
        VerificationMode::PublicKey => Err(DownloadError::PublicKeyOnly),
        VerificationMode::PlatformCertificate | VerificationMode::Both => {
            merchant.apiv3_key.ok_or(DownloadError::NoKey)
        }
    }
}
