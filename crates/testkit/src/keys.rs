//! The fixed keys and certificates of the public test vectors.

use quan_apiv3::certificate::{Certificate, same_serial};
use quan_apiv3::key::{PrivateKey, PublicKey};
use quan_apiv3::platform_keys::{PlatformCertificate, PlatformKeys, PlatformPublicKey, Rotation};

/// The id of the platform's public key.
pub const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012026030200000000000001";

/// The id of the public key that comes after it in a rotation.
pub const NEXT_PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012027030200000000000002";

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../apiv3/tests/vectors/keys/", $name))
    };
}

/// The key of [`merchant`], as the merchant has it in a file.
pub(crate) const MERCHANT_KEY_PEM: &str = vector!("merchant_key.pem");
/// The key of [`brand`], as the brand has it in a file.
pub(crate) const BRAND_KEY_PEM: &str = vector!("brand_key.pem");
/// The platform's public key, as callers have it in a file.
pub(crate) const PUBLIC_KEY_PEM: &str = vector!("wechatpay_pub.pem");

/// A key with its certificate.
#[derive(Clone)]
pub struct KeyPair {
    /// Signs.
    pub key: PrivateKey,
    /// Is known to the other side.
    pub certificate: Certificate,
}

fn pair(key: &str, certificate: &str) -> KeyPair {
    KeyPair {
        key: PrivateKey::from_pem(key).expect("a vector key is readable"),
        certificate: Certificate::from_pem(certificate).expect("a vector certificate is readable"),
    }
}

/// Of the merchant.
#[must_use]
pub fn merchant() -> KeyPair {
    pair(MERCHANT_KEY_PEM, vector!("merchant_cert.pem"))
}

/// Of the merchant too: its serial number has a leading zero, which some SDKs leave out.
#[must_use]
pub fn merchant_with_leading_zero() -> KeyPair {
    pair(vector!("platform_zero_key.pem"), vector!("platform_zero_cert.pem"))
}

/// Of the other merchant.
#[must_use]
pub fn other_merchant() -> KeyPair {
    pair(vector!("platform_next_key.pem"), vector!("platform_next_cert.pem"))
}

/// Of the brand.
#[must_use]
pub fn brand() -> KeyPair {
    pair(BRAND_KEY_PEM, vector!("brand_cert.pem"))
}

/// The platform certificate.
#[must_use]
pub fn platform() -> KeyPair {
    pair(vector!("platform_key.pem"), vector!("platform_cert.pem"))
}

/// The key behind the platform's public key, [`PUBLIC_KEY_ID`].
#[must_use]
pub fn wechatpay() -> PrivateKey {
    PrivateKey::from_pem(vector!("wechatpay_key.pem")).expect("a vector key is readable")
}

/// The platform certificate that comes after [`platform`] in a rotation: valid from later and for longer.
#[must_use]
pub fn next_platform() -> KeyPair {
    pair(vector!("platform_next_key.pem"), vector!("platform_next_cert.pem"))
}

/// The key behind [`NEXT_PUBLIC_KEY_ID`].
#[must_use]
pub fn next_wechatpay() -> PrivateKey {
    next_platform().key
}

/// What the platform signs with at its start.
#[must_use]
pub fn platform_keys() -> PlatformKeys {
    PlatformKeys {
        certificates: Rotation::steady(certificate_of(platform())),
        public_keys: Rotation::steady(PlatformPublicKey { key: wechatpay(), id: PUBLIC_KEY_ID.to_owned() }),
    }
}

pub(crate) fn certificate_of(pair: KeyPair) -> PlatformCertificate {
    PlatformCertificate { key: pair.key, certificate: pair.certificate }
}

/// The key that a name in `Wechatpay-Serial` stands for, at every stage of a rotation.
pub(crate) fn named(serial: &str) -> PublicKey {
    match serial {
        PUBLIC_KEY_ID => wechatpay().public_key(),
        NEXT_PUBLIC_KEY_ID => next_wechatpay().public_key(),
        _ => {
            let certificates = [platform(), next_platform()].map(|pair| pair.certificate);
            let found = certificates.into_iter().find(|known| same_serial(&known.serial_no, serial));
            found.unwrap_or_else(|| panic!("{serial} is no key of the platform")).public_key
        }
    }
}
