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
    pub program: PathBuf,
    /// Its data directory.
    pub data: PathBuf,
    /// Where its output goes.
    pub(crate) log: PathBuf,
    /// The largest file that the process may write, in blocks of 512 bytes.
    pub file_blocks_max: Option<u64>,
}

impl Launch {
    /// `quan dev` on a data directory, without bounds.
    #[must_use]
    pub(crate) fn dev(program: &Path, data: &Path, log: &Path) -> Self {
        let (program, data, log) = (program.to_owned(), data.to_owned(), log.to_owned());
        Self { program, data, log, file_blocks_max: None }
    }

    /// The command. A bound is set by a shell that turns into the node: beyond it writes fail as on a full disk,
    /// since the signal that would end the process is ignored. The bound is a soft one, so it can be lifted.
    fn command(&self) -> Command {
        let mut command = match self.file_blocks_max {
            None => Command::new(&self.program),
            Some(blocks) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", &format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"")]);
                shell.arg(&self.program);
                shell
            }
        };
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data);
        command.env("QUAN_LOG", "warn").stdin(Stdio::null());
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
    pub(crate) async fn start(&self) -> Result<(Node, Connection)> {
        let file = Connection::file(&self.data);
        // An earlier run has left its file with a port that is no longer ours.
        let before = written_at(&file);
        let mut node = self.spawn()?;
        let deadline = Instant::now() + START_MAX;
        loop {
            node.ensure_running()?;
            if written_at(&file) != before {
                let connection = Connection::read(&file)?;
                if Wire::open(&connection)?.is_healthy().await {
                    return Ok((node, connection));
                }
            }
            ensure!(Instant::now() < deadline, "the node does not answer{}", node.last_words());
            sleep(LOOK_AGAIN).await;
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
