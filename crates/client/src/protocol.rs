//! What a client is made of, apart from its mode: credentials, keys, base URLs, limits, what its calls
//! share (the health of hosts, the retry budget, the pace), and the two sources (clock and nonces) from
//! which its drivers take the moment of each step.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::authorization::Scheme;
use quan_apiv3::headers::WECHATPAY_SERIAL;
use quan_model::clock::Clock;

use crate::base_url::BaseUrl;
use crate::body_log::BodyLog;
use crate::budget::Bucket;
use crate::certificates;
use crate::credential::Credential;
use crate::error::{CertificateListError, Error, KeysError, Meanings, RequestError};
use crate::frontend::ApiV2Key;
use crate::hosts::Hosts;
use crate::key_ring::{KeyRing, VerifyKey};
use crate::mode::{Async, Blocking, Mode};
use crate::nonce::NonceSource;
use crate::notification::NotificationParser;
use crate::observer::{Notice, Observer, report, report_key_change};
use crate::pace::Pacer;
use crate::plan::{Answer, Plan, Purpose, signer_of};
use crate::refresh::{Cause, Lead, Refresher};
use crate::request::{Body, Draft, DraftPath};
use crate::retry::Retry;
use crate::sleeper::Sleeper;
use crate::transport::Limits;

/// Everything that does not depend on the mode.
pub(crate) struct Protocol {
    pub(crate) merchant: Option<Credential>,
    pub(crate) brand: Option<Credential>,
    /// Path prefixes beside `/v3/` that the merchant credential signs, such as `/hk/v3/`.
    pub(crate) merchant_prefixes: Vec<String>,
    pub(crate) keys: KeyRing,
    /// The symmetric keys: of certificates and notifications.
    pub(crate) api_v3_keys: Arc<[ApiV3Key]>,
    /// The key of the one HMAC that APIv3 users need.
    pub(crate) api_v2_key: Option<ApiV2Key>,
    /// Downloads certificates; `None` when keys are given by hand only.
    pub(crate) refresher: Option<Refresher>,
    pub(crate) hosts: Hosts,
    pub(crate) budget: Bucket,
    pub(crate) pacer: Pacer,
    pub(crate) meanings: Meanings,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) bodies: BodyLog,
    /// Hosts beside the base URLs and the platform's own from which files may be downloaded.
    pub(crate) download_hosts: Vec<String>,
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

    /// Why keys are to be looked after before a call, if they are.
    pub(crate) fn refresh_cause(&self, now_ms: i64) -> Option<Cause> {
        let refresher = self.refresher.as_ref()?;
        if !self.keys.snapshot().has_valid(now_ms.div_euclid(1000)) {
            return Some(Cause::NoKey);
        }
        refresher.is_due(now_ms).then_some(Cause::Due)
    }

    /// Asks the platform to sign with a key that is known here (client.md C-57).
    pub(crate) fn ask_for_known_key(&self, headers: &mut HeaderMap, now: i64) {
        let preferred = self.keys.snapshot().preferred(now).map(|key| key.id().as_str().parse());
        if let (Some(Ok(id)), Ok(name)) = (preferred, WECHATPAY_SERIAL.parse::<http::HeaderName>()) {
            headers.entry(name).or_insert(id);
        }
    }

    /// The call that downloads certificates.
    pub(crate) fn certificates_plan(&self, time_max: Duration) -> Result<Plan<'_>, Error> {
        let mut draft = Draft::new(self, Method::GET, DraftPath::new(certificates::PATH), Ok(Body::none()));
        draft.call_time_max = draft.call_time_max.min(time_max);
        Ok(Plan::with_purpose(self, draft.prepare(self)?, Purpose::Certificates))
    }

    /// Installs what a download has brought, or keeps the keys as they are.
    pub(crate) fn land(&self, lead: Lead<'_>, outcome: Result<(Answer, Vec<VerifyKey>), Error>) {
        let now_ms = self.clock.now_ms();
        let installed = outcome.map_err(KeysError::from_download).and_then(|(answer, found)| {
            let before = self.keys.snapshot();
            let signer = signer_of(&answer.meta.headers).unwrap_or_default();
            if before.keys().next().is_some() && before.find(signer).is_none() {
                tracing::info!(signer, "the certificates were signed by one that was not known before");
            }
            let conflict = |error| Arc::new(KeysError::List(CertificateListError::Conflict(error)));
            self.keys.install(found).map_err(conflict)
        });
        match installed {
            Ok(mut change) => {
                change.dropped.extend(self.keys.drop_expired(now_ms.div_euclid(1000)).dropped);
                report_key_change(self.observer.as_deref(), &change);
                lead.succeed(now_ms);
            }
            Err(reason) => {
                tracing::warn!(%reason, "the certificates could not be refreshed; the keys stay as they are");
                lead.fail(reason);
            }
        }
    }

    /// Hands on what a plan has noted.
    pub(crate) fn report(&self, notices: Vec<Notice>) {
        for notice in notices {
            report(self.observer.as_deref(), &notice);
        }
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
    /// Waits in place of the transport's timer.
    pub(crate) sleeper: Option<Arc<dyn Sleeper>>,
}

impl Core<Async> {
    pub(crate) async fn pause(&self, duration: Duration) {
        match &self.sleeper {
            Some(sleeper) => sleeper.sleep(duration).await,
            None => self.transport.pause(duration).await,
        }
    }
}

impl Core<Blocking> {
    pub(crate) fn pause(&self, duration: Duration) {
        match &self.sleeper {
            Some(sleeper) => sleeper.sleep_blocking(duration),
            None => self.transport.pause(duration),
        }
    }
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
