//! One node: the store, the write lane, the platform and the sender of notifications, wired.
//!
//! `quan dev` and `quan serve` make their nodes here and differ in what they hand in: the clock of the rules, where
//! notifications may go, the keys. Who listens where is theirs.

use std::num::NonZeroUsize;
use std::sync::Arc;

use anyhow::Context;
use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_apiv3::probe::ProbeRatio;
use quan_gateway::{Admin, Gateway, GatewayParts, GatewaySettings, Observer, Readiness, TokenSealer};
use quan_model::clock::Clock;
use quan_model::entropy::{self, Entropy};
use quan_notify::{AddressPolicy, Sender, SenderParts, UrlError, check_notify_url};
use quan_platform::console::request_log::{RequestLog, RequestLogWorker};
use quan_platform::{Platform, Settings};
use quan_store::backend::Backend;
use quan_store::error::StoreError;
use quan_store::lane::{LaneKey, WriteLane};
use quan_store::lock::Lock;
use quan_store::parties::TokenKey;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{SteadyClock, WallClock};
use crate::entropy::{BlockEntropy, SystemEntropy};

/// What a node is made of.
pub(crate) struct NodeParts {
    pub(crate) backend: Arc<dyn Backend>,
    /// The rules' clock.
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) platform_keys: LivePlatformKeys,
    /// That of notifications.
    pub(crate) probe_ratio: ProbeRatio,
    /// Where notifications may go.
    pub(crate) policy: AddressPolicy,
    pub(crate) settings: Settings,
    /// How many write lanes; 1 for a store with one writer.
    pub(crate) lanes: NonZeroUsize,
    /// What the leases of this node begin with; the rest is new at every start.
    pub(crate) name: String,
}

/// A node that is open but does not serve yet.
pub(crate) struct Node {
    pub(crate) platform: Platform,
    /// Different at every start.
    pub(crate) name: String,
    lane: Arc<WriteLane>,
    sender: Arc<Sender>,
    token_keys: Vec<TokenKey>,
    platform_keys: LivePlatformKeys,
    policy: AddressPolicy,
}

/// How a node meets the world.
pub(crate) struct Face {
    /// Where calls are noted for the console.
    pub(crate) request_log: Option<RequestLog>,
    pub(crate) public_url: String,
    pub(crate) claim_origins: Vec<String>,
    pub(crate) settings: GatewaySettings,
    pub(crate) admin: Option<Admin>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) readiness: Arc<dyn Readiness>,
}

impl Node {
    /// Opens a node over its parts.
    pub(crate) fn open(parts: NodeParts) -> anyhow::Result<Self> {
        let NodeParts { backend, clock, platform_keys, probe_ratio, policy, settings, name, lanes } = parts;
        let lane = Arc::new(WriteLane::start_many(backend.clone(), lanes));
        let entropy: Arc<dyn Entropy> = Arc::new(BlockEntropy);
        let token_keys = token_keys(&*backend, &lane)?;
        let name = format!("{name}-{}", entropy::text(&SystemEntropy, entropy::LOWER_HEX, 8));
        let sender = Arc::new(Sender::new(SenderParts {
            backend: backend.clone(),
            lane: lane.clone(),
            clock: clock.clone(),
            wire_clock: Arc::new(WallClock),
            entropy: entropy.clone(),
            platform_keys: platform_keys.clone(),
            probe_ratio,
            policy,
            name: name.clone(),
        }));
        let waker = sender.waker();
        let platform = Platform::new(backend, lane.clone(), clock, entropy, settings, waker);
        Ok(Self { platform, name, lane, sender, token_keys, platform_keys, policy })
    }

