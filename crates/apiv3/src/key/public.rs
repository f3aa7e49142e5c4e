//! Public keys: loading, verifying, writing.
//!
//! Knows one key at a time; which key an identifier names is for the caller.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::der::{self, PemContent};
use super::{KeyError, PROBE_PREFIX, SignatureError, require_length, to_pem};

struct PublicParts {
    verifying: ParsedPublicKey,
    encrypting: OaepPublicEncryptingKey,
    spki: Vec<u8>,
}

/// An RSA public key of at least 2048 bits. Cloning is cheap; equality is that of the key, however it
/// was loaded.
#[derive(Clone)]
pub struct PublicKey {
    parts: Arc<PublicParts>,
}

impl PublicKey {
    /// Loads a `SubjectPublicKeyInfo` in PEM (`PUBLIC KEY`), the form in which the WeChat Pay public
    /// key (`pub_key.pem`) is handed out.
    ///
    /// # Errors
    /// A [`KeyError`] that names what was given instead.
    pub fn from_spki_pem(text: &str) -> Result<Self, KeyError> {
        Self::from_spki_der(&der::read_pem(text, PemContent::PublicKey)?)
    }

    /// Takes the key out of a certificate in PEM. Neither validity nor issuer is checked; use
    /// [`crate::certificate::Certificate`] to see the validity and the serial.
    ///
    /// # Errors
    /// A [`KeyError`] that names what was given instead.
    pub fn from_certificate_pem(text: &str) -> Result<Self, KeyError> {
        let contents = der::read_pem(text, PemContent::Certificate)?;
        let (_, certificate) =
            x509_parser::parse_x509_certificate(&contents).map_err(|_| KeyError::Malformed)?;
        Self::from_spki_der(certificate.public_key().raw)
    }

    /// Loads a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// A [`KeyError`] that names what was given instead.
    pub fn from_spki_der(bytes: &[u8]) -> Result<Self, KeyError> {
        require_length(der::public_key_bits(bytes)?)?;
        let verifying =
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bytes).map_err(KeyError::Rejected)?;
        let encrypting = PublicEncryptingKey::from_der(bytes).map_err(KeyError::Rejected)?;
        // Written again by the provider, so that two encodings of one key compare equal.
        let spki = AsDer::<PublicKeyX509Der<'static>>::as_der(&encrypting)
            .map_err(|Unspecified| KeyError::Encoding)?
            .as_ref()
            .to_vec();
        let encrypting =
            OaepPublicEncryptingKey::new(encrypting).map_err(|Unspecified| KeyError::Encoding)?;
        Ok(Self { parts: Arc::new(PublicParts { verifying, encrypting, spki }) })
    }

    /// Writes the key as `SubjectPublicKeyInfo` in PEM.
    #[must_use]
    pub fn to_spki_pem(&self) -> String {
        std::mem::take(&mut *to_pem("PUBLIC KEY", &self.parts.spki))
    }

    /// Verifies a Base64 signature over the message (RSASSA-PKCS1-v1_5, SHA-256).
    ///
    /// # Errors
    /// A [`SignatureError`]. A probe is verified like every other signature and then named.
    pub fn verify(&self, message: &[u8], signature_base64: &str) -> Result<(), SignatureError> {
        let outcome = match STANDARD.decode(signature_base64) {
            Ok(signature) => self
                .parts
                .verifying
                .verify_sig(message, &signature)
                .map_err(|Unspecified| SignatureError::Mismatch),
            Err(_) => Err(SignatureError::NotBase64),
        };
        outcome.map_err(|error| {
            if signature_base64.starts_with(PROBE_PREFIX) { SignatureError::Probe } else { error }
        })
    }

    /// The first eight bytes of the SHA-256 of the `SubjectPublicKeyInfo`, in lower-case hex. It tells
    /// keys apart in logs and is no identifier of the protocol.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.parts.spki);
        digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn encrypting(&self) -> &OaepPublicEncryptingKey {
        &self.parts.encrypting
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.parts.spki == other.parts.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("PublicKey").field(&self.fingerprint()).finish()
    }
}
