//! Who calls: the merchant of `/v3/…` and the brand of `/brand/…`, each with its private key.
//!
//! A key is parsed once, here. Nothing of it is visible in `Debug`. Which credential a call needs is
//! decided by its path, elsewhere.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::certificate::{Certificate, normalise_serial, same_serial};
use quan_apiv3::key::PrivateKey;
use quan_apiv3::oaep;
use quan_model::ids::{BrandId, Mchid};

use crate::error::{ConfigError, IntegrityError, KeyError};
use crate::key_set::KeySet;
use crate::signer::{Signer, SignerError};

/// A merchant or service provider (服务商): signs `/v3/…`.
#[derive(Clone, Debug)]
pub struct Merchant(Signing);

/// A brand that calls directly (品牌方): signs `/brand/…`.
#[derive(Clone, Debug)]
pub struct Brand(Signing);

/// Either of the two, for `Call::credential`.
#[derive(Clone, Debug)]
pub enum Credential {
    /// Signs `/v3/…`.
    Merchant(Merchant),
    /// Signs `/brand/…`.
    Brand(Brand),
}

#[derive(Clone)]
struct Signing {
    identity: String,
    serial_no: String,
    hand: Hand,
}

/// What signs: a key in this process, or somebody else.
#[derive(Clone)]
enum Hand {
    Local(PrivateKey),
    Remote(Arc<dyn Signer>),
}

impl Signing {
    fn new(
        identity: &str,
        serial_no: &str,
        key: Result<PrivateKey, quan_apiv3::key::KeyError>,
    ) -> Result<Self, ConfigError> {
        let key = key.map_err(KeyError::PrivateKey)?;
        Self::with_hand(identity, serial_no, Hand::Local(key))
    }

    fn with_hand(identity: &str, serial_no: &str, hand: Hand) -> Result<Self, ConfigError> {
        if serial_no.is_empty() || !serial_no.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ConfigError::SerialNo);
        }
        Ok(Self { identity: identity.to_owned(), serial_no: serial_no.to_ascii_uppercase(), hand })
    }

    fn with_certificate(
        identity: &str,
        certificate_pem: &str,
        private_key_pem: &str,
    ) -> Result<Self, ConfigError> {
        let certificate = Certificate::from_pem(certificate_pem).map_err(KeyError::Certificate)?;
        let key = PrivateKey::from_pem(private_key_pem).map_err(KeyError::PrivateKey)?;
        if key.public_key() != certificate.public_key {
            return Err(KeyError::KeyPairMismatch { serial_no: certificate.serial_no }.into());
        }
        Self::with_hand(identity, &certificate.serial_no, Hand::Local(key))
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The last four digits of the number are enough to tell merchants apart.
        let shown = self.identity.get(self.identity.len().saturating_sub(4)..).unwrap_or_default();
        write!(f, "…{shown}, serial {}", normalise_serial(&self.serial_no))
    }
}

impl Merchant {
    /// `mchid` is the merchant number, `serial_no` the serial of the merchant API certificate in hex,
    /// `private_key_pem` the text of `apiclient_key.pem` (PKCS#8 or PKCS#1).
    ///
    /// # Errors
    /// [`ConfigError`]: the number is not decimal, the serial is not hex, or the key is not an RSA
    /// private key of at least 2048 bits (the cause says what it is).
    pub fn new(
        mchid: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let mchid = Mchid::parse(mchid.as_ref()).map_err(ConfigError::Identity)?;
        Signing::new(mchid.as_str(), serial_no.as_ref(), PrivateKey::from_pem(private_key_pem.as_ref()))
            .map(Self)
    }

    /// As `new`, with the private key in DER (PKCS#8 or PKCS#1).
    ///
    /// # Errors
    /// As [`Merchant::new`].
    pub fn from_der(
        mchid: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_der: &[u8],
    ) -> Result<Self, ConfigError> {
        let mchid = Mchid::parse(mchid.as_ref()).map_err(ConfigError::Identity)?;
        Signing::new(mchid.as_str(), serial_no.as_ref(), PrivateKey::from_der(private_key_der)).map(Self)
    }

