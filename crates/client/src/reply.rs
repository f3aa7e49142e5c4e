//! What a successful call gives: the data and how it came.

use std::any::TypeId;
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::DecodeReason;
use crate::key_ring::KeyId;

/// A verified answer. It derefs to its data.
pub struct Reply<T> {
    data: T,
    meta: Meta,
}

impl<T> Reply<T> {
    pub(crate) fn new(data: T, meta: Meta) -> Self {
        Self { data, meta }
    }

    /// How the answer came.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The data alone.
    pub fn into_inner(self) -> T {
        self.data
    }

    /// Both.
    pub fn into_parts(self) -> (T, Meta) {
        (self.data, self.meta)
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T> fmt::Debug for Reply<T> {
    /// Shows how the answer came, and not the data, which may name people or hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// How an answer came.
#[derive(Clone)]
#[non_exhaustive]
pub struct Meta {
    /// The HTTP status.
    pub status: StatusCode,
    /// Every header of the answer; hidden from `Debug`.
    pub headers: HeaderMap,
    /// The platform's id of the request, for support cases.
    pub request_id: Option<String>,
    /// Whether the answer is authenticated.
    pub trust: Trust,
    /// How many attempts it took, from 1.
    pub attempts: u32,
    /// The origin that answered, such as `https://api.mch.weixin.qq.com`.
    pub host: String,
    /// From the start of the call to its end, by the client's clock.
    pub elapsed: Duration,
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("trust", &self.trust)
            .field("attempts", &self.attempts)
            .field("host", &self.host)
            .field("elapsed", &self.elapsed)
            .finish_non_exhaustive()
    }
}

/// Whether a message is authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// The platform signed it.
    Verified {
        /// With this key.
        key_id: KeyId,
    },
    /// It carried no signature. Only error answers can be unsigned.
    Unsigned,
    /// Verification does not apply to this kind of answer. Nothing gives this yet; file downloads will.
    Skipped,
}

/// The body of an answer as it came, for calls without a type.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(Bytes);

impl Raw {
    /// The bytes that were verified.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// The body as text.
    ///
    /// # Errors
    /// [`DecodeReason::NotUtf8`].
    pub fn text(&self) -> Result<&str, DecodeReason> {
        std::str::from_utf8(&self.0).map_err(|_| DecodeReason::NotUtf8)
    }

    /// The body as a type.
    ///
    /// # Errors
    /// [`DecodeReason`] says what does not fit.
    pub fn json<T: DeserializeOwned + Send + 'static>(&self) -> Result<T, DecodeReason> {
        T::from_reply(&self.0)
    }

    /// The body as dynamic JSON.
    ///
    /// # Errors
    /// [`DecodeReason`], also for an empty body.
    pub fn value(&self) -> Result<Value, DecodeReason> {
        self.json()
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

/// What an answer can be decoded into: [`Raw`], `()` for answers without a body, and every type that
/// deserialises from JSON.
pub trait FromReply: Sized + Send + 'static {
    /// Decodes a verified body.
    ///
    /// # Errors
    /// [`DecodeReason`] says what does not fit.
    fn from_reply(body: &Bytes) -> Result<Self, DecodeReason>;
}

impl FromReply for Raw {
    fn from_reply(body: &Bytes) -> Result<Self, DecodeReason> {
        Ok(Self(body.clone()))
    }
}

impl<T: DeserializeOwned + Send + 'static> FromReply for T {
    fn from_reply(body: &Bytes) -> Result<Self, DecodeReason> {
        let json: &[u8] = match body.is_empty() {
            false => body,
            // `()` is what JSON calls null; any other type has lost something.
            true if TypeId::of::<T>() == TypeId::of::<()>() => b"null",
            true => return Err(DecodeReason::Empty),
        };
        Ok(serde_json::from_slice(json)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_body_is_nothing_and_only_nothing() {
        let empty = Bytes::new();
        assert!(<()>::from_reply(&empty).is_ok());
        assert!(matches!(Value::from_reply(&empty), Err(DecodeReason::Empty)));
        assert!(matches!(Vec::<u8>::from_reply(&empty), Err(DecodeReason::Empty)));
        assert_eq!(Raw::from_reply(&empty).unwrap().text().unwrap(), "");
    }

    #[test]
    fn a_misfit_is_located_without_quoting_it() {
        let raw = Raw(Bytes::from_static(br#"{"token":"very-secret"}"#));
        assert_eq!(raw.value().unwrap()["token"], "very-secret");
        let error = raw.json::<std::collections::HashMap<String, u32>>().unwrap_err();
        assert!(!format!("{error} {error:?} {raw:?}").contains("very-secret"));
        assert!(matches!(error, DecodeReason::Json { category: "data", line: 1, .. }));
    }
}
