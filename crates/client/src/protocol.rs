//! What a client is made of, apart from its mode: credentials, keys, base URLs, limits, and the two
//! sources (clock and nonces) from which its drivers take the moment of each step.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use quan_apiv3::authorization::Scheme;
use quan_model::clock::Clock;

use crate::base_url::BaseUrl;
use crate::credential::Credential;
use crate::error::RequestError;
use crate::key_ring::KeyRing;
use crate::mode::Mode;
use crate::nonce::NonceSource;
use crate::notification::NotificationParser;
use crate::retry::Retry;
use crate::transport::Limits;

/// Everything that does not depend on the mode.
pub(crate) struct Protocol {
    pub(crate) merchant: Option<Credential>,
    pub(crate) brand: Option<Credential>,
    /// Path prefixes beside `/v3/` that the merchant credential signs, such as `/hk/v3/`.
    pub(crate) merchant_prefixes: Vec<String>,
    pub(crate) keys: KeyRing,
    pub(crate) notifications: NotificationParser,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) nonces: Arc<dyn NonceSource>,
    pub(crate) base_urls: Arc<[BaseUrl]>,
    pub(crate) limits: Limits,
    pub(crate) call_time_max: Duration,
    pub(crate) retry: Retry,
    pub(crate) window_seconds: i64,
    pub(crate) user_agent: HeaderValue,
    pub(crate) accept_language: HeaderValue,
}

/// One instant and what is new in it. A driver gives one with every event, so the core needs neither a
/// clock nor randomness.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    /// Milliseconds since the Unix epoch.
    pub(crate) now_ms: i64,
    /// A nonce that was not used before; also the source of jitter.
    pub(crate) nonce: String,
}

impl Moment {
    /// A number that is as random as the nonce: FNV-1a over its bytes.
    pub(crate) fn jitter(&self) -> u32 {
        self.nonce
            .bytes()
            .fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }

    pub(crate) fn unix_seconds(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}

impl Protocol {
    pub(crate) fn moment(&self) -> Moment {
        Moment { now_ms: self.clock.now_ms(), nonce: self.nonces.next_nonce() }
    }

    /// The credential for a path. `chosen` is the caller's own, for this call.
    ///
    /// The kind is decided by the path alone, so that a merchant number is never sent with the brand's
    /// scheme or the reverse. Paths of neither kind need a credential that was chosen for them: a typo
    /// must not be signed.
    pub(crate) fn credential(
        &self,
        path: &str,
        chosen: Option<Credential>,
    ) -> Result<Credential, RequestError> {
        let is_merchants = self.merchant_prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()));
        let needed = Scheme::for_path(path).or(is_merchants.then_some(Scheme::Merchant));
        let Some(needed) = needed else {
            return chosen.ok_or(RequestError::NoCredential);
        };
        let mismatch = RequestError::CredentialMismatch {
            needed: match needed {
                Scheme::Merchant => "merchant",
                Scheme::Brand => "brand",
            },
        };
        let own = match needed {
            Scheme::Merchant => &self.merchant,
            Scheme::Brand => &self.brand,
        };
        match chosen.or_else(|| own.clone()) {
            Some(credential) if credential.scheme() == needed => Ok(credential),
            // Either the wrong one was chosen, or the client holds only the other kind.
            Some(_) | None => Err(mismatch),
        }
    }
}

/// A protocol and the transport that carries it. Shared by clients, endpoints, nodes and calls; it
/// must not hold any of them, or the client would never drop.
pub(crate) struct Core<M: Mode> {
    pub(crate) protocol: Protocol,
    pub(crate) transport: Arc<M::Transport>,
}

impl<M: Mode> fmt::Debug for Core<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("merchant", &self.protocol.merchant)
            .field("brand", &self.protocol.brand)
            .field("keys", &self.protocol.keys)
            .field("base_urls", &self.protocol.base_urls)
            .finish_non_exhaustive()
    }
}
