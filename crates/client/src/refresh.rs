//! When platform certificates are downloaded, and by whom: one at a time, and seldom.
//!
//! Whoever finds a download due leads it; those who need its result wait, those who do not go on. A
//! leader that is cancelled hands over. It counts time by the moments it is given, and does the
//! downloading nowhere: the drivers do (client.md C-52, C-53).

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::error::KeysError;
use crate::key_set::KeySet;

/// However many reasons there are, a download is begun at most this often.
const PAUSE_MIN_MS: i64 = 60_000;

/// A certificate serial has 20 bytes at most.
const SERIAL_DIGITS_MAX: usize = 40;

/// Downloads platform certificates by itself: the first time before the first call, then when they are
/// old or an unknown serial turns up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoCertificates {
    interval: Duration,
}

impl AutoCertificates {
    /// Every 12 hours.
    #[must_use]
    pub const fn standard() -> Self {
        Self { interval: Duration::from_secs(12 * 60 * 60) }
    }

    /// Another interval; more than 12 hours is not recommended.
    #[must_use]
    pub const fn every(interval: Duration) -> Self {
        Self { interval }
    }

    /// How old the keys may become.
    #[must_use]
    pub const fn interval(self) -> Duration {
        self.interval
    }
}

impl Default for AutoCertificates {
    fn default() -> Self {
        Self::standard()
    }
}

/// Why keys are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// There is none that could be used.
    NoKey,
    /// They are old.
    Due,
    /// A message names a certificate that is not known.
    UnknownSerial(String),
    /// The caller wishes it.
    Asked,
}

/// What a caller with a cause has to do.
pub(crate) enum Entry<'a> {
    /// Go on: it is not needed, not allowed yet, or somebody else's business.
    Skip,
    /// Wait until the download with this number is over, then ask again.
    Wait(u64),
    /// Download, then say how it went.
    Lead(Lead<'a>),
}

/// Shared by all calls of a client.
pub(crate) struct Refresher {
    interval_ms: i64,
    inner: Mutex<Inner>,
    landed: Condvar,
}

#[derive(Default)]
struct Inner {
    is_flying: bool,
    /// Counts downloads that are over.
    generation: u64,
    wakers: Vec<Waker>,
    started_ms: Option<i64>,
    /// When the keys were last known to be current.
    fresh_ms: Option<i64>,
    failure: Option<Arc<KeysError>>,
}

impl Refresher {
    /// `fresh_ms` is the time at which the given keys count as new; `None` when there are none.
    pub(crate) fn new(auto: AutoCertificates, fresh_ms: Option<i64>) -> Self {
        let interval_ms = i64::try_from(auto.interval.as_millis()).unwrap_or(i64::MAX);
        let inner = Inner { fresh_ms, ..Inner::default() };
        Self { interval_ms, inner: Mutex::new(inner), landed: Condvar::new() }
    }

