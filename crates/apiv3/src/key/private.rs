//! Private keys: loading, generating, signing, writing.
//!
//! Knows one key at a time and never where it is kept.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, OaepPrivateDecryptingKey, PrivateDecryptingKey};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::der::{self, PemContent, PrivateEncoding};
use super::{KeyError, PublicKey, SignError, require_length, to_pem};

struct PrivateParts {
    signing: KeyPair,
    decrypting: OaepPrivateDecryptingKey,
    public_key: PublicKey,
}

/// An RSA private key of at least 2048 bits. Cloning is cheap; the key can be shared by threads.
///
/// `Debug` shows the public half's fingerprint only. The buffers made here are wiped on drop, and the
/// provider wipes its own.
#[derive(Clone)]
pub struct PrivateKey {
    parts: Arc<PrivateParts>,
}

impl PrivateKey {
    /// Loads the first PEM block of a text: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// A [`KeyError`] that names what was given instead.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_der(&der::read_pem(text, PemContent::PrivateKey)?)
    }

    /// Loads a private key from a file that is protected by a pass phrase (`ENCRYPTED PRIVATE KEY`:
    /// PKCS#8, PBES2 with AES). A file without protection is loaded as it is. Deriving the key from the
    /// pass phrase takes some milliseconds on purpose.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`], [`KeyError::UnsupportedProtection`], or as
    /// [`from_pem`](Self::from_pem).
    pub fn from_encrypted_pem(text: &str, passphrase: &str) -> Result<Self, KeyError> {
        Self::from_der(&der::read_protected_pem(text, passphrase)?)
    }

    /// Loads a private key from DER, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// A [`KeyError`] that names what was given instead.
    pub fn from_der(bytes: &[u8]) -> Result<Self, KeyError> {
        let (encoding, bits) = der::private_key(bytes)?;
        require_length(bits)?;
        let signing = match encoding {
            PrivateEncoding::Pkcs8 => KeyPair::from_pkcs8(bytes),
            PrivateEncoding::Pkcs1 => KeyPair::from_der(bytes),
        };
        Self::from_key_pair(signing.map_err(KeyError::Rejected)?)
    }

    /// Makes a new RSA key of 2048 bits with the provider's own random generator. For tests and the
    /// sandbox; a real merchant key comes from the merchant console's tool.
    ///
    /// # Errors
    /// [`KeyError::Generation`] when the provider fails.
    pub fn generate() -> Result<Self, KeyError> {
        Self::from_key_pair(KeyPair::generate(KeySize::Rsa2048).map_err(|Unspecified| KeyError::Generation)?)
    }

    fn from_key_pair(signing: KeyPair) -> Result<Self, KeyError> {
        let pkcs8 = pkcs8_of(&signing)?;
        let decrypting = PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).map_err(KeyError::Rejected)?;
        let decrypting =
            OaepPrivateDecryptingKey::new(decrypting).map_err(|Unspecified| KeyError::Encoding)?;
        let spki = AsDer::<PublicKeyX509Der<'static>>::as_der(signing.public_key())
            .map_err(|Unspecified| KeyError::Encoding)?;
        let public_key = PublicKey::from_spki_der(spki.as_ref())?;
        Ok(Self { parts: Arc::new(PrivateParts { signing, decrypting, public_key }) })
    }

    /// Signs a message with RSASSA-PKCS1-v1_5 and SHA-256. Returns standard Base64 on one line, 344
    /// characters for a 2048-bit key.
    ///
    /// This is the dearest call of the protocol (about a millisecond): keep it off async threads.
    ///
    /// # Errors
    /// [`SignError`] when the provider fails.
    pub fn sign(&self, message: &[u8]) -> Result<String, SignError> {
        let signing = &self.parts.signing;
        let mut signature = vec![0; signing.public_modulus_len()];
        // The provider takes a generator for compatibility and ignores it: this padding has no salt.
        signing
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|Unspecified| SignError)?;
        Ok(STANDARD.encode(signature))
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.parts.public_key.clone()
    }

    /// Writes the key as PKCS#8 PEM, unencrypted. The text is wiped on drop.
    ///
    /// # Errors
    /// [`KeyError::Encoding`] when the provider fails.
    pub fn to_pkcs8_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        let pkcs8 = pkcs8_of(&self.parts.signing)?;
        Ok(to_pem("PRIVATE KEY", pkcs8.as_ref()))
    }

    pub(crate) fn decrypting(&self) -> &OaepPrivateDecryptingKey {
        &self.parts.decrypting
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PrivateKey")
            .field("public_key", &self.parts.public_key)
            .finish_non_exhaustive()
    }
}

fn pkcs8_of(key_pair: &KeyPair) -> Result<Pkcs8V1Der<'static>, KeyError> {
    AsDer::<Pkcs8V1Der<'static>>::as_der(key_pair).map_err(|Unspecified| KeyError::Encoding)
}
