//! The platform's own keys: certificates and public keys, each with at most one other in rotation.
//!
//! A rotation has three steps. The new key is added: it is handed out and trusted, but does not sign. Then the
//! roles are switched, and switched back if need be. Then the one that does not sign is retired. Knows no
//! files, no callers and no time; who gets which signature is for the server.

use std::sync::{Arc, PoisonError, RwLock};

use crate::certificate::{Certificate, same_serial};
use crate::key::PrivateKey;

/// A platform certificate (平台证书) with the key that signs for it.
#[derive(Clone, Debug)]
pub struct PlatformCertificate {
    /// Signs.
    pub key: PrivateKey,
    /// What callers download.
    pub certificate: Certificate,
}

/// The key behind a WeChat Pay public key (微信支付公钥).
#[derive(Clone, Debug)]
pub struct PlatformPublicKey {
    /// Signs; its public half is what callers are given.
    pub key: PrivateKey,
    /// `PUB_KEY_ID_…`, opaque.
    pub id: String,
}

/// The one that signs, and while a rotation is under way the other one.
#[derive(Clone, Debug)]
pub struct Rotation<T> {
    signing: T,
    other: Option<T>,
}

/// Why a step of a rotation cannot be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RotationError {
    /// Two are there already: the other one must be retired before a third comes.
    #[error("a rotation is under way: retire the one that does not sign first")]
    UnderWay,
    /// There is only one.
    #[error("no rotation is under way: add a new one first")]
    NothingElse,
}

impl<T> Rotation<T> {
    /// One that signs and no other.
    #[must_use]
    pub fn steady(signing: T) -> Self {
        Self { signing, other: None }
    }

    /// The one that signs.
    #[must_use]
    pub fn signing(&self) -> &T {
        &self.signing
    }

    /// The one that does not sign: the next one before the switch, the former one after it.
    #[must_use]
    pub fn other(&self) -> Option<&T> {
        self.other.as_ref()
    }

    /// All that are handed out and trusted, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.signing).chain(&self.other)
    }

    /// First step: a new one is handed out. It does not sign yet.
    ///
    /// # Errors
    /// [`RotationError::UnderWay`] when there are two already.
    pub fn added(self, new: T) -> Result<Self, RotationError> {
        match self.other {
            None => Ok(Self { signing: self.signing, other: Some(new) }),
            Some(_) => Err(RotationError::UnderWay),
        }
    }

    /// Second step: the other one signs. Repeating it goes back.
    ///
    /// # Errors
    /// [`RotationError::NothingElse`] when there is only one.
    pub fn switched(self) -> Result<Self, RotationError> {
        match self.other {
            Some(other) => Ok(Self { signing: other, other: Some(self.signing) }),
            None => Err(RotationError::NothingElse),
        }
    }

    /// Third step: the one that does not sign goes.
    ///
    /// # Errors
    /// [`RotationError::NothingElse`] when there is only one.
    pub fn retired(self) -> Result<Self, RotationError> {
        match self.other {
            Some(_) => Ok(Self::steady(self.signing)),
            None => Err(RotationError::NothingElse),
        }
    }
}

/// A key together with the name under which receivers know it.
#[derive(Clone, Copy, Debug)]
pub struct SigningKey<'k> {
    /// Signs.
    pub key: &'k PrivateKey,
    /// For `Wechatpay-Serial`.
    pub serial: &'k str,
}

/// All keys of the platform.
#[derive(Clone, Debug)]
pub struct PlatformKeys {
    /// For callers in certificate mode.
    pub certificates: Rotation<PlatformCertificate>,
    /// For callers in public-key mode, and for brands.
    pub public_keys: Rotation<PlatformPublicKey>,
}

