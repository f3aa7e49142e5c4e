//! From a declaration and what stands to the steps between, or to everything that is wrong.

use std::collections::BTreeSet;

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::parties::{Brand, CallerCertificate, Grant, Merchant, PersonId};

use crate::caller_certificates::ACTIVE_CERTIFICATES_MAX;
use crate::parties::{Change, Declared, DeclaredBrand, DeclaredMerchant, PartiesError};

/// Bytes of an APIv3 key.
const APIV3_KEY_BYTES: usize = 32;

/// One write.
pub(super) enum Step {
    Merchant(Merchant),
    Brand(Brand),
    Certificate(CallerCertificate),
    Authorisation(BrandId, Mchid, Grant),
    Appid(Appid, Principal),
    Store(BrandId, StoreId),
    Person(Appid, Openid, PersonId),
}

/// What is to be done.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    pub(super) changes: Vec<Change>,
}

/// A plan in the making.
struct Planning<'p> {
    store: &'p dyn Reader,
    declared: &'p Declared,
    now: Time,
    plan: Plan,
    problems: Vec<String>,
}

/// Plans everything, or says everything that is wrong.
pub(super) fn plan(store: &dyn Reader, declared: &Declared, now: Time) -> Result<Plan, PartiesError> {
    let mut planning = Planning { store, declared, now, plan: Plan::default(), problems: Vec::new() };
    planning.repetitions();
    for merchant in &declared.merchants {
        planning.merchant(merchant)?;
    }
    for brand in &declared.brands {
        planning.brand(brand)?;
    }
    for (appid, owner) in &declared.appids {
        planning.appid(appid, owner)?;
    }
    planning.persons()?;
    if planning.problems.is_empty() {
        Ok(planning.plan)
    } else {
        Err(PartiesError::Invalid(planning.problems))
    }
}

