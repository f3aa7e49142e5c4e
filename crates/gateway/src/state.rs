//! What every handler shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quan_apiv3::request_id;
use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_platform::Platform;

use crate::admin::ClockControl;
use crate::claim::TokenSealer;
use crate::signature::{CallerKeys, SigningKeys};

/// What a gateway is made of.
pub struct GatewayParts {
    /// The use cases.
    pub platform: Platform,
    /// Real time, for signatures. The rules have a clock of their own.
    pub wire_clock: Arc<dyn Clock>,
    /// For nonces.
    pub entropy: Arc<dyn Entropy>,
    /// With which answers are signed.
    pub signing_keys: SigningKeys,
    /// With which tokens are sealed.
    pub token_sealer: TokenSealer,
    /// Checks a notify URL; the reason comes back in Chinese.
    pub check_notify_url: fn(&str) -> Result<(), String>,
    /// What the URLs of this platform begin with, as its users reach it; without a slash at the end.
    pub public_url: String,
    /// Origins that the claim page may return to and that may frame it; none by default.
    pub claim_origins: Vec<String>,
    /// The development calls: their token and the clock they may move. None outside `quan dev`.
    pub admin: Option<(String, Arc<dyn ClockControl>)>,
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    parts: GatewayParts,
    caller_keys: CallerKeys,
    process: u32,
    request_count: AtomicU64,
}

impl std::ops::Deref for Gateway {
    type Target = GatewayParts;
    fn deref(&self) -> &GatewayParts {
        &self.inner.parts
    }
}

impl Gateway {
    /// A gateway over its parts.
    pub fn new(parts: GatewayParts) -> Self {
        let inner = Inner {
            parts,
            caller_keys: CallerKeys::default(),
            process: std::process::id(),
            request_count: AtomicU64::new(1),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn caller_keys(&self) -> &CallerKeys {
        &self.inner.caller_keys
    }

    /// A Request-ID in the official form; the number of a refusal is its suffix, 0 means success.
    pub(crate) fn mint_request_id(&self, number: u64) -> String {
        let counter = self.inner.request_count.fetch_add(1, Ordering::Relaxed);
        // Any stable node address does: loopback, as this node has no other name.
        request_id::mint(self.wire_clock.now_ms(), [127, 0, 0, 1], self.inner.process, counter, number)
    }
}
