//! Sensitive fields (敏感信息): sealed to one key of the platform, and a request that says which.
//!
//! A sealed value remembers its key. While a body or a query is written, the keys of the values in it are
//! collected, so that the request can name the key and values of two keys are found. The collection lives
//! for one writing on one thread (client.md 16).

use std::cell::RefCell;
use std::fmt;

use quan_apiv3::oaep::{self, OaepError};
use serde::{Serialize, Serializer};

use crate::verify_key::{KeyId, VerifyKey};

/// Why a field was not sealed. The plaintext is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field {field} cannot be sealed")]
pub struct SealError {
    /// The name that was given with the value; empty when none was.
    pub field: String,
    /// [`OaepError::TooLong`] for more than 214 bytes.
    #[source]
    pub cause: OaepError,
}

/// Seals fields to one key of the platform, chosen when the sealer was made: a rotation in between does
/// not mix keys. From [`Client::sealer`](crate::Client::sealer).
#[derive(Clone, Debug)]
pub struct Sealer {
    key: VerifyKey,
}

impl Sealer {
    pub(crate) fn new(key: VerifyKey) -> Self {
        Self { key }
    }

    /// The key it seals to; `Wechatpay-Serial` of the request names it.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        self.key.id()
    }

    /// Seals a value of at most 214 bytes of UTF-8.
    ///
    /// # Errors
    /// [`SealError`] without a field name.
    pub fn seal(&self, plaintext: impl AsRef<str>) -> Result<Sealed, SealError> {
        self.seal_field("", plaintext)
    }

    /// The same, with a name for the error.
    ///
    /// # Errors
    /// [`SealError`] with the name.
    pub fn seal_field(
        &self,
        field: impl AsRef<str>,
        plaintext: impl AsRef<str>,
    ) -> Result<Sealed, SealError> {
        match oaep::encrypt(self.key.public_key(), plaintext.as_ref()) {
            Ok(ciphertext) => Ok(Sealed { ciphertext, key_id: self.key.id().clone() }),
            Err(cause) => Err(SealError { field: field.as_ref().to_owned(), cause }),
        }
    }
}

/// A sealed value. It is written as its Base64 ciphertext, in JSON and in a query.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    ciphertext: String,
    key_id: KeyId,
}

impl Sealed {
    /// The ciphertext in Base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.ciphertext
    }

    /// The key it was sealed to.
    #[must_use]
    pub fn key_id(&self) -> &KeyId {
        &self.key_id
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        note(&self.key_id);
        serializer.serialize_str(&self.ciphertext)
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        note(&self.key_id);
        f.write_str(&self.ciphertext)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(to {})", self.key_id)
    }
}

thread_local! {
    /// The keys of the values that are being written on this thread; `None` while nothing is.
    static SEEN: RefCell<Option<Vec<KeyId>>> = const { RefCell::new(None) };
}

fn note(key_id: &KeyId) {
    SEEN.with_borrow_mut(|seen| {
        if let Some(seen) = seen
            && !seen.contains(key_id)
        {
            seen.push(key_id.clone());
        }
    });
}

/// Writes, and says to which keys the values in it were sealed.
pub(crate) fn watch<T>(write: impl FnOnce() -> T) -> (T, Vec<KeyId>) {
    let before = SEEN.replace(Some(Vec::new()));
    let written = write();
    let seen = SEEN.replace(before);
    (written, seen.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing_parts::{PUBLIC_KEY_ID, wechatpay_key};
    use quan_apiv3::key::PrivateKey;

    fn sealer() -> Sealer {
        Sealer::new(wechatpay_key().into())
    }

    #[test]
    fn a_sealed_value_opens_with_the_platforms_key_and_does_not_show() {
        let sealed = sealer().seal("13800000000").unwrap();
        let key = include_str!("../../apiv3/tests/vectors/keys/wechatpay_key.pem");
        let key = PrivateKey::from_pem(key).unwrap();
        assert_eq!(oaep::decrypt(&key, sealed.as_str()).unwrap(), "13800000000");
        assert_eq!(format!("{sealed:?}"), format!("Sealed(to {PUBLIC_KEY_ID})"));
    }

    #[test]
    fn a_value_that_is_too_long_names_its_field() {
        let error = sealer().seal_field("name", "券".repeat(72)).unwrap_err();
        assert_eq!(error.to_string(), "the field name cannot be sealed");
        assert_eq!(error.cause, OaepError::TooLong { bytes: 216 });
        assert!(sealer().seal("x".repeat(214)).is_ok());
    }

    #[test]
    fn the_keys_of_one_writing_are_collected_and_of_no_other() {
        let sealed = sealer().seal("x").unwrap();
        let (text, seen) = watch(|| serde_json::to_string(&[&sealed, &sealed]).unwrap());
        assert!(text.contains(sealed.as_str()));
        assert_eq!(seen, [sealed.key_id().clone()]);
        let _outside = sealed.to_string();
        let ((), seen) = watch(|| {
            let (_, inner) = watch(|| sealed.to_string());
            assert_eq!(inner.len(), 1);
        });
        assert_eq!(seen, []);
    }
}
