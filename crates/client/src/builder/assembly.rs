//! From settings to a client: what is checked together, and what the parts are made of.

use std::sync::Arc;

use http::HeaderValue;

use super::Builder;
use crate::base_url::{BaseUrl, Plaintext};
use crate::body_log::BodyLog;
use crate::budget::Bucket;
use crate::client::Client;
use crate::credential::Credential;
use crate::error::{ConfigError, Error, KeyError, Meanings};
use crate::hosts::Hosts;
use crate::key_ring::KeyRing;
use crate::mode::{Async, Blocking, Mode};
use crate::notification::NotificationParser;
use crate::pace::Pacer;
use crate::protocol::{Core, Protocol};
use crate::refresh::Refresher;
use crate::transport::{BlockingTransport, Transport};

/// How far the clock window can be set, in seconds: below it honest delays fail, above it replays
/// live long.
const CLOCK_WINDOW_SECONDS_RANGE: std::ops::RangeInclusive<i64> = 30..=900;

impl Builder {
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
        let sleeper = self.sleeper.clone();
        Ok(Client::new(Core { protocol: self.protocol()?, transport, sleeper }))
    }

    fn protocol(self) -> Result<Protocol, ConfigError> {
        let keys = self.ring()?;
        let (merchant, brand) = (self.merchant.map(Credential::from), self.brand.map(Credential::from));
        if merchant.is_none() && brand.is_none() {
            return Err(ConfigError::NoCredential);
        }
        if self.auto.is_some() && (merchant.is_none() || self.api_v3_keys.is_empty()) {
            return Err(ConfigError::AutoCertificates);
        }
        let trusted = keys.snapshot();
        let is_empty = trusted.keys().next().is_none();
        if is_empty && self.auto.is_none() {
            return Err(ConfigError::NoPlatformKey);
        }
        for credential in merchant.iter().chain(&brand) {
            credential.check_not_in(&trusted)?;
        }
        if !CLOCK_WINDOW_SECONDS_RANGE.contains(&self.window_seconds) {
            return Err(ConfigError::ClockWindow { seconds: self.window_seconds });
        }
        let base_urls = base_urls(&self.base_urls, self.plaintext, self.signed_prefix)?;
        let notifications = NotificationParser::new(keys.clone())
            .decryption_keys(self.api_v3_keys.clone())
            .clock(Arc::clone(&self.clock))
            .clock_window_seconds(self.window_seconds);
        // Keys that were given count as new, so that a short-lived process downloads nothing.
        let fresh_ms = (!is_empty).then(|| self.clock.now_ms());
        Ok(Protocol {
            merchant,
            brand,
            merchant_prefixes: self.merchant_prefixes,
            keys,
            api_v3_keys: self.api_v3_keys.into(),
            api_v2_key: self.api_v2_key,
            refresher: self.auto.map(|auto| Refresher::new(auto, fresh_ms)),
            hosts: Hosts::new(base_urls.len()),
            budget: Bucket::new(self.budget),
            pacer: Pacer::new(self.pace, self.own_paces),
            meanings: Meanings::new(self.meanings),
            observer: self.observer,
            bodies: BodyLog::new(self.bodies),
            download_hosts: self.download_hosts,
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

    /// The ring of the client: the given one, or a new one, with the trusted keys in it.
    fn ring(&self) -> Result<KeyRing, ConfigError> {
        match &self.ring {
            Some(ring) => {
                ring.install(self.trusted.iter().cloned())?;
                Ok(ring.clone())
            }
            None => Ok(KeyRing::new(self.trusted.iter().cloned())?),
        }
    }
}

fn base_urls(
    urls: &[String],
    plaintext: Plaintext,
    signed_prefix: Option<bool>,
) -> Result<Arc<[BaseUrl]>, ConfigError> {
    let parsed = urls.iter().map(|url| BaseUrl::parse(url, plaintext, signed_prefix));
    let parsed = parsed.collect::<Result<Arc<[BaseUrl]>, _>>()?;
    if parsed.is_empty() { Err(ConfigError::NoBaseUrl) } else { Ok(parsed) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refresh::AutoCertificates;
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
        let untrusting = || Builder { trusted: Vec::new(), ..builder() };
        assert!(matches!(refused(untrusting()), ConfigError::NoPlatformKey));
        let auto = untrusting().auto_certificates(AutoCertificates::standard());
        assert!(matches!(refused(auto), ConfigError::AutoCertificates));
        let auto = untrusting().api_v3_key("TestApiV3KeyForVectors0123456789").unwrap();
        let auto = auto.auto_certificates(AutoCertificates::standard());
        assert!(auto.protocol().is_ok(), "the keys will be downloaded");
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
    #[test]
    fn a_ring_that_is_given_is_shared() {
        let ring = KeyRing::new([]).unwrap();
        let untrusting = Builder { trusted: Vec::new(), ..builder() };
        let protocol = untrusting.trust_all([wechatpay_key()]).key_ring(ring.clone()).protocol().unwrap();
        assert_eq!(ring.snapshot().keys().count(), 1);
        ring.retire(crate::testing_parts::PUBLIC_KEY_ID);
        assert_eq!(protocol.keys.snapshot().keys().count(), 0);
    }
}
