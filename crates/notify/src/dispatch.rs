//! One sender's work: lease what is due, begin the attempts, record how each one went.
//!
//! Everything that is written goes through the write lane. A lease keeps other senders away for its time
//! and ends by itself; a record counts only while the lease is held. Nothing here knows what a
//! notification says, or when to look next.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quan_model::clock::Clock as _;
use quan_model::entropy::{self, LOWER_HEX};
use quan_model::time::Time;
use quan_store::backend::UnitOfWork;
use quan_store::error::StoreError;
use quan_store::lane::LaneKey;
use quan_store::outbox::{Attempt, LeasedNotification, Next, Notification};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;

use crate::attempt::{self, Failure, Signature, Stamp};
use crate::connection::Connector;
use crate::exchange::{self, ATTEMPT_SECONDS_MAX, Post};
use crate::schedule;
use crate::sender::{NotifyError, SenderParts, Totals};
use crate::slow_receivers::SlowReceivers;

/// How long a lease lasts, in seconds of the rules' clock. Everything leased is posted at once, so an
/// attempt and its record fit several times; a notification of a sender that died waits this long.
pub const LEASE_SECONDS: i64 = 30;

/// A probe and the attempt after it, and the record.
const _: () = assert!(LEASE_SECONDS.unsigned_abs() > 4 * ATTEMPT_SECONDS_MAX);

/// What the attempts of one sender share.
pub(crate) struct Dispatch {
    parts: SenderParts,
    connector: Connector,
    /// The node's part of request ids, by the sender's name.
    node: ([u8; 4], u32),
    minted: AtomicU64,
    under_way: Arc<Mutex<HashSet<String>>>,
    totals: Counted,
    slow: SlowReceivers,
}

/// What became of attempts since the start.
#[derive(Default)]
struct Counted {
    delivered: AtomicU64,
    retrying: AtomicU64,
    dead: AtomicU64,
    unrecorded: AtomicU64,
}

/// How an attempt ended.
pub(crate) enum Ended {
    Delivered,
    Retrying,
    Dead,
    /// The store failed or the lease was lost.
    Unrecorded,
}

impl Dispatch {
    pub(crate) fn new(parts: SenderParts) -> Arc<Self> {
        let connector = Connector::new(parts.policy);
        // Ids ask for an IPv4 address and a process number; a digest of the name keeps nodes apart as
        // well and shows nobody the network from within.
        let digest: [u8; 32] = Sha256::digest(parts.name.as_bytes()).into();
        let [a, b, c, d, e, ..] = digest;
        let node = ([10, a, b, c], u32::from(u16::from_be_bytes([d, e])));
        let (minted, under_way) = (AtomicU64::new(0), Arc::default());
        let (totals, slow) = (Counted::default(), SlowReceivers::default());
        Arc::new(Self { parts, connector, node, minted, under_way, totals, slow })
    }

    /// How many milliseconds of the rules' clock are left until something is due: none when it is due
    /// now, nothing when nothing waits. A look at a snapshot costs nothing to others, while a lease is a
    /// durable write.
    pub(crate) async fn due_in_ms(&self) -> Result<Option<u64>, NotifyError> {
        let backend = Arc::clone(&self.parts.backend);
        let read = tokio::task::spawn_blocking(move || backend.snapshot(|reader| reader.next_due()));
        let due = read.await???;
        let left_ms = |due: Time| {
            let due_ms = due.unix_seconds().saturating_mul(1000);
            u64::try_from(due_ms.saturating_sub(self.parts.clock.now_ms())).unwrap_or(0)
        };
        Ok(due.map(left_ms))
    }

    /// Whether callers have crowded before the write lane lately. The work of this sender makes no crowd.
    pub(crate) fn is_lane_crowded(&self, lately: Duration) -> bool {
        self.parts.lane.gauges().iter().any(|gauge| gauge.was_crowded(lately))
    }

    /// How many of the attempts under way only wait for receivers that take their time.
    pub(crate) fn slow_receivers(&self) -> usize {
        self.slow.count()
    }