    pub(crate) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_ms.unsigned_abs())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the keys have become old. Says no while somebody is at it or it is too early to try again.
    pub(crate) fn is_due(&self, now_ms: i64) -> bool {
        let inner = self.lock();
        !inner.is_flying && self.is_old(&inner, now_ms) && self.may_start(&inner, now_ms)
    }

    /// Why the last download has failed, unless one has succeeded since.
    pub(crate) fn failure(&self) -> Option<Arc<KeysError>> {
        self.lock().failure.clone()
    }

    /// Asks what to do about a cause.
    pub(crate) fn enter(&self, cause: &Cause, keys: &KeySet, now_ms: i64) -> Entry<'_> {
        let mut inner = self.lock();
        let is_needed = match cause {
            Cause::NoKey => !keys.has_valid(now_ms.div_euclid(1000)),
            Cause::Due => self.is_old(&inner, now_ms),
            Cause::UnknownSerial(serial) => is_certificate_serial(serial) && keys.find(serial).is_none(),
            Cause::Asked => true,
        };
        if !is_needed {
            return Entry::Skip;
        }
        if inner.is_flying {
            return if *cause == Cause::Due { Entry::Skip } else { Entry::Wait(inner.generation) };
        }
        if !self.may_start(&inner, now_ms) {
            return Entry::Skip;
        }
        inner.is_flying = true;
        let before_ms = inner.started_ms.replace(now_ms);
        // Whoever sends notifications chooses this cause; that it then goes away must not let it begin again.
        let before_ms = if matches!(cause, Cause::UnknownSerial(_)) { Some(now_ms) } else { before_ms };
        Entry::Lead(Lead { refresher: self, before_ms, is_over: false })
    }

    fn is_old(&self, inner: &Inner, now_ms: i64) -> bool {
        inner.fresh_ms.is_none_or(|at| !is_within(at, now_ms, self.interval_ms))
    }

    fn may_start(&self, inner: &Inner, now_ms: i64) -> bool {
        // A merchant without certificates will not get any by asking every minute.
        let is_pointless = matches!(inner.failure.as_deref(), Some(KeysError::PublicKeyModeRequired));
        let pause_ms = if is_pointless { self.interval_ms.max(PAUSE_MIN_MS) } else { PAUSE_MIN_MS };
        inner.started_ms.is_none_or(|at| !is_within(at, now_ms, pause_ms))
    }

    /// Blocks until the download with this number is over.
    pub(crate) fn wait(&self, generation: u64) {
        let inner = self.lock();
        let is_waiting = |inner: &mut Inner| inner.generation == generation;
        drop(self.landed.wait_while(inner, is_waiting).unwrap_or_else(PoisonError::into_inner));
    }

    /// The same for a future.
    pub(crate) fn poll_over(&self, generation: u64, context: &Context<'_>) -> Poll<()> {
        let mut inner = self.lock();
        if inner.generation != generation {
            return Poll::Ready(());
        }
        if !inner.wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            inner.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }

    fn land(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.is_flying = false;
        inner.generation += 1;
        let wakers = std::mem::take(&mut inner.wakers);
        drop(inner);
        self.landed.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// The right, and the duty, to download.
pub(crate) struct Lead<'a> {
    refresher: &'a Refresher,
    before_ms: Option<i64>,
    is_over: bool,
}

impl Lead<'_> {
    /// The keys were installed at this time.
    pub(crate) fn succeed(mut self, now_ms: i64) {
        self.is_over = true;
        self.refresher.land(|inner| {
            inner.fresh_ms = Some(now_ms);
            inner.failure = None;
        });
    }

    /// It has failed; the keys are as they were.
    pub(crate) fn fail(mut self, reason: Arc<KeysError>) {
        self.is_over = true;
        self.refresher.land(|inner| inner.failure = Some(reason));
    }
}

impl Drop for Lead<'_> {
    /// A leader that is dropped midway was cancelled: the next one may begin at once, unless a stranger's serial number
    /// was the cause.
    fn drop(&mut self) {
        if !self.is_over {
            let before_ms = self.before_ms;
            self.refresher.land(|inner| inner.started_ms = before_ms);
        }
    }
}

/// Whether `now` lies in the given time after `at`. A clock that was set back is not within it.
fn is_within(at_ms: i64, now_ms: i64, length_ms: i64) -> bool {
    (0..length_ms).contains(&now_ms.saturating_sub(at_ms))
}

