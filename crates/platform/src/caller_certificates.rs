//! The API certificates of a caller: several at once, added before the old one expires, revoked when a key is lost.
//!
//! Certificates are judged by real time, as signatures are, so the time is an argument here and not that of the
//! rules. Knows certificates as texts with a serial number; reading them is for the caller.

use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;
use quan_store::lock::Lock;
pub use quan_store::parties::CallerCertificate;

use crate::error::Error;
use crate::work::Work;

/// How many certificates of one caller may be active at once (wire-protocol 1.7, step 4).
pub const ACTIVE_CERTIFICATES_MAX: usize = 3;

/// Why a certificate was not added or revoked.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// Nobody has this mchid or brand_id.
    #[error("the caller is unknown")]
    UnknownCaller,
    /// [`ACTIVE_CERTIFICATES_MAX`] are active: one must be revoked or expire first.
    #[error("{ACTIVE_CERTIFICATES_MAX} certificates are active already: revoke one first")]
    TooMany,
    /// It could never sign: it has expired.
    #[error("the certificate has expired")]
    Expired,
    /// The serial number is taken by another certificate, or by one that was revoked.
    #[error("the serial number is in use or was revoked")]
    SerialTaken,
    /// The caller has no certificate with this serial number.
    #[error("the caller has no such certificate")]
    UnknownCertificate,
    /// The machinery failed.
    #[error("the certificates could not be changed")]
    Failed(#[source] Error),
}

impl WorkError for CertificateError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(error) => error.conflict(),
            Self::UnknownCaller
            | Self::TooMany
            | Self::Expired
            | Self::SerialTaken
            | Self::UnknownCertificate => None,
        }
    }
}

impl From<Error> for CertificateError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for CertificateError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Adds a certificate. One that is there already and active is left as it is.
///
/// # Errors
/// Every [`CertificateError`] but [`CertificateError::UnknownCertificate`].
pub fn add_certificate(
    work: &mut Work<'_>,
    certificate: &CallerCertificate,
    wire_now: Time,
) -> Result<(), CertificateError> {
    let principal = &certificate.principal;
    // How many there are decides.
    work.store.lock(Lock::Principal(principal))?;
    if !is_known(work.store, principal)? {
        return Err(CertificateError::UnknownCaller);
    }
    if !certificate.is_active_at(wire_now) {
        return Err(CertificateError::Expired);
    }
    let there = work.store.certificates(principal)?;
    if let Some(same) = there.iter().find(|there| there.serial_no == certificate.serial_no) {
        return if same == certificate { Ok(()) } else { Err(CertificateError::SerialTaken) };
    }
    if there.iter().filter(|there| there.is_active_at(wire_now)).count() >= ACTIVE_CERTIFICATES_MAX {
        return Err(CertificateError::TooMany);
    }
    Ok(work.store.put_certificate(certificate)?)
}

/// Revokes a certificate: from this second on it opens nothing. Repeated, it keeps the first time.
///
/// # Errors
/// [`CertificateError::UnknownCertificate`], or a failure of the machinery.
pub fn revoke_certificate(
    work: &mut Work<'_>,
    principal: &Principal,
    serial_no: &str,
    wire_now: Time,
) -> Result<(), CertificateError> {
    // The whole row is written back; whoever revokes first, sets the time.
    work.store.lock(Lock::Principal(principal))?;
    let found = work.store.certificate(principal, serial_no)?;
    let mut certificate = found.ok_or(CertificateError::UnknownCertificate)?;
    if certificate.revoked_at.is_none() {
        certificate.revoked_at = Some(wire_now);
        work.store.put_certificate(&certificate)?;
    }
    Ok(())
}

fn is_known(store: &dyn Reader, principal: &Principal) -> Result<bool, StoreError> {
    Ok(match principal {
        Principal::Merchant(mchid) => store.merchant(mchid)?.is_some(),
        Principal::Brand(brand_id) => store.brand(brand_id)?.is_some(),
    })
}
