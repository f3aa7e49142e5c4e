//! One key of the platform: a WeChat Pay public key or a platform certificate, under the id that stands
//! in `Wechatpay-Serial`.
//!
//! Public material only. Which keys are trusted together, and which is current, is decided elsewhere.

use std::fmt;
use std::sync::Arc;

use quan_apiv3::certificate::{self, normalise_serial};
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
    pub(crate) fn new(text: &str) -> Result<Self, KeyError> {
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
        Self::read(id.as_ref(), key::PublicKey::from_spki_pem(pem.as_ref()))
    }

    /// As [`new`](Self::new), with the key in DER (`SubjectPublicKeyInfo`).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn from_der(id: impl AsRef<str>, der: &[u8]) -> Result<Self, KeyError> {
        Self::read(id.as_ref(), key::PublicKey::from_spki_der(der))
    }

    fn read(id: &str, key: Result<key::PublicKey, key::KeyError>) -> Result<Self, KeyError> {
        let id = KeyId::new(id)?;
        let key = key.map_err(|cause| KeyError::PublicKey { id: id.as_str().to_owned(), cause })?;
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

    /// Reads a PEM file that holds several certificates, such as the current and the next one.
    ///
    /// # Errors
    /// [`KeyError::Certificate`] says what is wrong with the first one that cannot be used.
    pub fn all_from_pem(pem: impl AsRef<str>) -> Result<Vec<Self>, KeyError> {
        let all = certificate::Certificate::all_from_pem(pem.as_ref()).map_err(KeyError::Certificate)?;
        Ok(all.into_iter().map(Self).collect())
    }

    /// Reads a certificate in DER (`.cer`).
    ///
    /// # Errors
    /// [`KeyError::Certificate`] says what is wrong.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        certificate::Certificate::from_der(der).map(Self).map_err(KeyError::Certificate)
    }

    /// The serial in upper-case hex, leading zeros kept.
    #[must_use]
    pub fn serial_no(&self) -> &str {
        &self.0.serial_no
    }
}

impl From<certificate::Certificate> for Certificate {
    fn from(certificate: certificate::Certificate) -> Self {
        Self(certificate)
    }
}

/// One trusted key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct VerifyKey {
    id: KeyId,
    /// The id in the form that is compared: hex serials without leading zeros.
    lookup: Arc<str>,
    key: key::PublicKey,
    /// First and last second, in Unix seconds; `None` for a public key, which does not expire.
    validity: Option<(i64, i64)>,
}

impl VerifyKey {
    pub(crate) fn new(id: KeyId, key: key::PublicKey, validity: Option<(i64, i64)>) -> Self {
        Self { lookup: normalise_serial(id.as_str()).into(), id, key, validity }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// The first and the last second of a certificate's validity, in Unix seconds; `None` for a public
    /// key, which does not expire.
    #[must_use]
    pub fn validity(&self) -> Option<(i64, i64)> {
        self.validity
    }

    pub(crate) fn public_key(&self) -> &key::PublicKey {
        &self.key
    }

    /// The id as `normalise_serial` gives it.
    pub(crate) fn lookup(&self) -> &str {
        &self.lookup
    }

    pub(crate) fn is_valid_at(&self, now: i64) -> bool {
        self.validity.is_none_or(|(from, to)| {
            from.saturating_sub(VALIDITY_SLACK_SECONDS) <= now
                && now <= to.saturating_add(VALIDITY_SLACK_SECONDS)
        })
    }

    /// Whether it can never be used again.
    pub(crate) fn is_expired_at(&self, now: i64) -> bool {
        self.validity.is_some_and(|(_, to)| now > to.saturating_add(VALIDITY_SLACK_SECONDS))
    }
}

impl From<PublicKey> for VerifyKey {
    fn from(given: PublicKey) -> Self {
        Self::new(given.id, given.key, None)
    }
}

impl From<Certificate> for VerifyKey {
    fn from(Certificate(given): Certificate) -> Self {
        // A serial is hex, so it is a valid id.
        let id = KeyId(given.serial_no.as_str().into());
        Self::new(id, given.public_key, Some((given.not_before, given.not_after)))
    }
}
