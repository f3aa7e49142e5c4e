//! Why a delivery was not accepted, and what to answer the platform.

use http::StatusCode;
use quan_apiv3::aead::AeadError;

use crate::error::{DecodeReason, VerificationReason};

/// Why a delivery was not accepted. No variant quotes what was delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// Larger than [`BODY_BYTES_MAX`](super::BODY_BYTES_MAX).
    #[error("the notification has {bytes} bytes")]
    TooLarge {
        /// The length of the body.
        bytes: usize,
    },
    /// It is not proven to be the platform's.
    #[error("the notification failed verification")]
    Signature(#[source] VerificationReason),
    /// The body is not the envelope of a notification.
    #[error("the envelope is not of the expected shape")]
    Envelope(#[source] DecodeReason),
    /// Sealed with another algorithm than `AEAD_AES_256_GCM`.
    #[error("the algorithm of the resource is not supported")]
    UnsupportedAlgorithm(String),
    /// The nonce of the resource is not 12 bytes long.
    #[error("the nonce of the resource has {bytes} bytes instead of 12")]
    NonceLength {
        /// The length that came.
        bytes: usize,
    },
    /// No decryption key was configured.
    #[error("no APIv3 key is configured")]
    NoDecryptionKey,
    /// None of the keys opens the resource.
    #[error("the resource cannot be opened with any of the keys")]
    Decryption(#[source] AeadError),
    /// The opened resource is not of the shape of its event.
    #[error("the resource is not of the expected shape")]
    Resource(#[source] DecodeReason),
}

/// What to answer a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotificationReply {
    status: StatusCode,
    body: &'static str,
}

impl NotificationReply {
    /// Received: 204 without a body. Answer within 5 seconds; work that takes longer comes afterwards.
    #[must_use]
    pub const fn accepted() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: "" }
    }

    /// The status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.status
    }

    /// The body: empty, or JSON.
    #[must_use]
    pub const fn body(self) -> &'static str {
        self.body
    }
}

impl NotificationError {
    /// What to answer: 401 for anything about the signature, 400 for malformed messages, 500 for our own
    /// failures, so that the platform tries again.
    #[must_use]
    pub fn reply(&self) -> NotificationReply {
        match self {
            Self::Signature(_) => NotificationReply {
                status: StatusCode::UNAUTHORIZED,
                body: r#"{"code":"FAIL","message":"验签失败"}"#,
            },
            Self::TooLarge { .. }
            | Self::Envelope(_)
            | Self::UnsupportedAlgorithm(_)
            | Self::NonceLength { .. } => NotificationReply {
                status: StatusCode::BAD_REQUEST,
                body: r#"{"code":"FAIL","message":"报文格式错误"}"#,
            },
            // The message is the platform's, so it is our key or our model that is wrong.
            Self::NoDecryptionKey | Self::Decryption(_) | Self::Resource(_) => NotificationReply {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                body: r#"{"code":"FAIL","message":"处理失败"}"#,
            },
        }
    }
}
