//! The fixed keys and certificates of the public test vectors.

use quan_apiv3::certificate::Certificate;
use quan_apiv3::key::PrivateKey;
use quan_gateway::SigningKeys;

/// The id of the platform's public key.
pub const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012026030200000000000001";

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../apiv3/tests/vectors/keys/", $name))
    };
}

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
    pair(vector!("merchant_key.pem"), vector!("merchant_cert.pem"))
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
    pair(vector!("brand_key.pem"), vector!("brand_cert.pem"))
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

/// What the platform signs with.
#[must_use]
pub fn signing_keys() -> SigningKeys {
    let platform = platform();
    SigningKeys {
        public_key_mode: wechatpay(),
        public_key_id: PUBLIC_KEY_ID.to_owned(),
        certificate_mode: platform.key,
        certificate_serial_no: platform.certificate.serial_no,
    }
}
