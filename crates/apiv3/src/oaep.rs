//! Sensitive fields (敏感信息): RSAES-OAEP with SHA-1 and MGF1-SHA-1, without a label.
//!
//! Upstream fields are encrypted to the platform's key, downstream fields to the caller's certificate.
//! SHA-1 is the platform's choice; OAEP does not rest on its collision resistance. Encryption uses the
//! provider's own random generator, since no two ciphertexts of one text may be equal. Which key a
//! message names is for the caller.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::OAEP_SHA1_MGF1SHA1;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::key::{PrivateKey, PublicKey};

/// The longest plaintext in UTF-8 bytes: 256 − 2·20 − 2 for a 2048-bit key. Longer keys could take
/// more, but the protocol's fields are bounded by this.
pub const PLAINTEXT_BYTES_MAX: usize = 214;

/// Why a field could not be encrypted or decrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OaepError {
    /// The plaintext is longer than [`PLAINTEXT_BYTES_MAX`].
    #[error("the plaintext has {bytes} bytes; at most 214 fit")]
    TooLong {
        /// The length that was given.
        bytes: usize,
    },
    /// The ciphertext is not standard Base64 with padding; often it is a plain text.
    #[error("the ciphertext is not Base64")]
    NotBase64,
    /// It was not encrypted to this key with this padding. There is one variant for all causes, so
    /// that nobody can probe the padding.
    #[error("the ciphertext was not encrypted to this key")]
    Undecryptable,
    /// The plaintext is not UTF-8.
    #[error("the decrypted bytes are not UTF-8")]
    NotUtf8,
    /// The provider failed to encrypt.
    #[error("the plaintext could not be encrypted")]
    Encryption,
}

/// Encrypts a field to a key. Returns standard Base64, 344 characters for a 2048-bit key.
///
/// # Errors
/// [`OaepError::TooLong`] or [`OaepError::Encryption`].
pub fn encrypt(key: &PublicKey, plaintext: &str) -> Result<String, OaepError> {
    if plaintext.len() > PLAINTEXT_BYTES_MAX {
        return Err(OaepError::TooLong { bytes: plaintext.len() });
    }
    let key = key.encrypting();
    let mut ciphertext = vec![0; key.ciphertext_size()];
    let ciphertext = key
        .encrypt(&OAEP_SHA1_MGF1SHA1, plaintext.as_bytes(), &mut ciphertext, None)
        .map_err(|Unspecified| OaepError::Encryption)?;
    Ok(STANDARD.encode(ciphertext))
}

/// Decrypts a field. An empty ciphertext is an empty field: the official Go SDK leaves empty strings
/// unencrypted.
///
/// # Errors
/// [`OaepError::NotBase64`], [`OaepError::Undecryptable`] or [`OaepError::NotUtf8`].
pub fn decrypt(key: &PrivateKey, ciphertext_base64: &str) -> Result<String, OaepError> {
    if ciphertext_base64.is_empty() {
        return Ok(String::new());
    }
    let ciphertext = STANDARD.decode(ciphertext_base64).map_err(|_| OaepError::NotBase64)?;
    let key = key.decrypting();
    let mut plaintext = Zeroizing::new(vec![0; key.min_output_size()]);
    let plaintext = key
        .decrypt(&OAEP_SHA1_MGF1SHA1, &ciphertext, &mut plaintext, None)
        .map_err(|Unspecified| OaepError::Undecryptable)?;
    std::str::from_utf8(plaintext).map(str::to_owned).map_err(|_| OaepError::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PrivateKey {
        PrivateKey::from_pem(include_str!("../tests/vectors/keys/platform_key.pem")).unwrap()
    }

    #[test]
    fn what_is_encrypted_decrypts_and_never_repeats() {
        let key = key();
        let first = encrypt(&key.public_key(), "张三").unwrap();
        assert_eq!(first.len(), 344);
        assert_ne!(first, encrypt(&key.public_key(), "张三").unwrap());
        assert_eq!(decrypt(&key, &first).unwrap(), "张三");
        let empty = encrypt(&key.public_key(), "").unwrap();
        assert_eq!(decrypt(&key, &empty).unwrap(), "");
    }

    #[test]
    fn the_limit_is_in_bytes() {
        let key = key();
        let longest = "x".repeat(PLAINTEXT_BYTES_MAX);
        let ciphertext = encrypt(&key.public_key(), &longest).unwrap();
        assert_eq!(decrypt(&key, &ciphertext).unwrap(), longest);
        assert_eq!(
            encrypt(&key.public_key(), &format!("{longest}x")),
            Err(OaepError::TooLong { bytes: 215 })
        );
        assert_eq!(encrypt(&key.public_key(), &"券".repeat(72)), Err(OaepError::TooLong { bytes: 216 }));
    }

    #[test]
    fn refusals_are_told_apart() {
        let key = key();
        let other = PrivateKey::from_pem(include_str!("../tests/vectors/keys/merchant_key.pem")).unwrap();
        let ciphertext = encrypt(&other.public_key(), "张三").unwrap();
        assert_eq!(decrypt(&key, &ciphertext), Err(OaepError::Undecryptable));
        assert_eq!(decrypt(&key, "AAAA"), Err(OaepError::Undecryptable));
        assert_eq!(decrypt(&key, &STANDARD.encode([0xff; 300])), Err(OaepError::Undecryptable));
        assert_eq!(decrypt(&key, "张三"), Err(OaepError::NotBase64));
        assert_eq!(decrypt(&key, ""), Ok(String::new()));
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        let key = key();
        let public = key.public_key();
        let mut ciphertext = vec![0; 256];
        public.encrypting().encrypt(&OAEP_SHA1_MGF1SHA1, &[0xff], &mut ciphertext, None).unwrap();
        assert_eq!(decrypt(&key, &STANDARD.encode(ciphertext)), Err(OaepError::NotUtf8));
    }
}
