//! The platform as a child process: started, found by its connection file, killed hard.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::process::{Child, Command};

use crate::demo::plain_http;
use crate::sandbox::Sandbox;

/// How long the platform may take to answer after its start; making four RSA keys is the longest part.
const START_LIMIT: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running platform.
pub(super) struct PlatformProcess {
    child: Child,
    log: PathBuf,
}

impl PlatformProcess {
    /// Starts `quan dev` on a free port and waits until it answers.
    pub(super) async fn start(data: &Path) -> anyhow::Result<(Self, Sandbox)> {
        std::fs::create_dir_all(data).with_context(|| format!("cannot make {}", data.display()))?;
        let file = Sandbox::file(data);
        let before = Sandbox::read(&file).ok().map(|sandbox| sandbox.base_url);
        let log = data.join("platform.log");
        let log_file = std::fs::File::options().create(true).append(true).open(&log)?;
        let program = std::env::current_exe().context("the demo cannot find its own program")?;
        let child = Command::new(program)
            .args(["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(log_file.try_clone()?)
            .stderr(log_file)
            // Whatever ends the demo ends the platform too.
            .kill_on_drop(true)
            .spawn()
            .context("the platform could not be started")?;
        let mut platform = Self { child, log };
        match platform.wait_until_ready(&file, before.as_deref()).await {
            Ok(sandbox) => Ok((platform, sandbox)),
            Err(error) => {
                platform.show_log();
                Err(error)
            }
        }
    }

    /// SIGKILL: no drain, no goodbye.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("the platform could not be killed")
    }

    /// The platform's log, for when something went wrong.
    pub(super) fn show_log(&self) {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(30)..];
        eprintln!("the last lines of the platform's log:\n{}", last.join("\n"));
    }

    async fn wait_until_ready(&mut self, file: &Path, before: Option<&str>) -> anyhow::Result<Sandbox> {
        let ready = async {
            loop {
                if let Some(status) = self.child.try_wait()? {
                    anyhow::bail!("the platform ended at once: {status}");
                }
                // After a restart the file still names the old port until it is written anew.
                if let Ok(sandbox) = Sandbox::read(file)
                    && before != Some(sandbox.base_url.as_str())
                    && plain_http::get(&sandbox.base_url, "/_quan/health", None).await.is_ok()
                {
                    return Ok(sandbox);
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        tokio::time::timeout(START_LIMIT, ready).await.context("the platform did not answer in time")?
    }
}
