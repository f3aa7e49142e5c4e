//! Notifications: from headers and raw bytes to a typed event.
//!
//! The order of checks is fixed: headers, timestamp, key, probe, signature, envelope, algorithm,
//! lengths, decryption, event (client.md C-82). Nothing is decrypted that was not verified, nothing is
//! decoded that was not decrypted, and no input makes it panic. Receiving is the caller's, or an
//! extractor's; so is remembering what was seen, for which there are two bounded memories.

mod error;
mod event;
mod extract;
mod fresh_keys;
#[cfg(feature = "actix")]
mod over_actix;
#[cfg(feature = "axum")]
mod over_axum;
mod replay;
mod reply;
mod seen;

use std::fmt;
use std::sync::Arc;

use quan_apiv3::aead::{ApiV3Key, NONCE_BYTES};
use quan_apiv3::headers::{WECHATPAY_NONCE, WECHATPAY_TIMESTAMP};
use quan_apiv3::message::{CLOCK_WINDOW_SECONDS, parse_timestamp};
use quan_model::clock::Clock;
use quan_model::notification::{ALGORITHM, Envelope};
use quan_model::time::Time;

pub use self::error::NotificationError;
pub use self::event::ProductCouponEvent;
pub use self::extract::VerifiedNotification;
pub use self::replay::{RecentNonces, ReplayGuard};
pub use self::reply::NotificationReply;
pub use self::seen::{Handling, SeenEvents, Sighting};
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
    /// Whose key opened the resource.
    pub receiver: Receiver,
}

/// Whose event it is, as far as the key that opened the resource tells. The resource of the brand face
/// may not name the brand; this does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// Opened with the key of the merchant or service provider; the resource names the brand.
    Merchant,
    /// Opened with the key of this brand.
    Brand {
        /// The brand's number.
        brand_id: String,
    },
}

impl Notification {
    /// What is the same for every delivery of the same event: the kind of event and its coupon or task
    /// where the resource names one, the notification's id otherwise. Uses and returns hold their
    /// number too, because a sequential coupon has several. Keep it for as long as deliveries repeat (a
    /// day), and ignore what is known; [`SeenEvents`] does so in memory.
    #[must_use]
    pub fn dedupe_key(&self) -> String {
        match self.event.subject() {
            Some(subject) => format!("{}/{subject}", self.event_type),
            None => self.id.clone(),
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
    decryption_keys: Arc<[(Receiver, ApiV3Key)]>,
    clock: Arc<dyn Clock>,
    window_seconds: i64,
    replay_guard: Option<Arc<dyn ReplayGuard>>,
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
            replay_guard: None,
        }
    }

    /// Adds the APIv3 key of the merchant or service provider. Give both while a key is being changed:
    /// each key is tried.
    ///
    /// # Errors
    /// [`ConfigError::ApiV3Key`] when it is not 32 bytes long.
    pub fn api_v3_key(self, key: impl AsRef<str>) -> Result<Self, ConfigError> {
        self.with_key(Receiver::Merchant, key.as_ref())
    }

    /// Adds the API key of a brand. One URL may receive the events of several brands.
    ///
    /// # Errors
    /// [`ConfigError::ApiV3Key`] when it is not 32 bytes long.
    pub fn brand_key(self, brand_id: impl Into<String>, key: impl AsRef<str>) -> Result<Self, ConfigError> {
        self.with_key(Receiver::Brand { brand_id: brand_id.into() }, key.as_ref())
    }

    fn with_key(self, receiver: Receiver, key: &str) -> Result<Self, ConfigError> {
        let key = ApiV3Key::new(key).map_err(ConfigError::ApiV3Key)?;
        let keys = self.decryption_keys.iter().cloned().chain([(receiver, key)]).collect();
        Ok(Self { decryption_keys: keys, ..self })
    }

    /// Refuses deliveries that came before, to the byte. Without a guard a recorded delivery can be
    /// repeated within the clock window, which does no harm to those who ignore known
    /// [`dedupe keys`](Notification::dedupe_key).
    #[must_use]
    pub fn replay_guard(self, guard: impl ReplayGuard) -> Self {
        Self { replay_guard: Some(Arc::new(guard)), ..self }
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    pub(crate) fn decryption_keys(self, keys: Vec<ApiV3Key>) -> Self {
        let keys = keys.into_iter().map(|key| (Receiver::Merchant, key));
        Self { decryption_keys: keys.collect(), ..self }
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
        self.read(headers, body).inspect_err(NotificationError::log)
    }

    fn read(
        &self,
        headers: &(impl Headers + ?Sized),
        body: &[u8],
    ) -> Result<Notification, NotificationError> {
        if body.len() > BODY_BYTES_MAX {
            return Err(NotificationError::TooLarge { bytes_max: BODY_BYTES_MAX });
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
        if self.replay_guard.as_ref().is_some_and(|guard| !is_first(guard.as_ref(), headers)) {
            return Err(NotificationError::Replayed);
        }
        let envelope: Envelope = serde_json::from_slice(body)
            .map_err(|error| NotificationError::Envelope(DecodeReason::from(error)))?;
        let (receiver, resource_json) = self.open(&envelope)?;
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
            receiver,
        })
    }

    fn open(&self, envelope: &Envelope) -> Result<(Receiver, String), NotificationError> {
        let resource = &envelope.resource;
        if resource.algorithm != ALGORITHM {
            return Err(NotificationError::UnsupportedAlgorithm(resource.algorithm.clone()));
        }
        if resource.nonce.len() != NONCE_BYTES {
            return Err(NotificationError::NonceLength { bytes: resource.nonce.len() });
        }
        let mut failure = NotificationError::NoDecryptionKey;
        for (receiver, key) in self.decryption_keys.iter() {
            match key.open(&resource.nonce, &resource.associated_data, &resource.ciphertext) {
                Ok(plaintext) => {
                    return String::from_utf8(plaintext)
                        .map(|resource_json| (receiver.clone(), resource_json))
                        .map_err(|_| NotificationError::Resource(DecodeReason::NotUtf8));
                }
                Err(error) => failure = NotificationError::Decryption(error),
            }
        }
        Err(failure)
    }
}

/// Both headers were verified, so each is there once.
fn is_first(guard: &dyn ReplayGuard, headers: &(impl Headers + ?Sized)) -> bool {
    let text = |name| headers.values(name).first().and_then(|value| std::str::from_utf8(value).ok());
    let nonce = text(WECHATPAY_NONCE).unwrap_or_default();
    let timestamp = text(WECHATPAY_TIMESTAMP).and_then(|text| parse_timestamp(text.trim()));
    guard.first_seen(nonce.trim(), timestamp.unwrap_or_default())
}

impl fmt::Debug for NotificationParser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NotificationParser")
            .field("keys", &self.keys)
            .field("decryption_keys", &self.decryption_keys.len())
            .finish_non_exhaustive()
    }
}
