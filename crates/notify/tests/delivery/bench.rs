//! A store in a temporary directory, clocks that stand still, and senders on them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use quan_apiv3::key::PrivateKey;
use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_notify::{AddressPolicy, Sender, SenderParts, SigningIdentity};
use quan_store::backend::Backend;
use quan_store::error::StoreError;
use quan_store::lane::WriteLane;
use quan_store::outbox::{Attempt, DeliveryState, Notification, OutboxCounts};
use quan_store::parties::{Brand, Merchant, NotifyUrl};
use quan_store_sqlite::SqliteStore;
use sha2::{Digest, Sha256};

pub(crate) const KEY: &str = "TestApiV3KeyForVectors0123456789";
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
    backend: Arc<dyn Backend>,
    _directory: tempfile::TempDir,
}

pub(crate) fn merchant() -> Principal {
    "mchid:1900000001".parse().unwrap()
}

pub(crate) fn brand() -> Principal {
    "brand:120344".parse().unwrap()
}

pub(crate) fn platform_key() -> PrivateKey {
    PrivateKey::from_pem(include_str!("../../../apiv3/tests/vectors/keys/platform_key.pem")).unwrap()
}

impl Bench {
    /// A merchant and a brand that are known and have keys, but no notify URL.
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let backend: Arc<dyn Backend> =
            Arc::new(SqliteStore::open(directory.path().join("quan.db")).unwrap());
        let lane = Arc::new(WriteLane::start(Arc::clone(&backend)));
        let bench = Self { clock: FakeClock::at(RULES_START), lane, backend, _directory: directory };
        bench.put_merchant_key(Some(KEY)).await;
        let brand_id = "120344".parse().unwrap();
        let brand = Brand { brand_id, name: "B".into(), logo_url: None, api_key: Some(KEY.into()) };
        bench.lane.run(move |unit| unit.put_brand(&brand)).await.unwrap().unwrap();
        bench
    }

    pub(crate) async fn put_merchant_key(&self, apiv3_key: Option<&str>) {
        let mchid = "1900000001".parse().unwrap();
        let merchant = Merchant { mchid, name: "M".into(), apiv3_key: apiv3_key.map(Into::into) };
        self.lane.run(move |unit| unit.put_merchant(&merchant)).await.unwrap().unwrap();
    }

    pub(crate) async fn put_url(&self, principal: Principal, url: &str) {
        let url = NotifyUrl { url: url.into(), updated_at: self.clock.now() };
        self.lane.run(move |unit| unit.put_notify_url(&principal, &url)).await.unwrap().unwrap();
    }

    /// Sets where the merchant's COUPON.SEND notifications go.
    pub(crate) async fn put_callback(&self, url: &str) {
        let mchid = "1900000001".parse().unwrap();
        let url = NotifyUrl { url: url.into(), updated_at: self.clock.now() };
        self.lane.run(move |unit| unit.put_callback(&mchid, &url)).await.unwrap().unwrap();
    }

    /// Commits a notification, due at once.
    pub(crate) async fn notify(&self, id: &str, receiver: Principal) -> Notification {
        self.notify_of(id, receiver, "PRODUCT_COUPON_SP.SEND").await
    }

    pub(crate) async fn notify_of(&self, id: &str, receiver: Principal, event_type: &str) -> Notification {
        let notification = Notification {
            id: id.into(),
            receiver,
            event_type: event_type.into(),
            create_time: self.clock.now(),
            summary: "商品券领券通知".into(),
            associated_data: "product_coupon_sp".into(),
            original_type: "product_coupon".into(),
            resource: format!(r#"{{"coupon_code":"code of {id}"}}"#),
        };
        let inserted = notification.clone();
        self.lane.run(move |unit| unit.insert_notification(&inserted)).await.unwrap().unwrap();
        notification
    }

    pub(crate) fn sender(&self, name: &str) -> Arc<Sender> {
        self.sender_under(name, AddressPolicy::AllowPrivate)
    }

    pub(crate) fn sender_under(&self, name: &str, policy: AddressPolicy) -> Arc<Sender> {
        Arc::new(Sender::new(SenderParts {
            backend: Arc::clone(&self.backend),
            lane: Arc::clone(&self.lane),
            clock: Arc::<FakeClock>::clone(&self.clock),
            wire_clock: FakeClock::at(WIRE_NOW),
            entropy: Arc::new(Counting(AtomicU64::new(0))),
            identity: SigningIdentity { key: platform_key(), serial: SERIAL.into() },
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
