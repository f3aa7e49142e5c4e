//! The `Wechatpay-*` headers that sign answers and callbacks.
//!
//! One value holds the headers of one message. It knows neither the HTTP library nor which keys are
//! trusted: the caller picks the key that `Wechatpay-Serial` names.

use crate::authorization::Scheme;
use crate::headers;
use crate::key::{PrivateKey, PublicKey, SignError, SignatureError};
use crate::message::{parse_timestamp, response_message, within_window};

/// The signing headers of one answer or callback, as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `Wechatpay-Timestamp`: Unix seconds in plain decimal.
    pub timestamp: String,
    /// `Wechatpay-Nonce`: the platform sends 32 lower-case hex digits.
    pub nonce: String,
    /// `Wechatpay-Serial`: a platform certificate serial or `PUB_KEY_ID_…`.
    pub serial: String,
    /// `Wechatpay-Signature`: Base64.
    pub signature: String,
    /// `Wechatpay-Signature-Type`: the scheme. Absent means the merchant's, as the official Go and
    /// Java SDKs read it.
    pub signature_type: Option<String>,
}

/// A signing header is absent or empty; its name is the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header {0} is missing")]
pub struct HeaderError(pub &'static str);

/// Why a signed message does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The signature type is not one of [`Scheme`].
    #[error("the signature type {0:?} is not supported")]
    UnsupportedType(String),
    /// The timestamp is not plain decimal Unix seconds.
    #[error("Wechatpay-Timestamp is not plain decimal Unix seconds")]
    InvalidTimestamp,
    /// The timestamp lies outside the window.
    #[error("the message was signed {skew} seconds away from this clock")]
    Stale {
        /// Timestamp minus now, in seconds: negative for the past. Held at the ends of `i64`.
        skew: i64,
    },
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature(#[source] SignatureError),
}

impl SignatureHeaders {
    /// Signs a body. `serial` names `key`; `timestamp` is Unix seconds; `nonce` is new for every
    /// message, 32 lower-case hex digits by custom; `body` is empty for a 204.
    ///
    /// # Errors
    /// [`SignError`] when the provider fails.
    pub fn sign(
        key: &PrivateKey,
        serial: &str,
        scheme: Scheme,
        timestamp: i64,
        nonce: &str,
        body: &[u8],
    ) -> Result<Self, SignError> {
        let timestamp = timestamp.to_string();
        let signature = key.sign(&response_message(&timestamp, nonce, body))?;
        Ok(Self {
            timestamp,
            nonce: nonce.to_owned(),
            serial: serial.to_owned(),
            signature,
            signature_type: Some(scheme.as_str().to_owned()),
        })
    }

    /// Names and values in the order in which the platform documents them. A missing type is written
    /// as the merchant scheme, because the Python SDK refuses an answer without it.
    #[must_use]
    pub fn pairs(&self) -> [(&'static str, &str); 5] {
        let signature_type = self.signature_type.as_deref().unwrap_or(Scheme::Merchant.as_str());
        [
            (headers::WECHATPAY_TIMESTAMP, &self.timestamp),
            (headers::WECHATPAY_NONCE, &self.nonce),
            (headers::WECHATPAY_SERIAL, &self.serial),
            (headers::WECHATPAY_SIGNATURE, &self.signature),
            (headers::WECHATPAY_SIGNATURE_TYPE, signature_type),
        ]
    }

    /// Reads the headers of a received message through a look-up, which should be case-insensitive.
    ///
    /// # Errors
    /// [`HeaderError`] with the first of the four required headers that is absent or empty.
    pub fn read<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Result<Self, HeaderError> {
        let filled = |name| get(name).filter(|value| !value.is_empty()).map(str::to_owned);
        let required = |name| filled(name).ok_or(HeaderError(name));
        Ok(Self {
            timestamp: required(headers::WECHATPAY_TIMESTAMP)?,
            nonce: required(headers::WECHATPAY_NONCE)?,
            serial: required(headers::WECHATPAY_SERIAL)?,
            signature: required(headers::WECHATPAY_SIGNATURE)?,
            signature_type: filled(headers::WECHATPAY_SIGNATURE_TYPE),
        })
    }

    /// Verifies a received body with the key that [`SignatureHeaders::serial`] names.
    ///
    /// `now` is Unix seconds; `window_seconds` is [`crate::message::CLOCK_WINDOW_SECONDS`] unless the
    /// caller has a reason. Whether the scheme fits the path is for the caller.
    ///
    /// # Errors
    /// The first [`VerifyError`] in this order: type, form of the timestamp, window, signature.
    pub fn verify(
        &self,
        key: &PublicKey,
        now: i64,
        window_seconds: i64,
        body: &[u8],
    ) -> Result<(), VerifyError> {
        if let Some(signature_type) = &self.signature_type
            && Scheme::from_token(signature_type).is_none()
        {
            return Err(VerifyError::UnsupportedType(signature_type.clone()));
        }
        let timestamp = parse_timestamp(&self.timestamp).ok_or(VerifyError::InvalidTimestamp)?;
        if !within_window(timestamp, now, window_seconds) {
            return Err(VerifyError::Stale { skew: timestamp.saturating_sub(now) });
        }
        key.verify(&response_message(&self.timestamp, &self.nonce, body), &self.signature)
            .map_err(VerifyError::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::CLOCK_WINDOW_SECONDS;

    const NOW: i64 = 1_760_000_001;

    fn key() -> PrivateKey {
        PrivateKey::from_pem(include_str!("../tests/vectors/keys/platform_key.pem")).unwrap()
    }

    fn signed(scheme: Scheme) -> SignatureHeaders {
        SignatureHeaders::sign(&key(), "6C8E", scheme, NOW, "d824", b"{}").unwrap()
    }

    fn verify(headers: &SignatureHeaders, now: i64, body: &[u8]) -> Result<(), VerifyError> {
        headers.verify(&key().public_key(), now, CLOCK_WINDOW_SECONDS, body)
    }

    #[test]
    fn what_is_signed_verifies_after_the_headers_travelled() {
        for scheme in [Scheme::Merchant, Scheme::Brand] {
            let sent = signed(scheme);
            let pairs = sent.pairs();
            let read =
                SignatureHeaders::read(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1))
                    .unwrap();
            assert_eq!(read, sent);
            assert_eq!(verify(&read, NOW, b"{}"), Ok(()));
        }
    }

    #[test]
    fn a_missing_type_counts_as_the_merchant_scheme() {
        let headers = SignatureHeaders { signature_type: None, ..signed(Scheme::Merchant) };
        assert_eq!(verify(&headers, NOW, b"{}"), Ok(()));
        assert_eq!(headers.pairs()[4], ("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048"));
    }

    #[test]
    fn the_first_missing_header_is_named() {
        for missing in ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"] {
            let absent = SignatureHeaders::read(|name| (name != missing).then_some("x"));
            assert_eq!(absent, Err(HeaderError(missing)));
            let empty = SignatureHeaders::read(|name| Some(if name == missing { "" } else { "x" }));
            assert_eq!(empty, Err(HeaderError(missing)));
        }
    }

    #[test]
    fn each_refusal_has_its_variant_and_the_earlier_one_wins() {
        let headers = signed(Scheme::Merchant);
        assert_eq!(verify(&headers, NOW, b"{} "), Err(VerifyError::Signature(SignatureError::Mismatch)));
        assert_eq!(verify(&headers, NOW + 300, b"{}"), Ok(()));
        assert_eq!(verify(&headers, NOW + 301, b"{} "), Err(VerifyError::Stale { skew: -301 }));
        assert_eq!(verify(&headers, NOW - 301, b"{}"), Err(VerifyError::Stale { skew: 301 }));
        assert_eq!(verify(&headers, i64::MIN, b"{}"), Err(VerifyError::Stale { skew: i64::MAX }));
        let mut odd = SignatureHeaders { timestamp: "01760000001".into(), ..headers };
        assert_eq!(verify(&odd, 0, b"{}"), Err(VerifyError::InvalidTimestamp));
        odd.signature_type = Some("WECHATPAY2-SM2-WITH-SM3".into());
        assert_eq!(
            verify(&odd, NOW, b"{}"),
            Err(VerifyError::UnsupportedType("WECHATPAY2-SM2-WITH-SM3".into()))
        );
    }
}
