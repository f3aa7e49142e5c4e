//! AES-256-GCM as APIv3 uses it: callback resources, platform certificates and sealed references.
//!
//! The key is the 32 bytes of the APIv3 key (or brand API key) as they are: no hashing, no decoding.
//! The tag of 16 bytes follows the ciphertext. The nonce is an argument, and it is for the caller to
//! never use one twice with the same key.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize as _, Zeroizing};

/// The length of the key in bytes. Some SDKs take 16 bytes and silently run AES-128; we refuse them.
pub const KEY_BYTES: usize = 32;

/// The length of the nonce in bytes; on the wire that is 12 ASCII characters.
pub const NONCE_BYTES: usize = 12;

/// The length of the tag in bytes, and so the length of the shortest sealed value.
pub const TAG_BYTES: usize = 16;

/// The name of the algorithm in `resource.algorithm` and `encrypt_certificate.algorithm`.
pub const ALGORITHM: &str = "AEAD_AES_256_GCM";

/// Why sealing or opening failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AeadError {
    /// The key is not [`KEY_BYTES`] long.
    #[error("the APIv3 key has {bytes} bytes instead of 32")]
    KeyLength {
        /// The length that was given.
        bytes: usize,
    },
    /// The nonce is not [`NONCE_BYTES`] long.
    #[error("the nonce has {bytes} bytes instead of 12")]
    NonceLength {
        /// The length that was given.
        bytes: usize,
    },
    /// The ciphertext is not standard Base64 with padding.
    #[error("the ciphertext is not Base64")]
    NotBase64,
    /// The ciphertext is shorter than a tag.
    #[error("the ciphertext has {bytes} bytes, less than a tag of 16")]
    TooShort {
        /// The length after decoding.
        bytes: usize,
    },
    /// The tag does not fit: wrong key, nonce or associated data, or a changed ciphertext.
    #[error("the ciphertext was not sealed with this key, nonce and associated data")]
    TagMismatch,
    /// The provider refuses to seal, which only a plaintext beyond its limit (64 GiB) causes.
    #[error("the plaintext could not be sealed")]
    Sealing,
}

/// A key of 32 bytes. Hidden from `Debug` and wiped on drop.
#[derive(Clone)]
pub struct ApiV3Key {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
}

impl ApiV3Key {
    /// Takes the text from the merchant or brand console, which is 32 characters `[0-9A-Za-z]`. Any
    /// text of 32 bytes is taken, because the bytes are used as they are.
    ///
    /// # Errors
    /// [`AeadError::KeyLength`] for any other length.
    pub fn new(text: &str) -> Result<Self, AeadError> {
        let bytes = <[u8; KEY_BYTES]>::try_from(text.as_bytes())
            .map_err(|_| AeadError::KeyLength { bytes: text.len() })?;
        Ok(Self::from_bytes(bytes))
    }

    /// Takes raw key bytes, for keys that are not typed by people.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self { bytes: Zeroizing::new(bytes) }
    }

    /// Seals a plaintext for the wire: standard Base64 of ciphertext and tag.
    ///
    /// `nonce` is 12 ASCII characters and must never be used twice with this key. `associated_data`
    /// is authenticated and travels in clear.
    ///
    /// # Errors
    /// [`AeadError::NonceLength`] or [`AeadError::Sealing`].
    pub fn seal(&self, nonce: &str, associated_data: &str, plaintext: &[u8]) -> Result<String, AeadError> {
        let sealed = self.seal_bytes(&nonce_bytes(nonce)?, associated_data.as_bytes(), plaintext)?;
        Ok(STANDARD.encode(sealed))
    }

    /// Opens what [`ApiV3Key::seal`] made. No input makes it panic.
    ///
    /// # Errors
    /// [`AeadError::NonceLength`], [`AeadError::NotBase64`], [`AeadError::TooShort`] or
    /// [`AeadError::TagMismatch`].
    pub fn open(
        &self,
        nonce: &str,
        associated_data: &str,
        ciphertext_base64: &str,
    ) -> Result<Vec<u8>, AeadError> {
        let nonce = nonce_bytes(nonce)?;
        let sealed = STANDARD.decode(ciphertext_base64).map_err(|_| AeadError::NotBase64)?;
        self.open_bytes(&nonce, associated_data.as_bytes(), &sealed)
    }

    /// Seals to raw bytes: ciphertext, then tag.
    ///
    /// # Errors
    /// [`AeadError::Sealing`].
    pub fn seal_bytes(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated_data: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, AeadError> {
        let nonce = Nonce::assume_unique_for_key(*nonce);
        // Room for the tag from the start: growing would leave a copy of the plaintext behind.
        let mut sealed = Vec::with_capacity(plaintext.len() + TAG_BYTES);
        sealed.extend_from_slice(plaintext);
        if let Err(Unspecified) =
            self.cipher().seal_in_place_append_tag(nonce, Aad::from(associated_data), &mut sealed)
        {
            sealed.zeroize();
            return Err(AeadError::Sealing);
        }
        Ok(sealed)
    }

    /// Opens raw bytes: ciphertext, then tag.
    ///
    /// # Errors
    /// [`AeadError::TooShort`] or [`AeadError::TagMismatch`].
    pub fn open_bytes(
        &self,
        nonce: &[u8; NONCE_BYTES],
        associated_data: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, AeadError> {
        if sealed.len() < TAG_BYTES {
            return Err(AeadError::TooShort { bytes: sealed.len() });
        }
        let mut plaintext = sealed.to_vec();
        let length = self
            .cipher()
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated_data),
                plaintext.as_mut_slice(),
            )
            .map_err(|Unspecified| AeadError::TagMismatch)?
            .len();
        plaintext.truncate(length);
        Ok(plaintext)
    }

    /// Made for each use, so that the only lasting copy of the key is the one that is wiped.
    fn cipher(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, self.bytes.as_slice())
            .expect("invariant: the array has the length of an AES-256 key");
        LessSafeKey::new(key)
    }
}

