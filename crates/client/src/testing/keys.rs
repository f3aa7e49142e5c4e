//! The keys of the fake platform and of its merchant and brand. All of them are public test keys of
//! 2048 bits, made for this repository and worth nothing elsewhere.

use quan_apiv3::key::PrivateKey;

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../../apiv3/tests/vectors/keys/", $name))
    };
}

pub(super) const MCHID: &str = "1900000001";
pub(super) const MERCHANT_SERIAL: &str = "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1";
pub(super) const MERCHANT_KEY: &str = key!("merchant_key.pem");
pub(super) const BRAND_ID: &str = "120344";
pub(super) const BRAND_SERIAL: &str = "5B7D2E1F0A3C48649B2E7D405F6C91A3B5D7E9F2";
pub(super) const BRAND_KEY: &str = key!("brand_key.pem");
pub(super) const API_V3_KEY: &str = "TestApiV3KeyForVectors0123456789";
pub(super) const BRAND_API_KEY: &str = "BrandApiKeyForVectors01234567890";
pub(super) const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012025080100192837465001";
pub(super) const PUBLIC_KEY_PRIVATE: &str = key!("wechatpay_key.pem");
pub(super) const CERTIFICATE_KEY: &str = key!("platform_key.pem");
pub(super) const CERTIFICATE_SERIAL: &str = "6C8E3F201B4D59750C3F8E51607DA2B4C6E8FA03";
pub(super) const CERTIFICATE: &str = key!("platform_cert.pem");
pub(super) const NEXT_CERTIFICATE_KEY: &str = key!("platform_next_key.pem");
pub(super) const NEXT_CERTIFICATE: &str = key!("platform_next_cert.pem");

/// The PEM text of a certificate above; the newer one for any serial that is not the older's.
pub(super) fn certificate_pem(serial_no: &str) -> &'static str {
    if serial_no == CERTIFICATE_SERIAL { CERTIFICATE } else { NEXT_CERTIFICATE }
}

/// One of the keys above.
pub(super) fn private(pem: &str) -> PrivateKey {
    PrivateKey::from_pem(pem).expect("invariant: the keys above are good")
}