    /// The gateway in front of this node.
    pub(crate) fn gateway(&self, face: Face) -> Gateway {
        let sealing = self.token_keys.iter().map(|key| (key.key_id, key.key));
        Gateway::new(GatewayParts {
            platform: self.platform.clone(),
            wire_clock: Arc::new(WallClock),
            entropy: Arc::new(BlockEntropy),
            rate_clock: Arc::new(SteadyClock::begin()),
            platform_keys: self.platform_keys.clone(),
            token_sealer: TokenSealer::new(sealing),
            check_notify_url: self.url_check(),
            public_url: face.public_url,
            claim_origins: face.claim_origins,
            settings: face.settings,
            request_log: face.request_log,
            admin: face.admin,
            observer: face.observer,
            readiness: face.readiness,
        })
    }

    /// Checks a notify URL as this node takes them.
    pub(crate) fn url_check(&self) -> fn(&str) -> Result<(), String> {
        match self.policy {
            AddressPolicy::AllowPrivate => check_any_url,
            AddressPolicy::PublicOnly => check_public_url,
        }
    }

    /// The lane, for who shows what it does.
    pub(crate) fn lane(&self) -> Arc<WriteLane> {
        self.lane.clone()
    }

    /// The sender, for who counts what it does.
    pub(crate) fn sender(&self) -> Arc<Sender> {
        self.sender.clone()
    }

    /// Sends notifications until `stop` is cancelled and those under way have ended.
    pub(crate) fn send(&self, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(self.sender.clone().run(stop))
    }

    /// Writes the request log until `stop` is cancelled and what waits is written.
    pub(crate) fn log_requests(&self, worker: RequestLogWorker, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(worker.run(self.platform.clone(), Arc::new(WallClock), stop.cancelled_owned()))
    }

    /// Lets the write lane finish what it has.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        let lane = self.lane;
        tokio::task::spawn_blocking(move || lane.close()).await.context("the write lane broke down")
    }
}

/// The keys of pre-send tokens, newest first; the first start makes one.
fn token_keys(backend: &dyn Backend, lane: &WriteLane) -> anyhow::Result<Vec<TokenKey>> {
    let known = backend.snapshot(|store| store.token_keys())??;
    if !known.is_empty() {
        return Ok(known);
    }
    let mut key = [0; 32];
    SystemEntropy.fill(&mut key);
    let fresh = TokenKey { key_id: 1, key, created_at: WallClock.now() };
    // Of two nodes that start at once the first makes the key; the other waits for it and finds it.
    let keep = move |store: &mut dyn quan_store::backend::UnitOfWork| {
        store.lock(Lock::Platform)?;
        let known = store.token_keys()?;
        if !known.is_empty() {
            return Ok(known);
        }
        store.put_token_key(&fresh)?;
        Ok::<_, StoreError>(vec![fresh.clone()])
    };
    match lane.run_blocking(LaneKey::NONE, keep)? {
        Ok(keys) => Ok(keys),
        // Somebody else's key stands in the way of ours: theirs it is.
        Err(error) => match backend.snapshot(|store| store.token_keys())?? {
            keys if keys.is_empty() => Err(error.into()),
            keys => Ok(keys),
        },
    }
}

/// Notifications may go to this machine, over plain HTTP.
fn check_any_url(url: &str) -> Result<(), String> {
    check_notify_url(url, AddressPolicy::AllowPrivate).map_err(|error| match error {
        UrlError::Scheme => "应以https://开头（本环境允许http://）".to_owned(),
        error => in_chinese(error).to_owned(),
    })
}

/// Notifications go out over HTTPS only.
fn check_public_url(url: &str) -> Result<(), String> {
    check_notify_url(url, AddressPolicy::PublicOnly).map_err(|error| in_chinese(error).to_owned())
}

fn in_chinese(error: UrlError) -> &'static str {
    match error {
        UrlError::TooLong { .. } => "长度不能超过256个字符",
        UrlError::Malformed => "不是合法的URL",
        UrlError::Scheme => "应以https://开头",
        UrlError::UserInfo => "不能包含用户名或密码",
        UrlError::Fragment => "不能包含#",
        UrlError::Query => "不能携带参数",
        UrlError::NoPath => "应包含路径，不能只有域名",
        UrlError::AmbiguousHost => "主机名应为域名或标准IP地址",
        UrlError::PrivateHost => "应为公网可访问的地址",
    }
}
