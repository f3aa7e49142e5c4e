//! A running `quan dev` with a data folder of its own, for the time of one test.
//!
//! Knows the command line and the connection file, as anyone does who reads the README.

use crate::script::{LOOK, run};
use crate::workshop::quan;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The first start makes keys and seeds the store; a machine under load is given a minute for it.
const START_LIMIT: Duration = Duration::from_secs(60);
/// One signed call takes milliseconds.
const CALL_LIMIT: Duration = Duration::from_secs(30);
/// The operation that the story begins with.
const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";

/// A running platform. It ends, and its data folder goes, when the value is dropped.
#[derive(Debug)]
pub struct Platform {
    process: Child,
    data: TempDir,
}

impl Platform {
    /// Starts the platform on a free port and waits until it listens.
    ///
    /// # Errors
    /// When the binary cannot be built or started, ends early, or does not listen in time. The message holds what
    /// it logged.
    pub fn start() -> Result<Self> {
        let data = tempfile::tempdir()?;
        let log = File::create(data.path().join("log"))?;
        let process = Command::new(quan()?)
            .args(["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(data.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start `quan dev`")?;
        let mut platform = Self { process, data };
        platform.wait_until_it_listens()?;
        Ok(platform)
    }

    /// The connection file is written once the port is open.
    fn wait_until_it_listens(&mut self) -> Result<()> {
        let started = Instant::now();
        while !self.connection().exists() {
            if let Some(status) = self.process.try_wait()? {
                bail!("`quan dev` ended with {status}\n{}", self.log());
            }
            if started.elapsed() > START_LIMIT {
                bail!("`quan dev` does not listen after {START_LIMIT:?}\n{}", self.log());
            }
            sleep(LOOK);
        }
        Ok(())
    }

    /// The connection file.
    #[must_use]
    pub fn connection(&self) -> PathBuf {
        self.data.path().join("sandbox.json")
    }

    /// What the connection file says.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn sandbox(&self) -> Result<Value> {
        Ok(serde_json::from_str(&fs::read_to_string(self.connection())?)?)
    }

    /// Another connection file, in which `change` replaced the text at one pointer: for a client that is set up
    /// wrongly.
    ///
    /// # Errors
    /// When there is nothing at the pointer or the file cannot be written.
    pub fn connection_with(&self, pointer: &str, change: &str) -> Result<PathBuf> {
        let mut sandbox = self.sandbox()?;
        let place = sandbox.pointer_mut(pointer).with_context(|| format!("nothing at {pointer}"))?;
        *place = Value::from(change);
        let file = self.data.path().join("sandbox-changed.json");
        fs::write(&file, serde_json::to_string(&sandbox)?)?;
        Ok(file)
    }

    /// Pre-sends the single coupon to the first user with `quan call` and returns the token.
    ///
    /// # Errors
    /// When the call is refused or its answer holds no token.
    pub fn pre_send(&self, send_request_no: &str) -> Result<String> {
        let sandbox = self.sandbox()?;
        let text = |pointer: &str| {
            sandbox.pointer(pointer).and_then(Value::as_str).with_context(|| format!("nothing at {pointer}"))
        };
        let mut command = Command::new(quan()?);
        command.args(["call", "POST", PRE_SEND]);
        command.arg(format!("stock_id={}", text("/stocks/single")?));
        command.arg(format!("appid={}", text("/appid")?));
        command.arg(format!("openid={}", text("/openids/0")?));
        command.arg(format!("send_request_no={send_request_no}"));
        command.arg("--connection").arg(self.connection());
        let answer: Value = serde_json::from_str(&run(&mut command, CALL_LIMIT)?)?;
        let token = answer["token"].as_str().with_context(|| format!("no token in {answer}"))?;
        Ok(token.to_owned())
    }

    /// What the platform printed and logged so far.
    #[must_use]
    pub fn log(&self) -> String {
        read_or_reason(&self.data.path().join("log"))
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The text of a file, or why there is none.
fn read_or_reason(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| format!("no log: {error}"))
}
