//! A set of platform keys that are trusted together: public keys and certificates, mixed freely.
//!
//! A set never changes; what changes is which set is current. It does no I/O and reads no clock. It can
//! be written down and read again, public material only, so that a short-lived process need not download
//! certificates each time (client.md C-58).

use std::sync::Arc;

use quan_apiv3::certificate::normalise_serial;
use quan_apiv3::key::PublicKey as RsaPublicKey;
use serde::{Deserialize, Serialize};

use crate::error::KeyError;
use crate::verify_key::{KeyId, VerifyKey};

/// The keys that may sign answers and notifications, at one moment. Cheap to clone.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Arc<[VerifyKey]>,
}

/// One key as it is written down.
#[derive(Serialize, Deserialize)]
struct KeptKey {
    id: String,
    public_key: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    not_before: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    not_after: Option<i64>,
}

impl KeySet {
    /// Takes any number of public keys and certificates. The same key given twice counts once.
    ///
    /// # Errors
    /// [`KeyError::TwoKeysOneId`] when one id stands for different keys.
    pub fn new(keys: impl IntoIterator<Item = VerifyKey>) -> Result<Self, KeyError> {
        let mut distinct: Vec<VerifyKey> = Vec::new();
        for key in keys {
            match distinct.iter().find(|known| known.lookup() == key.lookup()) {
                None => distinct.push(key),
                Some(known) if known.public_key() == key.public_key() => {}
                Some(_) => return Err(KeyError::TwoKeysOneId { id: key.id().to_string() }),
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
        let lookup = normalise_serial(id);
        self.keys.iter().find(|key| key.lookup() == lookup)
    }

    /// The key to ask the platform for: a public key before any certificate, and of the certificates
    /// the newest that is valid at `now` (Unix seconds). It makes the platform sign with a key that is
    /// known here, at every stage of a migration.
    #[must_use]
    pub fn preferred(&self, now: i64) -> Option<&VerifyKey> {
        let newest = |key: &&VerifyKey| key.validity().map_or(i64::MAX, |(not_before, _)| not_before);
        self.keys.iter().filter(|key| key.is_valid_at(now)).max_by_key(newest)
    }

    /// Whether any key can be used at `now` (Unix seconds).
    #[must_use]
    pub fn has_valid(&self, now: i64) -> bool {
        self.keys.iter().any(|key| key.is_valid_at(now))
    }

    /// These keys and more.
    pub(crate) fn with(&self, more: impl IntoIterator<Item = VerifyKey>) -> Result<Self, KeyError> {
        Self::new(self.keys.iter().cloned().chain(more))
    }

    pub(crate) fn without(&self, is_dropped: impl Fn(&VerifyKey) -> bool) -> Self {
        Self { keys: self.keys.iter().filter(|key| !is_dropped(key)).cloned().collect() }
    }

    /// The set as JSON: ids, public keys and validities.
    #[must_use]
    pub fn to_json(&self) -> String {
        let kept: Vec<KeptKey> = self.keys.iter().map(kept).collect();
        serde_json::to_string(&kept).expect("invariant: texts and numbers can be written as JSON")
    }

    /// Reads what [`to_json`](Self::to_json) has written. Keys that have expired since are read and never
    /// used. Keep the text where nobody else can write it: these keys are trusted.
    ///
    /// # Errors
    /// [`KeyError::Kept`] when the text is not such JSON; otherwise as for the single keys.
    pub fn from_json(text: &str) -> Result<Self, KeyError> {
        let kept: Vec<KeptKey> = serde_json::from_str(text).map_err(|_| KeyError::Kept)?;
        let keys = kept.iter().map(restored).collect::<Result<Vec<_>, _>>()?;
        Self::new(keys)
    }
}

fn kept(key: &VerifyKey) -> KeptKey {
    let (not_before, not_after) = key.validity().unzip();
    KeptKey { id: key.id().to_string(), public_key: key.public_key().to_spki_pem(), not_before, not_after }
}

fn restored(kept: &KeptKey) -> Result<VerifyKey, KeyError> {
    let id = KeyId::new(&kept.id)?;
    let key = RsaPublicKey::from_spki_pem(&kept.public_key)
        .map_err(|cause| KeyError::PublicKey { id: kept.id.clone(), cause })?;
    let validity = match (kept.not_before, kept.not_after) {
        (None, None) => None,
        (Some(from), Some(to)) => Some((from, to)),
        (Some(_), None) | (None, Some(_)) => return Err(KeyError::Kept),
    };
    Ok(VerifyKey::new(id, key, validity))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify_key::{Certificate, PublicKey};

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
        let set = KeySet::new([certificate(CURRENT), certificate(NEXT), VerifyKey::from(public)]).unwrap();
        assert_eq!(set.preferred(NOW).unwrap().id().as_str(), "PUB_KEY_ID_01");
        let certificates = KeySet::new([certificate(NEXT), certificate(CURRENT)]).unwrap();
        let next = "7D9F40312C5E6A861D409F62718EB3C5D7F90B14";
        assert_eq!(certificates.preferred(NOW).unwrap().id().as_str(), next);
        // In 2021 the next certificate is not valid yet; in 2200 none is.
        assert_ne!(certificates.preferred(1_610_000_000).unwrap().id().as_str(), next);
        assert!(certificates.preferred(7_258_118_400).is_none());
        assert!(certificates.has_valid(NOW) && !certificates.has_valid(7_258_118_400));
    }

    #[test]
    fn serials_compare_as_numbers_and_public_key_ids_exactly() {
        let public = PublicKey::new("PUB_KEY_ID_0a", PUBLIC_KEY).unwrap();
        let set = KeySet::new([certificate(ZERO), public.into()]).unwrap();
        for serial in [
            "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            "A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        ] {
            assert!(set.find(serial).is_some(), "{serial}");
        }
        assert!(set.find("PUB_KEY_ID_0a").is_some());
        assert!(set.find("PUB_KEY_ID_0A").is_none());
    }

    #[test]
    fn one_id_stands_for_one_key() {
        assert_eq!(KeySet::new([certificate(ZERO), certificate(ZERO)]).unwrap().keys().count(), 1);
        let one = PublicKey::new("K", PUBLIC_KEY).unwrap();
        let zero = certificate(ZERO);
        let other = VerifyKey::new(KeyId::new("K").unwrap(), zero.public_key().clone(), None);
        assert!(matches!(KeySet::new([one.into(), other]), Err(KeyError::TwoKeysOneId { .. })));
        assert!(matches!(PublicKey::new("a b", PUBLIC_KEY), Err(KeyError::KeyId)));
        assert!(matches!(PublicKey::new("K", ZERO), Err(KeyError::PublicKey { .. })));
    }

    #[test]
    fn a_set_is_written_down_and_read_again() {
        let public = PublicKey::new("PUB_KEY_ID_01", PUBLIC_KEY).unwrap();
        let set = KeySet::new([public.into(), certificate(ZERO)]).unwrap();
        let text = set.to_json();
        let again = KeySet::from_json(&text).unwrap();
        assert_eq!(again.to_json(), text);
        assert_eq!(again.find("PUB_KEY_ID_01").unwrap().validity(), None);
        // The validity is judged again, not taken on trust.
        let zero = again.find("0A1B2C3D4E5F60718293A4B5C6D7E8F901234567").unwrap();
        assert!(zero.is_valid_at(NOW) && zero.is_expired_at(7_258_118_400));
        assert!(!text.contains("PRIVATE"));
        for damaged in ["", "{}", "[{\"id\":\"K\"}]"] {
            assert!(matches!(KeySet::from_json(damaged), Err(KeyError::Kept)), "{damaged}");
        }
        let half = text.replace("\"not_after\"", "\"other\"");
        assert!(matches!(KeySet::from_json(&half), Err(KeyError::Kept)));
        assert!(KeySet::from_json(&text.replace("PUBLIC KEY", "PRIVATE KEY")).is_err());
    }
}
