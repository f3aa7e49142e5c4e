//! What every scenario begins with: a node on a fresh directory, a receiver, offers, a load without a life.
//!
//! Knows how they belong together and how a kill goes; which happens when is the scenario's.

use std::ffi::OsStr;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::journal::Journal;
use crate::load::Load;
use crate::node::{Launch, Node, Started};
use crate::notified::Others;
use crate::place::{Place, quan};
use crate::random::Random;
use crate::receiver::Receiver;
use crate::wire::Wire;
use crate::{audit, notified, offer};

/// Workers of a load.
const WORKERS: usize = 12;
/// Leases of a dead node last 30 s, and retries come 60 s after a failure, on the rules' clock.
const PAST_LEASES_SECONDS: u32 = 61;
/// How long the notifications may take that are due; without a movable clock these leases and retries are waited for.
const NOTIFIED_MAX: Duration = Duration::from_secs(150);

/// A running scenario.
pub(crate) struct Play {
    /// How the node is started.
    pub(crate) launch: Launch,
    /// The node.
    pub(crate) node: Node,
    /// The way to it.
    pub(crate) wire: Wire,
    /// The ways to further nodes.
    pub(crate) more: Vec<Wire>,
    /// Takes the notifications.
    pub(crate) receiver: Receiver,
    /// What was begun.
    pub(crate) load: Load,
    /// What was said.
    pub(crate) journal: Arc<Journal>,
    /// The scenario's own choices.
    pub(crate) random: Random,
    /// Kept when the play breaks off.
    home: Option<TempDir>,
}

/// The data directory below the home of a play.
const DATA: &str = "data";

