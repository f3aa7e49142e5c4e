//! The scenarios: what happens to the platform, and what has to be true afterwards.
//!
//! Each begins with a fresh directory, ends with an audit, and takes about the time that it is given.

mod disk_full;
mod node_killed;
mod postgres_killed;
mod postgres_promoted;
mod receiver_down;
mod two_nodes;

use std::str::FromStr;
use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use tokio::time::Instant;

use crate::play::Play;
use crate::report::Report;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The node on SQLite is killed again and again.
    NodeKilled,
    /// The disk is full, and has room again.
    DiskFull,
    /// The receiver of notifications is down, slow, long-winded or redirecting.
    ReceiverDown,
    /// PostgreSQL is killed and started again.
    PostgresKilled,
    /// PostgreSQL is killed and its replica promoted.
    PostgresPromoted,
    /// Two nodes on one PostgreSQL, one of them killed.
    TwoNodes,
}

impl Scenario {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 6] = [
        Self::NodeKilled,
        Self::DiskFull,
        Self::ReceiverDown,
        Self::PostgresKilled,
        Self::PostgresPromoted,
        Self::TwoNodes,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NodeKilled => "node-killed",
            Self::DiskFull => "disk-full",
            Self::ReceiverDown => "receiver-down",
            Self::PostgresKilled => "postgres-killed",
            Self::PostgresPromoted => "postgres-promoted",
            Self::TwoNodes => "two-nodes",
        }
    }
}

impl FromStr for Scenario {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> Result<Self> {
        let Some(found) = Self::ALL.into_iter().find(|scenario| scenario.name() == name) else {
            let names = Self::ALL.map(Self::name).join(", ");
            bail!("there is no scenario {name}: say one of {names}, or all");
        };
        Ok(found)
    }
}

/// How a scenario is to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed of every choice.
    pub seed: u64,
    /// About how long, the audit at the end not counted.
    pub time: Duration,
    /// Shows how far it is, in seconds.
    pub bar: ProgressBar,
}

impl Plan {
    /// A quiet plan, for tests.
    #[must_use]
    pub fn quiet(seed: u64, time: Duration) -> Self {
        Self { seed, time, bar: ProgressBar::hidden() }
    }

    /// Shows what is done now, and how far the time is.
    fn show(&self, since: Instant, what: &str, play: &Play) {
        let counts = play.journal.counts();
        self.bar.set_position(since.elapsed().min(self.time).as_secs());
        self.bar.set_message(format!(
            "{what}: {} kills, {} acknowledged, {} findings",
            counts.kills, counts.acknowledged, counts.findings
        ));
    }
}

/// Runs one scenario to its report.
///
/// # Errors
/// When the run itself breaks down: a node that does not start, a platform that does not answer an audit.
pub async fn run(scenario: Scenario, plan: &Plan) -> Result<Report> {
    let began = Instant::now();
    let (play, mut notes) = match scenario {
        Scenario::NodeKilled => node_killed::run(plan).await?,
        Scenario::DiskFull => disk_full::run(plan).await?,
        Scenario::ReceiverDown => receiver_down::run(plan).await?,
        Scenario::PostgresKilled => postgres_killed::run(plan).await?,
        Scenario::PostgresPromoted => postgres_promoted::run(plan).await?,
        Scenario::TwoNodes => two_nodes::run(plan).await?,
    };
    let (counts, what) = (play.journal.counts(), play.journal.findings());
    notes.extend(play.end().map(|kept| format!("everything is kept in {}", kept.display())));
    plan.bar.finish_and_clear();
    let seconds = began.elapsed().as_secs();
    Ok(Report { scenario: scenario.name(), seed: plan.seed, seconds, counts, notes, what })
}