    /// Leases up to `limit` due notifications and begins their attempts. Returns how many.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        attempts: &mut JoinSet<Ended>,
        limit: usize,
    ) -> Result<usize, NotifyError> {
        let (name, now) = (self.parts.name.clone(), self.parts.clock.now());
        let lease_until = now.plus_seconds(LEASE_SECONDS);
        let work = move |unit: &mut dyn UnitOfWork| unit.lease_notifications(&name, now, lease_until, limit);
        let leased = self.parts.lane.run_aside(LaneKey::NONE, work).await??;
        let mut begun = 0;
        for leased in leased {
            // When the rules' clock jumps over the end of a lease, this sender may be given what it is
            // just posting. The attempt under way holds the new lease then, and will be the one recorded.
            if let Some(mark) = UnderWay::mark(&self.under_way, &leased.notification.id) {
                attempts.spawn(Arc::clone(self).counted(leased, mark));
                begun += 1;
            }
        }
        Ok(begun)
    }

    /// What became of the attempts since the start.
    pub(crate) fn totals(&self) -> Totals {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Counted { delivered, retrying, dead, unrecorded } = &self.totals;
        Totals {
            delivered: read(delivered),
            retrying: read(retrying),
            dead: read(dead),
            unrecorded: read(unrecorded),
        }
    }

    async fn counted(self: Arc<Self>, leased: LeasedNotification, mark: UnderWay) -> Ended {
        let ended = Arc::clone(&self).attempt(leased, mark).await;
        let counter = match ended {
            Ended::Delivered => &self.totals.delivered,
            Ended::Retrying => &self.totals.retrying,
            Ended::Dead => &self.totals.dead,
            Ended::Unrecorded => &self.totals.unrecorded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        ended
    }

    async fn attempt(self: Arc<Self>, leased: LeasedNotification, mark: UnderWay) -> Ended {
        let started_at = self.parts.clock.now();
        let delivered = async {
            let finding = self.probe(&leased).await?;
            Ok::<_, NotifyError>((finding, self.post(&leased.notification, Signature::Right).await?))
        };
        let (finding, outcome) = match delivered.await {
            Ok(delivered) => delivered,
            Err(error) => {
                // Our own failure, not the receiver's: it costs the notification no attempt.
                tracing::warn!(
                    notification.id = leased.notification.id,
                    error = &error as &dyn std::error::Error,
                    "a notification could not be prepared and waits for its lease to end"
                );
                return Ended::Unrecorded;
            }
        };
        // Unmarked before the record: a lease given out after the record is a new one, to be acted on.
        drop(mark);
        self.record(leased, started_at, outcome, finding).await
    }

    /// Before a share of first attempts posts a wrong signature, and says what is wrong with a receiver that takes it.
    async fn probe(self: &Arc<Self>, leased: &LeasedNotification) -> Result<Option<String>, NotifyError> {
        let LeasedNotification { notification, attempts } = leased;
        let parts = &self.parts;
        if *attempts > 0 || !parts.probe_ratio.hits(entropy::number(&*parts.entropy)) {
            return Ok(None);
        }
        match self.post(notification, Signature::Probe).await? {
            Ok(status) => {
                tracing::warn!(
                    notification.id = notification.id,
                    receiver = %notification.receiver,
                    status,
                    "the receiver does not verify: it took a notification with a wrong signature"
                );
                Ok(Some(format!("; it had answered {status} to a wrong signature: it does not verify")))
            }
            // As it should be; and what else may be wrong shows in the attempt that follows.
            Err(_refused) => Ok(None),
        }
    }

    /// Posts once. The outer error is ours, the inner one the receiver's.
    async fn post(
        self: &Arc<Self>,
        notification: &Notification,
        signature: Signature,
    ) -> Result<Result<u16, Failure>, NotifyError> {
        let (dispatch, owned) = (Arc::clone(self), notification.clone());
        let prepared = tokio::task::spawn_blocking(move || dispatch.prepare(&owned, signature)).await??;
        let post = match prepared {
            Ok(post) => post,
            Err(failure) => return Ok(Err(failure)),
        };
        let answer = match self.slow.wait_for(exchange::post(&self.connector, post)).await {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error.into())),
        };
        Ok(attempt::verdict(&answer))
    }

    fn prepare(
        &self,
        notification: &Notification,
        signature: Signature,
    ) -> Result<Result<Post, Failure>, StoreError> {
        let parts = &self.parts;
        let found = parts.backend.snapshot(|reader| attempt::receiver(reader, notification))??;
        let (keys, stamp) = (parts.platform_keys.now(), self.stamp());
        Ok(found.and_then(|receiver| {
            attempt::prepare(notification, &receiver, &keys, parts.policy, stamp, signature)
        }))
    }

    fn stamp(&self) -> Stamp {
        let now_ms = self.parts.wire_clock.now_ms();
        let (node_ipv4, process) = self.node;
        let counter = self.minted.fetch_add(1, Ordering::Relaxed);
        Stamp {
            timestamp: now_ms.div_euclid(1000),
            nonce: entropy::text(&*self.parts.entropy, LOWER_HEX, 32),
            request_id: quan_apiv3::request_id::mint(now_ms, node_ipv4, process, counter, 0),
        }
    }

    async fn record(
        &self,
        leased: LeasedNotification,
        started_at: Time,
        outcome: Result<u16, Failure>,
        finding: Option<String>,
    ) -> Ended {
        let LeasedNotification { notification, attempts } = leased;
        let (mut attempt, next) = match &outcome {
            Ok(status) => {
                let outcome = "delivered".to_owned();
                (Attempt { started_at, status: Some(*status), outcome }, Next::Delivered)
            }
            Err(failure) => {
                let now = self.parts.clock.now();
                let next = if failure.is_final() {
                    Next::DeadLetter
                } else {
                    schedule::after_failure(&notification.event_type, attempts, now)
                };
                (Attempt { started_at, status: failure.status(), outcome: failure.outcome() }, next)
            }
        };
        attempt.outcome.push_str(finding.as_deref().unwrap_or_default());
        let (name, id) = (self.parts.name.clone(), notification.id.clone());
        let work = move |unit: &mut dyn UnitOfWork| unit.record_attempt(&name, &id, &attempt, next);
        let recorded = match self.parts.lane.run_aside(LaneKey::NONE, work).await {
            Ok(recorded) => recorded.map_err(NotifyError::from),
            Err(error) => Err(error.into()),
        };
        if let Err(error) = recorded {
            tracing::warn!(
                notification.id = notification.id,
                error = &error as &dyn std::error::Error,
                "an attempt was not recorded; the notification may be posted once more"
            );
            return Ended::Unrecorded;
        }
        tell(&notification, attempts, next)
    }
}

/// Logs what was recorded, once.
fn tell(notification: &Notification, attempts_before: u32, next: Next) -> Ended {
    let attempt = u64::from(attempts_before) + 1;
    let (id, event_type) = (&notification.id, &notification.event_type);
    match next {
        Next::Delivered => {
            tracing::debug!(notification.id = id, event_type, attempt, "a notification was delivered");
            Ended::Delivered
        }
        Next::RetryAt(due) => {
            tracing::info!(notification.id = id, event_type, attempt, %due, "a notification was not taken");
            Ended::Retrying
        }
        Next::DeadLetter => {
            tracing::warn!(notification.id = id, event_type, attempt, "a notification was given up");
            Ended::Dead
        }
    }
}

/// Marks a notification as being posted by this sender, until it is dropped.
struct UnderWay {
    ids: Arc<Mutex<HashSet<String>>>,
    id: String,
}

impl UnderWay {
    fn mark(ids: &Arc<Mutex<HashSet<String>>>, id: &str) -> Option<Self> {
        let is_new = ids.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        is_new.then(|| Self { ids: Arc::clone(ids), id: id.to_owned() })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
