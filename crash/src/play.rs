//! What every scenario begins with: a node on a fresh directory, a receiver, offers, a load without a life.
//!
//! Knows how they belong together and how a kill goes; which happens when is the scenario's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::connection::Connection;
use crate::journal::Journal;
use crate::load::Load;
use crate::node::{Launch, Node};
use crate::random::Random;
use crate::receiver::Receiver;
use crate::wire::Wire;
use crate::{audit, notified, offer};

/// Workers of a load.
const WORKERS: usize = 12;
/// Leases of a dead node last 30 s, and retries come 60 s after a failure, on the rules' clock.
const PAST_LEASES_SECONDS: u32 = 61;
/// How long the notifications may take that are due.
const NOTIFIED_MAX: Duration = Duration::from_secs(60);

/// A running scenario.
pub(crate) struct Play {
    /// How the node is started.
    pub launch: Launch,
    /// The node.
    pub node: Node,
    /// The way to it.
    pub wire: Wire,
    /// Takes the notifications.
    pub receiver: Receiver,
    /// What was begun.
    pub load: Load,
    /// What was said.
    pub journal: Arc<Journal>,
    /// The scenario's own choices.
    pub random: Random,
    /// Kept when the play breaks off.
    home: Option<TempDir>,
}

impl Play {
    /// Starts everything in a fresh directory.
    ///
    /// # Errors
    /// When the node does not come up or the offers are not created.
    pub(crate) async fn begin(seed: u64) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let data = home.path().join("data");
        std::fs::create_dir(&data)?;
        let log = home.path().join("node.log");
        Self::begin_in(seed, home, &data, &log).await
    }

    async fn begin_in(seed: u64, home: TempDir, data: &Path, log: &Path) -> Result<Self> {
        let launch = Launch::dev(&interop::quan()?, data, log);
        let (node, connection) = launch.start().await?;
        let wire = Wire::open(&connection)?;
        let receiver = Receiver::start(connection.notifications()?).await?;
        offer::set_notify_url(&wire, &receiver.notify_url).await?;
        let mut random = Random::new(seed);
        let run = format!("C{:05x}", random.below(1 << 20));
        let offers = offer::create(&wire, &connection, &run).await?;
        let load = Load::new(offers, &run, WORKERS, random.fork(1));
        let journal = Arc::new(Journal::create(&home.path().join("journal.ndjson"))?);
        Ok(Self { launch, node, wire, receiver, load, journal, random, home: Some(home) })
    }

    /// A play whose data, and whose log beside them, lie in a folder that somebody else has made.
    ///
    /// # Errors
    /// As [`Play::begin`].
    pub(crate) async fn begin_on(seed: u64, folder: &Path) -> Result<Self> {
        let data = folder.join("data");
        std::fs::create_dir(&data)?;
        let log = data.join("node.log");
        Self::begin_in(seed, tempfile::tempdir()?, &data, &log).await
    }

    /// The body that sets the notify URL to what it is.
    #[must_use]
    pub(crate) fn notify_body(&self) -> serde_json::Value {
        serde_json::json!({ "notify_url": self.receiver.notify_url })
    }

    /// Kills the node, after a while of load or at once.
    ///
    /// # Errors
    /// When it cannot be killed, or has ended by itself before.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.node.ensure_running()?;
        self.node.kill()?;
        self.journal.count(|counts| counts.kills += 1);
        Ok(())
    }

    /// Starts the node again on the same data.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) async fn start_again(&mut self) -> Result<()> {
        let (node, connection) = self.launch.start().await.context("after a kill")?;
        self.take(node, &connection)
    }

    fn take(&mut self, node: Node, connection: &Connection) -> Result<()> {
        (self.node, self.wire) = (node, Wire::open(connection)?);
        Ok(())
    }

    /// Starts the node and kills it again before, while or after it comes up.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) async fn start_and_kill(&mut self, within: Duration) -> Result<()> {
        let millis = u64::try_from(within.as_millis()).unwrap_or(u64::MAX);
        self.launch.start_and_kill(Duration::from_millis(self.random.below(millis))).await?;
        self.journal.count(|counts| counts.kills += 1);
        Ok(())
    }

    /// Runs the load for a while; the node is still there afterwards.
    ///
    /// # Errors
    /// When a worker breaks down.
    pub(crate) async fn run_for(&mut self, time: Duration) -> Result<()> {
        let stop = CancellationToken::new();
        let timer = async {
            sleep(time).await;
            stop.cancel();
        };
        let wires = [self.wire.clone()];
        let (ran, ()) = tokio::join!(self.load.run(&wires, &self.journal, &stop), timer);
        ran
    }

    /// Runs the load and kills the node in the middle.
    ///
    /// # Errors
    /// When a worker breaks down or the node cannot be killed.
    pub(crate) async fn run_and_kill(&mut self, after: Duration) -> Result<()> {
        let stop = CancellationToken::new();
        let wires = [self.wire.clone()];
        let journal = Arc::clone(&self.journal);
        let Self { load, node, .. } = self;
        let kill = async {
            sleep(after).await;
            let killed = node.ensure_running().and_then(|()| node.kill());
            stop.cancel();
            killed
        };
        let (ran, killed) = tokio::join!(load.run(&wires, &journal, &stop), kill);
        self.journal.count(|counts| counts.kills += 1);
        ran.and(killed)
    }

    /// Repeats what has no answer until it has one.
    ///
    /// # Errors
    /// When a task breaks down.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        let wires = [self.wire.clone()];
        self.load.settle(&wires, &self.journal, &CancellationToken::new()).await
    }

    /// As [`Play::settle`], and kills the node in the middle of it.
    ///
    /// # Errors
    /// When a task breaks down or the node cannot be killed.
    pub(crate) async fn settle_and_kill(&mut self, after: Duration) -> Result<()> {
        let stop = CancellationToken::new();
        let wires = [self.wire.clone()];
        let journal = Arc::clone(&self.journal);
        let Self { load, node, .. } = self;
        let kill = async {
            sleep(after).await;
            let killed = node.kill();
            stop.cancel();
            killed
        };
        let (settled, killed) = tokio::join!(load.settle(&wires, &journal, &stop), kill);
        self.journal.count(|counts| counts.kills += 1);
        settled.and(killed)
    }

    /// Settles what is open and looks at everything that was ever acknowledged.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub(crate) async fn audit_all(&mut self) -> Result<()> {
        self.settle().await?;
        audit::audit(&self.load, &self.wire, &self.journal, |_, _| true).await
    }

    /// Looks at what goes on, and at every `step`th life that is over.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub(crate) async fn audit_some(&self, step: usize) -> Result<()> {
        let active = self.load.active.len();
        let is_asked = |at: usize, _: &crate::life::Life| at < active || at.is_multiple_of(step.max(1));
        audit::audit(&self.load, &self.wire, &self.journal, is_asked).await
    }

    /// Moves the clock past the leases of dead nodes and waits for the notifications.
    ///
    /// # Errors
    /// When the clock is not moved.
    pub(crate) async fn audit_notifications(&self) -> Result<()> {
        self.wire.advance(PAST_LEASES_SECONDS).await?;
        let others = notified::Others::AreFindings;
        notified::audit(&self.load, &self.receiver, &self.journal, NOTIFIED_MAX, others).await;
        Ok(())
    }

    /// As [`Play::audit_notifications`], where the scenario has issued coupons beside the load.
    ///
    /// # Errors
    /// When the clock is not moved.
    pub(crate) async fn audit_notifications_of_load(&self) -> Result<()> {
        self.wire.advance(PAST_LEASES_SECONDS).await?;
        let others = notified::Others::AreKnown;
        notified::audit(&self.load, &self.receiver, &self.journal, NOTIFIED_MAX, others).await;
        Ok(())
    }

    /// Ends the play. With findings the directory is kept, and named.
    pub(crate) fn end(mut self) -> Option<PathBuf> {
        let is_clean = self.journal.findings().is_empty();
        self.home.take().filter(|_| !is_clean).map(TempDir::keep)
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            drop(self.journal.findings());
            eprintln!("the run broke off; everything is kept in {}", home.keep().display());
        }
    }
}