impl fmt::Debug for ApiV3Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiV3Key(…)")
    }
}

fn nonce_bytes(nonce: &str) -> Result<[u8; NONCE_BYTES], AeadError> {
    nonce.as_bytes().try_into().map_err(|_| AeadError::NonceLength { bytes: nonce.len() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "TestApiV3KeyForVectors0123456789";

    fn key() -> ApiV3Key {
        ApiV3Key::new(KEY).unwrap()
    }

    /// The known answer of the official Java SDK's own test.
    #[test]
    fn the_known_answer_of_the_java_sdk_holds() {
        let key = ApiV3Key::new("a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb").unwrap();
        let sealed = key.seal("uluk4a9R25RW", "associatedData", b"message").unwrap();
        assert_eq!(sealed, "ulwSiIajGClcvcOYvOQ7+l+0PAbzzwI=");
        assert_eq!(key.open("uluk4a9R25RW", "associatedData", &sealed).unwrap(), b"message");
    }

    #[test]
    fn keys_of_another_length_are_refused() {
        for text in ["", "testAPIv3Key0000", &KEY[1..], &format!("{KEY}0")] {
            assert_eq!(ApiV3Key::new(text).unwrap_err(), AeadError::KeyLength { bytes: text.len() });
        }
    }

    #[test]
    fn nonces_of_another_length_are_refused() {
        for nonce in ["", "61f9c719728", "61f9c719728a0"] {
            let bytes = nonce.len();
            assert_eq!(key().seal(nonce, "", b""), Err(AeadError::NonceLength { bytes }));
            assert_eq!(key().open(nonce, "", ""), Err(AeadError::NonceLength { bytes }));
        }
    }

    #[test]
    fn every_part_is_authenticated() {
        let sealed = key().seal("61f9c719728a", "certificate", b"hello").unwrap();
        let other = ApiV3Key::from_bytes([7; KEY_BYTES]);
        assert_eq!(other.open("61f9c719728a", "certificate", &sealed), Err(AeadError::TagMismatch));
        assert_eq!(key().open("61f9c719728b", "certificate", &sealed), Err(AeadError::TagMismatch));
        assert_eq!(key().open("61f9c719728a", "Certificate", &sealed), Err(AeadError::TagMismatch));
        let mut changed = STANDARD.decode(&sealed).unwrap();
        changed[0] ^= 1;
        assert_eq!(key().open_bytes(b"61f9c719728a", b"certificate", &changed), Err(AeadError::TagMismatch));
    }

    #[test]
    fn short_and_undecodable_ciphertexts_are_named() {
        assert_eq!(key().open("61f9c719728a", "", ""), Err(AeadError::TooShort { bytes: 0 }));
        let fifteen = STANDARD.encode([0; 15]);
        assert_eq!(key().open("61f9c719728a", "", &fifteen), Err(AeadError::TooShort { bytes: 15 }));
        let sixteen = STANDARD.encode([0; 16]);
        assert_eq!(key().open("61f9c719728a", "", &sixteen), Err(AeadError::TagMismatch));
        assert_eq!(key().open("61f9c719728a", "", "密文"), Err(AeadError::NotBase64));
    }

    #[test]
    fn debug_hides_the_key() {
        assert_eq!(format!("{:?}", key()), "ApiV3Key(…)");
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(nonce in "[ -~]{12}", aad in ".{0,40}", plaintext in any::<Vec<u8>>()) {
            let sealed = key().seal(&nonce, &aad, &plaintext).unwrap();
            prop_assert_eq!(key().open(&nonce, &aad, &sealed), Ok(plaintext));
        }

        #[test]
        fn no_input_makes_opening_panic(
            nonce in prop_oneof!["[ -~]{12}", any::<String>()],
            aad in any::<String>(),
            text in any::<String>(),
            bytes in any::<Vec<u8>>(),
        ) {
            prop_assert!(key().open(&nonce, &aad, &text).is_err());
            prop_assert!(key().open(&nonce, &aad, &STANDARD.encode(bytes)).is_err());
        }
    }
}