impl Play {
    /// Starts `quan dev` and everything else in a fresh directory.
    ///
    /// # Errors
    /// When the node does not come up or the offers are not created.
    pub(crate) async fn begin(seed: u64) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let log = home.path().join("node.log");
        let data = home.path().join(DATA);
        std::fs::create_dir(&data)?;
        let launch = Launch::dev(&interop::quan()?, &data, &log);
        let started = launch.start().await?;
        Self::with(seed, home, launch, started).await
    }

    /// As [`Play::begin`], with the data, and the log beside them, in a folder that the scenario has made.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn begin_on(seed: u64, folder: &Path) -> Result<Self> {
        let data = folder.join(DATA);
        std::fs::create_dir(&data)?;
        let launch = Launch::dev(&interop::quan()?, &data, &data.join("node.log"));
        let started = launch.start().await?;
        Self::with(seed, tempfile::tempdir()?, launch, started).await
    }

    /// Starts `quan serve` on an empty database, and declares who takes part.
    ///
    /// # Errors
    /// As [`Play::begin`].
    pub(crate) async fn begin_serving(seed: u64, database: &str) -> Result<Self> {
        let home = tempfile::tempdir()?;
        let program = interop::quan()?;
        let place = Place::make(&program, home.path(), database)?;
        let launch = Launch::serve(&program, place.clone(), &home.path().join("node.log"));
        let started = launch.start().await?;
        let operator = started.operator.as_deref().context("a production node has an operator's listener")?;
        place.declare(&program, operator)?;
        Self::with(seed, home, launch, started).await
    }

    async fn with(seed: u64, home: TempDir, launch: Launch, started: Started) -> Result<Self> {
        let Started { node, connection, .. } = started;
        let wire = Wire::open(&connection)?;
        let receiver = Receiver::start(connection.notifications()?).await?;
        let now = offer::set_notify_url(&wire, &receiver.notify_url).await?;
        let mut random = Random::new(seed);
        let run = format!("C{:05x}", random.below(1 << 20));
        let offers = offer::create(&wire, &connection, &run, now).await?;
        let load = Load::new(offers, &run, WORKERS, random.fork(1));
        let journal = Arc::new(Journal::create(&home.path().join("journal.ndjson"))?);
        Ok(Self { launch, node, wire, more: Vec::new(), receiver, load, journal, random, home: Some(home) })
    }

    /// The data directory of a node that the play has begun by itself.
    ///
    /// # Errors
    /// Never, before the end.
    pub(crate) fn data(&self) -> Result<PathBuf> {
        Ok(self.home()?.join(DATA))
    }

    /// Where logs, the journal and the data lie.
    ///
    /// # Errors
    /// Never, before the end.
    pub(crate) fn home(&self) -> Result<&Path> {
        Ok(self.home.as_ref().context("the play has ended")?.path())
    }

    /// The body that sets the notify URL to what it is.
    pub(crate) fn notify_body(&self) -> Value {
        json!({ "notify_url": self.receiver.notify_url })
    }

    fn wires(&self) -> Vec<Wire> {
        std::iter::once(&self.wire).chain(&self.more).cloned().collect()
    }

    /// Kills the node.
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
        let started = self.launch.start().await.context("a further start")?;
        (self.node, self.wire) = (started.node, Wire::open(&started.connection)?);
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
        self.run_while(async {
            sleep(time).await;
            Ok(())
        })
        .await
    }

    /// Runs the load until an event has come to its end.
    ///
    /// # Errors
    /// When a worker breaks down or the event fails.
    pub(crate) async fn run_while(&mut self, event: impl Future<Output = Result<()>>) -> Result<()> {
        let (stop, wires, journal) = (CancellationToken::new(), self.wires(), Arc::clone(&self.journal));
        let event = async {
            let ended = event.await;
            stop.cancel();
            ended
        };
        let (ran, ended) = tokio::join!(self.load.run(&wires, &journal, &stop), event);
        ran.and(ended)
    }

    /// Runs the load and kills the node in the middle.
    ///
    /// # Errors
    /// When a worker breaks down or the node cannot be killed.
    pub(crate) async fn run_and_kill(&mut self, after: Duration) -> Result<()> {
        let (stop, wires, journal) = (CancellationToken::new(), self.wires(), Arc::clone(&self.journal));
        let Self { load, node, .. } = self;
        let kill = kill(node, after, &stop);
        let (ran, killed) = tokio::join!(load.run(&wires, &journal, &stop), kill);
        self.journal.count(|counts| counts.kills += 1);
        ran.and(killed)
    }

    /// Repeats what has no answer until it has one.
    ///
    /// # Errors
    /// When a task breaks down.
    pub(crate) async fn settle(&mut self) -> Result<()> {
        let wires = self.wires();
        self.load.settle(&wires, &self.journal, &CancellationToken::new()).await
    }

    /// As [`Play::settle`], and kills the node in the middle of it.
    ///
    /// # Errors
    /// When a task breaks down or the node cannot be killed.
    pub(crate) async fn settle_and_kill(&mut self, after: Duration) -> Result<()> {
        let (stop, wires, journal) = (CancellationToken::new(), self.wires(), Arc::clone(&self.journal));
        let Self { load, node, .. } = self;
        let kill = kill(node, after, &stop);
        let (settled, killed) = tokio::join!(load.settle(&wires, &journal, &stop), kill);
        self.journal.count(|counts| counts.kills += 1);
        settled.and(killed)
    }

    /// Settles what is open and looks at everything that was ever acknowledged.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub(crate) async fn audit_all(&mut self) -> Result<()> {
        self.audit_some(1).await
    }

    /// Settles what is open and looks at what goes on, and at every `step`th life that is over.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub(crate) async fn audit_some(&mut self, step: usize) -> Result<()> {
        self.settle().await?;
        let active = self.load.active.len();
        let is_asked = |at: usize| at < active || at.is_multiple_of(step.max(1));
        audit::audit(&self.load, &self.wire, &self.journal, is_asked).await
    }

    /// Waits for the notifications, where the clock can be moved after moving it past the leases of dead nodes.
    ///
    /// # Errors
    /// When the clock is not moved.
    pub(crate) async fn audit_notifications(&self, others: Others) -> Result<()> {
        if self.wire.has_movable_clock() {
            self.wire.advance(PAST_LEASES_SECONDS).await?;
        }
        notified::audit(&self.load, &self.receiver, &self.journal, NOTIFIED_MAX, others).await;
        Ok(())
    }

    /// Stops the node in order and checks its store, a data directory or the URL of a database: every invariant of
    /// `quan verify`, and of a file its pages.
    ///
    /// # Errors
    /// When the node does not stop or `quan verify` cannot be run.
    pub(crate) async fn audit_store(&mut self, database: impl AsRef<OsStr>) -> Result<()> {
        self.node.stop().await?;
        let mut verify = quan(&interop::quan()?);
        let output =
            verify.args(["verify", "--database"]).arg(database).output().context("cannot run quan verify")?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            self.journal.find(format!("quan verify: {}", String::from_utf8_lossy(&said)));
        }
        self.journal.count(|counts| counts.audited += 1);
        Ok(())
    }

    /// Ends the play. With findings the directory is kept, and named.
    pub(crate) fn end(mut self) -> Option<PathBuf> {
        let is_clean = self.journal.findings().is_empty();
        self.home.take().filter(|_| !is_clean).map(TempDir::keep)
    }
}

/// Kills a node after a while, then says that it is time to stop.
async fn kill(node: &mut Node, after: Duration, stop: &CancellationToken) -> Result<()> {
    sleep(after).await;
    let killed = node.ensure_running().and_then(|()| node.kill());
    stop.cancel();
    killed
}

impl Drop for Play {
    fn drop(&mut self) {
        if let Some(home) = self.home.take() {
            drop(self.journal.findings());
            eprintln!("the run broke off; everything is kept in {}", home.keep().display());
        }
    }
}
