//! What entitles to a download: the URL and the digest that a verified answer has announced.

use std::fmt;

use serde_json::Value;

use crate::digest::HashType;
use crate::error::DecodeReason;
use crate::reply::{Raw, Reply, Trust};

/// Why an answer announces no download.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// The answer is not authenticated.
    #[error("the answer that announces the file is not verified")]
    NotVerified,
    /// The answer is not JSON.
    #[error("the answer is not JSON")]
    Shape(#[source] DecodeReason),
    /// A member is missing.
    #[error("the answer has no {0}")]
    Missing(&'static str),
    /// The digest is of a kind that is not known, so the file could not be compared.
    #[error("the hash type {0} is not known")]
    HashType(String),
    /// The digest is not hex of the length of its kind.
    #[error("the hash value is not a digest of its type")]
    HashValue,
}

/// A file to download. Made from a verified answer by `DownloadTicket::try_from(&reply)`. `Debug` shows
/// the digest and not the URL, which holds a token.
#[derive(Clone)]
pub struct DownloadTicket {
    url: String,
    hash_type: HashType,
    hash_value: String,
    is_gzip: bool,
}

impl DownloadTicket {
    /// A ticket whose values come from elsewhere than a verified answer: then nothing says that the file
    /// is the platform's. `hash_type` is `SHA1` or `SHA256`, `hash_value` in hex.
    ///
    /// # Errors
    /// [`TicketError::HashType`], [`TicketError::HashValue`].
    pub fn unverified_source(
        url: impl Into<String>,
        hash_type: impl AsRef<str>,
        hash_value: impl AsRef<str>,
    ) -> Result<Self, TicketError> {
        let url = url.into();
        let word = hash_type.as_ref();
        let hash_type = HashType::from_word(word).ok_or_else(|| TicketError::HashType(word.to_owned()))?;
        let hash_value = hash_value.as_ref().to_ascii_lowercase();
        let digits = match hash_type {
            HashType::Sha1 => 40,
            HashType::Sha256 => 64,
        };
        if hash_value.len() != digits || !hash_value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(TicketError::HashValue);
        }
        Ok(Self { is_gzip: asks_for_gzip(&url), url, hash_type, hash_value })
    }

    /// Whether the file comes packed as gzip; it is unpacked on the way, and the digest is that of the
    /// plain file. By default the URL tells, by `tar_type=GZIP`.
    #[must_use]
    pub fn gzip(mut self, is_gzip: bool) -> Self {
        self.is_gzip = is_gzip;
        self
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn hash(&self) -> (HashType, &str) {
        (self.hash_type, &self.hash_value)
    }

    pub(crate) fn is_gzip(&self) -> bool {
        self.is_gzip
    }

    fn read(value: &Value, trust: &Trust) -> Result<Self, TicketError> {
        match trust {
            Trust::Verified { .. } => {}
            Trust::Unsigned | Trust::Skipped => return Err(TicketError::NotVerified),
        }
        let text =
            |name: &'static str| value.get(name).and_then(Value::as_str).ok_or(TicketError::Missing(name));
        // Bills say `download_url`, flows of merchant coupons say `url`.
        let url =
            text("download_url").or_else(|_| text("url")).or(Err(TicketError::Missing("download_url")))?;
        Self::unverified_source(url, text("hash_type")?, text("hash_value")?)
    }
}

fn asks_for_gzip(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| pair.eq_ignore_ascii_case("tar_type=gzip"))
}

impl TryFrom<&Reply<Raw>> for DownloadTicket {
    type Error = TicketError;
    fn try_from(reply: &Reply<Raw>) -> Result<Self, TicketError> {
        Self::read(&reply.value().map_err(TicketError::Shape)?, &reply.meta().trust)
    }
}

impl TryFrom<&Reply<Value>> for DownloadTicket {
    type Error = TicketError;
    fn try_from(reply: &Reply<Value>) -> Result<Self, TicketError> {
        Self::read(reply, &reply.meta().trust)
    }
}

impl fmt::Debug for DownloadTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadTicket")
            .field("hash_type", &self.hash_type)
            .field("hash_value", &self.hash_value)
            .field("is_gzip", &self.is_gzip)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SHA1: &str = "79bb0f45fc4c42234a918000b2668d689e2bde04";

    fn verified() -> Trust {
        Trust::Verified { key_id: crate::KeyId::new("K").unwrap() }
    }

    #[test]
    fn an_answer_announces_a_file() {
        let bill = json!({"hash_type": "SHA1", "hash_value": SHA1.to_ascii_uppercase(),
            "download_url": "https://api.mch.weixin.qq.com/v3/billdownload/file?token=x&tar_type=GZIP"});
        let ticket = DownloadTicket::read(&bill, &verified()).unwrap();
        assert_eq!(ticket.hash(), (HashType::Sha1, SHA1));
        assert!(ticket.is_gzip() && !ticket.clone().gzip(false).is_gzip());
        assert!(!format!("{ticket:?}").contains("token"));
        let flow = json!({"url": "https://a/v3/x", "hash_type": "SHA256", "hash_value": "0".repeat(64)});
        assert!(!DownloadTicket::read(&flow, &verified()).unwrap().is_gzip());
    }

    #[test]
    fn an_answer_that_is_not_verified_or_not_whole_announces_nothing() {
        let whole = json!({"download_url": "https://a/b", "hash_type": "SHA1", "hash_value": SHA1});
        assert!(matches!(DownloadTicket::read(&whole, &Trust::Unsigned), Err(TicketError::NotVerified)));
        for name in ["download_url", "hash_type", "hash_value"] {
            let mut part = whole.clone();
            part.as_object_mut().unwrap().remove(name);
            let refused = DownloadTicket::read(&part, &verified());
            assert!(matches!(refused, Err(TicketError::Missing(missing)) if missing == name), "{name}");
        }
        let refused = |kind: &str, value: &str| {
            DownloadTicket::unverified_source("https://a/b", kind, value).unwrap_err()
        };
        assert!(matches!(refused("MD5", SHA1), TicketError::HashType(kind) if kind == "MD5"));
        assert!(matches!(refused("SHA256", SHA1), TicketError::HashValue));
        assert!(matches!(refused("SHA1", &"x".repeat(40)), TicketError::HashValue));
    }
}
