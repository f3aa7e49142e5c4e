//! The platform under test.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::BodyExt;
use quan_apiv3::authorization::Scheme;
use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_gateway::{Admin, Gateway, GatewayParts, GatewaySettings, RateLimits, TokenSealer};
use quan_model::clock::Clock;
use quan_model::ids::{Mchid, Principal};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::console::request_log::RequestLog;
use quan_platform::{Error, Platform, Settings, authorisation, verification_mode};
use quan_store::backend::Backend;
use quan_store::lane::{LaneSettings, WriteLane};
use quan_store::outbox::{Notification, OutboxCounts};
use quan_store::parties::Grant;
use quan_store_sqlite::SqliteStore;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::actor::Actor;
use crate::answer::Answer;
use crate::clock::ManualClock;
use crate::console::ConsoleSetup;
use crate::described;
use crate::entropy::SeededEntropy;
use crate::evidence::Answered;
use crate::key_control::VectorKeys;
use crate::keys::{self, KeyPair};
use crate::parties::{self, BRAND_ID, EXPIRED_SERIAL, MCHID, OTHER_BRAND_ID, OTHER_MCHID};

/// What the URLs of the platform begin with.
pub const PUBLIC_URL: &str = "https://quan.example.com";
/// Monday, 2026-03-02 10:00:00 +08:00: both clocks begin here.
pub const START_SECONDS: i64 = 1_772_416_800;
/// The token of the development calls.
pub const ADMIN_TOKEN: &str = "test-admin-token";
/// The core call.
pub const PRE_SEND: &str = "/v3/marketing/busifavor/product-coupons/pre-send";
/// The prefix of the partner face.
pub const PARTNER: &str = "/v3/marketing/partner/product-coupon";
/// The prefix of the brand face.
pub const BRAND: &str = "/brand/marketing/product-coupon";
/// The id of the key of pre-send tokens.
const TOKEN_KEY_ID: u8 = 1;
/// More notifications than any test makes.
const NOTIFICATIONS_MAX: usize = 1000;

/// A platform in this process over a database in a temporary directory, which goes with it.
pub struct TestPlatform {
    /// The clock of the rules.
    pub clock: Arc<ManualClock>,
    /// The clock of signatures.
    pub wire_clock: Arc<ManualClock>,
    /// The keys that sign, to be rotated.
    pub platform_keys: LivePlatformKeys,
    /// The use cases.
    pub platform: Platform,
    /// The whole gateway.
    pub routes: Router,
    /// What the console reads of calls, when there is one.
    pub request_log: Option<RequestLog>,
    pub(crate) numbers: AtomicU64,
    nonce_count: Arc<AtomicU64>,
    pub(crate) answered: Arc<Answered>,
    // Before the directory: the lane ends when the last of these is dropped.
    _lane: Arc<WriteLane>,
    _directory: TempDir,
}

impl TestPlatform {
    /// A fresh one with its parties.
    pub async fn start() -> Self {
        Self::start_with_token_key(7).await
    }

    /// A fresh one whose tokens are sealed with the key of 32 such bytes.
    pub async fn start_with_token_key(byte: u8) -> Self {
        Self::start_from(byte, without_rates(), Settings::default(), LaneSettings::default(), None).await
    }

    /// A fresh one whose gateway is set differently. Without that there are no rate limits, since the clocks stand
    /// still.
    pub async fn start_with(gateway: GatewaySettings) -> Self {
        Self::start_from(7, gateway, Settings::default(), LaneSettings::default(), None).await
    }

    /// A fresh one whose claim component may be in pages of these origins.
    pub async fn start_with_claim_origins(origins: &[&str]) -> Self {
        let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
        Self::start_with_origins(
            7,
            without_rates(),
            Settings::default(),
            LaneSettings::default(),
            origins,
            None,
        )
        .await
    }

    /// A fresh one of a deployment that is set differently.
    pub async fn start_set(settings: Settings) -> Self {
        Self::start_from(7, without_rates(), settings, LaneSettings::default(), None).await
    }

    /// A fresh one whose write lanes are set differently, once the parties are there.
    pub async fn start_with_lane(lane: LaneSettings) -> Self {
        Self::start_from(7, without_rates(), Settings::default(), lane, None).await
    }

    /// A fresh one with a console under a public URL; its calls are logged.
    pub async fn start_with_console(public_url: &str) -> Self {
        let (log, worker) = RequestLog::new();
        let console = ConsoleSetup { public_url: public_url.to_owned(), log };
        let lane = LaneSettings::default();
        let started = Self::start_from(7, without_rates(), Settings::default(), lane, Some(console)).await;
        // It ends with the runtime of the test.
        tokio::spawn(worker.run(
            started.platform.clone(),
            started.wire_clock.clone(),
            std::future::pending(),
        ));
        started
    }