    /// As `new`, with a private key file that is protected by a pass phrase (`ENCRYPTED PRIVATE KEY`). A
    /// file without protection is taken as it is.
    ///
    /// # Errors
    /// As [`Merchant::new`]; the cause tells a wrong pass phrase from a protection that is not supported.
    pub fn from_encrypted_pem(
        mchid: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
        passphrase: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let mchid = Mchid::parse(mchid.as_ref()).map_err(ConfigError::Identity)?;
        let key = PrivateKey::from_encrypted_pem(private_key_pem.as_ref(), passphrase.as_ref());
        Signing::new(mchid.as_str(), serial_no.as_ref(), key).map(Self)
    }

    /// As `new`, with somebody else who signs: the private key never enters this process. Sealed fields
    /// cannot be opened then.
    ///
    /// # Errors
    /// [`ConfigError`]: the number is not decimal or the serial is not hex.
    pub fn with_signer(
        mchid: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        signer: impl Signer,
    ) -> Result<Self, ConfigError> {
        let mchid = Mchid::parse(mchid.as_ref()).map_err(ConfigError::Identity)?;
        let hand = Hand::Remote(Arc::new(signer));
        Signing::with_hand(mchid.as_str(), serial_no.as_ref(), hand).map(Self)
    }

    /// Takes the serial from the certificate (`apiclient_cert.pem`) and checks that the private key
    /// belongs to it.
    ///
    /// # Errors
    /// As [`Merchant::new`], and [`KeyError::KeyPairMismatch`].
    pub fn with_certificate(
        mchid: impl AsRef<str>,
        certificate_pem: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let mchid = Mchid::parse(mchid.as_ref()).map_err(ConfigError::Identity)?;
        Signing::with_certificate(mchid.as_str(), certificate_pem.as_ref(), private_key_pem.as_ref())
            .map(Self)
    }
}

impl Brand {
    /// `brand_id` is the brand, `serial_no` the serial of the brand API certificate in hex,
    /// `private_key_pem` its private key (PKCS#8 or PKCS#1).
    ///
    /// # Errors
    /// As [`Merchant::new`].
    pub fn new(
        brand_id: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let brand_id = BrandId::parse(brand_id.as_ref()).map_err(ConfigError::Identity)?;
        Signing::new(brand_id.as_str(), serial_no.as_ref(), PrivateKey::from_pem(private_key_pem.as_ref()))
            .map(Self)
    }

    /// As `new`, with the private key in DER (PKCS#8 or PKCS#1).
    ///
    /// # Errors
    /// As [`Merchant::new`].
    pub fn from_der(
        brand_id: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_der: &[u8],
    ) -> Result<Self, ConfigError> {
        let brand_id = BrandId::parse(brand_id.as_ref()).map_err(ConfigError::Identity)?;
        Signing::new(brand_id.as_str(), serial_no.as_ref(), PrivateKey::from_der(private_key_der)).map(Self)
    }

    /// As `new`, with a private key file that is protected by a pass phrase (`ENCRYPTED PRIVATE KEY`). A
    /// file without protection is taken as it is.
    ///
    /// # Errors
    /// As [`Merchant::new`]; the cause tells a wrong pass phrase from a protection that is not supported.
    pub fn from_encrypted_pem(
        brand_id: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
        passphrase: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let brand_id = BrandId::parse(brand_id.as_ref()).map_err(ConfigError::Identity)?;
        let key = PrivateKey::from_encrypted_pem(private_key_pem.as_ref(), passphrase.as_ref());
        Signing::new(brand_id.as_str(), serial_no.as_ref(), key).map(Self)
    }

    /// As `new`, with somebody else who signs: the private key never enters this process. Sealed fields
    /// cannot be opened then.
    ///
    /// # Errors
    /// [`ConfigError`]: the number is not decimal or the serial is not hex.
    pub fn with_signer(
        brand_id: impl AsRef<str>,
        serial_no: impl AsRef<str>,
        signer: impl Signer,
    ) -> Result<Self, ConfigError> {
        let brand_id = BrandId::parse(brand_id.as_ref()).map_err(ConfigError::Identity)?;
        let hand = Hand::Remote(Arc::new(signer));
        Signing::with_hand(brand_id.as_str(), serial_no.as_ref(), hand).map(Self)
    }

