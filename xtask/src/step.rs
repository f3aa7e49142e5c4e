//! One step of the checks: a command that is shown, run and timed.
//!
//! May know processes and the monotonic clock. Knows nothing about what the command does.

use anyhow::{Context, Result, bail};
use std::io::{Write, stderr};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};
use std::time::Instant;

/// A named command line, run in the root of the repository.
pub(crate) struct Step {
    /// Short name, shown in front of the command.
    pub(crate) name: &'static str,
    /// Program and arguments.
    pub(crate) words: &'static [&'static str],
}

impl Step {
    /// Runs the command with its output passed through.
    ///
    /// # Errors
    /// When the program cannot be started or ends with anything but success.
    pub(crate) fn run(&self) -> Result<()> {
        let (program, arguments) = self.words.split_first().context("a step has a program")?;
        run(self.name, Command::new(program).args(arguments))
    }

    /// As [`Step::run`], with one variable in the environment of the command.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn run_with(&self, variable: &str, value: &Path) -> Result<()> {
        let (program, arguments) = self.words.split_first().context("a step has a program")?;
        run(self.name, Command::new(program).args(arguments).env(variable, value))
    }

    /// Runs the command as the last of all and hands on how it ended, without a word after it: the output then ends
    /// with the summary of the tool itself.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub(crate) fn run_last(&self) -> Result<ExitCode> {
        let (program, arguments) = self.words.split_first().context("a step has a program")?;
        last(self.name, Command::new(program).args(arguments))
    }

    /// As [`Step::run_last`], with one variable in the environment of the command.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn run_last_with(&self, variable: &str, value: &Path) -> Result<ExitCode> {
        let (program, arguments) = self.words.split_first().context("a step has a program")?;
        last(self.name, Command::new(program).args(arguments).env(variable, value))
    }
}

/// Runs a command without a word after it.
fn last(name: &str, command: &mut Command) -> Result<ExitCode> {
    let status = status(name, command)?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows, runs and times one command. What this prints goes to standard error, so that standard output holds only
/// what the tools say.
///
/// # Errors
/// When the program cannot be started or ends with anything but success.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<()> {
    let started = Instant::now();
    let status = status(name, command)?;
    let shown = shown(command);
    let seconds = started.elapsed().as_secs_f32();
    if !status.success() {
        bail!("{name} failed after {seconds:.1} s: `{shown}` ended with {status}");
    }
    writeln!(stderr(), "== {name}: ok, {seconds:.1} s")?;
    Ok(())
}

/// Shows one command, runs it and says how it ended.
fn status(name: &str, command: &mut Command) -> Result<ExitStatus> {
    let shown = shown(command);
    writeln!(stderr(), "== {name}: {shown}")?;
    command.current_dir(root()).status().with_context(|| format!("cannot start `{shown}` ({name})"))
}

/// The root of the repository: this package lies directly in it.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("invariant: the package has a parent folder")
}

/// The command as a person would type it.
fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_or_is_missing_is_a_failure() {
        assert!(run("works", &mut Command::new("true")).is_ok());
        let failed = run("fails", &mut Command::new("false")).unwrap_err().to_string();
        assert!(failed.contains("fails failed") && failed.contains("`false`"), "{failed}");
        let missing = run("missing", Command::new("no-such-program").arg("-x")).unwrap_err().to_string();
        assert_eq!(missing, "cannot start `no-such-program -x` (missing)");
    }

    #[test]
    fn the_last_step_hands_on_its_failure() {
        let last = |words| Step { name: "last", words }.run_last();
        assert_eq!(last(&["true"]).unwrap(), ExitCode::SUCCESS);
        assert_eq!(last(&["false"]).unwrap(), ExitCode::FAILURE);
        assert!(last(&["no-such-program"]).is_err());
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.toml").exists() && root().join("xtask").exists());
    }
}