    async fn start_from(
        byte: u8,
        gateway_settings: GatewaySettings,
        settings: Settings,
        lane_settings: LaneSettings,
        console: Option<ConsoleSetup>,
    ) -> Self {
        Self::start_with_origins(byte, gateway_settings, settings, lane_settings, Vec::new(), console).await
    }

    async fn start_with_origins(
        byte: u8,
        gateway_settings: GatewaySettings,
        settings: Settings,
        lane_settings: LaneSettings,
        claim_origins: Vec<String>,
        console: Option<ConsoleSetup>,
    ) -> Self {
        let directory = TempDir::new().expect("there is room for a temporary directory");
        let store = SqliteStore::open(directory.path().join("quan.db")).expect("a fresh database opens");
        let backend: Arc<dyn Backend> = Arc::new(store);
        let clock = Arc::new(ManualClock::at_unix_seconds(START_SECONDS));
        let wire_clock = Arc::new(ManualClock::at_unix_seconds(START_SECONDS));
        let entropy = Arc::new(SeededEntropy::new(0x5155_414E));
        let filled = Arc::new(Notify::new());
        let platform_keys = LivePlatformKeys::new(keys::platform_keys());
        let control = Arc::new(VectorKeys { platform_keys: platform_keys.clone() });
        let over = |lane: &Arc<WriteLane>| {
            let (lane, filled) = (lane.clone(), Arc::clone(&filled));
            Platform::new(backend.clone(), lane, clock.clone(), entropy.clone(), settings.clone(), filled)
        };
        parties::put(&over(&Arc::new(WriteLane::start(backend.clone()))), clock.now()).await;
        let lane = Arc::new(WriteLane::start_with(backend.clone(), lane_settings));
        let platform = over(&lane);
        let gateway = Gateway::new(GatewayParts {
            platform: platform.clone(),
            wire_clock: wire_clock.clone(),
            rate_clock: wire_clock.clone(),
            entropy: entropy.clone(),
            platform_keys: platform_keys.clone(),
            settings: gateway_settings,
            token_sealer: TokenSealer::new([(TOKEN_KEY_ID, [byte; 32])]),
            check_notify_url,
            public_url: PUBLIC_URL.to_owned(),
            claim_origins,
            request_log: console.as_ref().map(|console| console.log.clone()),
            admin: Some(Admin {
                token: Some(ADMIN_TOKEN.to_owned()),
                clock: Some(clock.clone()),
                metrics: None,
                platform_keys: control,
            }),
            observer: Arc::new(()),
            readiness: Arc::new(()),
        });
        let mut routes = quan_gateway::routes(gateway);
        let request_log = console.as_ref().map(|console| console.log.clone());
        if let Some(setup) = console {
            routes = routes.merge(crate::console::routes(
                setup,
                &platform,
                &wire_clock,
                entropy,
                platform_keys.clone(),
            ));
        }
        Self {
            clock,
            wire_clock,
            platform_keys,
            platform,
            routes,
            request_log,
            numbers: AtomicU64::new(1),
            nonce_count: Arc::new(AtomicU64::new(1)),
            answered: Arc::default(),
            _lane: lane,
            _directory: directory,
        }
    }

