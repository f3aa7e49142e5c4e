//! The platform's keys that are trusted to sign: public keys and certificates, mixed freely.
//!
//! A ring is immutable and cheap to clone; the client and the notification parser share one. It does
//! no I/O and reads no clock.

use std::fmt;
use std::sync::Arc;

use quan_apiv3::certificate;
use quan_apiv3::key;

use crate::error::KeyError;

/// How far a certificate may be used beyond its validity, in seconds: as far as the clocks of both
/// sides may differ.
const VALIDITY_SLACK_SECONDS: i64 = quan_apiv3::message::CLOCK_WINDOW_SECONDS;

/// The name of a platform key, as it stands in `Wechatpay-Serial`: the serial of a certificate in
/// upper-case hex with its leading zeros, or `PUB_KEY_ID_…`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KeyId(Arc<str>);

impl KeyId {
    fn new(text: &str) -> Result<Self, KeyError> {
        let is_printable = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_printable { Ok(Self(text.into())) } else { Err(KeyError::KeyId) }
    }

    /// The id as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({})", self.0)
    }
}

/// A WeChat Pay public key (微信支付公钥), the mode of new merchants and of brands.
#[derive(Clone, Debug)]
pub struct PublicKey {
    id: KeyId,
    key: key::PublicKey,
}

impl PublicKey {
    /// `id` is `PUB_KEY_ID_…` from the console, `pem` the file beside it (`-----BEGIN PUBLIC KEY-----`).
    ///
    /// # Errors
    /// [`KeyError::PublicKey`] says what the text is instead; [`KeyError::KeyId`].
    pub fn new(id: impl AsRef<str>, pem: impl AsRef<str>) -> Result<Self, KeyError> {
        let id = KeyId::new(id.as_ref())?;
        let key = key::PublicKey::from_spki_pem(pem.as_ref())
            .map_err(|cause| KeyError::PublicKey { id: id.as_str().to_owned(), cause })?;
        Ok(Self { id, key })
    }
}

/// A platform certificate (微信支付平台证书), the mode of older merchants.
#[derive(Clone, Debug)]
pub struct Certificate(certificate::Certificate);

impl Certificate {
    /// Reads a PEM file (`-----BEGIN CERTIFICATE-----`); the serial is the certificate's own.
    ///
    /// # Errors
    /// [`KeyError::Certificate`] says what is wrong.
    pub fn from_pem(pem: impl AsRef<str>) -> Result<Self, KeyError> {
        certificate::Certificate::from_pem(pem.as_ref()).map(Self).map_err(KeyError::Certificate)
    }

    /// The serial in upper-case hex, leading zeros kept.
    #[must_use]
    pub fn serial_no(&self) -> &str {
        &self.0.serial_no
    }
}

/// One trusted key.
#[derive(Clone, Debug)]
pub struct VerifyKey {
    id: KeyId,
    key: key::PublicKey,
    /// `None` for a public key, which does not expire.
    validity: Option<(i64, i64)>,
}

impl VerifyKey {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    pub(crate) fn public_key(&self) -> &key::PublicKey {
        &self.key
    }

    pub(crate) fn is_valid_at(&self, now: i64) -> bool {
        self.validity.is_none_or(|(from, to)| {
            from.saturating_sub(VALIDITY_SLACK_SECONDS) <= now
                && now <= to.saturating_add(VALIDITY_SLACK_SECONDS)
        })
    }
}

impl From<PublicKey> for VerifyKey {
    fn from(given: PublicKey) -> Self {
        Self { id: given.id, key: given.key, validity: None }
    }
}

impl From<Certificate> for VerifyKey {
    fn from(Certificate(given): Certificate) -> Self {
        // A serial is hex, so it is a valid id.
        let id = KeyId(given.serial_no.as_str().into());
        Self { id, key: given.public_key, validity: Some((given.not_before, given.not_after)) }
    }
}

/// The keys that may sign answers and notifications. Cheap to clone.
#[derive(Clone, Debug)]
pub struct KeyRing {
    keys: Arc<[VerifyKey]>,
}

