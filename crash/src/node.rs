//! A node as a child process: started, waited for, killed hard, started again on the same data.
//!
//! Knows the command line of `quan dev` and processes. It is ended by its own handle, also when a run breaks off.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use tokio::time::{Instant, sleep};

use crate::connection::Connection;
use crate::place::{Place, quan};
use crate::wire::Wire;

/// How long a start may take on a busy machine; making four RSA keys is the dearest part of the first one.
const START_MAX: Duration = Duration::from_secs(60);
/// How long an orderly end may take: attempts under way have five seconds, with a probe ten.
const STOP_MAX: Duration = Duration::from_secs(30);
/// How often a starting node is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);
/// Lines of the log that an error shows.
const LOG_LINES_SHOWN: usize = 8;

/// How a node is started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The `quan` binary.
    pub(crate) program: PathBuf,
    /// In which mode, on which data.
    mode: Mode,
    /// Where its output goes.
    pub(crate) log: PathBuf,
    /// The largest file that the process may write, in blocks of 512 bytes.
    pub(crate) file_blocks_max: Option<u64>,
}

/// In which mode a node runs.
#[derive(Clone, Debug)]
enum Mode {
    /// `quan dev` on a data directory.
    Dev(PathBuf),
    /// `quan serve` on the database of a place.
    Serve(Place),
}

/// A node that has come up.
#[derive(Debug)]
pub(crate) struct Started {
    /// The process.
    pub(crate) node: Node,
    /// How to connect to it.
    pub(crate) connection: Connection,
    /// Where a production node listens for its operator.
    pub(crate) operator: Option<String>,
}

impl Launch {
    /// `quan dev` on a data directory, without bounds.
    #[must_use]
    pub(crate) fn dev(program: &Path, data: &Path, log: &Path) -> Self {
        let mode = Mode::Dev(data.to_owned());
        Self { program: program.to_owned(), mode, log: log.to_owned(), file_blocks_max: None }
    }

    /// `quan serve` in a place.
    pub(crate) fn serve(program: &Path, place: Place, log: &Path) -> Self {
        let mode = Mode::Serve(place);
        Self { program: program.to_owned(), mode, log: log.to_owned(), file_blocks_max: None }
    }

    /// The same with another log, for a further node.
    pub(crate) fn with_log(&self, log: &Path) -> Self {
        Self { log: log.to_owned(), ..self.clone() }
    }

    /// From the next start on a production node has its database elsewhere.
    pub(crate) fn on_database(&mut self, url: &str) {
        if let Mode::Serve(place) = &mut self.mode {
            url.clone_into(&mut place.database);
        }
    }