    /// Takes the serial from the certificate and checks that the private key belongs to it.
    ///
    /// # Errors
    /// As [`Merchant::new`], and [`KeyError::KeyPairMismatch`].
    pub fn with_certificate(
        brand_id: impl AsRef<str>,
        certificate_pem: impl AsRef<str>,
        private_key_pem: impl AsRef<str>,
    ) -> Result<Self, ConfigError> {
        let brand_id = BrandId::parse(brand_id.as_ref()).map_err(ConfigError::Identity)?;
        Signing::with_certificate(brand_id.as_str(), certificate_pem.as_ref(), private_key_pem.as_ref())
            .map(Self)
    }
}

impl From<Merchant> for Credential {
    fn from(merchant: Merchant) -> Self {
        Self::Merchant(merchant)
    }
}

impl From<Brand> for Credential {
    fn from(brand: Brand) -> Self {
        Self::Brand(brand)
    }
}

impl Credential {
    /// The scheme it signs with.
    pub(crate) fn scheme(&self) -> Scheme {
        match self {
            Self::Merchant(_) => Scheme::Merchant,
            Self::Brand(_) => Scheme::Brand,
        }
    }

    fn signing(&self) -> &Signing {
        match self {
            Self::Merchant(Merchant(signing)) | Self::Brand(Brand(signing)) => signing,
        }
    }

