//! Who takes part, as an operator declares it: merchants, brands, their certificates and authorisations, appids,
//! stores and people.
//!
//! A declaration is looked at as a whole before anything is written; what it does not mention stays as it is, and
//! applied twice it changes nothing the second time. Certificates are judged by real time, as signatures are.

mod plan;

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::lane::WorkError;
use quan_store::lock::Lock;
pub use quan_store::operations::Roster;
use quan_store::parties::{CallerCertificate, PersonId};
use serde::Serialize;

use crate::authorisation;
use crate::error::Error;
use crate::parties::plan::{Step, plan};
use crate::work::{View, Work};

/// What an operator declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Merchants and service providers.
    pub merchants: Vec<DeclaredMerchant>,
    /// Brands.
    pub brands: Vec<DeclaredBrand>,
    /// Whose appids these are.
    pub appids: Vec<(Appid, Principal)>,
    /// Which openids are one person.
    pub persons: Vec<(Appid, Openid, PersonId)>,
}

/// A merchant as declared; what is absent stays as it is.
#[derive(Clone)]
pub struct DeclaredMerchant {
    /// Its number.
    pub mchid: Mchid,
    /// For people.
    pub name: String,
    /// 32 bytes.
    pub apiv3_key: Option<String>,
    /// With which of the platform's keys it verifies; BOTH for a new one.
    pub verification_mode: Option<VerificationMode>,
    /// Its API certificates; further ones that it has stay.
    pub certificates: Vec<CallerCertificate>,
}

/// A brand as declared; what is absent stays as it is.
#[derive(Clone)]
pub struct DeclaredBrand {
    /// Its number.
    pub brand_id: BrandId,
    /// Shown to users.
    pub name: String,
    /// Shown to users.
    pub logo_url: Option<String>,
    /// 32 bytes.
    pub apiv3_key: Option<String>,
    /// Its API certificates; further ones that it has stay.
    pub certificates: Vec<CallerCertificate>,
    /// Merchants that it authorises.
    pub authorised: Vec<Mchid>,
    /// Merchants whose authorisation it takes back.
    pub withdrawn: Vec<Mchid>,
    /// Its open stores.
    pub stores: Vec<StoreId>,
}

macro_rules! hide_keys {
    ($($shape:ident by $id:ident)+) => {
        $(impl std::fmt::Debug for $shape {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($shape)).field(stringify!($id), &self.$id).finish_non_exhaustive()
            }
        })+
    };
}
hide_keys! { DeclaredMerchant by mchid DeclaredBrand by brand_id }

/// What a declaration changes, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Such as `merchant 1900000001`.
    pub what: String,
    /// Such as `added` or `changed: name, apiv3_key`.
    pub change: String,
}

/// Why a declaration was not applied; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum PartiesError {
    /// Everything that is wrong with it.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// The machinery failed.
    #[error("the parties could not be changed")]
    Failed(#[source] Error),
}

impl WorkError for PartiesError {
    fn conflict(&self) -> Option<&StoreError> {
        match self {
            Self::Failed(error) => error.conflict(),
            Self::Invalid(_) => None,
        }
    }
}

impl From<Error> for PartiesError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for PartiesError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Applies a declaration and says what it changed.
///
/// # Errors
/// [`PartiesError`].
pub fn apply(work: &mut Work<'_>, declared: &Declared, wire_now: Time) -> Result<Vec<Change>, PartiesError> {
    // In one order, so that two declarations at once wait for each other instead of for both.
    let merchants = declared.merchants.iter().map(|merchant| Principal::Merchant(merchant.mchid.clone()));
    let brands = declared.brands.iter().map(|brand| Principal::Brand(brand.brand_id.clone()));
    let mut principals: Vec<Principal> = merchants.chain(brands).collect();
    principals.sort_by_key(ToString::to_string);
    for principal in &principals {
        work.store.lock(Lock::Principal(principal))?;
    }
    let planned = plan(work.store, declared, wire_now)?;
    for step in planned.steps {
        match step {
            Step::Merchant(merchant) => work.store.put_merchant(&merchant)?,
            Step::Brand(brand) => work.store.put_brand(&brand)?,
            Step::Certificate(certificate) => work.store.put_certificate(&certificate)?,
            Step::Authorisation(brand_id, mchid, grant) => {
                authorisation::set(work, &brand_id, &mchid, grant)?;
            }
            Step::Appid(appid, owner) => work.store.bind_appid(&appid, &owner)?,
            Step::Store(brand_id, store) => work.store.put_open_store(&brand_id, &store)?,
            Step::Person(appid, openid, person) => work.store.put_person(&appid, &openid, &person)?,
        }
    }
    Ok(planned.changes)
}

/// What a declaration would change now.
///
/// # Errors
/// [`PartiesError`].
pub fn rehearse(view: &View<'_>, declared: &Declared, wire_now: Time) -> Result<Vec<Change>, PartiesError> {
    Ok(plan(view.store, declared, wire_now)?.changes)
}

/// Everybody who takes part, with the certificates of each.
///
/// # Errors
/// Only when the store fails.
pub fn show(view: &View<'_>) -> Result<(Roster, Vec<CallerCertificate>), Error> {
    let roster = view.store.roster()?;
    let certificates = certificates(view.store, &roster)?;
    Ok((roster, certificates))
}

fn certificates(store: &dyn Reader, roster: &Roster) -> Result<Vec<CallerCertificate>, StoreError> {
    let merchants = roster.merchants.iter().map(|merchant| Principal::Merchant(merchant.mchid.clone()));
    let brands = roster.brands.iter().map(|brand| Principal::Brand(brand.brand_id.clone()));
    let mut certificates = Vec::new();
    for principal in merchants.chain(brands) {
        certificates.extend(store.certificates(&principal)?);
    }
    Ok(certificates)
}
