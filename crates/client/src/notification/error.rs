//! Why a delivery was not accepted.

use quan_apiv3::aead::AeadError;

use super::NotificationReply;
use crate::error::{DecodeReason, VerificationReason};

/// Why a delivery was not accepted. No variant quotes what was delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// Larger than [`BODY_BYTES_MAX`](super::BODY_BYTES_MAX).
    #[error("the notification has more than {bytes_max} bytes")]
    TooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// The body did not arrive completely. Only the extractors give this.
    #[error("the notification did not arrive completely")]
    Unreadable,
    /// It is not proven to be the platform's.
    #[error("the notification failed verification")]
    Signature(#[source] VerificationReason),
    /// The platform signed it, but this very delivery came before: somebody repeats what he recorded.
    /// The platform's own repetitions have a new nonce.
    #[error("this very delivery came before")]
    Replayed,
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
    /// The application has no parser where the extractor looks for it. Only the extractors give this.
    #[error("the application holds no NotificationParser")]
    NoParser,
    /// None of the keys opens the resource.
    #[error("the resource cannot be opened with any of the keys")]
    Decryption(#[source] AeadError),
    /// The opened resource is not of the shape of its event.
    #[error("the resource is not of the expected shape")]
    Resource(#[source] DecodeReason),
}

impl NotificationError {
    /// Whether the platform sent a wrong signature on purpose, to see whether it is noticed. The real
    /// delivery follows; nothing needs to be done.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        matches!(self, Self::Signature(VerificationReason::SignProbe))
    }

    /// What to answer: 401 for anything about the signature, 400 for malformed messages, 500 for our own
    /// failures, so that the platform tries again.
    #[must_use]
    pub fn reply(&self) -> NotificationReply {
        match self {
            Self::Signature(_) | Self::Replayed => NotificationReply::unverified(),
            Self::TooLarge { .. }
            | Self::Unreadable
            | Self::Envelope(_)
            | Self::UnsupportedAlgorithm(_)
            | Self::NonceLength { .. } => NotificationReply::malformed(),
            // The message is the platform's, so it is our key or our model that is wrong.
            Self::NoDecryptionKey | Self::NoParser | Self::Decryption(_) | Self::Resource(_) => {
                NotificationReply::failed()
            }
        }
    }

    /// One line for what was refused; a failed verification is worth a look, a probe included
    /// (client.md C-98).
    pub(super) fn log(&self) {
        let cause = std::error::Error::source(self).map(ToString::to_string);
        let (is_probe, status) = (self.is_probe(), self.reply().status().as_u16());
        tracing::warn!(http.status = status, is_probe, error = %self, cause, "refused a notification");
    }
}
