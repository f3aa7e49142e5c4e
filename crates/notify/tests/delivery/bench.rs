//! A store in a temporary directory, clocks that stand still, and senders on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use quan_apiv3::certificate::Certificate;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::platform_keys::{
    LivePlatformKeys, PlatformCertificate, PlatformKeys, PlatformPublicKey, Rotation,
};
use quan_apiv3::probe::ProbeRatio;
use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_notify::{AddressPolicy, Sender, SenderParts};
use quan_store::backend::Backend;
use quan_store::error::StoreError;
use quan_store::lane::{LaneKey, WriteLane};
use quan_store::outbox::{Attempt, DeliveryState, Notification, OutboxCounts};
use quan_store::parties::{Brand, Grant, Merchant, NotifyUrl};
use quan_store_sqlite::SqliteStore;
use sha2::{Digest, Sha256};

pub(crate) const KEY: &str = "TestApiV3KeyForVectors0123456789";
pub(crate) const BRAND_KEY: &str = "BrandApiKeyForTests0123456789012";
pub(crate) const SERIAL: &str = "PUB_KEY_ID_0119000000012025080100192837465001";
/// The rules' clock starts here, the wire clock elsewhere, so that a mix-up shows.
pub(crate) const RULES_START: i64 = 1_790_000_000;
pub(crate) const WIRE_NOW: i64 = 1_760_000_000;

pub(crate) struct FakeClock(AtomicI64);

impl FakeClock {
    pub(crate) fn at(seconds: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(seconds * 1000)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for FakeClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Digests of a running number: different every time, the same in every run.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let digest = Sha256::digest(self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
    }
}

pub(crate) struct Bench {
    pub(crate) clock: Arc<FakeClock>,
    pub(crate) lane: Arc<WriteLane>,
    pub(crate) platform_keys: LivePlatformKeys,
    backend: Arc<dyn Backend>,
    _directory: tempfile::TempDir,
}

pub(crate) fn merchant() -> Principal {
    "mchid:1900000001".parse().unwrap()
}

pub(crate) fn brand() -> Principal {
    "brand:120344".parse().unwrap()
}

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../apiv3/tests/vectors/keys/", $name))
    };
}

/// The public key [`SERIAL`], and a certificate.
pub(crate) fn platform_keys() -> PlatformKeys {
    let key = PrivateKey::from_pem(vector!("wechatpay_key.pem")).unwrap();
    PlatformKeys {
        certificates: Rotation::steady(certificate(
            vector!("platform_key.pem"),
            vector!("platform_cert.pem"),
        )),
        public_keys: Rotation::steady(PlatformPublicKey { key, id: SERIAL.into() }),
    }
}

/// The certificate that comes after that of [`platform_keys`].
pub(crate) fn next_certificate() -> PlatformCertificate {
    certificate(vector!("platform_next_key.pem"), vector!("platform_next_cert.pem"))
}

fn certificate(key: &str, certificate: &str) -> PlatformCertificate {
    PlatformCertificate {
        key: PrivateKey::from_pem(key).unwrap(),
        certificate: Certificate::from_pem(certificate).unwrap(),
    }
}

