//! The node in the store's list of nodes: noted at the start and every few seconds, so that a node whose clock is
//! behind what the others have written is found before it decides anything.

use std::sync::Arc;
use std::time::Duration;

use quan_model::clock::Clock;
use quan_model::time::{DAY_SECONDS, Time};
use quan_store::backend::Backend;
use quan_store::operations::NodeRecord;
use tokio_util::sync::CancellationToken;

use crate::clock::WallClock;
use crate::node::Node;

/// How often a node is noted. What the store's newest time says of the clock is that old at most.
const NOTE_EVERY: Duration = Duration::from_secs(10);
/// How long a node that is gone stays in the list.
const REMEMBER_DAYS: i64 = 7;

/// Says in the log by which settings the database can lose what was acknowledged; the node runs all the same.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn warn_of_unsafe_settings(backend: &dyn Backend) -> anyhow::Result<()> {
    for setting in backend.snapshot(|store| store.unsafe_settings())?? {
        tracing::warn!(
            db.setting = setting,
            "a setting of the database is off: a crash of its machine loses what was acknowledged"
        );
    }
    Ok(())
}

/// The newest time that any node has told the store, in milliseconds; 0 in a fresh store.
///
/// # Errors
/// When the machine's clock is further behind it than `behind_max`: windows, limits per day and leases would be judged
/// by a time that has passed already.
pub(crate) fn newest_ms(backend: &dyn Backend, behind_max: Duration) -> anyhow::Result<i64> {
    let nodes = backend.snapshot(|store| store.nodes())??;
    let Some(newest) = nodes.first() else { return Ok(0) };
    let behind = newest.seen_at.unix_seconds() - WallClock.now().unix_seconds();
    let bound = i64::try_from(behind_max.as_secs()).unwrap_or(i64::MAX);
    anyhow::ensure!(
        behind <= bound,
        "the machine's clock is {behind} s behind the database, where node {} was heard of at {}: set the clock \
         (NTP), or, if that node's clock was wrong, wait or raise clock_behind_seconds_max",
        newest.name,
        newest.seen_at
    );
    Ok(newest.seen_at.unix_seconds().saturating_mul(1000))
}

/// Notes the node until `stop`. A store that fails is asked again at the next time.
pub(crate) fn note(node: &Node, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let (platform, name, started_at) = (node.platform.clone(), node.name.clone(), clock.now());
    tokio::spawn(async move {
        loop {
            let record = NodeRecord { name: name.clone(), started_at, seen_at: clock.now() };
            let forget_before =
                Time::from_unix_seconds(record.seen_at.unix_seconds() - REMEMBER_DAYS * DAY_SECONDS);
            let noted = platform.write::<_, quan_platform::Error>(move |work| {
                Ok(work.store.put_node(&record, forget_before)?)
            });
            if let Err(error) = noted.await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the node could not be noted");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(NOTE_EVERY) => {}
            }
        }
    });
}
