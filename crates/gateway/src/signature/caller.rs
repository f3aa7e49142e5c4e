//! Callers and their public keys. A key is parsed once per certificate text.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_apiv3::key::PublicKey;
use quan_model::ids::{BrandId, Mchid, Principal};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::Platform;
use quan_platform::error::{Error, StoreError};
use quan_platform::work::View;

/// Parsed keys kept; beyond it the cache starts anew. One merchant has at most three certificates.
const KEYS_MAX: usize = 10_000;

/// Who made the request, proved by its signature.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// With which of our keys the answer is verified.
    pub(crate) verification_mode: VerificationMode,
}

/// Parsed public keys by certificate text, so that a replaced certificate is never mistaken for the old one.
#[derive(Default)]
pub(crate) struct CallerKeys {
    by_certificate: RwLock<HashMap<String, PublicKey>>,
}

/// A caller's certificate, found.
pub(crate) struct FoundKey {
    pub(crate) principal: Principal,
    pub(crate) key: PublicKey,
    pub(crate) verification_mode: VerificationMode,
}

impl CallerKeys {
    /// The key that an Authorization header names; nothing when identity or serial number are unknown, or the
    /// certificate is expired or revoked. A caller may have several at once.
    pub(crate) async fn find(
        &self,
        platform: &Platform,
        authorization: &Authorization,
        now: Time,
    ) -> Result<Option<FoundKey>, Error> {
        let principal = match authorization.scheme {
            Scheme::Merchant => Mchid::parse(authorization.identity.as_str()).map(Principal::Merchant),
            Scheme::Brand => BrandId::parse(authorization.identity.as_str()).map(Principal::Brand),
        };
        let Ok(principal) = principal else { return Ok(None) };
        let serial_no = normalise_serial(&authorization.serial_no);
        let of = principal.clone();
        let look = move |view: &View<'_>| {
            let found = view.store.certificate(&of, &serial_no)?;
            let mode = match &of {
                Principal::Merchant(mchid) => {
                    view.store.merchant(mchid)?.map(|found| found.verification_mode)
                }
                Principal::Brand(_) => Some(VerificationMode::PublicKey),
            };
            Ok(found.zip(mode))
        };
        let Some((certificate, verification_mode)) = platform.read::<_, Error>(look).await? else {
            return Ok(None);
        };
        if !certificate.is_active_at(now) {
            return Ok(None);
        }
        let key = self.parsed(&certificate.pem)?;
        Ok(Some(FoundKey { principal, key, verification_mode }))
    }

    fn parsed(&self, pem: &str) -> Result<PublicKey, Error> {
        if let Some(key) = self.by_certificate.read().unwrap_or_else(PoisonError::into_inner).get(pem) {
            return Ok(key.clone());
        }
        let certificate =
            Certificate::from_pem(pem).map_err(|cause| StoreError::backend("read a certificate", cause))?;
        let mut known = self.by_certificate.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEYS_MAX {
            known.clear();
        }
        known.insert(pem.to_owned(), certificate.public_key.clone());
        Ok(certificate.public_key)
    }
}
