//! The platform: the store, the write lane, the clock, randomness and settings, held together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quan_model::clock::Clock;
use quan_model::entropy::Entropy;
use quan_model::time::Time;
use quan_store::backend::{Backend, UnitOfWork};
use quan_store::foresight::{Foreseen, ForeseenClaim};
pub use quan_store::lane::LaneKey;
use quan_store::lane::{WorkError, WriteLane};
use quan_store::pre_send::PreSendId;
use tokio::sync::Notify;

use crate::error::Error;
use crate::lanes_of_pre_sends::LanesOfPreSends;
use crate::work::{View, Work};

/// What a deployment may set differently. The defaults are those of a public service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether `use` on a stock with store_scope SPECIFIC must name a store (semantics 2.4; default no).
    pub require_store_for_specific: bool,
    /// Whether the claim component may show the coupon code (semantics 8.2; default yes: only when the
    /// coupon is EFFECTIVE and its display mode is not INVISIBLE).
    pub show_coupon_code: bool,
    /// Whether a use and a return are told to the creator of the stock; the official pages list no such
    /// notification (semantics 9.1, Q15; default no).
    pub notify_use_return: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { require_store_for_specific: false, show_coupon_code: true, notify_use_return: false }
    }
}

/// A running platform. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Arc<dyn Backend>,
    lane: Arc<WriteLane>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    settings: Settings,
    outbox_filled: Arc<Notify>,
    issued: AtomicU64,
    lanes_of_pre_sends: LanesOfPreSends,
}

impl Platform {
    /// Puts a platform together. `outbox_filled` is told after each write with a notification in it, so that the sender of
    /// notifications need not wait for its next look.
    pub fn new(
        backend: Arc<dyn Backend>,
        lane: Arc<WriteLane>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        settings: Settings,
        outbox_filled: Arc<Notify>,
    ) -> Self {
        let issued = AtomicU64::new(0);
        let lanes_of_pre_sends = LanesOfPreSends::default();
        Self {
            inner: Arc::new(Inner {
                backend,
                lane,
                clock,
                entropy,
                settings,
                outbox_filled,
                issued,
                lanes_of_pre_sends,
            }),
        }
    }

    /// The time by the rules' clock.
    pub fn now(&self) -> Time {
        self.inner.clock.now()
    }

    /// Coupons issued, and committed, through this value since it was made.
    pub fn issued(&self) -> u64 {
        self.inner.issued.load(Ordering::Relaxed)
    }

    /// How this deployment is set.
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// As [`Backend::parties_version`].
    pub fn parties_version(&self) -> Option<u64> {
        self.inner.backend.parties_version()
    }

    /// Runs a writing use case in the next write lane and returns once its result is durable.
    ///
    /// # Errors
    /// The use case's own, or [`Error::Lane`] when it was not run or not committed.
    pub async fn write<T: Send + 'static, E: From<Error> + WorkError>(
        &self,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.write_for(LaneKey::NONE, use_case).await
    }

    /// As [`Platform::write`], for the claim of a pre-send, in the lane of what it is about.
    ///
    /// # Errors
    /// As there.
    pub async fn write_claim<T: Send + 'static, E: From<Error> + WorkError>(
        &self,
        id: PreSendId,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let key = self.lane_of(id).await?;
        let foresee = move |now: Time| Some(Foreseen::Claim(ForeseenClaim { id, day: now.date() }));
        self.write_foreseen(key, foresee, use_case).await
    }

    async fn lane_of(&self, id: PreSendId) -> Result<LaneKey, Error> {
        // Where there is one lane only, nothing has to be looked up to find it.
        if !self.has_several_lanes() {
            return Ok(LaneKey::NONE);
        }
        if let Some(lane) = self.inner.lanes_of_pre_sends.find(id) {
            return Ok(lane);
        }
        let look = move |view: &View<'_>| Ok::<_, Error>(view.store.pre_send(id)?);
        Ok(self.read(look).await?.map_or(LaneKey::NONE, |record| match &record.stock_bundle_id {
            Some(stock_bundle_id) => stock_bundle_id.into(),
            None => (&record.stock_id).into(),
        }))
    }

    /// Notes the lane of a pre-send, for its claim.
    pub(crate) fn note_lane(&self, id: PreSendId, lane: LaneKey) {
        if self.has_several_lanes() {
            self.inner.lanes_of_pre_sends.note(id, lane);
        }
    }

    fn has_several_lanes(&self) -> bool {
        self.inner.lane.gauges().len() > 1
    }

    /// As [`Platform::write`], in the lane of a stock or bundle: for what many callers do with one at once.
    ///
    /// # Errors
    /// As there.
    pub async fn write_for<T: Send + 'static, E: From<Error> + WorkError>(
        &self,
        key: impl Into<LaneKey>,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.write_foreseen(key, |_| None, use_case).await
    }

    /// As [`Platform::write_for`], for a use case of which it is known what it is going to read; `foresee` is asked, with
    /// the time, where the store wants to know.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn write_foreseen<T: Send + 'static, E: From<Error> + WorkError>(
        &self,
        key: impl Into<LaneKey>,
        foresee: impl FnOnce(Time) -> Option<Foreseen>,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let foreseen = if self.inner.backend.reads_ahead() { foresee(self.now()) } else { None };
        let inner = self.inner.clone();
        let in_lane = move |store: &mut dyn UnitOfWork| {
            let now_ms = inner.clock.now_ms();
            let mut work = Work {
                store,
                now: Time::from_unix_seconds(now_ms.div_euclid(1000)),
                now_ms,
                entropy: &*inner.entropy,
                settings: &inner.settings,
                issued: 0,
                has_told: false,
            };
            let done = use_case(&mut work)?;
            Ok::<_, E>((done, work.issued, work.has_told))
        };
        let (done, issued, has_told) =
            self.inner.lane.run_foreseen(key.into(), foreseen, in_lane).await.map_err(Error::from)??;
        self.inner.issued.fetch_add(issued, Ordering::Relaxed);
        if has_told {
            self.inner.outbox_filled.notify_one();
        }
        Ok(done)
    }

    /// Runs a reading use case on one consistent view, away from the async threads.
    ///
    /// # Errors
    /// The use case's own, or [`Error::Store`] when no view can be had.
    pub async fn read<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        use_case: impl Fn(&View<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let inner = self.inner.clone();
        let look = move || {
            let now = inner.clock.now();
            inner.backend.snapshot(|store| use_case(&View { store, now }))
        };
        let seen = tokio::task::spawn_blocking(look).await.map_err(|_| Error::Interrupted)?;
        seen.map_err(Error::from)?
    }
}
