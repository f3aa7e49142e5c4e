//! Errors of verification: an answer (or callback) came, but it cannot be trusted.

use http::StatusCode;

use super::CallContext;

/// Why a message failed verification (client.md 9.2, in the order of the checks).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationReason {
    /// A 2xx without signature, or a message with only some of the four headers.
    #[error("signature headers are missing")]
    MissingHeaders,
    /// A signature header stands more than once, so that it is unclear which was meant.
    #[error("the header {0} stands more than once")]
    DuplicateHeader(&'static str),
    /// A signature header is not text.
    #[error("the header {0} is not text")]
    UnreadableHeader(&'static str),
    /// `Wechatpay-Signature-Type` names an algorithm that is not implemented.
    #[error("the signature type is not supported")]
    UnsupportedAlgorithm(String),
    /// The timestamp is not plain decimal seconds.
    #[error("Wechatpay-Timestamp is not plain decimal seconds")]
    InvalidTimestamp,
    /// The timestamp is outside the window: an old message, or one of the clocks is wrong.
    #[error("signed at {server}, which is too far from this clock ({local})")]
    Stale {
        /// The timestamp of the message, Unix seconds.
        server: i64,
        /// Our clock, Unix seconds.
        local: i64,
    },
    /// The nonce is empty.
    #[error("Wechatpay-Nonce is empty")]
    EmptyNonce,
    /// No key of that id is trusted.
    #[error("the key {0} is not known")]
    UnknownKey(String),
    /// The certificate of that serial is not valid now.
    #[error("the certificate {0} is not valid now")]
    KeyNotValidNow(String),
    /// The platform signs a few messages wrongly on purpose, to find receivers that do not verify.
    #[error("this is a signature probe of the platform")]
    SignProbe,
    /// Not Base64, or not made over these bytes with this key.
    #[error("the signature does not fit")]
    BadSignature,
}

/// An answer that cannot be trusted. With a 2xx the call probably happened all the same.
#[derive(Debug, thiserror::Error)]
#[error("{context}: the {} answer failed verification: {reason}", status.as_u16())]
pub struct VerificationError {
    /// Which call.
    pub context: CallContext,
    /// The status of the answer, unauthenticated like the rest of it.
    pub status: StatusCode,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// Which check failed. It is part of the message, so it is no `source` beside it.
    pub reason: VerificationReason,
}
