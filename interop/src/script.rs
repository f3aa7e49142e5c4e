//! Runs the programs of others: with a limit in time, with their output kept, and with a failure that shows it.
//!
//! Knows processes. Knows nothing about what they do.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{Read, Seek};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How often a running program is looked at.
pub(crate) const LOOK: Duration = Duration::from_millis(20);
/// A walk through the platform takes a second or two; a machine under load is given a minute.
const WALK_LIMIT: Duration = Duration::from_secs(60);

/// Runs a program to its end and returns what it wrote to standard output.
///
/// # Errors
/// When it cannot be started, does not end with success, or runs longer than the limit; it is ended then. The
/// message holds all it wrote.
pub fn run(command: &mut Command, limit: Duration) -> Result<String> {
    let (status, output, errors) = finish(command, limit)?;
    if !status.success() {
        bail!("{command:?} ended with {status}\n{output}\n{errors}");
    }
    Ok(output)
}

/// Runs a script that tells what it saw in one line of JSON, and returns that, whether all was well or not.
///
/// # Errors
/// When the script cannot be run or its last line is no JSON object with a truth named `ok` that fits its exit code.
pub fn told(command: &mut Command) -> Result<Value> {
    told_within(command, WALK_LIMIT)
}

/// As [`told`], for a script with more to do.
///
/// # Errors
/// As there.
pub fn told_within(command: &mut Command, limit: Duration) -> Result<Value> {
    let (status, output, errors) = finish(command, limit)?;
    let line = output.lines().last().unwrap_or_default();
    let seen: Value = serde_json::from_str(line)
        .with_context(|| format!("{command:?} told no JSON\n{output}\n{errors}"))?;
    if seen["ok"].as_bool() != Some(status.success()) {
        bail!("{command:?} ended with {status} and told {seen}\n{errors}");
    }
    Ok(seen)
}

/// Runs a program to its end with what it wrote to standard output and standard error. Both go through files: a
/// pipe that nobody empties would stop the program.
fn finish(command: &mut Command, limit: Duration) -> Result<(ExitStatus, String, String)> {
    let (mut output, mut errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
    // A proxy of the machine is not asked for the addresses of the machine itself.
    command.env("NO_PROXY", "127.0.0.1,localhost").env("no_proxy", "127.0.0.1,localhost");
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(errors.try_clone()?);
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let ended = wait(&mut child, limit)?;
    let read = |file: &mut std::fs::File| -> Result<String> {
        let mut bytes = Vec::new();
        file.rewind()?;
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (output, errors) = (read(&mut output)?, read(&mut errors)?);
    match ended {
        Some(status) => Ok((status, output, errors)),
        None => bail!("{command:?} did not end within {limit:?}\n{output}\n{errors}"),
    }
}

/// Waits for the end of a process; nothing when the limit came first and the process was ended.
fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let started = Instant::now();
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        sleep(LOOK);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_returned_and_a_failure_shows_it() {
        let limit = Duration::from_secs(10);
        assert_eq!(run(&mut shell("echo said"), limit).unwrap(), "said\n");
        let failed = run(&mut shell("echo said; echo why >&2; exit 3"), limit).unwrap_err().to_string();
        assert!(failed.contains("said") && failed.contains("why"), "{failed}");
        assert!(run(&mut Command::new("no-such-program"), limit).is_err());
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let failed = run(&mut shell("exec sleep 60"), Duration::from_millis(50)).unwrap_err().to_string();
        assert!(failed.contains("did not end"), "{failed}");
    }

    #[test]
    fn the_told_truth_must_fit_the_exit_code() {
        assert_eq!(told(&mut shell("echo x; echo '{\"ok\":true}'")).unwrap()["ok"], true);
        assert_eq!(told(&mut shell("echo '{\"ok\":false}'; exit 1")).unwrap()["ok"], false);
        assert!(told(&mut shell("echo '{\"ok\":true}'; exit 1")).is_err());
        assert!(told(&mut shell("echo '{\"ok\":false}'")).is_err());
        assert!(told(&mut shell("echo no json")).is_err());
    }
}