impl KeyRing {
    /// Takes any number of public keys and certificates. The same key given twice counts once.
    ///
    /// # Errors
    /// [`KeyError::TwoKeysOneId`] when one id stands for different keys.
    pub fn new(keys: impl IntoIterator<Item = VerifyKey>) -> Result<Self, KeyError> {
        let mut distinct: Vec<VerifyKey> = Vec::new();
        for key in keys {
            match distinct.iter().find(|known| certificate::same_serial(known.id.as_str(), key.id.as_str())) {
                None => distinct.push(key),
                Some(known) if known.key == key.key => {}
                Some(_) => return Err(KeyError::TwoKeysOneId { id: key.id.to_string() }),
            }
        }
        Ok(Self { keys: distinct.into() })
    }

    /// Every key, in the order given.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyKey> {
        self.keys.iter()
    }

    /// Finds a key. Certificate serials compare as numbers, because some tools drop leading zeros or
    /// change the case; `PUB_KEY_ID_…` compares exactly.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&VerifyKey> {
        self.keys.iter().find(|key| certificate::same_serial(key.id.as_str(), id))
    }

    /// The key to ask the platform for: a public key before any certificate, and of the certificates
    /// the newest that is valid at `now` (Unix seconds). It makes the platform sign with a key that is
    /// known here, at every stage of a migration.
    #[must_use]
    pub fn preferred(&self, now: i64) -> Option<&VerifyKey> {
        let newest = |key: &&VerifyKey| key.validity.map_or(i64::MAX, |(not_before, _)| not_before);
        self.keys.iter().filter(|key| key.is_valid_at(now)).max_by_key(newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC_KEY: &str = include_str!("../../apiv3/tests/vectors/keys/wechatpay_pub.pem");
    const CURRENT: &str = include_str!("../../apiv3/tests/vectors/keys/platform_cert.pem");
    const NEXT: &str = include_str!("../../apiv3/tests/vectors/keys/platform_next_cert.pem");
    const ZERO: &str = include_str!("../../apiv3/tests/vectors/keys/platform_zero_cert.pem");
    const NOW: i64 = 1_760_000_000;

    fn certificate(pem: &str) -> VerifyKey {
        Certificate::from_pem(pem).unwrap().into()
    }

    #[test]
    fn public_keys_come_before_certificates_and_newer_before_older() {
        let public = PublicKey::new("PUB_KEY_ID_01", PUBLIC_KEY).unwrap();
        let ring = KeyRing::new([certificate(CURRENT), certificate(NEXT), VerifyKey::from(public)]).unwrap();
        assert_eq!(ring.preferred(NOW).unwrap().id().as_str(), "PUB_KEY_ID_01");
        let certificates = KeyRing::new([certificate(NEXT), certificate(CURRENT)]).unwrap();
        let next = "7D9F40312C5E6A861D409F62718EB3C5D7F90B14";
        assert_eq!(certificates.preferred(NOW).unwrap().id().as_str(), next);
        // In 2021 the next certificate is not valid yet; in 2200 none is.
        assert_ne!(certificates.preferred(1_610_000_000).unwrap().id().as_str(), next);
        assert!(certificates.preferred(7_258_118_400).is_none());
    }

    #[test]
    fn serials_compare_as_numbers_and_public_key_ids_exactly() {
        let public = PublicKey::new("PUB_KEY_ID_0a", PUBLIC_KEY).unwrap();
        let ring = KeyRing::new([certificate(ZERO), public.into()]).unwrap();
        for serial in [
            "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            "A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        ] {
            assert!(ring.find(serial).is_some(), "{serial}");
        }
        assert!(ring.find("PUB_KEY_ID_0a").is_some());
        assert!(ring.find("PUB_KEY_ID_0A").is_none());
    }

    #[test]
    fn one_id_stands_for_one_key() {
        assert_eq!(KeyRing::new([certificate(ZERO), certificate(ZERO)]).unwrap().keys().count(), 1);
        let one = PublicKey::new("K", PUBLIC_KEY).unwrap();
        let other = VerifyKey { id: one.id.clone(), ..certificate(ZERO) };
        assert!(matches!(KeyRing::new([one.into(), other]), Err(KeyError::TwoKeysOneId { .. })));
        assert!(matches!(PublicKey::new("a b", PUBLIC_KEY), Err(KeyError::KeyId)));
        assert!(matches!(PublicKey::new("K", ZERO), Err(KeyError::PublicKey { .. })));
    }
}
