//! The platform as a child process: started, waited for, killed hard, started again.
//!
//! It is ended by its own handle, also when the story breaks off.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use anyhow::Context;
use http::StatusCode;
use tokio::time::Instant;

use crate::demo::plain::Plain;
use crate::sandbox::Sandbox;

/// How long a start may take: making four RSA keys is the dearest part of the first one.
const START_MAX: Duration = Duration::from_secs(30);
/// How often a starting platform is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// Lines of the log that an error shows.
const LOG_LINES_SHOWN: usize = 5;

/// Where the platform's output goes.
pub(crate) fn log_file(data: &Path) -> PathBuf {
    data.join("platform.log")
}

/// A running platform. Dropping it ends the process.
pub(crate) struct PlatformProcess {
    child: Child,
    log: PathBuf,
}

impl PlatformProcess {
    /// Starts the platform on a free port and waits until it answers.
    pub(crate) async fn start(data: &Path) -> anyhow::Result<(Self, Sandbox)> {
        let connection_file = Sandbox::file(data);
        // An earlier run has left its file with a port that is no longer ours.
        let written_before = written_at(&connection_file);
        let log = log_file(data);
        let output = File::options().create(true).append(true).open(&log);
        let output = output.with_context(|| format!("cannot write {}", log.display()))?;
        let program = std::env::current_exe().context("cannot find the own program")?;
        let child = Command::new(program)
            .args(["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .context("cannot start the platform")?;
        let mut process = Self { child, log };
        let deadline = Instant::now() + START_MAX;
        loop {
            process.ensure_running()?;
            if written_at(&connection_file) != written_before {
                let sandbox = Sandbox::read(&connection_file)?;
                if is_healthy(&sandbox).await {
                    return Ok((process, sandbox));
                }
            }
            anyhow::ensure!(
                Instant::now() < deadline,
                "the platform does not answer {} s after its start{}",
                START_MAX.as_secs(),
                process.last_words()
            );
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// The id of the process, as the operating system counts.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends the process at once (SIGKILL): it gets no chance to write or say anything.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("cannot kill the platform")?;
        self.child.wait().context("cannot wait for the end of the platform")?;
        Ok(())
    }

    fn ensure_running(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait().context("cannot ask for the state of the platform")? {
            None => Ok(()),
            Some(status) => {
                anyhow::bail!("the platform ended while starting ({status}){}", self.last_words())
            }
        }
    }

    /// The end of the log, as the tail of an error.
    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
        if shown.is_empty() { String::new() } else { format!("; it said last:\n{}", shown.join("\n")) }
    }
}

impl Drop for PlatformProcess {
    fn drop(&mut self) {
        // Both fail only when the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn written_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

async fn is_healthy(sandbox: &Sandbox) -> bool {
    let plain = Plain::new(sandbox);
    plain.get("/_quan/health").await.is_ok_and(|answer| answer.status == StatusCode::OK)
}
