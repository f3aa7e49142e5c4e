//! The request log: a bounded queue between the calls and the store.
//!
//! A call hands over what it saw and goes on; when the queue is full the entry is dropped and counted, so the log never
//! slows or fails a call. Of what is dropped nothing is gathered either. One worker makes the entries, writes them in batches through the write lane, with a pause
//! between batches so that it never takes more than a small share of it, and deletes what is old.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use quan_model::clock::Clock;
use quan_store::console_access::Role;
use quan_store::error::StoreError;
pub use quan_store::request_log::{
    LoggedBody, LoggedRequest, Outcome, RequestDetail, RequestFilter, RequestHead, SignatureFailure,
};
use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::error::Error;
use crate::platform::Platform;
use crate::work::{View, Work};

/// Entries that may wait. With bodies of at most 64 KiB each way it is 64 MiB at the very worst.
const QUEUE_MAX: usize = 512;
/// From here on only calls that went wrong are taken: they are what people look for.
const BUSY: usize = QUEUE_MAX / 2;
/// Entries of one write.
const BATCH_MAX: usize = 64;
/// Between two writes: with it the log takes at most 256 entries a second.
const PAUSE: Duration = Duration::from_millis(250);
/// Every so many writes old entries are deleted.
const WRITES_PER_CLEANING: u32 = 20;
/// How often the settings are looked at and old entries deleted while no call comes.
const LOOK_AGAIN: Duration = Duration::from_secs(15);
const SETTING: &str = "request_log";

/// How the log is kept. Zero entries or days would be the same as off, so they are not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLogSettings {
    /// Whether calls are logged.
    pub is_on: bool,
    /// The most entries that are kept, 1 to 1,000,000.
    pub entries_max: u64,
    /// The longest time that one is kept, 1 to 365 days.
    pub days_max: u32,
}

impl Default for RequestLogSettings {
    fn default() -> Self {
        Self { is_on: true, entries_max: 20_000, days_max: 7 }
    }
}

/// Makes the entry of a call, away from the call.
pub type MakeEntry = Box<dyn FnOnce() -> LoggedRequest + Send>;

enum Message {
    Call(MakeEntry),
    Flush(oneshot::Sender<()>),
}

/// Where calls hand over what they saw. Cheap to clone.
#[derive(Clone)]
pub struct RequestLog {
    queue: mpsc::Sender<Message>,
    shared: Arc<Shared>,
}

struct Shared {
    is_on: AtomicBool,
    dropped: AtomicU64,
}

/// The one who writes the log.
pub struct RequestLogWorker {
    waiting: mpsc::Receiver<Message>,
    shared: Arc<Shared>,
}

impl RequestLog {
    /// A log and its worker, which must be run for anything to be written.
    #[must_use]
    pub fn new() -> (Self, RequestLogWorker) {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        let shared = Arc::new(Shared { is_on: AtomicBool::new(true), dropped: AtomicU64::new(0) });
        (Self { queue, shared: Arc::clone(&shared) }, RequestLogWorker { waiting, shared })
    }

    /// Whether calls are logged now.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.shared.is_on.load(Ordering::Relaxed)
    }

    /// Calls that were not logged because too many came at once, since the start of this process.
    #[must_use]
    pub fn dropped_count(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Hands over a call; never waits. `gather` is asked for what the entry is made of only when it will be taken.
    pub fn offer(&self, outcome: Outcome, gather: impl FnOnce() -> MakeEntry) {
        if !self.is_on() {
            return;
        }
        let is_crowded = self.queue.capacity() < QUEUE_MAX - BUSY;
        let place = if outcome == Outcome::Done && is_crowded { None } else { self.queue.try_reserve().ok() };
        match place {
            Some(place) => place.send(Message::Call(gather())),
            None => {
                self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Waits until everything handed over so far is written or given up. Without a worker it returns at once.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.queue.send(Message::Flush(done)).await.is_ok() {
            // A worker that ended has written what it could.
            drop(written.await);
        }
    }

    /// Takes new settings over at once.
    pub fn apply(&self, settings: &RequestLogSettings) {
        self.shared.is_on.store(settings.is_on, Ordering::Relaxed);
    }
}

impl RequestLogWorker {
    /// Writes until every [`RequestLog`] is gone or `stop` is done; what waits then is written first.
    pub async fn run(
        mut self,
        platform: Platform,
        wire_clock: Arc<dyn Clock>,
        stop: impl Future<Output = ()> + Send,
    ) {
        tokio::pin!(stop);
        let mut writes = 0u32;
        loop {
            let first = tokio::select! {
                first = self.waiting.recv() => first,
                () = tokio::time::sleep(LOOK_AGAIN) => {
                    self.clean(&platform, &*wire_clock).await;
                    continue;
                }
                () = stop.as_mut() => {
                    self.waiting.close();
                    self.waiting.recv().await
                }
            };
            let Some(first) = first else { return };
            let flushed = self.write_batch(&platform, first).await;
            writes = writes.wrapping_add(1);
            if writes % WRITES_PER_CLEANING == 1 {
                self.clean(&platform, &*wire_clock).await;
            }
            let is_waited_for = !flushed.is_empty();
            for done in flushed {
                // Who waited may have gone.
                let _ = done.send(());
            }
            if !is_waited_for {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    () = stop.as_mut() => self.waiting.close(),
                }
            }
        }
    }

    /// Follows the settings of the store and deletes what is old.
    async fn clean(&self, platform: &Platform, wire_clock: &dyn Clock) {
        let settings = platform.read::<_, ConsoleError>(settings).await.unwrap_or_default();
        self.shared.is_on.store(settings.is_on, Ordering::Relaxed);
        let before_ms = wire_clock.now_ms() - i64::from(settings.days_max) * 86_400_000;
        let delete =
            move |work: &mut Work<'_>| Ok(work.store.delete_old_requests(before_ms, settings.entries_max)?);
        if let Err(error) = platform.write::<_, Error>(delete).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the request log was not shortened");
        }
    }

    async fn write_batch(&mut self, platform: &Platform, first: Message) -> Vec<oneshot::Sender<()>> {
        let (mut makers, mut flushed) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Call(make) => makers.push(make),
                Message::Flush(done) => flushed.push(done),
            }
            next = if makers.len() < BATCH_MAX { self.waiting.try_recv().ok() } else { None };
        }
        let count = makers.len() as u64;
        let make = move || makers.into_iter().map(|make| make()).collect::<Vec<_>>();
        let written = match tokio::task::spawn_blocking(make).await {
            Ok(entries) if entries.is_empty() => Ok(()),
            Ok(entries) => {
                let write = move |work: &mut Work<'_>| {
                    entries.iter().try_for_each(|entry| work.store.insert_logged_request(entry))?;
                    Ok(())
                };
                platform.write::<_, Error>(write).await
            }
            Err(_) => Err(Error::Interrupted),
        };
        if let Err(error) = written {
            tracing::warn!(error = &error as &dyn std::error::Error, "calls are missing in the request log");
            self.shared.dropped.fetch_add(count, Ordering::Relaxed);
        }
        flushed
    }
}

