//! What every handler shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_apiv3::probe::ProbeRatio;
use quan_apiv3::request_id;
use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_platform::Platform;
use quan_platform::console::request_log::RequestLog;

use crate::admin::Admin;
use crate::bounds::RequestLimits;
use crate::claim::{ClaimLimits, TokenSealer};
use crate::health::Readiness;
use crate::observe::Observer;
use crate::platform_keys::NoCertificateCode;
use crate::rate::{RateLimiters, RateLimits};
use crate::signature::CallerKeys;

/// What a gateway is made of.
pub struct GatewayParts {
    /// The use cases.
    pub platform: Platform,
    /// Real time, for signatures. The rules have a clock of their own.
    pub wire_clock: Arc<dyn Clock>,
    /// For the rate limits: real time that never goes back.
    pub rate_clock: Arc<dyn Clock>,
    /// For nonces.
    pub entropy: Arc<dyn Entropy>,
    /// With which answers are signed, and what is downloaded.
    pub platform_keys: LivePlatformKeys,
    /// With which tokens are sealed.
    pub token_sealer: TokenSealer,
    /// Checks a notify URL; the reason comes back in Chinese.
    pub check_notify_url: fn(&str) -> Result<(), String>,
    /// What the URLs of this platform begin with, as its users reach it; without a slash at the end.
    pub public_url: String,
    /// Origins that the claim page may return to, that may frame it, and whose pages may call and hold the element; none by default.
    pub claim_origins: Vec<String>,
    /// What a deployment may set differently.
    pub settings: GatewaySettings,
    /// Where calls are noted for the console. None where nobody reads it.
    pub request_log: Option<RequestLog>,
    /// The calls of the operator; without it there are none.
    pub admin: Option<Admin>,
    /// Who counts exchanges.
    pub observer: Arc<dyn Observer>,
    /// Who knows whether this node should be given requests.
    pub readiness: Arc<dyn Readiness>,
}

/// What a deployment may set differently. The defaults are those of a public service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GatewaySettings {
    /// Whether callers are limited (semantics 5.5; default on).
    pub rate_limits: RateLimits,
    /// The share of signed answers whose signature is wrong on purpose (semantics 9.5; default none).
    pub answer_probes: ProbeRatio,
    /// What a merchant without a platform certificate is told by the download (wire-protocol 3.3).
    pub no_certificate_code: NoCertificateCode,
    /// Whether a refused signature is explained in the log with the message that it should be over, which holds the
    /// body and the path (default no).
    pub explain_signatures: bool,
    /// How large requests may be and how long they may take.
    pub limits: RequestLimits,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            rate_limits: RateLimits::On,
            answer_probes: ProbeRatio::NEVER,
            no_certificate_code: NoCertificateCode::default(),
            explain_signatures: false,
            limits: RequestLimits::default(),
        }
    }
}

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    parts: GatewayParts,
    caller_keys: CallerKeys,
    rate_limiters: Option<RateLimiters>,
    claim_limits: Option<ClaimLimits>,
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
        let (rate_limiters, claim_limits) = match parts.settings.rate_limits {
            RateLimits::On => {
                let clock = &parts.rate_clock;
                (Some(RateLimiters::new(clock)), Some(ClaimLimits::new(clock)))
            }
            RateLimits::Off => (None, None),
        };
        let inner = Inner {
            parts,
            rate_limiters,
            claim_limits,
            caller_keys: CallerKeys::default(),
            process: std::process::id(),
            request_count: AtomicU64::new(1),
        };
        Self { inner: Arc::new(inner) }
    }

    pub(crate) fn caller_keys(&self) -> &CallerKeys {
        &self.inner.caller_keys
    }

    pub(crate) fn rate_limiters(&self) -> Option<&RateLimiters> {
        self.inner.rate_limiters.as_ref()
    }

    pub(crate) fn claim_limits(&self) -> Option<&ClaimLimits> {
        self.inner.claim_limits.as_ref()
    }

    /// A Request-ID in the official form; the number of a refusal is its suffix, 0 means success.
    pub(crate) fn mint_request_id(&self, number: u64) -> String {
        let counter = self.inner.request_count.fetch_add(1, Ordering::Relaxed);
        // Any stable node address does: loopback, as this node has no other name.
        request_id::mint(self.wire_clock.now_ms(), [127, 0, 0, 1], self.inner.process, counter, number)
    }
}
