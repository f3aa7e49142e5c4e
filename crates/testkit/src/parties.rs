//! Who takes part in tests, and how they are written to the store.

use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::{Error, Platform};
use quan_store::parties::{Brand, CallerCertificate, Grant, Merchant};

use crate::keys;

/// The merchant: authorised by the brand.
pub const MCHID: &str = "1900000001";
/// Another merchant, authorised by the same brand.
pub const OTHER_MCHID: &str = "1900000109";
/// The brand.
pub const BRAND_ID: &str = "120344";
/// Another brand, which has authorised nobody; the appid is bound to it too.
pub const OTHER_BRAND_ID: &str = "120345";
/// Bound to the brand and to the merchant.
pub const APPID: &str = "wx7c2e91b04d5fa368";
/// Bound to nobody.
pub const UNBOUND_APPID: &str = "wx0000000000000bad";
/// A user under [`APPID`]; any other openid is a user of its own.
pub const OPENID: &str = "oQuanUser0001AAAAAAAAAAAAAAA";
/// A store of the brand that is open.
pub const STORE_ID: &str = "100064";
/// A store of the other brand that is open.
pub const OTHER_STORE_ID: &str = "200064";
/// Serial number of a certificate of the merchant that has expired.
pub(crate) const EXPIRED_SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
/// 32 bytes, for everyone.
pub const SECRET: &str = "QuanTestSecretQuanTestSecret0001";

pub(crate) fn merchant() -> Principal {
    Principal::Merchant(Mchid::parse(MCHID).expect("the constant is an mchid"))
}

fn other_merchant() -> Principal {
    Principal::Merchant(Mchid::parse(OTHER_MCHID).expect("the constant is an mchid"))
}

pub(crate) fn brand_id() -> BrandId {
    BrandId::parse(BRAND_ID).expect("the constant is a brand_id")
}

/// Writes everybody to the store. Certificates that do not expire here outlive the test's clock.
pub(crate) async fn put(platform: &Platform, now: Time) {
    let appid = Appid::parse(APPID).expect("the constant is an appid");
    let openid = Openid::parse(OPENID).expect("the constant is an openid");
    let store = StoreId::parse(STORE_ID).expect("the constant is a store_id");
    let brand = Principal::Brand(brand_id());
    let other_brand_id = BrandId::parse(OTHER_BRAND_ID).expect("the constant is a brand_id");
    let other_brand = Principal::Brand(other_brand_id.clone());
    let other_store = StoreId::parse(OTHER_STORE_ID).expect("the constant is a store_id");
    let mut certificates = vec![
        certificate(merchant(), &keys::merchant().certificate),
        certificate(merchant(), &keys::merchant_with_leading_zero().certificate),
        certificate(other_merchant(), &keys::other_merchant().certificate),
        certificate(brand.clone(), &keys::brand().certificate),
        certificate(other_brand.clone(), &keys::other_merchant().certificate),
    ];
    let mut expired = certificates[0].clone();
    expired.serial_no = EXPIRED_SERIAL.to_owned();
    expired.not_after = now.plus_seconds(-1);
    certificates.push(expired);
    platform
        .write::<_, Error>(move |work| {
            for mchid in [MCHID, OTHER_MCHID] {
                let mchid = Mchid::parse(mchid).expect("the constant is an mchid");
                work.store.put_merchant(&Merchant {
                    mchid: mchid.clone(),
                    name: "测试服务商".to_owned(),
                    apiv3_key: Some(SECRET.to_owned()),
                    verification_mode: VerificationMode::default(),
                })?;
                work.store.put_authorisation(&brand_id(), &mchid, Grant::Given)?;
            }
            for (brand_id, name) in [(brand_id(), "测试品牌"), (other_brand_id.clone(), "另一品牌")] {
                work.store.put_brand(&Brand {
                    brand_id,
                    name: name.to_owned(),
                    logo_url: None,
                    api_key: Some(SECRET.to_owned()),
                })?;
            }
            for certificate in &certificates {
                work.store.put_certificate(certificate)?;
            }
            work.store.bind_appid(&appid, &brand)?;
            work.store.bind_appid(&appid, &other_brand)?;
            work.store.put_open_store(&other_brand_id, &other_store)?;
            work.store.bind_appid(&appid, &merchant())?;
            work.store.put_person(&appid, &openid, &"person-1".to_owned())?;
            Ok(work.store.put_open_store(&brand_id(), &store)?)
        })
        .await
        .expect("the parties are written");
}

fn certificate(principal: Principal, certificate: &Certificate) -> CallerCertificate {
    CallerCertificate {
        principal,
        serial_no: normalise_serial(&certificate.serial_no),
        pem: certificate.pem.clone(),
        not_after: Time::from_unix_seconds(certificate.not_after),
        revoked_at: None,
    }
}
