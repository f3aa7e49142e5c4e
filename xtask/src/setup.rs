//! Installs the tools that the tests need and that are missing.
//!
//! May know the names of Debian packages and how to see whether a tool is there. A tool that cannot be had is a
//! failure with its name: no test is skipped because something is not installed.

use crate::step;
use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};

/// Something the tests need: how to see that it works, and the packages that bring it.
struct Tool {
    /// What the tests call it.
    name: &'static str,
    /// A command that succeeds when the tool works.
    probe: &'static [&'static str],
    /// The Debian packages that bring it.
    packages: &'static [&'static str],
}

/// All tools: two languages for the clients of others, a browser with Chinese letters for the claim page, a server for
/// the store of many nodes, and what signals and bounds processes. (The C compiler is not among them: without one, this
/// program could not have been linked.)
const TOOLS: [Tool; 8] = [
    Tool { name: "node (20 or newer)", probe: &["node", "-e", NODE_PROBE], packages: &["nodejs"] },
    Tool { name: "npm", probe: &["npm", "--version"], packages: &["npm"] },
    Tool { name: "python3 with venv", probe: &["python3", "-c", VENV_PROBE], packages: &["python3-venv"] },
    Tool { name: "chromium", probe: &["chromium", "--version"], packages: &["chromium"] },
    Tool {
        name: "a Chinese font",
        probe: &["sh", "-c", FONT_PROBE],
        packages: &["fontconfig", "fonts-noto-cjk"],
    },
    Tool { name: "a PostgreSQL server", probe: &["sh", "-c", POSTGRES_PROBE], packages: &["postgresql"] },
    Tool { name: "kill", probe: &["kill", "-l"], packages: &["procps"] },
    Tool { name: "prlimit", probe: &["prlimit", "--version"], packages: &["util-linux"] },
];

/// Succeeds on the oldest Node.js that the scripts are written for.
const NODE_PROBE: &str = "process.exit(Number(process.versions.node.split('.')[0]) >= 20 ? 0 : 1)";
/// `venv` alone can be imported where its package is missing; `ensurepip` cannot.
const VENV_PROBE: &str = "import venv, ensurepip";
/// `fc-list` succeeds with an empty list, so its output is what counts.
const FONT_PROBE: &str = "test -n \"$(fc-list :lang=zh-cn family)\"";

/// The programs that `quan-postgres-server` runs, where it looks for them: all in PATH, or in the folder in which Debian
/// keeps a version's.
const POSTGRES_PROBE: &str = "for folder in '' /usr/lib/postgresql/*/bin/; do \
    ${folder}postgres --version && ${folder}initdb --version && ${folder}pg_ctl --version && \
    ${folder}psql --version && exit; done; exit 1";

/// Installs what is missing and looks again.
///
/// # Errors
/// When a tool is still missing afterwards: each is named, with the packages that should have brought it.
pub(crate) fn run() -> Result<()> {
    let packages: Vec<&str> = missing().flat_map(|tool| tool.packages.iter().copied()).collect();
    if packages.is_empty() {
        return Ok(());
    }
    step::run("setup", &mut apt(&["update"])?)?;
    let mut words = vec!["install", "--yes", "--no-install-recommends"];
    words.extend(&packages);
    step::run("setup", &mut apt(&words)?)?;
    let still: Vec<String> =
        missing().map(|tool| format!("{} (packages: {})", tool.name, tool.packages.join(", "))).collect();
    if !still.is_empty() {
        bail!("the tests need what this machine still does not have: {}", still.join("; "));
    }
    Ok(())
}

/// The tools that do not work here.
fn missing() -> impl Iterator<Item = &'static Tool> {
    TOOLS.iter().filter(|tool| !works(tool.probe))
}

/// Whether a command can be started and succeeds.
fn works(probe: &[&str]) -> bool {
    let Some((program, arguments)) = probe.split_first() else { return false };
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// `apt-get` with the right to install: as root, or through `sudo` where it asks for no password.
fn apt(words: &[&str]) -> Result<Command> {
    let id = Command::new("id").arg("-u").output().context("cannot ask for the user id")?;
    let mut command = if id.stdout.trim_ascii() == b"0" {
        Command::new("env")
    } else if works(&["sudo", "-n", "true"]) {
        let mut command = Command::new("sudo");
        command.args(["-n", "env"]);
        command
    } else {
        let names: Vec<&str> = missing().map(|tool| tool.name).collect();
        bail!("missing: {}; install them, or run this as root", names.join(", "));
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(words);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_tells_what_works() {
        assert!(works(&["true"]));
        assert!(!works(&["false"]));
        assert!(!works(&["no-such-program"]));
        assert!(!works(&[]));
    }

    #[test]
    fn every_tool_can_be_installed() {
        for tool in &TOOLS {
            assert!(!tool.packages.is_empty() && !tool.probe.is_empty(), "{}", tool.name);
        }
    }
}