impl PlatformKeys {
    /// The certificate that signs now.
    #[must_use]
    pub fn by_certificate(&self) -> SigningKey<'_> {
        let PlatformCertificate { key, certificate } = self.certificates.signing();
        SigningKey { key, serial: &certificate.serial_no }
    }

    /// The public key that signs now.
    #[must_use]
    pub fn by_public_key(&self) -> SigningKey<'_> {
        let PlatformPublicKey { key, id } = self.public_keys.signing();
        SigningKey { key, serial: id }
    }

    /// The public key with this id, if it is ours and not retired. Ids compare byte by byte.
    #[must_use]
    pub fn public_key(&self, id: &str) -> Option<SigningKey<'_>> {
        let found = self.public_keys.iter().find(|public_key| public_key.id == id);
        found.map(|PlatformPublicKey { key, id }| SigningKey { key, serial: id })
    }

    /// Whether the text names a key of ours that is not retired; certificate serials compare as numbers.
    #[must_use]
    pub fn knows(&self, serial: &str) -> bool {
        let mut certificates = self.certificates.iter();
        self.public_key(serial).is_some()
            || certificates.any(|known| same_serial(&known.certificate.serial_no, serial))
    }
}

/// The keys in force, shared by all who sign and replaced while they work. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LivePlatformKeys {
    keys: Arc<RwLock<Arc<PlatformKeys>>>,
}

impl LivePlatformKeys {
    /// Starts with these keys.
    #[must_use]
    pub fn new(keys: PlatformKeys) -> Self {
        Self { keys: Arc::new(RwLock::new(Arc::new(keys))) }
    }

    /// The keys now. Hold them for one message only.
    #[must_use]
    pub fn now(&self) -> Arc<PlatformKeys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the keys for everything signed from here on.
    pub fn replace(&self, keys: PlatformKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! vector {
        ($name:literal) => {
            include_str!(concat!("../tests/vectors/keys/", $name))
        };
    }

    fn certificate(key: &str, certificate: &str) -> PlatformCertificate {
        PlatformCertificate {
            key: PrivateKey::from_pem(key).unwrap(),
            certificate: Certificate::from_pem(certificate).unwrap(),
        }
    }

    fn keys() -> PlatformKeys {
        let key = PrivateKey::from_pem(vector!("wechatpay_key.pem")).unwrap();
        PlatformKeys {
            certificates: Rotation::steady(certificate(
                vector!("platform_zero_key.pem"),
                vector!("platform_zero_cert.pem"),
            )),
            public_keys: Rotation::steady(PlatformPublicKey { key, id: "PUB_KEY_ID_0a".to_owned() }),
        }
    }

    #[test]
    fn the_steps_of_a_rotation_in_their_order() {
        let one = Rotation::steady(1);
        assert_eq!(one.clone().switched().unwrap_err(), RotationError::NothingElse);
        assert_eq!(one.clone().retired().unwrap_err(), RotationError::NothingElse);
        let two = one.added(2).unwrap();
        assert_eq!((two.signing(), two.other()), (&1, Some(&2)));
        assert_eq!(two.clone().added(3).unwrap_err(), RotationError::UnderWay);
        let switched = two.switched().unwrap();
        assert_eq!(switched.iter().collect::<Vec<_>>(), [&2, &1]);
        assert_eq!(switched.clone().switched().unwrap().signing(), &1, "a switch can be taken back");
        let retired = switched.retired().unwrap();
        assert_eq!((retired.signing(), retired.other()), (&2, None));
    }

    #[test]
    fn names_are_known_until_they_are_retired() {
        let live = LivePlatformKeys::new(keys());
        let before = live.now();
        for serial in [
            "PUB_KEY_ID_0a",
            "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567",
            "a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        ] {
            assert!(before.knows(serial), "{serial}");
        }
        assert!(!before.knows("PUB_KEY_ID_0A") && !before.knows("7D9F") && !before.knows(""));
        let new = certificate(vector!("platform_next_key.pem"), vector!("platform_next_cert.pem"));
        let serial = new.certificate.serial_no.clone();
        let mut keys = (*before).clone();
        keys.certificates = keys.certificates.added(new).unwrap().switched().unwrap();
        live.replace(keys);
        assert_eq!(live.now().by_certificate().serial, serial);
        assert_ne!(
            before.by_certificate().serial,
            serial,
            "a message under way keeps the keys it began with"
        );
        let mut keys = (*live.now()).clone();
        keys.certificates = keys.certificates.retired().unwrap();
        assert!(!keys.knows("0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"));
    }
}
