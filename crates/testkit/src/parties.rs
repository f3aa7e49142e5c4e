//! Who takes part in every test: two merchants, two brands, appids, users, a store.

use quan_apiv3::certificate::normalise_serial;
use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_store::backend::UnitOfWork;
use quan_store::error::StoreError;
use quan_store::parties::{Brand, CallerCertificate, Grant, Merchant, TokenKey};

use crate::actor::{Actor, apiv3_key_text};

/// The merchant; authorised by both brands.
pub const MCHID: &str = "1900000001";
/// Another merchant; authorised by the brand.
pub const OTHER_MCHID: &str = "1900000002";
/// The brand.
pub const BRAND_ID: &str = "120344";
/// Another brand; it has authorised the merchant only.
pub const OTHER_BRAND_ID: &str = "120345";
/// Bound to both brands.
pub const APPID: &str = "wx7c2e91b04d5fa368";
/// Bound to the merchant, to no brand.
pub const PROVIDER_APPID: &str = "wx15ad7703be48c92f";
/// Bound to nobody.
pub const UNBOUND_APPID: &str = "wx00000000000000ff";
/// An open store of the brand.
pub const STORE_ID: &str = "100064";

/// The n-th user. The platform knows that users 1 to 3 have the same openid under both appids.
pub fn openid(number: usize) -> String {
    format!("oTestUser{number:04}AAAAAAAAAAAAAAA")
}

/// Users whose identity over appids is known.
const KNOWN_USERS: std::ops::RangeInclusive<usize> = 1..=3;

pub(crate) fn token_key() -> TokenKey {
    TokenKey { key_id: 1, key: [0x5a; 32], created_at: Time::from_unix_seconds(0) }
}

/// Writes everybody into the store.
pub(crate) fn put(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    for (mchid, name) in [(MCHID, "示例服务商"), (OTHER_MCHID, "另一服务商")] {
        let mchid = Mchid::parse(mchid).unwrap();
        unit.put_merchant(&Merchant { mchid, name: name.to_owned(), apiv3_key: Some(apiv3_key_text()) })?;
    }
    for (brand_id, name) in [(BRAND_ID, "泉边咖啡"), (OTHER_BRAND_ID, "山下茶铺")] {
        let brand_id = BrandId::parse(brand_id).unwrap();
        let api_key = Some(apiv3_key_text());
        unit.put_brand(&Brand { brand_id, name: name.to_owned(), logo_url: None, api_key })?;
    }
    for actor in
        [Actor::Merchant, Actor::MerchantBySecondCertificate, Actor::OtherMerchant, Actor::Brand]
    {
        unit.put_certificate(&certificate(actor, Time::from_unix_seconds(4_000_000_000)))?;
    }
    let (brand_id, other_brand_id) =
        (BrandId::parse(BRAND_ID).unwrap(), BrandId::parse(OTHER_BRAND_ID).unwrap());
    for (brand_id, mchid) in [(&brand_id, MCHID), (&brand_id, OTHER_MCHID), (&other_brand_id, MCHID)] {
        unit.put_authorisation(brand_id, &Mchid::parse(mchid).unwrap(), Grant::Given)?;
    }
    let (appid, provider_appid) = (Appid::parse(APPID).unwrap(), Appid::parse(PROVIDER_APPID).unwrap());
    unit.bind_appid(&appid, &Principal::Brand(brand_id.clone()))?;
    unit.bind_appid(&appid, &Principal::Brand(other_brand_id))?;
    unit.bind_appid(&provider_appid, &Principal::Merchant(Mchid::parse(MCHID).unwrap()))?;
    for number in KNOWN_USERS {
        let openid = Openid::parse(openid(number)).unwrap();
        let person = format!("person-{number}");
        unit.put_person(&appid, &openid, &person)?;
        unit.put_person(&provider_appid, &openid, &person)?;
    }
    unit.put_open_store(&brand_id, &StoreId::parse(STORE_ID).unwrap())?;
    unit.put_token_key(&token_key())
}

/// The certificate of an actor, with its last instant.
pub(crate) fn certificate(actor: Actor, not_after: Time) -> CallerCertificate {
    let principal = match actor.scheme() {
        quan_apiv3::authorization::Scheme::Merchant => {
            Principal::Merchant(Mchid::parse(actor.identity()).unwrap())
        }
        quan_apiv3::authorization::Scheme::Brand => {
            Principal::Brand(BrandId::parse(actor.identity()).unwrap())
        }
    };
    CallerCertificate {
        principal,
        serial_no: normalise_serial(actor.serial_no()),
        pem: actor.certificate_pem().to_owned(),
        not_after,
    }
}
