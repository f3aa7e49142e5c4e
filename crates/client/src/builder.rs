//! Building a client: what it signs with, whom it trusts, where it calls, and how patient it is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_model::clock::Clock;

use crate::base_url::{BACKUP, BaseUrl, PRIMARY, Plaintext};
use crate::client::Client;
use crate::credential::{Brand, Credential, Merchant};
use crate::error::{ConfigError, Error, KeyError};
use crate::key_ring::{KeyRing, VerifyKey};
use crate::mode::{Async, Blocking, Mode};
use crate::nonce::{NonceSource, RandomNonces};
use crate::notification::NotificationParser;
use crate::protocol::{Core, Protocol};
use crate::retry::Retry;
use crate::system::{SystemClock, SystemEntropy};
use crate::transport::{BlockingTransport, Limits, Transport};

/// How far the clock window can be set, in seconds: below it honest delays fail, above it replays
/// live long.
const CLOCK_WINDOW_SECONDS_RANGE: std::ops::RangeInclusive<i64> = 30..=900;

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

    /// Builds the async client, over hyper. It needs a tokio runtime when calls are awaited, not here.
    ///
    /// # Errors
    /// [`Error::Config`] says what is missing or wrong.
    #[cfg(feature = "async")]
    pub fn build(self) -> Result<Client<Async>, Error> {
        let transport = crate::transport::over_hyper::default_transport(self.limits.connect)?;
        self.build_with(transport)
    }

    /// Builds the blocking client, over ureq. It neither starts nor needs a runtime.
    ///
    /// # Errors
    /// [`Error::Config`] says what is missing or wrong.
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<Client<Blocking>, Error> {
        let transport = crate::transport::over_ureq::default_transport();
        self.build_blocking_with(transport)
    }

    /// Builds the async client over another transport.
    ///
    /// # Errors
    /// [`Error::Config`] says what is missing or wrong.
    pub fn build_with(self, transport: Arc<dyn Transport>) -> Result<Client<Async>, Error> {
        self.finish(transport)
    }

    /// Builds the blocking client over another transport.
    ///
    /// # Errors
    /// [`Error::Config`] says what is missing or wrong.
    pub fn build_blocking_with(
        self,
        transport: Arc<dyn BlockingTransport>,
    ) -> Result<Client<Blocking>, Error> {
        self.finish(transport)
    }

    fn finish<M: Mode>(self, transport: Arc<M::Transport>) -> Result<Client<M>, Error> {
        Ok(Client::new(Core { protocol: self.protocol()?, transport }))
    }

    fn protocol(self) -> Result<Protocol, ConfigError> {
        let keys = KeyRing::new(self.trusted)?;
        let (merchant, brand) = (self.merchant.map(Credential::from), self.brand.map(Credential::from));
        if merchant.is_none() && brand.is_none() {
            return Err(ConfigError::NoCredential);
        }
        if keys.keys().next().is_none() {
            return Err(ConfigError::NoPlatformKey);
        }
        for credential in merchant.iter().chain(&brand) {
            credential.check_not_in(&keys)?;
        }
        if !CLOCK_WINDOW_SECONDS_RANGE.contains(&self.window_seconds) {
            return Err(ConfigError::ClockWindow { seconds: self.window_seconds });
        }
        let base_urls = self
            .base_urls
            .iter()
            .map(|url| BaseUrl::parse(url, self.plaintext, self.signed_prefix))
            .collect::<Result<Arc<[BaseUrl]>, _>>()?;
        if base_urls.is_empty() {
            return Err(ConfigError::NoBaseUrl);
        }
        let notifications = NotificationParser::new(keys.clone())
            .decryption_keys(self.api_v3_keys)
            .clock(Arc::clone(&self.clock))
            .clock_window_seconds(self.window_seconds);
        Ok(Protocol {
            merchant,
            brand,
            merchant_prefixes: self.merchant_prefixes,
            keys,
            notifications,
            clock: self.clock,
            nonces: self.nonces,
            base_urls,
            limits: self.limits,
            call_time_max: self.call_time_max,
            retry: self.retry,
            window_seconds: self.window_seconds,
            user_agent: user_agent(&self.user_agent_suffix)?,
            accept_language: header_text("accept_language", &self.accept_language)?,
        })
    }
}

/// Name and version of this SDK, the family of the target, and the application's own suffix.
fn user_agent(suffix: &str) -> Result<HeaderValue, ConfigError> {
    let own = concat!("quan-client/", env!("CARGO_PKG_VERSION"));
    let text = format!("{own} (rust; {}) {suffix}", std::env::consts::FAMILY);
    header_text("user_agent_suffix", text.trim_end())
}

fn header_text(name: &'static str, text: &str) -> Result<HeaderValue, ConfigError> {
    HeaderValue::from_str(text).map_err(|_| ConfigError::HeaderText { name })
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Config(error.into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing_parts::{builder, wechatpay_key};

    fn refused(builder: Builder) -> ConfigError {
        match builder.protocol() {
            Err(error) => error,
            Ok(_) => panic!("the builder should have refused"),
        }
    }

    #[test]
    fn what_is_missing_or_wrong_has_its_name() {
        assert!(builder().protocol().is_ok());
        assert!(matches!(refused(Builder::new().trust(wechatpay_key())), ConfigError::NoCredential));
        let untrusting = Builder { trusted: Vec::new(), ..builder() };
        assert!(matches!(refused(untrusting), ConfigError::NoPlatformKey));
        assert!(matches!(refused(builder().clock_window_seconds(29)), ConfigError::ClockWindow { .. }));
        assert!(matches!(refused(builder().clock_window_seconds(901)), ConfigError::ClockWindow { .. }));
        assert!(matches!(refused(builder().base_urls::<String>([])), ConfigError::NoBaseUrl));
        let plain = builder().base_urls(["http://api.example.com"]);
        assert!(matches!(refused(plain), ConfigError::Plaintext { .. }));
        assert!(builder().base_urls(["http://api.example.com"]).allow_plaintext().protocol().is_ok());
        let suffix = builder().user_agent_suffix("a\nb");
        assert!(matches!(refused(suffix), ConfigError::HeaderText { .. }));
        assert!(matches!(builder().api_v3_key("sixteen bytes key"), Err(ConfigError::ApiV3Key(_))));
    }
}
