//! Callers and their public keys. A key is parsed once per certificate text. A caller is looked up once until a party
//! changes, where the store can tell; elsewhere once for all of its calls that wait at the same time.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_apiv3::key::PublicKey;
use quan_model::ids::{BrandId, Mchid, Principal};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::Platform;
use quan_platform::caller_certificates::CallerCertificate;
use quan_platform::error::{Error, StoreError};
use quan_platform::work::View;

use crate::signature::shared_look::SharedLooks;

/// Parsed keys kept; beyond it the cache starts anew. One merchant has at most three certificates.
const KEYS_MAX: usize = 10_000;

/// Who made the request, proved by its signature.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    /// With which of our keys the answer is verified.
    pub(crate) verification_mode: VerificationMode,
}

/// What is known of callers.
#[derive(Default)]
pub(crate) struct CallerKeys {
    /// Parsed public keys by certificate text, so that a replaced certificate is never mistaken for the old one.
    by_certificate: RwLock<HashMap<String, PublicKey>>,
    /// What was found by identity and serial number, with the version of the parties that was asked for before.
    found: RwLock<HashMap<Name, (u64, Found)>>,
    /// Where the store cannot tell whether the parties have changed.
    looks: SharedLooks<Name, Result<Option<(CallerCertificate, VerificationMode)>, Failed>>,
}

/// A caller and the serial number of one of its certificates.
type Name = (Principal, String);

/// A look that many wait for failed; its error is told to the log.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the caller could not be looked up")]
struct Failed;

/// What the store says of a caller and one of its certificates.
#[derive(Clone)]
struct Found {
    certificate: CallerCertificate,
    key: PublicKey,
    verification_mode: VerificationMode,
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
        let name = (principal, normalise_serial(&authorization.serial_no));
        // Asked for before the look, so that what changes meanwhile is looked at again.
        let version = platform.parties_version();
        if let Some(known) = version.and_then(|version| self.known(&name, version, now)) {
            return Ok(Some(known));
        }
        let looked_up = match version {
            Some(_) => look_up(platform, &name).await?,
            None => self.look_up_together(platform, &name).await?,
        };
        let Some((certificate, verification_mode)) = looked_up else { return Ok(None) };
        let key = self.parsed(&certificate.pem)?;
        let found = Found { certificate, key, verification_mode };
        let key = found.at(now);
        if let Some(version) = version {
            let mut known = self.found.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KEYS_MAX {
                known.clear();
            }
            known.insert(name, (version, found));
        }
        Ok(key)
    }

    /// What was found under this version of the parties, if it may sign now.
    fn known(&self, name: &Name, version: u64, now: Time) -> Option<FoundKey> {
        let known = self.found.read().unwrap_or_else(PoisonError::into_inner);
        let (_, found) = known.get(name).filter(|(under, _)| *under == version)?;
        found.at(now)
    }

    async fn look_up_together(
        &self,
        platform: &Platform,
        name: &Name,
    ) -> Result<Option<(CallerCertificate, VerificationMode)>, Error> {
        let (platform, asked) = (platform.clone(), name.clone());
        let look = move || {
            let (platform, asked) = (platform.clone(), asked.clone());
            async move {
                look_up(&platform, &asked).await.map_err(|error| {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "a caller could not be looked up"
                    );
                    Failed
                })
            }
        };
        let found = self.looks.find(name.clone(), look).await.unwrap_or(Err(Failed));
        Ok(found.map_err(|failed| StoreError::backend("look a caller up", failed))?)
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

/// What the store says of a caller.
async fn look_up(
    platform: &Platform,
    (principal, serial_no): &Name,
) -> Result<Option<(CallerCertificate, VerificationMode)>, Error> {
    let (of, serial_no) = (principal.clone(), serial_no.clone());
    let look = move |view: &View<'_>| {
        let found = view.store.certificate(&of, &serial_no)?;
        let mode = match &of {
            Principal::Merchant(mchid) => view.store.merchant(mchid)?.map(|found| found.verification_mode),
            Principal::Brand(_) => Some(VerificationMode::PublicKey),
        };
        Ok(found.zip(mode))
    };
    platform.read::<_, Error>(look).await
}

impl Found {
    /// The key, unless its certificate is expired or revoked by now.
    fn at(&self, now: Time) -> Option<FoundKey> {
        self.certificate.is_active_at(now).then(|| FoundKey {
            principal: self.certificate.principal.clone(),
            key: self.key.clone(),
            verification_mode: self.verification_mode,
        })
    }
}
