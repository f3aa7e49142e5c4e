//! GET /_quan/parties shows who takes part; POST /_quan/parties applies a declaration, or with `?dry_run=true` says
//! what it would change. Secrets go in and never come out.

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::caller_certificates::CallerCertificate;
use quan_platform::parties::{self, Change, Declared, DeclaredBrand, DeclaredMerchant, PartiesError, Roster};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::admin::{authorised, failed, wrong_body};
use crate::answer;
use crate::state::Gateway;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    merchants: Vec<WrittenMerchant>,
    #[serde(default)]
    brands: Vec<WrittenBrand>,
    #[serde(default)]
    appids: Vec<WrittenAppid>,
    #[serde(default)]
    persons: Vec<WrittenPerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMerchant {
    mchid: String,
    name: String,
    apiv3_key: Option<String>,
    verification_mode: Option<VerificationMode>,
    /// In PEM.
    #[serde(default)]
    certificates: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenBrand {
    brand_id: String,
    name: String,
    logo_url: Option<String>,
    apiv3_key: Option<String>,
    /// In PEM.
    #[serde(default)]
    certificates: Vec<String>,
    /// mchids.
    #[serde(default)]
    authorised: Vec<String>,
    /// mchids.
    #[serde(default)]
    withdrawn: Vec<String>,
    #[serde(default)]
    stores: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAppid {
    appid: String,
    /// `mchid:…` or `brand:…`.
    owners: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPerson {
    /// Any text, the same for all openids of one person.
    person: String,
    openids: Vec<WrittenOpenid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOpenid {
    appid: String,
    openid: String,
}

pub(crate) async fn apply(
    State(gateway): State<Gateway>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    let mut reading = serde_json::Deserializer::from_slice(&body);
    let written: Written = match serde_path_to_error::deserialize(&mut reading) {
        Ok(written) => written,
        Err(error) => return wrong_body(&format!("{}: {}", error.path(), error.inner())),
    };
    let declared = match declared(written) {
        Ok(declared) => declared,
        Err(problems) => return invalid(&problems),
    };
    let now = gateway.wire_clock.now();
    let done = match query.as_deref() {
        None | Some("dry_run=false") => {
            gateway.platform.write(move |work| parties::apply(work, &declared, now)).await
        }
        Some("dry_run=true") => {
            gateway.platform.read(move |view| parties::rehearse(view, &declared, now)).await
        }
        Some(_) => return wrong_body("the query may be dry_run=true"),
    };
    match done {
        Ok(changes) => changed(&changes),
        Err(PartiesError::Invalid(problems)) => invalid(&problems),
        Err(PartiesError::Failed(error)) => failed(&error),
    }
}

pub(crate) async fn show(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    if let Err(refused) = authorised(&gateway, &headers) {
        return refused.into_response();
    }
    match gateway.platform.read::<_, quan_platform::Error>(parties::show).await {
        Ok((roster, certificates)) => answer::json(StatusCode::OK, &shown(&roster, &certificates)),
        Err(error) => failed(&error),
    }
}

fn changed(changes: &[Change]) -> Response {
    answer::json(StatusCode::OK, &json!({ "changes": changes }))
}

fn invalid(problems: &[String]) -> Response {
    let message = "nothing was changed";
    let body = json!({ "code": "PARAM_ERROR", "message": message, "problems": problems });
    answer::json(StatusCode::BAD_REQUEST, &body)
}

/// Ids, words and certificates of a declaration, or everything that is wrong with them.
fn declared(written: Written) -> Result<Declared, Vec<String>> {
    let mut problems = Problems::default();
    let mut declared = Declared::default();
    for (at, merchant) in written.merchants.into_iter().enumerate() {
        declared.merchants.extend(problems.merchant(&format!("merchants[{at}]"), merchant));
    }
    for (at, brand) in written.brands.into_iter().enumerate() {
        declared.brands.extend(problems.brand(&format!("brands[{at}]"), brand));
    }
    for (at, written) in written.appids.iter().enumerate() {
        let appid = problems.parsed::<Appid>(&format!("appids[{at}].appid"), &written.appid);
        let owners = problems.all::<Principal>(&format!("appids[{at}].owners"), &written.owners);
        declared
            .appids
            .extend(appid.iter().flat_map(|appid| owners.iter().map(|owner| (appid.clone(), owner.clone()))));
    }
    for (at, written) in written.persons.into_iter().enumerate() {
        if written.person.is_empty() || written.person.len() > 128 {
            problems.0.push(format!("persons[{at}].person should have 1 to 128 bytes"));
        }
        problems.visible(&format!("persons[{at}].person"), Some(&written.person));
        for (index, openid) in written.openids.into_iter().enumerate() {
            let place = format!("persons[{at}].openids[{index}]");
            let appid = problems.parsed::<Appid>(&format!("{place}.appid"), &openid.appid);
            let openid = problems.parsed::<Openid>(&format!("{place}.openid"), &openid.openid);
            let pair = appid.zip(openid);
            declared.persons.extend(pair.map(|(appid, openid)| (appid, openid, written.person.clone())));
        }
    }
    if problems.0.is_empty() { Ok(declared) } else { Err(problems.0) }
}

#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, place: &str, text: &str) -> Option<T> {
        text.parse().map_err(|error| self.0.push(format!("{place}: {error}"))).ok()
    }

    fn all<T: std::str::FromStr<Err: std::fmt::Display>>(&mut self, place: &str, texts: &[String]) -> Vec<T> {
        let texts = texts.iter().enumerate();
        texts.filter_map(|(at, text)| self.parsed(&format!("{place}[{at}]"), text)).collect()
    }

    fn name(&mut self, place: &str, name: &str) {
        if name.is_empty() || name.chars().count() > 128 {
            self.0.push(format!("{place}.name should have 1 to 128 characters"));
        }
        self.visible(&format!("{place}.name"), Some(name));
    }

    /// Among the others is U+0000, which not every store can keep.
    fn visible(&mut self, place: &str, text: Option<&str>) {
        if text.is_some_and(|text| text.chars().any(char::is_control)) {
            self.0.push(format!("{place} should have no control characters"));
        }
    }

    fn merchant(&mut self, place: &str, written: WrittenMerchant) -> Option<DeclaredMerchant> {
        self.name(place, &written.name);
        self.visible(&format!("{place}.apiv3_key"), written.apiv3_key.as_deref());
        let mchid: Mchid = self.parsed(&format!("{place}.mchid"), &written.mchid)?;
        let certificates =
            self.certificates(place, &Principal::Merchant(mchid.clone()), &written.certificates);
        Some(DeclaredMerchant {
            mchid,
            name: written.name,
            apiv3_key: written.apiv3_key,
            verification_mode: written.verification_mode,
            certificates,
        })
    }

    fn brand(&mut self, place: &str, written: WrittenBrand) -> Option<DeclaredBrand> {
        self.name(place, &written.name);
        let (authorised, withdrawn) = (
            self.all(&format!("{place}.authorised"), &written.authorised),
            self.all(&format!("{place}.withdrawn"), &written.withdrawn),
        );
        let stores = self.all(&format!("{place}.stores"), &written.stores);
        self.visible(&format!("{place}.apiv3_key"), written.apiv3_key.as_deref());
        self.visible(&format!("{place}.logo_url"), written.logo_url.as_deref());
        let brand_id: BrandId = self.parsed(&format!("{place}.brand_id"), &written.brand_id)?;
        let certificates =
            self.certificates(place, &Principal::Brand(brand_id.clone()), &written.certificates);
        Some(DeclaredBrand {
            brand_id,
            name: written.name,
            logo_url: written.logo_url,
            apiv3_key: written.apiv3_key,
            certificates,
            authorised,
            withdrawn,
            stores,
        })
    }

    fn certificates(
        &mut self,
        place: &str,
        principal: &Principal,
        pems: &[String],
    ) -> Vec<CallerCertificate> {
        let mut read = Vec::new();
        for (at, pem) in pems.iter().enumerate() {
            match Certificate::from_pem(pem) {
                Ok(certificate) => read.push(CallerCertificate {
                    principal: principal.clone(),
                    serial_no: normalise_serial(&certificate.serial_no),
                    not_after: Time::from_unix_seconds(certificate.not_after),
                    pem: certificate.pem,
                    revoked_at: None,
                }),
                Err(error) => self.0.push(format!("{place}.certificates[{at}]: {error}")),
            }
        }
        read
    }
}

fn shown(roster: &Roster, certificates: &[CallerCertificate]) -> Value {
    let of = |principal: Principal| {
        let own = certificates.iter().filter(move |certificate| certificate.principal == principal);
        let shown = own.map(|certificate| {
            json!({
                "serial_no": certificate.serial_no,
                "not_after": certificate.not_after,
                "revoked_at": certificate.revoked_at,
            })
        });
        shown.collect::<Vec<_>>()
    };
    let merchants = roster.merchants.iter().map(|merchant| {
        json!({
            "mchid": merchant.mchid,
            "name": merchant.name,
            "has_apiv3_key": merchant.apiv3_key.is_some(),
            "verification_mode": merchant.verification_mode,
            "certificates": of(Principal::Merchant(merchant.mchid.clone())),
        })
    });
    let brands = roster.brands.iter().map(|brand| {
        let authorised = roster.authorisations.iter().filter(|(by, _)| *by == brand.brand_id);
        let stores = roster.stores.iter().filter(|(of, _)| *of == brand.brand_id);
        json!({
            "brand_id": brand.brand_id,
            "name": brand.name,
            "logo_url": brand.logo_url,
            "has_apiv3_key": brand.api_key.is_some(),
            "certificates": of(Principal::Brand(brand.brand_id.clone())),
            "authorised": authorised.map(|(_, mchid)| mchid).collect::<Vec<_>>(),
            "stores": stores.map(|(_, store)| store).collect::<Vec<_>>(),
        })
    });
    let appids =
        roster.appids.iter().map(|(appid, owner)| json!({ "appid": appid, "owner": owner.to_string() }));
    json!({
        "merchants": merchants.collect::<Vec<_>>(),
        "brands": brands.collect::<Vec<_>>(),
        "appids": appids.collect::<Vec<_>>(),
        "persons": roster.persons,
    })
}