    /// The time of the rules.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// A request number that was not used before.
    pub fn fresh_number(&self) -> String {
        format!("NUMBER_{:06}", self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    /// The merchant.
    pub fn merchant(&self) -> Actor {
        self.actor(Scheme::Merchant, MCHID, keys::merchant())
    }

    /// The merchant with the certificate whose serial number begins with a zero.
    pub fn merchant_with_leading_zero(&self) -> Actor {
        self.actor(Scheme::Merchant, MCHID, keys::merchant_with_leading_zero())
    }

    /// The merchant with a certificate that expired a second ago.
    pub fn merchant_expired(&self) -> Actor {
        self.merchant().claiming(MCHID, EXPIRED_SERIAL)
    }

    /// The other merchant.
    pub fn other_merchant(&self) -> Actor {
        self.actor(Scheme::Merchant, OTHER_MCHID, keys::other_merchant())
    }

    /// Someone who claims to be the merchant but holds another key.
    pub fn wrong_key(&self) -> Actor {
        let merchant = self.merchant();
        Actor { key: keys::other_merchant().key, ..merchant }
    }

    /// The brand.
    pub fn brand(&self) -> Actor {
        self.actor(Scheme::Brand, BRAND_ID, keys::brand())
    }

    /// The other brand.
    pub fn other_brand(&self) -> Actor {
        self.actor(Scheme::Brand, OTHER_BRAND_ID, keys::other_merchant())
    }

    fn actor(&self, scheme: Scheme, identity: &str, pair: KeyPair) -> Actor {
        Actor {
            scheme,
            identity: identity.to_owned(),
            serial_no: pair.certificate.serial_no,
            key: pair.key,
            platform_serial: None,
            routes: self.routes.clone(),
            wire_clock: self.wire_clock.clone(),
            nonce_count: self.nonce_count.clone(),
            answered: self.answered.clone(),
        }
    }

    /// The merchant with another key pair; the platform must be told of its certificate first.
    pub fn merchant_with(&self, pair: KeyPair) -> Actor {
        self.actor(Scheme::Merchant, MCHID, pair)
    }

    /// With which of the platform's keys the merchant verifies, from here on.
    pub async fn put_verification_mode(&self, mode: VerificationMode) {
        let Principal::Merchant(mchid) = parties::merchant() else { return };
        let set = move |work: &mut quan_platform::work::Work<'_>| verification_mode::set(work, &mchid, mode);
        self.platform.write::<_, Error>(set).await.expect("the mode is written");
    }

    /// A development call with the admin token: a POST if there is a body.
    pub async fn admin(&self, target: &str, body: Option<&Value>) -> Answer {
        let method = if body.is_some() { Method::POST } else { Method::GET };
        self.admin_call(method, target, body).await
    }

    /// A development call of any method.
    pub async fn admin_call(&self, method: Method, target: &str, body: Option<&Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::AUTHORIZATION, format!("Bearer {ADMIN_TOKEN}"))
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
        unsigned(self.routes.clone(), request.expect("the request is well formed")).await
    }

    /// An unsigned POST, as the claim component makes them.
    pub async fn post_unsigned(&self, target: &str, body: &Value) -> Answer {
        post_unsigned(self.routes.clone(), target, body).await
    }

    /// An unsigned GET, as a browser makes them.
    pub async fn get_unsigned(&self, target: &str) -> Answer {
        let request = Request::get(target).body(Body::empty()).expect("the request is well formed");
        unsigned(self.routes.clone(), request).await
    }

    /// Any unsigned request, as a browser makes them.
    pub async fn request_unsigned(&self, request: Request<Body>) -> Answer {
        unsigned(self.routes.clone(), request).await
    }

    /// The brand takes its authorisation of the merchant back, or gives it again.
    pub async fn put_authorisation(&self, grant: Grant) {
        let Principal::Merchant(mchid) = parties::merchant() else { return };
        let write = move |work: &mut quan_platform::work::Work<'_>| {
            let mchid: &Mchid = &mchid;
            authorisation::set(work, &parties::brand_id(), mchid, grant)
        };
        self.platform.write::<_, Error>(write).await.expect("the authorisation is written");
    }

    /// The resources of all notifications that wait to be sent, in the clear.
    pub async fn notifications(&self) -> Vec<Value> {
        let read = |resource: &str| serde_json::from_str(resource).expect("a resource is JSON");
        self.outbox().await.iter().map(|notification| read(&notification.resource)).collect()
    }

    /// All notifications that wait to be sent.
    pub async fn outbox(&self) -> Vec<Notification> {
        let now = self.now();
        // A lease that ends at once takes nothing from the next look.
        let look = move |work: &mut quan_platform::work::Work<'_>| {
            Ok(work.store.lease_notifications("test", now, now, NOTIFICATIONS_MAX)?)
        };
        let leased = self.platform.write::<_, Error>(look).await.expect("the outbox is readable");
        leased.into_iter().map(|leased| leased.notification).collect()
    }

    /// How many notifications there are.
    pub async fn outbox_counts(&self) -> OutboxCounts {
        let look = |view: &quan_platform::work::View<'_>| Ok(view.store.outbox_counts()?);
        self.platform.read::<_, Error>(look).await.expect("the outbox is readable")
    }
}

/// Settings without rate limits.
fn without_rates() -> GatewaySettings {
    GatewaySettings { rate_limits: RateLimits::Off, ..GatewaySettings::default() }
}

/// Calls `open`, `receive` or `state` of the claim component; for calls that run in tasks of their own.
pub async fn claim_call(routes: Router, name: &str, token: &str) -> Answer {
    post_unsigned(routes, &format!("/claim/v1/{name}"), &json!({ "token": token })).await
}

async fn post_unsigned(routes: Router, target: &str, body: &Value) -> Answer {
    let sent = Bytes::from(body.to_string());
    let request = Request::post(target)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(sent.clone()))
        .expect("the request is well formed");
    let answer = unsigned(routes, request).await;
    described::check("POST", target, Some(&sent), answer.status, &answer.body);
    answer
}

async fn unsigned(routes: Router, request: Request<Body>) -> Answer {
    let Ok(response) = routes.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the body is in memory").to_bytes();
    // What is answered to an unsigned call is unsigned, so no time is needed to verify it.
    Answer::read(parts.status.as_u16(), parts.headers, body, 0)
}

/// Only the scheme: the sender's own check has its own tests.
fn check_notify_url(url: &str) -> Result<(), String> {
    if url.starts_with("https://") { Ok(()) } else { Err("应以https://开头".to_owned()) }
}
