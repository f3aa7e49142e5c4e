//! Who takes part, for the settings of the console. Secrets go in, or are made here and shown once; none is read back.

use quan_model::entropy;
use quan_model::ids::{Appid, BrandId, Mchid, Principal, StoreId};
use quan_model::verification::VerificationMode;
use quan_store::parties::{Brand, Merchant};
pub use quan_store::parties::{CallerCertificate, Grant};
use serde_json::json;

use crate::caller_certificates::{CertificateError, add_certificate, revoke_certificate};
use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::work::{View, Work};
use crate::{authorisation, notify_config, verification_mode};

/// Stores of one brand that are listed.
const STORES_MAX: usize = 500;
/// Characters of an APIv3 key (wire-protocol 4.1).
const KEY_CHARS: usize = 32;

/// A merchant or a brand, without its secret.
#[derive(Clone, Debug)]
pub struct PartySeen {
    /// Who it is.
    pub principal: Principal,
    /// For people.
    pub name: String,
    /// Whether it has a key for notifications.
    pub has_key: bool,
    /// With which keys a merchant verifies.
    pub verification_mode: Option<VerificationMode>,
    /// Where its notifications go.
    pub notify_url: Option<String>,
    /// Its certificates.
    pub certificates: Vec<CallerCertificate>,
    /// Appids bound to it.
    pub appids: Vec<Appid>,
    /// Of a brand: its open stores.
    pub stores: Vec<StoreId>,
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct PartiesSeen {
    /// Merchants, then brands.
    pub parties: Vec<PartySeen>,
    /// Every authorisation that was ever given.
    pub authorisations: Vec<(BrandId, Mchid, Grant)>,
}

/// Reads everybody.
///
/// # Errors
/// When the store fails.
pub fn parties(view: &View<'_>) -> Result<PartiesSeen, ConsoleError> {
    let mut parties = Vec::new();
    let bindings = view.store.appid_bindings()?;
    let seen =
        |principal: Principal, name: String, has_key, mode, stores| -> Result<PartySeen, ConsoleError> {
            let appids = bindings
                .iter()
                .filter(|(_, owner)| *owner == principal)
                .map(|(appid, _)| appid.clone())
                .collect();
            Ok(PartySeen {
                name,
                has_key,
                verification_mode: mode,
                notify_url: view.store.notify_url(&principal)?.map(|found| found.url),
                certificates: view.store.certificates(&principal)?,
                appids,
                stores,
                principal,
            })
        };
    for merchant in view.store.merchants()? {
        let mode = Some(merchant.verification_mode);
        let principal = Principal::Merchant(merchant.mchid);
        parties.push(seen(principal, merchant.name, merchant.apiv3_key.is_some(), mode, Vec::new())?);
    }
    for brand in view.store.brands()? {
        let stores = view.store.open_stores(&brand.brand_id, STORES_MAX)?;
        parties.push(seen(
            Principal::Brand(brand.brand_id),
            brand.name,
            brand.api_key.is_some(),
            None,
            stores,
        )?);
    }
    Ok(PartiesSeen { parties, authorisations: view.store.authorisations()? })
}

fn admin(by: &Operator) -> Result<(), ConsoleError> {
    by.ensure(Role::Admin)
}

/// Refuses a party that was never added: nothing is kept for somebody who does not take part.
fn known(work: &Work<'_>, who: &Principal) -> Result<(), ConsoleError> {
    let is_known = match who {
        Principal::Merchant(mchid) => work.store.merchant(mchid)?.is_some(),
        Principal::Brand(brand_id) => work.store.brand(brand_id)?.is_some(),
    };
    if is_known { Ok(()) } else { Err(ConsoleError::Unknown("party")) }
}

/// Sets with which of the platform's keys a merchant verifies.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn set_verification_mode(
    work: &mut Work<'_>,
    by: &Operator,
    mchid: &Mchid,
    mode: VerificationMode,
) -> Result<(), ConsoleError> {
    admin(by)?;
    let merchant = work.store.merchant(mchid)?.ok_or(ConsoleError::Unknown("merchant"))?;
    verification_mode::set(work, mchid, mode)?;
    let before = json!({ "verification_mode": merchant.verification_mode.as_str() });
    let after = json!({ "verification_mode": mode.as_str() });
    let target = Principal::Merchant(mchid.clone()).to_string();
    Ok(audit::note(work, by, "set_verification_mode", &target, None, Some(&before), Some(&after))?)
}

/// Adds a merchant or a brand, or gives one another name.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Form`] for the name.
pub fn name_party(
    work: &mut Work<'_>,
    by: &Operator,
    who: &Principal,
    name: &str,
) -> Result<(), ConsoleError> {
    admin(by)?;
    if name.is_empty() || name.chars().count() > 40 {
        return Err(ConsoleError::Form { field: "name", issue: "1 to 40 characters".to_owned() });
    }
    let before = match who {
        Principal::Merchant(mchid) => {
            let found = work.store.merchant(mchid)?;
            let merchant = found.clone().unwrap_or(Merchant {
                mchid: mchid.clone(),
                name: String::new(),
                apiv3_key: None,
                verification_mode: VerificationMode::default(),
            });
            work.store.put_merchant(&Merchant { name: name.to_owned(), ..merchant })?;
            found.map(|found| found.name)
        }
        Principal::Brand(brand_id) => {
            let found = work.store.brand(brand_id)?;
            let brand = found.clone().unwrap_or(Brand {
                brand_id: brand_id.clone(),
                name: String::new(),
                logo_url: None,
                api_key: None,
            });
            work.store.put_brand(&Brand { name: name.to_owned(), ..brand })?;
            found.map(|found| found.name)
        }
    };
    let (before, after) = (before.map(|name| json!({ "name": name })), json!({ "name": name }));
    Ok(audit::note(work, by, "name_party", &who.to_string(), None, before.as_ref(), Some(&after))?)
}

