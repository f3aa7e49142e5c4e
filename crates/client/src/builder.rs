//! Building a client: what it signs with, whom it trusts, where it calls, and how patient it is.
//!
//! Here are the settings; checking them together and building is in `assembly`.

mod assembly;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_model::clock::Clock;

use crate::base_url::{BACKUP, PRIMARY, Plaintext};
use crate::budget::RetryBudget;
use crate::credential::{Brand, Merchant};
use crate::error::ConfigError;
use crate::frontend::ApiV2Key;
use crate::key_ring::{KeyRing, VerifyKey};
use crate::nonce::{NonceSource, RandomNonces};
use crate::observer::Observer;
use crate::pace::{Pace, Pacer};
use crate::redaction::Redaction;
use crate::refresh::AutoCertificates;
use crate::retry::Retry;
use crate::sleeper::Sleeper;
use crate::system::{SystemClock, SystemEntropy};
use crate::transport::Limits;

/// How long a whole call may take by default, waits and repetitions included (client.md C-67).
const CALL_TIME_MAX: Duration = Duration::from_secs(30);

/// Collects the settings of a client. Settings that can be wrong by themselves are checked at once,
/// the rest when the client is built.
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
    merchant: Option<Merchant>,
    brand: Option<Brand>,
    merchant_prefixes: Vec<String>,
    api_v3_keys: Vec<ApiV3Key>,
    trusted: Vec<VerifyKey>,
    base_urls: Vec<String>,
    plaintext: Plaintext,
    signed_prefix: Option<bool>,
    clock: Arc<dyn Clock>,
    nonces: Arc<dyn NonceSource>,
    limits: Limits,
    call_time_max: Duration,
    retry: Retry,
    window_seconds: i64,
    user_agent_suffix: String,
    accept_language: String,
    ring: Option<KeyRing>,
    auto: Option<AutoCertificates>,
    api_v2_key: Option<ApiV2Key>,
    sleeper: Option<Arc<dyn Sleeper>>,
    budget: RetryBudget,
    pace: Option<Pace>,
    own_paces: HashMap<String, Pace>,
    download_hosts: Vec<String>,
    meanings: HashMap<u64, String>,
    observer: Option<Arc<dyn Observer>>,
    bodies: Option<Redaction>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            merchant: None,
            brand: None,
            merchant_prefixes: Vec::new(),
            api_v3_keys: Vec::new(),
            trusted: Vec::new(),
            base_urls: vec![PRIMARY.to_owned(), BACKUP.to_owned()],
            plaintext: Plaintext::LoopbackOnly,
            signed_prefix: None,
            clock: Arc::new(SystemClock),
            nonces: Arc::new(RandomNonces(SystemEntropy)),
            limits: Limits::default(),
            call_time_max: CALL_TIME_MAX,
            retry: Retry::standard(),
            window_seconds: CLOCK_WINDOW_SECONDS,
            user_agent_suffix: String::new(),
            accept_language: "zh-CN".to_owned(),
            ring: None,
            auto: None,
            api_v2_key: None,
            sleeper: None,
            budget: RetryBudget::standard(),
            pace: None,
            own_paces: HashMap::new(),
            download_hosts: Vec::new(),
            meanings: HashMap::new(),
            observer: None,
            bodies: None,
        }
    }

    /// Who signs `/v3/…`.
    pub fn merchant(mut self, merchant: Merchant) -> Self {
        self.merchant = Some(merchant);
        self
    }

    /// Who signs `/brand/…`.
    pub fn brand(mut self, brand: Brand) -> Self {
        self.brand = Some(brand);
        self
    }

    /// Lets the merchant credential also sign paths that begin with this, such as `hk/v3/`. Any other
    /// path outside `/v3/` and `/brand/` needs a credential chosen for the call.
    pub fn also_sign(mut self, path_prefix: impl AsRef<str>) -> Self {
        let prefix = path_prefix.as_ref().trim_matches('/');
        self.merchant_prefixes.push(format!("/{prefix}/"));
        self
    }

    /// A symmetric key for notifications: the merchant's APIv3 key or the brand's API key, 32
    /// characters. Give several while a key is being changed; each is tried.
    ///
    /// # Errors
    /// [`ConfigError::ApiV3Key`] when it is not 32 bytes long.
    pub fn api_v3_key(mut self, key: impl AsRef<str>) -> Result<Self, ConfigError> {
        self.api_v3_keys.push(ApiV3Key::new(key.as_ref()).map_err(ConfigError::ApiV3Key)?);
        Ok(self)
    }

    /// A key of the platform: a [`PublicKey`](crate::PublicKey) or a
    /// [`Certificate`](crate::Certificate). Give as many as are in use.
    pub fn trust(mut self, key: impl Into<VerifyKey>) -> Self {
        self.trusted.push(key.into());
        self
    }

    /// Where to call, `https://host[:port]`, first choice first; the default is the platform's main
    /// and backup host. A call moves on to the next when a host seems to be the trouble and the call
    /// may be repeated.
    pub fn base_urls<U: Into<String>>(mut self, urls: impl IntoIterator<Item = U>) -> Self {
        self.base_urls = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Allows `http://` to other machines. Everyone on the way can then read coupon codes.
    pub fn allow_plaintext(mut self) -> Self {
        self.plaintext = Plaintext::Allowed;
        self
    }

    /// Allows a path in the base URLs (a reverse proxy), and says whether it is part of the signed
    /// target.
    pub fn signed_prefix(mut self, is_signed: bool) -> Self {
        self.signed_prefix = Some(is_signed);
        self
    }

    /// Another clock than the machine's. It dates signatures, judges the platform's and measures calls.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Another source of nonces than the operating system's randomness.
    pub fn nonces(mut self, nonces: impl NonceSource) -> Self {
        self.nonces = Arc::new(nonces);
        self
    }

    /// The bounds of one attempt; each call can set its own timeout.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The longest time of a whole call; 30 s by default.
    pub fn deadline(mut self, call: Duration) -> Self {
        self.call_time_max = call;
        self
    }

    /// How often calls are repeated.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// How far the platform's timestamps may be from our clock, 30 to 900 seconds; 300 by default.
    pub fn clock_window_seconds(mut self, seconds: i64) -> Self {
        self.window_seconds = seconds;
        self
    }

    /// What follows in `User-Agent`, such as `shop/2.1`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = suffix.into();
        self
    }

    /// The language of error messages: `zh-CN` (default) or `en`.
    pub fn accept_language(mut self, language: impl Into<String>) -> Self {
        self.accept_language = language.into();
        self
    }

    /// Trusts several keys at once, such as those of [`Certificate::all_from_pem`](crate::Certificate) or
    /// of a set that was written down, see [`KeySet::from_json`](crate::KeySet::from_json).
    pub fn trust_all<K: Into<VerifyKey>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.trusted.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Uses a ring that others use too, so that a key that is installed there is known here.
    pub fn key_ring(mut self, ring: KeyRing) -> Self {
        self.ring = Some(ring);
        self
    }

    /// Downloads the platform's certificates with the merchant credential and the APIv3 key: before the
    /// first call when no key is trusted yet, then when they become old, and when an unknown serial turns
    /// up. Merchants in public-key mode have no certificates; give them the public key.
    pub fn auto_certificates(mut self, auto: AutoCertificates) -> Self {
        self.auto = Some(auto);
        self
    }

    /// The key of APIv2, for the merchant-coupon plug-in alone.
    ///
    /// # Errors
    /// [`ConfigError::ApiV2Key`] when it is empty.
    pub fn api_v2_key(mut self, key: impl AsRef<str>) -> Result<Self, ConfigError> {
        self.api_v2_key = Some(ApiV2Key::new(key)?);
        Ok(self)
    }

    /// Waits between attempts in place of the transport's timer.
    pub fn sleeper(mut self, sleeper: impl Sleeper) -> Self {
        self.sleeper = Some(Arc::new(sleeper));
        self
    }

    /// How many repetitions all calls of the client share.
    pub fn retry_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = budget;
        self
    }

    /// Spreads out the calls of each endpoint, so that documented limits are not run into. Nothing is
    /// paced by default.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// The pace of one endpoint, by method and template, in place of the general one.
    pub fn pace_of(mut self, method: &http::Method, template: impl AsRef<str>, pace: Pace) -> Self {
        self.own_paces.insert(Pacer::key(method, template.as_ref()), pace);
        self
    }

    /// Another host from which announced files may be downloaded, `host` or `host:port`. Requests to it
    /// are signed.
    pub fn allow_download_host(mut self, host: impl Into<String>) -> Self {
        self.download_hosts.push(host.into());
        self
    }

    /// Adds meanings of detail codes (the number in `Request-ID`), or replaces known ones.
    pub fn detail_codes<T: Into<String>>(mut self, codes: impl IntoIterator<Item = (u64, T)>) -> Self {
        self.meanings.extend(codes.into_iter().map(|(code, meaning)| (code, meaning.into())));
        self
    }

    /// Hooks for metrics.
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// Logs the bodies of requests and answers at the level `trace`, masked as the [`Redaction`] says; without
    /// this they are never logged. Answers are logged as they came, verified or not. Files that are downloaded
    /// are not bodies and stay out of the log; of uploads it tells length and hash.
    pub fn log_bodies(mut self, redaction: Redaction) -> Self {
        self.bodies = Some(redaction);
        self
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("merchant", &self.merchant)
            .field("brand", &self.brand)
            .field("trusted", &self.trusted)
            .field("base_urls", &self.base_urls)
            .finish_non_exhaustive()
    }
}
