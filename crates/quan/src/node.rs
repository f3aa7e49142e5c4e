//! One node: the store, the write lane, the platform, the sender of notifications and the gateway, wired.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use quan_apiv3::platform_keys::LivePlatformKeys;
use quan_apiv3::probe::ProbeRatio;
use quan_gateway::{Admin, Gateway, GatewayParts, GatewaySettings, PlatformKeyControl, TokenSealer};
use quan_model::clock::Clock;
use quan_model::entropy::{self, Entropy};
use quan_notify::{AddressPolicy, Sender, SenderParts, UrlError, check_notify_url};
use quan_platform::{Platform, Settings};
use quan_store::backend::Backend;
use quan_store::error::StoreError;
use quan_store::lane::WriteLane;
use quan_store::parties::TokenKey;
use quan_store_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::{MovableClock, SteadyClock, WallClock};
use crate::entropy::SystemEntropy;

/// A node that is open but does not serve yet.
pub(crate) struct Node {
    pub(crate) platform: Platform,
    lane: Arc<WriteLane>,
    sender: Arc<Sender>,
    clock: Arc<MovableClock>,
    token_keys: Vec<TokenKey>,
    platform_keys: LivePlatformKeys,
}

/// What serving needs besides the node.
pub(crate) struct Serving {
    pub(crate) admin_token: String,
    pub(crate) key_control: Arc<dyn PlatformKeyControl>,
    pub(crate) public_url: String,
    pub(crate) claim_origins: Vec<String>,
    pub(crate) settings: GatewaySettings,
}

impl Node {
    /// Opens the node of a data directory. `probe_ratio` is that of notifications.
    pub(crate) fn open(
        data: &Path,
        platform_keys: LivePlatformKeys,
        probe_ratio: ProbeRatio,
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let backend: Arc<dyn Backend> = Arc::new(SqliteStore::open(data.join(crate::store_file::FILE_NAME))?);
        let lane = Arc::new(WriteLane::start(backend.clone()));
        let clock = Arc::new(MovableClock::open(data)?);
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let token_keys = token_keys(&*backend, &lane)?;
        let sender = Arc::new(Sender::new(SenderParts {
            backend: backend.clone(),
            lane: lane.clone(),
            clock: clock.clone(),
            wire_clock: Arc::new(WallClock),
            entropy: entropy.clone(),
            platform_keys: platform_keys.clone(),
            probe_ratio,
            policy: AddressPolicy::AllowPrivate,
            name: format!("{}-{}", std::process::id(), entropy::text(&SystemEntropy, entropy::LOWER_HEX, 8)),
        }));
        let waker = sender.waker();
        let platform = Platform::new(backend, lane.clone(), clock.clone(), entropy, settings, waker);
        Ok(Self { platform, lane, sender, clock, token_keys, platform_keys })
    }

    /// Serves until `stop` is cancelled; then drains requests, attempts under way and the write lane.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        serving: Serving,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let sealing = self.token_keys.iter().map(|key| (key.key_id, key.key));
        let gateway = Gateway::new(GatewayParts {
            platform: self.platform.clone(),
            wire_clock: Arc::new(WallClock),
            entropy: Arc::new(SystemEntropy),
            rate_clock: Arc::new(SteadyClock::begin()),
            platform_keys: self.platform_keys,
            token_sealer: TokenSealer::new(sealing),
            check_notify_url: check_development_url,
            public_url: serving.public_url,
            claim_origins: serving.claim_origins,
            settings: serving.settings,
            admin: Some(Admin {
                token: serving.admin_token,
                clock: self.clock,
                platform_keys: serving.key_control,
            }),
        });
        let sending = tokio::spawn(self.sender.run(stop.clone()));
        quan_gateway::serve(listener, quan_gateway::routes(gateway), stop).await;
        sending.await.context("the sender of notifications broke down")?;
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
    let keep = fresh.clone();
    lane.run_blocking::<(), StoreError>(move |store| store.put_token_key(&keep))??;
    Ok(vec![fresh])
}

/// In development notifications may go to this machine, over plain HTTP.
fn check_development_url(url: &str) -> Result<(), String> {
    check_notify_url(url, AddressPolicy::AllowPrivate).map_err(|error| {
        match error {
            UrlError::TooLong { .. } => "长度不能超过256个字符",
            UrlError::Malformed => "不是合法的URL",
            UrlError::Scheme => "应以https://开头（开发环境允许http://）",
            UrlError::UserInfo => "不能包含用户名或密码",
            UrlError::Fragment => "不能包含#",
            UrlError::Query => "不能携带参数",
            UrlError::NoPath => "应包含路径，不能只有域名",
            UrlError::AmbiguousHost => "主机名应为域名或标准IP地址",
            UrlError::PrivateHost => "应为公网可访问的地址",
        }
        .to_owned()
    })
}
