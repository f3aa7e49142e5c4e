//! The table of what the tests have shown: gathers it during a run, then lets `tests/matrix.rs` check or write it.
//!
//! May know where the evidence lies and how tests are started. Knows nothing about what the lines say.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::step::{self, Step};

/// Where the tests write what they show, and the table is read from.
fn evidence() -> PathBuf {
    step::root().join("target/evidence")
}

/// Runs the tests from an empty table.
///
/// # Errors
/// When the folder cannot be emptied or a test fails.
pub(crate) fn gather(tests: &Step) -> Result<()> {
    let folder = evidence();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    tests.run_with("TEST_EVIDENCE", &folder)
}

/// The table must be full and the page must show it. The last step of a run.
///
/// # Errors
/// When the test cannot be started.
pub(crate) fn check() -> Result<ExitCode> {
    TABLE.run_last_with("TEST_EVIDENCE", &evidence())
}

/// Writes the page from what the last whole run has shown.
///
/// # Errors
/// When there was no such run, or the table is not full.
pub(crate) fn write() -> Result<ExitCode> {
    let folder = evidence();
    if !folder.exists() {
        bail!("no run has shown anything yet: run `cargo xtask ci` first");
    }
    let (program, arguments) = TABLE.words.split_first().context("a step has a program")?;
    let mut command = Command::new(program);
    command.args(arguments).env("TEST_EVIDENCE", folder).env("TEST_MATRIX_WRITE", "1");
    step::run(TABLE.name, &mut command)?;
    Ok(ExitCode::SUCCESS)
}

/// The test that makes the table.
const TABLE: Step = Step {
    name: "what the tests have shown",
    words: &["cargo", "test", "-p", "xtask", "--features", "matrix", "--test", "matrix"],
};
