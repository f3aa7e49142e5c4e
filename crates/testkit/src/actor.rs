//! Who calls, and with which key.
//!
//! The keys are those of the signature vectors, so that no test has to make one.

use std::sync::LazyLock;

use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::authorization::Scheme;
use quan_apiv3::key::{PrivateKey, PublicKey};
use quan_gateway::SigningKeys;

use crate::parties::{BRAND_ID, MCHID, OTHER_MCHID};

macro_rules! key_file {
    ($name:literal) => {
        include_str!(concat!("../../apiv3/tests/vectors/keys/", $name))
    };
}

/// Of the vectors, of the same merchant and brand.
const APIV3_KEY: &str = "TestApiV3KeyForVectors0123456789";

static MERCHANT: LazyLock<PrivateKey> = LazyLock::new(|| private(key_file!("merchant_key.pem")));
static OTHER_MERCHANT: LazyLock<PrivateKey> = LazyLock::new(|| private(key_file!("platform_next_key.pem")));
static BRAND: LazyLock<PrivateKey> = LazyLock::new(|| private(key_file!("brand_key.pem")));
static ZERO: LazyLock<PrivateKey> = LazyLock::new(|| private(key_file!("platform_zero_key.pem")));
static PLATFORM: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys {
    public_key_mode: private(key_file!("wechatpay_key.pem")),
    public_key_id: "PUB_KEY_ID_0119000000012025080100192837465001".to_owned(),
    certificate_mode: private(key_file!("platform_key.pem")),
    certificate_serial_no: "6C8E3F201B4D59750C3F8E51607DA2B4C6E8FA03".to_owned(),
});

fn private(pem: &str) -> PrivateKey {
    PrivateKey::from_pem(pem).unwrap()
}

/// The platform's own keys.
pub fn signing_keys() -> SigningKeys {
    PLATFORM.clone()
}

/// The APIv3 key of both merchants and of the brand.
pub fn apiv3_key() -> ApiV3Key {
    ApiV3Key::new(APIV3_KEY).unwrap()
}

/// The text of [`apiv3_key`].
pub(crate) fn apiv3_key_text() -> String {
    APIV3_KEY.to_owned()
}

/// The platform's public key with this serial number or id; nothing when it has none.
pub(crate) fn platform_key(serial: &str) -> Option<PublicKey> {
    let keys = &*PLATFORM;
    if serial == keys.public_key_id {
        Some(keys.public_key_mode.public_key())
    } else if serial == keys.certificate_serial_no {
        Some(keys.certificate_mode.public_key())
    } else {
        None
    }
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The merchant, authorised by both brands.
    Merchant,
    /// The merchant with its second certificate, whose serial number begins with a zero.
    MerchantBySecondCertificate,
    /// A merchant that the brand has authorised too.
    OtherMerchant,
    /// The brand itself.
    Brand,
    /// Nobody: there is no Authorization header.
    Anonymous,
    /// Somebody who says to be the merchant and has another key.
    WrongKey,
}

impl Actor {
    /// Every serial number is as long as the official ones.
    pub fn serial_no(self) -> &'static str {
        match self {
            Self::Merchant | Self::WrongKey | Self::Anonymous => "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1",
            Self::MerchantBySecondCertificate => "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            Self::OtherMerchant => "7D9F40312C5E6A861D409F62718EB3C5D7F90B14",
            Self::Brand => "5B7D2E1F0A3C48649B2E7D405F6C91A3B5D7E9F2",
        }
    }

    /// The `mchid` or `brand_id`.
    pub fn identity(self) -> &'static str {
        match self {
            Self::Merchant | Self::MerchantBySecondCertificate | Self::WrongKey | Self::Anonymous => MCHID,
            Self::OtherMerchant => OTHER_MCHID,
            Self::Brand => BRAND_ID,
        }
    }

    /// The scheme of its signatures.
    pub fn scheme(self) -> Scheme {
        match self {
            Self::Brand => Scheme::Brand,
            Self::Merchant
            | Self::MerchantBySecondCertificate
            | Self::OtherMerchant
            | Self::Anonymous
            | Self::WrongKey => Scheme::Merchant,
        }
    }

    pub(crate) fn key(self) -> &'static PrivateKey {
        match self {
            Self::Merchant | Self::Anonymous => &MERCHANT,
            Self::MerchantBySecondCertificate | Self::WrongKey => &ZERO,
            Self::OtherMerchant => &OTHER_MERCHANT,
            Self::Brand => &BRAND,
        }
    }

    pub(crate) fn certificate_pem(self) -> &'static str {
        match self {
            Self::Merchant | Self::WrongKey | Self::Anonymous => key_file!("merchant_cert.pem"),
            Self::MerchantBySecondCertificate => key_file!("platform_zero_cert.pem"),
            Self::OtherMerchant => key_file!("platform_next_cert.pem"),
            Self::Brand => key_file!("brand_cert.pem"),
        }
    }
}