/// How the log is kept.
///
/// # Errors
/// When the store fails.
pub fn settings(view: &View<'_>) -> Result<RequestLogSettings, ConsoleError> {
    let Some(kept) = view.store.console_setting(SETTING)? else { return Ok(RequestLogSettings::default()) };
    let impossible =
        |_| StoreError::Inconsistent { table: "console_setting", column: "value", row: SETTING.to_owned() };
    Ok(serde_json::from_str(&kept).map_err(impossible)?)
}

/// Changes how the log is kept; every node follows within a few of its own writes.
///
/// # Errors
/// [`ConsoleError::NotAllowed`]; [`ConsoleError::Form`] for a number out of its range.
pub fn change_settings(
    work: &mut Work<'_>,
    by: &Operator,
    wanted: &RequestLogSettings,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Admin)?;
    if !(1..=1_000_000).contains(&wanted.entries_max) {
        return Err(ConsoleError::Form { field: "entries_max", issue: "1 to 1,000,000".to_owned() });
    }
    if !(1..=365).contains(&wanted.days_max) {
        return Err(ConsoleError::Form { field: "days_max", issue: "1 to 365".to_owned() });
    }
    let before = settings(&View { store: &*work.store, now: work.now })?;
    let json = |settings: &RequestLogSettings| {
        serde_json::to_value(settings).expect("two numbers and a truth are JSON")
    };
    work.store.put_console_setting(SETTING, &json(wanted).to_string())?;
    audit::note(work, by, "change_request_log", "", None, Some(&json(&before)), Some(&json(wanted)))?;
    Ok(())
}

/// At most `limit` entries that fit, the newest first, numbered below `before`.
///
/// # Errors
/// When the store fails.
pub fn requests(
    view: &View<'_>,
    filter: &RequestFilter,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<(u64, RequestHead)>, ConsoleError> {
    Ok(view.store.logged_requests(filter, before, limit)?)
}

/// One entry.
///
/// # Errors
/// [`ConsoleError::Unknown`] when there is none, or none any more.
pub fn request(view: &View<'_>, seq: u64) -> Result<LoggedRequest, ConsoleError> {
    view.store.logged_request(seq)?.ok_or(ConsoleError::Unknown("request"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offers so many calls of this outcome; of how many something was gathered.
    fn offer(log: &RequestLog, outcome: Outcome, count: usize) -> usize {
        let mut gathered = 0;
        for _ in 0..count {
            log.offer(outcome, || {
                gathered += 1;
                Box::new(|| unreachable!("nobody writes this log"))
            });
        }
        gathered
    }

    #[test]
    fn a_crowded_log_gathers_only_what_went_wrong_and_a_full_one_nothing() {
        let (log, _worker) = RequestLog::new();
        let done = offer(&log, Outcome::Done, QUEUE_MAX);
        assert_eq!(done, BUSY + 1, "beyond it the log is crowded");
        assert_eq!(log.dropped_count(), (QUEUE_MAX - done) as u64);
        let wrong: usize = [Outcome::Refused, Outcome::Unproved, Outcome::Failed]
            .map(|outcome| offer(&log, outcome, QUEUE_MAX / 2))
            .iter()
            .sum();
        assert_eq!(done + wrong, QUEUE_MAX, "failures are taken until the queue is full");
        assert_eq!(offer(&log, Outcome::Done, 1), 0);
        let offered = QUEUE_MAX + 3 * QUEUE_MAX / 2 + 1;
        assert_eq!(log.dropped_count(), (offered - QUEUE_MAX) as u64, "what is not taken is counted");
    }

    #[test]
    fn a_log_that_is_off_gathers_and_counts_nothing() {
        let (log, _worker) = RequestLog::new();
        log.apply(&RequestLogSettings { is_on: false, ..RequestLogSettings::default() });
        assert_eq!((offer(&log, Outcome::Failed, 2), log.dropped_count()), (0, 0));
    }

    #[test]
    fn a_log_without_a_worker_drops_and_counts() {
        let (log, worker) = RequestLog::new();
        drop(worker);
        assert_eq!((offer(&log, Outcome::Failed, 2), log.dropped_count()), (0, 2));
    }
}
