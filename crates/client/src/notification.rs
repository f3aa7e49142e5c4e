//! Notifications: from headers and raw bytes to a typed event.
//!
//! The order of checks is fixed: headers, timestamp, key, probe, signature, envelope, algorithm,
//! lengths, decryption, event (client.md C-82). Nothing is decrypted that was not verified, nothing is
//! decoded that was not decrypted, and no input makes it panic. Receiving is the caller's, and so is
//! remembering what was seen: deliveries repeat and overtake each other.

mod error;
mod event;

use std::fmt;
use std::sync::Arc;

use quan_apiv3::aead::{ApiV3Key, NONCE_BYTES};
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_model::clock::Clock;
use quan_model::notification::{ALGORITHM, Envelope};
use quan_model::time::Time;

pub use self::error::{NotificationError, NotificationReply};
pub use self::event::ProductCouponEvent;
use crate::error::{ConfigError, DecodeReason, VerificationReason};
use crate::header_access::Headers;
use crate::key_ring::{KeyId, KeyRing};
use crate::system::SystemClock;
use crate::verification::{Signed, Verifier};

/// The largest body that is looked at, in bytes. A notification has a few kilobytes.
pub const BODY_BYTES_MAX: usize = 1024 * 1024;

/// A verified and decrypted notification. `Debug` does not show the resource, which names a person.
#[derive(Clone)]
#[non_exhaustive]
pub struct Notification {
    /// Unique per notification, the same over its repetitions.
    pub id: String,
    /// When the event happened.
    pub create_time: Time,
    /// What happened, as it stands on the wire.
    pub event_type: String,
    /// Always `encrypt-resource` so far.
    pub resource_type: String,
    /// One line for people.
    pub summary: String,
    /// The decrypted resource as JSON text.
    pub resource_json: String,
    /// The resource, typed by its event.
    pub event: ProductCouponEvent,
    /// The key that signed.
    pub key_id: KeyId,
}

impl Notification {
    /// What is the same for every delivery of the same event: the coupon and the kind of event where
    /// the resource names a coupon, the notification's id otherwise. Keep it for as long as deliveries
    /// repeat (a day), and ignore what is known.
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        match &self.event {
            ProductCouponEvent::Sent(resource) => {
                format!("{}/{}/{}", self.event_type, resource.stock_id, resource.coupon_code)
            }
            ProductCouponEvent::Other { .. } => self.id.clone(),
        }
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("id", &self.id)
            .field("create_time", &self.create_time)
            .field("event_type", &self.event_type)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Verifies and decrypts notifications. Cheap to clone; `client.notifications()` gives one that shares
/// the client's keys and clock.
#[derive(Clone)]
pub struct NotificationParser {
    keys: KeyRing,
    decryption_keys: Arc<[ApiV3Key]>,
    clock: Arc<dyn Clock>,
    window_seconds: i64,
}

impl NotificationParser {
    /// A parser with the machine's clock and without a decryption key yet.
    #[must_use]
    pub fn new(keys: KeyRing) -> Self {
        Self {
            keys,
            decryption_keys: Arc::new([]),
            clock: Arc::new(SystemClock),
            window_seconds: CLOCK_WINDOW_SECONDS,
        }
    }

    /// Adds a decryption key: the merchant's APIv3 key, or a brand's API key. One URL may receive the
    /// events of several owners, so each key is tried.
    ///
    /// # Errors
    /// [`ConfigError::ApiV3Key`] when it is not 32 bytes long.
    pub fn api_v3_key(self, key: impl AsRef<str>) -> Result<Self, ConfigError> {
        let key = ApiV3Key::new(key.as_ref()).map_err(ConfigError::ApiV3Key)?;
        let keys = self.decryption_keys.iter().cloned().chain([key]).collect();
        Ok(Self { decryption_keys: keys, ..self })
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    pub(crate) fn decryption_keys(self, keys: Vec<ApiV3Key>) -> Self {
        Self { decryption_keys: keys.into(), ..self }
    }

    pub(crate) fn clock_window_seconds(self, window_seconds: i64) -> Self {
        Self { window_seconds, ..self }
    }

    /// Verifies, decrypts and decodes one delivery.
    ///
    /// `body` must be the bytes as received: JSON that was parsed and written again does not verify.
    ///
    /// # Errors
    /// [`NotificationError`]; its [`reply`](NotificationError::reply) says what to answer.
    pub fn parse(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        if body.len() > BODY_BYTES_MAX {
            return Err(NotificationError::TooLarge { bytes: body.len() });
        }
        let verifier = Verifier {
            keys: &self.keys,
            now: self.clock.now().unix_seconds(),
            window_seconds: self.window_seconds,
        };
        let key_id = match verifier.check(headers, body) {
            Ok(Signed::By(key_id)) => key_id,
            Ok(Signed::No) => return Err(NotificationError::Signature(VerificationReason::MissingHeaders)),
            Err(reason) => return Err(NotificationError::Signature(reason)),
        };
        let envelope: Envelope = serde_json::from_slice(body)
            .map_err(|error| NotificationError::Envelope(DecodeReason::from(error)))?;
        let resource_json = self.open(&envelope)?;
        let event = ProductCouponEvent::read(&envelope.event_type, &resource_json)
            .map_err(NotificationError::Resource)?;
        Ok(Notification {
            id: envelope.id,
            create_time: envelope.create_time,
            event_type: envelope.event_type,
            resource_type: envelope.resource_type,
            summary: envelope.summary,
            resource_json,
            event,
            key_id,
        })
    }

    fn open(&self, envelope: &Envelope) -> Result<String, NotificationError> {
        let resource = &envelope.resource;
        if resource.algorithm != ALGORITHM {
            return Err(NotificationError::UnsupportedAlgorithm(resource.algorithm.clone()));
        }
        if resource.nonce.len() != NONCE_BYTES {
            return Err(NotificationError::NonceLength { bytes: resource.nonce.len() });
        }
        let mut failure = NotificationError::NoDecryptionKey;
        for key in self.decryption_keys.iter() {
            match key.open(&resource.nonce, &resource.associated_data, &resource.ciphertext) {
                Ok(plaintext) => {
                    return String::from_utf8(plaintext)
                        .map_err(|_| NotificationError::Resource(DecodeReason::NotUtf8));
                }
                Err(error) => failure = NotificationError::Decryption(error),
            }
        }
        Err(failure)
    }
}

impl fmt::Debug for NotificationParser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationParser")
            .field("keys", &self.keys)
            .field("decryption_keys", &self.decryption_keys.len())
            .finish_non_exhaustive()
    }
}
