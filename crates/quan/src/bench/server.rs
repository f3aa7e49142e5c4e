//! The server that is measured: `quan serve` as a child process, on a port of its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::Context;

use crate::bench::filled_store::FilledStore;

/// What the first line of a server that listens begins with.
const LISTENING: &str = "listening on ";

/// A running server. Dropping it ends the process.
pub(crate) struct Server {
    child: Child,
    /// Kept open: a server that cannot print ends.
    output: Option<Lines<BufReader<ChildStdout>>>,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts the server of a store and waits until it listens. It logs into `server.log`.
    ///
    /// # Errors
    /// When it ends before that; the log then says why.
    pub(crate) fn start(store: &FilledStore) -> anyhow::Result<Self> {
        let log = store.data.join("server.log");
        let output = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let child = Command::new(std::env::current_exe().context("cannot find the own program")?)
            .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(["--rate-limits", "off", "--private-receivers", "on", "--probe-ratio", "0"])
            .args(["--unready-seconds", "0", "--database", &store.url(), "--platform-keys"])
            .arg(store.data.join("keys"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(output)
            .spawn()
            .context("cannot start the server")?;
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut server = Self { child, output: None, address: nowhere };
        server.address = server.listening().with_context(|| last_words(&log))?;
        Ok(server)
    }

    fn listening(&mut self) -> anyhow::Result<SocketAddr> {
        let output = self.child.stdout.take().context("the server has no output")?;
        let lines = self.output.insert(BufReader::new(output).lines());
        let first = lines.next().context("the server ended while starting")??;
        let address = first.strip_prefix(LISTENING).context("the server says nothing of its address")?;
        Ok(address.parse()?)
    }

    /// The id of the process, as the operating system counts.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    format!("the server does not start; its last line is: {}", text.lines().last().unwrap_or("(none)"))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended already. What was answered is durable.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