impl Bench {
    /// A merchant and a brand that are known and have keys, but no notify URL.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let backend: Arc<dyn Backend> =
            Arc::new(SqliteStore::open(directory.path().join("quan.db")).unwrap());
        let lane = Arc::new(WriteLane::start(Arc::clone(&backend)));
        let clock = FakeClock::at(RULES_START);
        let platform_keys = LivePlatformKeys::new(platform_keys());
        let bench = Self { clock, lane, platform_keys, backend, _directory: directory };
        bench.put_merchant_key(Some(KEY)).await;
        bench.put_brand_key(Some(BRAND_KEY)).await;
        bench.put_authorisation(Grant::Given).await;
        bench
    }

    pub(crate) async fn put_merchant_key(&self, apiv3_key: Option<&str>) {
        self.put_merchant(apiv3_key, VerificationMode::default()).await;
    }

    pub(crate) async fn put_merchant(&self, apiv3_key: Option<&str>, verification_mode: VerificationMode) {
        let mchid = "1900000001".parse().unwrap();
        let apiv3_key = apiv3_key.map(Into::into);
        let merchant = Merchant { mchid, name: "M".into(), apiv3_key, verification_mode };
        self.lane.run(LaneKey::NONE, move |unit| unit.put_merchant(&merchant)).await.unwrap().unwrap();
    }

    pub(crate) async fn put_brand_key(&self, api_key: Option<&str>) {
        let brand_id = "120344".parse().unwrap();
        let brand = Brand { brand_id, name: "B".into(), logo_url: None, api_key: api_key.map(Into::into) };
        self.lane.run(LaneKey::NONE, move |unit| unit.put_brand(&brand)).await.unwrap().unwrap();
    }

    pub(crate) async fn put_authorisation(&self, grant: Grant) {
        let (brand_id, mchid) = ("120344".parse().unwrap(), "1900000001".parse().unwrap());
        self.lane
            .run(LaneKey::NONE, move |unit| unit.put_authorisation(&brand_id, &mchid, grant))
            .await
            .unwrap()
            .unwrap();
    }

    pub(crate) async fn put_url(&self, principal: Principal, url: &str) {
        let url = NotifyUrl { url: url.into(), updated_at: self.clock.now() };
        self.lane
            .run(LaneKey::NONE, move |unit| unit.put_notify_url(&principal, &url))
            .await
            .unwrap()
            .unwrap();
    }

    /// Sets where the merchant's COUPON.SEND notifications go.
    pub(crate) async fn put_callback(&self, url: &str) {
        let mchid = "1900000001".parse().unwrap();
        let url = NotifyUrl { url: url.into(), updated_at: self.clock.now() };
        self.lane.run(LaneKey::NONE, move |unit| unit.put_callback(&mchid, &url)).await.unwrap().unwrap();
    }

    /// Commits a notification, due at once.
    pub(crate) async fn notify(&self, id: &str, receiver: Principal) -> Notification {
        self.notify_of(id, receiver, "PRODUCT_COUPON_SP.SEND").await
    }

    pub(crate) async fn notify_of(&self, id: &str, receiver: Principal, event_type: &str) -> Notification {
        let notification = Notification {
            id: id.into(),
            receiver,
            brand_id: Some("120344".parse().unwrap()),
            event_type: event_type.into(),
            create_time: self.clock.now(),
            summary: "商品券领券通知".into(),
            associated_data: "product_coupon_sp".into(),
            original_type: "product_coupon".into(),
            resource: format!(r#"{{"coupon_code":"code of {id}"}}"#),
        };
        let inserted = notification.clone();
        self.lane.run(LaneKey::NONE, move |unit| unit.insert_notification(&inserted)).await.unwrap().unwrap();
        notification
    }

    pub(crate) fn sender(&self, name: &str) -> Arc<Sender> {
        self.sender_under(name, AddressPolicy::AllowPrivate)
    }

    pub(crate) fn sender_under(&self, name: &str, policy: AddressPolicy) -> Arc<Sender> {
        self.sender_of(name, policy, ProbeRatio::NEVER)
    }

    /// A sender that probes before every first attempt.
    pub(crate) fn probing_sender(&self, name: &str) -> Arc<Sender> {
        self.sender_of(name, AddressPolicy::AllowPrivate, ProbeRatio::ALWAYS)
    }

    fn sender_of(&self, name: &str, policy: AddressPolicy, probe_ratio: ProbeRatio) -> Arc<Sender> {
        Arc::new(Sender::new(SenderParts {
            backend: Arc::clone(&self.backend),
            lane: Arc::clone(&self.lane),
            clock: Arc::<FakeClock>::clone(&self.clock),
            wire_clock: FakeClock::at(WIRE_NOW),
            entropy: Arc::new(Counting(AtomicU64::new(0))),
            platform_keys: self.platform_keys.clone(),
            probe_ratio,
            policy,
            name: name.into(),
        }))
    }

    pub(crate) fn delivery(&self, id: &str) -> (DeliveryState, Vec<Attempt>) {
        let (_, state, attempts) =
            self.backend.snapshot(|reader| reader.delivery(id)).unwrap().unwrap().unwrap();
        (state, attempts)
    }

    /// The outcome of the only attempt.
    pub(crate) fn outcome(&self, id: &str) -> String {
        let (_, attempts) = self.delivery(id);
        assert_eq!(attempts.len(), 1, "{attempts:?}");
        attempts[0].outcome.clone()
    }

    pub(crate) fn next_due(&self) -> Result<Option<Time>, StoreError> {
        self.backend.snapshot(|reader| reader.next_due()).unwrap()
    }

    pub(crate) fn counts(&self) -> OutboxCounts {
        self.backend.snapshot(|reader| reader.outbox_counts()).unwrap().unwrap()
    }
}