impl Planning<'_> {
    fn step(&mut self, step: Step, what: String, change: impl Into<String>) {
        self.plan.steps.push(step);
        self.plan.changes.push(Change { what, change: change.into() });
    }

    /// Nobody may be declared twice: the second would silently win. Openids are not named: they are people.
    fn repetitions(&mut self) {
        let mut seen = BTreeSet::new();
        let merchants = self.declared.merchants.iter().map(|merchant| format!("merchant {}", merchant.mchid));
        let brands = self.declared.brands.iter().map(|brand| format!("brand {}", brand.brand_id));
        for party in merchants.chain(brands) {
            if !seen.insert(party.clone()) {
                self.problems.push(format!("{party} is declared twice"));
            }
        }
        let mut people = BTreeSet::new();
        for (appid, openid, person) in &self.declared.persons {
            if !people.insert((appid.as_str(), openid.as_str())) {
                self.problems.push(format!("person {person}: an openid of appid {appid} is declared twice"));
            }
        }
    }

    fn merchant(&mut self, declared: &DeclaredMerchant) -> Result<(), StoreError> {
        let what = format!("merchant {}", declared.mchid);
        self.key(&what, declared.apiv3_key.as_deref());
        let there = self.store.merchant(&declared.mchid)?;
        let former = there.as_ref();
        let merchant = Merchant {
            mchid: declared.mchid.clone(),
            name: declared.name.clone(),
            apiv3_key: declared
                .apiv3_key
                .clone()
                .or_else(|| former.and_then(|there| there.apiv3_key.clone())),
            verification_mode: declared
                .verification_mode
                .or_else(|| former.map(|there| there.verification_mode))
                .unwrap_or_default(),
        };
        match former {
            None => self.step(Step::Merchant(merchant), what.clone(), "added"),
            Some(there) => {
                let changed = changed(&[
                    ("name", there.name != merchant.name),
                    ("apiv3_key", there.apiv3_key != merchant.apiv3_key),
                    ("verification_mode", there.verification_mode != merchant.verification_mode),
                ]);
                if let Some(changed) = changed {
                    self.step(Step::Merchant(merchant), what.clone(), changed);
                }
            }
        }
        self.certificates(&what, &Principal::Merchant(declared.mchid.clone()), &declared.certificates)
    }

    fn brand(&mut self, declared: &DeclaredBrand) -> Result<(), StoreError> {
        let what = format!("brand {}", declared.brand_id);
        self.key(&what, declared.apiv3_key.as_deref());
        let there = self.store.brand(&declared.brand_id)?;
        let former = there.as_ref();
        let brand = Brand {
            brand_id: declared.brand_id.clone(),
            name: declared.name.clone(),
            logo_url: declared.logo_url.clone().or_else(|| former.and_then(|there| there.logo_url.clone())),
            api_key: declared.apiv3_key.clone().or_else(|| former.and_then(|there| there.api_key.clone())),
        };
        match former {
            None => self.step(Step::Brand(brand), what.clone(), "added"),
            Some(there) => {
                let changed = changed(&[
                    ("name", there.name != brand.name),
                    ("logo_url", there.logo_url != brand.logo_url),
                    ("apiv3_key", there.api_key != brand.api_key),
                ]);
                if let Some(changed) = changed {
                    self.step(Step::Brand(brand), what.clone(), changed);
                }
            }
        }
        self.certificates(&what, &Principal::Brand(declared.brand_id.clone()), &declared.certificates)?;
        for store in &declared.stores {
            if !self.store.is_open_store(&declared.brand_id, store)? {
                let step = Step::Store(declared.brand_id.clone(), store.clone());
                self.step(step, format!("store {store} of {what}"), "added");
            }
        }
        self.authorisations(declared)
    }

    fn authorisations(&mut self, declared: &DeclaredBrand) -> Result<(), StoreError> {
        let brand_id = &declared.brand_id;
        for (mchids, grant) in [(&declared.authorised, Grant::Given), (&declared.withdrawn, Grant::Withdrawn)]
        {
            for mchid in mchids {
                let what = format!("authorisation of merchant {mchid} by brand {brand_id}");
                if grant == Grant::Given && declared.withdrawn.contains(mchid) {
                    self.problems.push(format!("{what} is both given and withdrawn"));
                }
                if !self.is_merchant(mchid)? {
                    self.problems.push(format!("{what}: there is no such merchant; declare it too"));
                }
                let is_given = self.store.is_authorised(brand_id, mchid)?;
                let change = match (grant, is_given) {
                    (Grant::Given, false) => "given",
                    (Grant::Withdrawn, true) => "withdrawn",
                    (Grant::Given, true) | (Grant::Withdrawn, false) => continue,
                };
                self.step(Step::Authorisation(brand_id.clone(), mchid.clone(), grant), what, change);
            }
        }
        Ok(())
    }

    fn certificates(
        &mut self,
        what: &str,
        principal: &Principal,
        declared: &[CallerCertificate],
    ) -> Result<(), StoreError> {
        let there = self.store.certificates(principal)?;
        let mut active = there.iter().filter(|there| there.is_active_at(self.now)).count();
        let mut seen = BTreeSet::new();
        for certificate in declared {
            let serial = &certificate.serial_no;
            if !seen.insert(serial) {
                self.problems.push(format!("{what}: certificate {serial} is declared twice"));
                continue;
            }
            if there.iter().any(|there| there == certificate) {
                continue;
            }
            if there.iter().any(|there| there.serial_no == *serial) {
                self.problems.push(format!(
                    "{what}: certificate {serial} is in use with another text, or was revoked"
                ));
            } else if certificate.is_active_at(self.now) {
                active += 1;
                let step = Step::Certificate(certificate.clone());
                self.step(step, format!("certificate {serial} of {what}"), "added");
            } else {
                self.problems.push(format!("{what}: certificate {serial} has expired"));
            }
        }
        if active > ACTIVE_CERTIFICATES_MAX {
            let max = ACTIVE_CERTIFICATES_MAX;
            self.problems.push(format!(
                "{what}: {active} certificates would be active, more than {max}: revoke one first"
            ));
        }
        Ok(())
    }

    fn appid(&mut self, appid: &Appid, owner: &Principal) -> Result<(), StoreError> {
        let is_known = match owner {
            Principal::Merchant(mchid) => self.is_merchant(mchid)?,
            Principal::Brand(brand_id) => {
                self.declared.brands.iter().any(|brand| brand.brand_id == *brand_id)
                    || self.store.brand(brand_id)?.is_some()
            }
        };
        if !is_known {
            self.problems.push(format!("appid {appid}: there is no {owner}; declare it too"));
        }
        if !self.store.is_appid_bound(appid, owner)? {
            self.step(
                Step::Appid(appid.clone(), owner.clone()),
                format!("appid {appid}"),
                format!("bound to {owner}"),
            );
        }
        Ok(())
    }

    /// Openids are counted, not named.
    fn persons(&mut self) -> Result<(), StoreError> {
        let mut added = 0_usize;
        for (appid, openid, person) in &self.declared.persons {
            if self.store.person(appid, openid)?.as_ref() != Some(person) {
                self.plan.steps.push(Step::Person(appid.clone(), openid.clone(), person.clone()));
                added += 1;
            }
        }
        if added > 0 {
            self.plan
                .changes
                .push(Change { what: "persons".to_owned(), change: format!("{added} openids set") });
        }
        Ok(())
    }

    fn is_merchant(&self, mchid: &Mchid) -> Result<bool, StoreError> {
        let is_declared = self.declared.merchants.iter().any(|merchant| merchant.mchid == *mchid);
        Ok(is_declared || self.store.merchant(mchid)?.is_some())
    }

    fn key(&mut self, what: &str, key: Option<&str>) {
        if key.is_some_and(|key| key.len() != APIV3_KEY_BYTES) {
            self.problems.push(format!("{what}: apiv3_key should have {APIV3_KEY_BYTES} bytes"));
        }
    }
}

/// `changed: …` with the names of what differs; nothing when nothing does.
fn changed(members: &[(&str, bool)]) -> Option<String> {
    let names: Vec<&str> = members.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
    (!names.is_empty()).then(|| format!("changed: {}", names.join(", ")))
}