    /// The command. A bound is set by a shell that turns into the node: beyond it writes fail as on a full disk,
    /// since the signal that would end the process is ignored. The bound is a soft one, so it can be lifted.
    fn command(&self) -> Command {
        let mut command = match self.file_blocks_max {
            None => quan(&self.program),
            Some(blocks) => {
                let mut shell = quan(Path::new("sh"));
                shell.args(["-c", &format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"")]);
                shell.arg(&self.program);
                shell
            }
        };
        match &self.mode {
            Mode::Dev(data) => {
                command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(data);
                command.env("QUAN_LOG", "warn");
            }
            Mode::Serve(place) => place.flags(&mut command),
        }
        command.stdin(Stdio::null());
        command
    }

    fn spawn(&self) -> Result<Node> {
        let output = File::options().create(true).append(true).open(&self.log);
        let output = output.with_context(|| format!("cannot write {}", self.log.display()))?;
        let mut command = self.command();
        let child =
            command.stdout(output.try_clone()?).stderr(output).spawn().context("cannot start quan")?;
        Ok(Node { child, log: self.log.clone() })
    }

    /// Starts the node on a free port and waits until it answers.
    ///
    /// # Errors
    /// When it ends or does not answer in time; the message shows what it logged.
    pub(crate) async fn start(&self) -> Result<Started> {
        // What an earlier run has left tells of a port that is no longer ours.
        let before = self.said()?;
        let mut node = self.spawn()?;
        let deadline = Instant::now() + START_MAX;
        loop {
            node.ensure_running()?;
            if let Some((connection, operator)) = self.told(&before)?
                && Wire::open(&connection)?.is_healthy().await
            {
                return Ok(Started { node, connection, operator });
            }
            ensure!(Instant::now() < deadline, "the node does not answer{}", node.last_words());
            sleep(LOOK_AGAIN).await;
        }
    }

    /// What there is before a start of that which tells where a node listens.
    fn said(&self) -> Result<Before> {
        match &self.mode {
            Mode::Dev(data) => Ok(Before::Written(written_at(&Connection::file(data)))),
            Mode::Serve(_) => {
                Ok(Before::Length(if self.log.exists() { self.log.metadata()?.len() } else { 0 }))
            }
        }
    }

    /// Where the node listens, once it has told.
    fn told(&self, before: &Before) -> Result<Option<(Connection, Option<String>)>> {
        match (&self.mode, before) {
            (Mode::Dev(data), Before::Written(before)) => {
                let file = Connection::file(data);
                let is_written = written_at(&file) != *before;
                Ok(is_written
                    .then(|| Connection::read(&file))
                    .transpose()?
                    .map(|connection| (connection, None)))
            }
            (Mode::Serve(place), Before::Length(before)) => {
                let log = std::fs::read(&self.log)?;
                let fresh = log.get(usize::try_from(*before)?..).unwrap_or_default();
                let fresh = String::from_utf8_lossy(fresh);
                let after =
                    |what: &str| fresh.lines().find_map(|line| line.strip_prefix(what)).map(str::to_owned);
                // The last of the lines; when it is there, so are the others.
                let Some(base_url) = after("public url ") else { return Ok(None) };
                Ok(Some((Connection::of_place(&place.folder, &base_url)?, after("operator on "))))
            }
            (Mode::Dev(_), Before::Length(_)) | (Mode::Serve(_), Before::Written(_)) => Ok(None),
        }
    }

    /// Starts the node and kills it after a while, wherever it has got to.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) async fn start_and_kill(&self, after: Duration) -> Result<()> {
        let mut node = self.spawn()?;
        sleep(after).await;
        node.kill()
    }
}

/// What there was before a start.
enum Before {
    /// When the connection file was written.
    Written(Option<SystemTime>),
    /// How long the log was.
    Length(u64),
}

/// A running node. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Node {
    child: Child,
    log: PathBuf,
}

impl Node {
    /// Ends the process at once (SIGKILL): it gets no chance to write or say anything.
    ///
    /// # Errors
    /// When the operating system does not obey.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.child.kill().context("cannot kill the node")?;
        self.child.wait().context("cannot wait for the end of the node")?;
        Ok(())
    }

    /// Ends the process in an orderly way (SIGTERM).
    ///
    /// # Errors
    /// When it does not end in time, or not with success.
    pub(crate) async fn stop(&mut self) -> Result<()> {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        ensure!(status.context("cannot run kill")?.success(), "the node cannot be told to stop");
        let deadline = Instant::now() + STOP_MAX;
        loop {
            if let Some(status) = self.child.try_wait()? {
                ensure!(status.success(), "the node stopped with {status}{}", self.last_words());
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "the node does not stop{}", self.last_words());
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Says why, when the process has ended by itself.
    ///
    /// # Errors
    /// When it has.
    pub(crate) fn ensure_running(&mut self) -> Result<()> {
        match self.child.try_wait().context("cannot ask for the state of the node")? {
            None => Ok(()),
            Some(status) => bail!("the node ended by itself ({status}){}", self.last_words()),
        }
    }

    /// Lifts the bound on file sizes of the running process.
    ///
    /// # Errors
    /// When `prlimit` is not there or refuses.
    pub(crate) fn lift_file_bound(&self) -> Result<()> {
        let id = self.child.id().to_string();
        let status = Command::new("prlimit").args(["--pid", &id, "--fsize=unlimited:"]).status();
        let status = status.context("cannot run prlimit (package util-linux)")?;
        ensure!(status.success(), "prlimit ended with {status}");
        Ok(())
    }

    /// The end of the log, as the tail of an error.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
        if shown.is_empty() { String::new() } else { format!("; it said last:\n{}", shown.join("\n")) }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn written_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}
