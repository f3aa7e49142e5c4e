//! Digests and the one HMAC of the crate, from the same provider as everything else.
//!
//! SHA-1 stands here because the platform names it for files; nothing of ours rests on it.

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use aws_lc_rs::hmac;

/// The kinds of digest that the platform states for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashType {
    /// SHA-1, 40 hex digits.
    Sha1,
    /// SHA-256, 64 hex digits.
    Sha256,
}

impl HashType {
    /// The kind that a `hash_type` names, `None` for any other word.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "SHA1" | "SHA-1" => Some(Self::Sha1),
            "SHA256" | "SHA-256" => Some(Self::Sha256),
            _ => None,
        }
    }
}

/// A digest in the making.
pub(crate) struct Hasher(Context);

impl Hasher {
    pub(crate) fn new(kind: HashType) -> Self {
        Self(Context::new(match kind {
            HashType::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            HashType::Sha256 => &SHA256,
        }))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// In lower-case hex.
    pub(crate) fn finish(self) -> String {
        hex(self.0.finish().as_ref())
    }
}

/// The digest of bytes that are at hand, in lower-case hex.
pub(crate) fn digest(kind: HashType, bytes: &[u8]) -> String {
    let mut hasher = Hasher::new(kind);
    hasher.update(bytes);
    hasher.finish()
}

/// HMAC-SHA256 in upper-case hex, as APIv2 writes it.
pub(crate) fn hmac_sha256_upper(key: &[u8], message: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message);
    hex(tag.as_ref()).to_ascii_uppercase()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180 and RFC 4231.
    #[test]
    fn known_answers() {
        assert_eq!(digest(HashType::Sha1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest(HashType::Sha256, b"abc"), abc);
        assert_eq!(
            hmac_sha256_upper(b"Jefe", b"what do ya want for nothing?"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
        );
        assert_eq!(HashType::from_word("sha256"), Some(HashType::Sha256));
        assert_eq!(HashType::from_word("MD5"), None);
    }
}