    /// The signature in Base64.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<String, SignerError> {
        match &self.signing().hand {
            Hand::Local(key) => key.sign(message).map_err(SignerError::from),
            Hand::Remote(signer) => signer.sign(message).map(|signature| STANDARD.encode(signature)),
        }
    }

    /// The same in an async call. A key in this process takes about a millisecond of this thread; that
    /// is less than the cost of moving it to another one, and it needs no runtime.
    pub(crate) async fn sign_async(&self, message: &[u8]) -> Result<String, SignerError> {
        match &self.signing().hand {
            Hand::Local(key) => key.sign(message).map_err(SignerError::from),
            Hand::Remote(signer) => {
                signer.sign_async(message).await.map(|signature| STANDARD.encode(signature))
            }
        }
    }

    /// Opens a field that the platform has sealed to this caller.
    pub(crate) fn open(&self, ciphertext: &str) -> Result<String, IntegrityError> {
        match &self.signing().hand {
            Hand::Local(key) => oaep::decrypt(key, ciphertext).map_err(IntegrityError::Sealed),
            Hand::Remote(_) => Err(IntegrityError::NoPrivateKey),
        }
    }

    /// The merchant number or brand id.
    pub(crate) fn identity(&self) -> &str {
        &self.signing().identity
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self, timestamp: &str, nonce_str: &str, signature: &str) -> String {
        let signing = self.signing();
        Authorization {
            scheme: self.scheme(),
            identity: signing.identity.clone(),
            nonce_str: nonce_str.to_owned(),
            timestamp: timestamp.to_owned(),
            serial_no: signing.serial_no.clone(),
            signature: signature.to_owned(),
        }
        .to_string()
    }

    /// Refuses a ring that holds this caller's own key or certificate: a common mix-up of files.
    pub(crate) fn check_not_in(&self, keys: &KeySet) -> Result<(), ConfigError> {
        let signing = self.signing();
        let own_key = match &signing.hand {
            Hand::Local(key) => Some(key.public_key()),
            Hand::Remote(_) => None,
        };
        let own = keys.keys().find(|key| {
            same_serial(key.id().as_str(), &signing.serial_no) || own_key.as_ref() == Some(key.public_key())
        });
        own.map_or(Ok(()), |key| Err(ConfigError::OwnKeyTrusted { id: key.id().to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key_ring;

    const SERIAL: &str = "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1";
    const KEY: &str = include_str!("../../apiv3/tests/vectors/keys/merchant_key.pem");
    const CERTIFICATE: &str = include_str!("../../apiv3/tests/vectors/keys/merchant_cert.pem");
    const BRAND_KEY: &str = include_str!("../../apiv3/tests/vectors/keys/brand_key.pem");

    #[test]
    fn the_serial_comes_from_the_certificate_and_the_key_must_fit() {
        let merchant = Merchant::with_certificate("1900000001", CERTIFICATE, KEY).unwrap();
        assert_eq!(merchant.0.serial_no, SERIAL);
        assert!(matches!(
            Merchant::with_certificate("1900000001", CERTIFICATE, BRAND_KEY),
            Err(ConfigError::Key(KeyError::KeyPairMismatch { .. }))
        ));
    }

    #[test]
    fn a_protected_key_opens_with_its_pass_phrase() {
        use quan_apiv3::key::KeyError as Cause;
        let protected = include_str!("../../apiv3/tests/refused_keys/encrypted_key.pem");
        let merchant =
            Credential::from(Merchant::from_encrypted_pem("1900000001", SERIAL, protected, "test").unwrap());
        let plain = Credential::from(Merchant::new("1900000001", SERIAL, KEY).unwrap());
        assert_eq!(merchant.sign(b"message").unwrap(), plain.sign(b"message").unwrap());
        for (refused, is_as_expected) in [
            (Merchant::new("1900000001", SERIAL, protected), "Encrypted"),
            (Merchant::from_encrypted_pem("1900000001", SERIAL, protected, "x"), "WrongPassphrase"),
        ] {
            let Err(ConfigError::Key(KeyError::PrivateKey(cause))) = refused else { panic!() };
            assert_eq!(format!("{cause:?}"), is_as_expected);
        }
        let brand = Brand::from_encrypted_pem("120344", "5B7D", protected, "x");
        let Err(ConfigError::Key(KeyError::PrivateKey(Cause::WrongPassphrase))) = brand else { panic!() };
    }

    #[test]
    fn somebody_else_may_sign() {
        struct Elsewhere(PrivateKey);
        impl Signer for Elsewhere {
            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
                Ok(STANDARD.decode(self.0.sign(message)?)?)
            }
        }
        let signer = Elsewhere(PrivateKey::from_pem(KEY).unwrap());
        let remote = Credential::from(Merchant::with_signer("1900000001", SERIAL, signer).unwrap());
        let local = Credential::from(Merchant::new("1900000001", SERIAL, KEY).unwrap());
        assert_eq!(remote.sign(b"message").unwrap(), local.sign(b"message").unwrap());
        assert!(matches!(remote.open("AAAA"), Err(IntegrityError::NoPrivateKey)));
        assert_eq!(format!("{remote:?}"), format!("{local:?}"));
    }

    #[test]
    fn mistakes_are_named() {
        use quan_apiv3::key::KeyError as Cause;
        let private = |pem| match Merchant::new("1900000001", SERIAL, pem) {
            Err(ConfigError::Key(KeyError::PrivateKey(cause))) => cause,
            other => panic!("{other:?}"),
        };
        let public = include_str!("../../apiv3/tests/vectors/keys/wechatpay_pub.pem");
        assert!(matches!(private(CERTIFICATE), Cause::CertificateGiven));
        assert!(matches!(private(public), Cause::PublicKeyGiven));
        assert!(matches!(Merchant::new("mchid", SERIAL, KEY), Err(ConfigError::Identity(_))));
        assert!(matches!(Merchant::new("1900000001", "PUB_KEY_ID", KEY), Err(ConfigError::SerialNo)));
    }

    #[test]
    fn the_own_certificate_is_no_platform_key() {
        let own = key_ring::Certificate::from_pem(CERTIFICATE).unwrap();
        let keys = KeySet::new([own.into()]).unwrap();
        let merchant = Credential::from(Merchant::new("1900000001", SERIAL, KEY).unwrap());
        assert!(matches!(merchant.check_not_in(&keys), Err(ConfigError::OwnKeyTrusted { .. })));
        let renamed = PrivateKey::from_pem(KEY).unwrap().public_key().to_spki_pem();
        let keys = KeySet::new([key_ring::PublicKey::new("PUB_KEY_ID_1", renamed).unwrap().into()]).unwrap();
        assert!(merchant.check_not_in(&keys).is_err());
        let brand = Credential::from(Brand::new("120344", "5B7D2E1F", BRAND_KEY).unwrap());
        assert!(brand.check_not_in(&keys).is_ok());
    }
}