/// Anything else, such as an unknown `PUB_KEY_ID_…`, is in no list of certificates.
fn is_certificate_serial(text: &str) -> bool {
    (1..=SERIAL_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing_parts::wechatpay_key;

    const HOUR_MS: i64 = 60 * 60 * 1000;
    const T: i64 = 1_760_000_000_000;

    fn none() -> KeySet {
        KeySet::new([]).unwrap()
    }

    fn some() -> KeySet {
        KeySet::new([wechatpay_key().into()]).unwrap()
    }

    fn lead<'a>(refresher: &'a Refresher, cause: &Cause, now_ms: i64) -> Option<Lead<'a>> {
        match refresher.enter(cause, &none(), now_ms) {
            Entry::Lead(lead) => Some(lead),
            Entry::Skip | Entry::Wait(_) => None,
        }
    }

    #[test]
    fn keys_become_old_after_the_interval() {
        let refresher = Refresher::new(AutoCertificates::standard(), Some(T));
        assert!(!refresher.is_due(T) && !refresher.is_due(T + 12 * HOUR_MS - 1));
        assert!(refresher.is_due(T + 12 * HOUR_MS));
        assert!(Refresher::new(AutoCertificates::standard(), None).is_due(T));
        lead(&refresher, &Cause::Due, T + 12 * HOUR_MS).unwrap().succeed(T + 12 * HOUR_MS);
        assert!(!refresher.is_due(T + 24 * HOUR_MS - 1) && refresher.is_due(T + 24 * HOUR_MS));
    }

    #[test]
    fn a_download_is_begun_once_a_minute_at_most() {
        let refresher = Refresher::new(AutoCertificates::standard(), None);
        let failure = Arc::new(KeysError::NoValidKey);
        lead(&refresher, &Cause::NoKey, T).unwrap().fail(Arc::clone(&failure));
        for cause in [Cause::NoKey, Cause::Due, Cause::UnknownSerial("A1".into()), Cause::Asked] {
            assert!(lead(&refresher, &cause, T + 59_999).is_none(), "{cause:?}");
        }
        assert!(refresher.failure().is_some());
        lead(&refresher, &Cause::NoKey, T + 60_000).unwrap().succeed(T + 60_000);
        assert!(refresher.failure().is_none());
        // A clock that was set back does not lock the door for ever.
        assert!(lead(&refresher, &Cause::Asked, T - HOUR_MS).is_some());
    }

    #[test]
    fn a_merchant_without_certificates_is_not_asked_for_them_again_and_again() {
        let refresher = Refresher::new(AutoCertificates::standard(), None);
        lead(&refresher, &Cause::NoKey, T).unwrap().fail(KeysError::PublicKeyModeRequired.into());
        assert!(lead(&refresher, &Cause::NoKey, T + HOUR_MS).is_none());
        assert!(lead(&refresher, &Cause::NoKey, T + 12 * HOUR_MS).is_some());
    }

    #[test]
    fn one_leads_and_those_who_need_the_result_wait() {
        let refresher = Refresher::new(AutoCertificates::standard(), None);
        let first = lead(&refresher, &Cause::NoKey, T).unwrap();
        assert!(matches!(refresher.enter(&Cause::NoKey, &none(), T), Entry::Wait(0)));
        assert!(matches!(refresher.enter(&Cause::Due, &some(), T), Entry::Skip));
        assert!(matches!(refresher.enter(&Cause::NoKey, &some(), T), Entry::Skip));
        let context = Context::from_waker(Waker::noop());
        assert!(refresher.poll_over(0, &context).is_pending());
        first.succeed(T);
        assert!(refresher.poll_over(0, &context).is_ready());
        refresher.wait(0);
    }

    #[test]
    fn a_cancelled_leader_hands_over() {
        let refresher = Refresher::new(AutoCertificates::standard(), None);
        drop(lead(&refresher, &Cause::NoKey, T).unwrap());
        refresher.wait(0);
        assert!(lead(&refresher, &Cause::NoKey, T).is_some());
    }

    #[test]
    fn strangers_who_go_away_start_no_download_after_another() {
        let refresher = Refresher::new(AutoCertificates::standard(), Some(T));
        let stranger = |digit: &str| Cause::UnknownSerial(digit.repeat(40));
        drop(lead(&refresher, &stranger("A"), T).unwrap());
        assert!(lead(&refresher, &stranger("B"), T + 1).is_none());
        assert!(lead(&refresher, &stranger("B"), T + 60_000).is_some());
    }

    #[test]
    fn only_a_well_formed_serial_is_a_reason() {
        let refresher = Refresher::new(AutoCertificates::standard(), Some(T));
        for text in ["", "PUB_KEY_ID_01", "xyz", &"A".repeat(41)] {
            assert!(lead(&refresher, &Cause::UnknownSerial(text.to_owned()), T).is_none(), "{text}");
        }
        assert!(lead(&refresher, &Cause::UnknownSerial("A".repeat(40)), T).is_some());
    }
}