/// Makes a new APIv3 key for a party; it is shown once. Notifications are sealed with it from now on.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn renew_key(work: &mut Work<'_>, by: &Operator, who: &Principal) -> Result<String, ConsoleError> {
    admin(by)?;
    let key = entropy::text(work.entropy, entropy::ALPHANUMERIC, KEY_CHARS);
    match who {
        Principal::Merchant(mchid) => {
            let merchant = work.store.merchant(mchid)?.ok_or(ConsoleError::Unknown("merchant"))?;
            work.store.put_merchant(&Merchant { apiv3_key: Some(key.clone()), ..merchant })?;
        }
        Principal::Brand(brand_id) => {
            let brand = work.store.brand(brand_id)?.ok_or(ConsoleError::Unknown("brand"))?;
            work.store.put_brand(&Brand { api_key: Some(key.clone()), ..brand })?;
        }
    }
    audit::note(work, by, "renew_apiv3_key", &who.to_string(), None, None, None)?;
    Ok(key)
}

/// Gives or takes back a brand's authorisation of a merchant.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn authorise(
    work: &mut Work<'_>,
    by: &Operator,
    brand_id: &BrandId,
    mchid: &Mchid,
    grant: Grant,
) -> Result<(), ConsoleError> {
    admin(by)?;
    work.store.brand(brand_id)?.ok_or(ConsoleError::Unknown("brand"))?;
    work.store.merchant(mchid)?.ok_or(ConsoleError::Unknown("merchant"))?;
    let before = json!({ "granted": work.store.is_authorised(brand_id, mchid)? });
    authorisation::set(work, brand_id, mchid, grant)?;
    let after = json!({ "granted": grant == Grant::Given });
    let target = format!("brand:{brand_id} mchid:{mchid}");
    Ok(audit::note(work, by, "authorise", &target, None, Some(&before), Some(&after))?)
}

/// Binds an appid to a party, or takes the binding back.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn bind_appid(
    work: &mut Work<'_>,
    by: &Operator,
    who: &Principal,
    appid: &Appid,
    bind: bool,
) -> Result<(), ConsoleError> {
    admin(by)?;
    known(work, who)?;
    if bind {
        work.store.bind_appid(appid, who)?;
    } else {
        work.store.unbind_appid(appid, who)?;
    }
    let (action, after) =
        (if bind { "bind_appid" } else { "unbind_appid" }, json!({ "appid": appid.as_str() }));
    Ok(audit::note(work, by, action, &who.to_string(), None, None, Some(&after))?)
}

/// Opens a store of a brand, or closes it.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn open_store(
    work: &mut Work<'_>,
    by: &Operator,
    brand_id: &BrandId,
    store: &StoreId,
    open: bool,
) -> Result<(), ConsoleError> {
    admin(by)?;
    work.store.brand(brand_id)?.ok_or(ConsoleError::Unknown("brand"))?;
    if open {
        work.store.put_open_store(brand_id, store)?;
    } else {
        work.store.close_store(brand_id, store)?;
    }
    let (action, after) =
        (if open { "open_store" } else { "close_store" }, json!({ "store_id": store.as_str() }));
    Ok(audit::note(work, by, action, &format!("brand:{brand_id}"), None, None, Some(&after))?)
}

/// Sets where the notifications of a party go. The form of the URL was checked.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`].
pub fn set_notify_url(
    work: &mut Work<'_>,
    by: &Operator,
    who: &Principal,
    url: &str,
) -> Result<(), ConsoleError> {
    admin(by)?;
    known(work, who)?;
    let before = work.store.notify_url(who)?.map(|found| json!({ "notify_url": found.url }));
    notify_config::set(work, who, url)?;
    let after = json!({ "notify_url": url });
    Ok(audit::note(work, by, "set_notify_url", &who.to_string(), None, before.as_ref(), Some(&after))?)
}

/// Adds an API certificate of a party.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; [`ConsoleError::Form`] when it cannot be added.
pub fn add_api_certificate(
    work: &mut Work<'_>,
    by: &Operator,
    certificate: &CallerCertificate,
) -> Result<(), ConsoleError> {
    admin(by)?;
    known(work, &certificate.principal)?;
    add_certificate(work, certificate, by.at).map_err(certificate_form)?;
    let after = json!({ "serial_no": certificate.serial_no });
    Ok(audit::note(
        work,
        by,
        "add_certificate",
        &certificate.principal.to_string(),
        None,
        None,
        Some(&after),
    )?)
}

/// Revokes an API certificate of a party, for good.
///
/// # Errors
/// As [`add_api_certificate`].
pub fn revoke_api_certificate(
    work: &mut Work<'_>,
    by: &Operator,
    who: &Principal,
    serial_no: &str,
) -> Result<(), ConsoleError> {
    admin(by)?;
    revoke_certificate(work, who, serial_no, by.at).map_err(certificate_form)?;
    let before = json!({ "serial_no": serial_no });
    Ok(audit::note(work, by, "revoke_certificate", &who.to_string(), None, Some(&before), None)?)
}

fn certificate_form(error: CertificateError) -> ConsoleError {
    match error {
        CertificateError::Failed(error) => ConsoleError::UseCase(error),
        other => ConsoleError::Form { field: "certificate", issue: other.to_string() },
    }
}
