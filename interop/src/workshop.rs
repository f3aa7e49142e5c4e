//! Where things lie: the repository, the folder of built things, and the binary under test.
//!
//! Knows how to ask `cargo` for the binary, and nothing of what the binary does.

use crate::script;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

/// A build from nothing on a small machine stays below this.
pub(crate) const BUILD_LIMIT: Duration = Duration::from_secs(1800);

/// The root of the repository.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("invariant: the package has a parent folder")
}

/// The path of the `quan` binary, built from this workspace on the first call, in the profile of the caller.
///
/// # Errors
/// When the build fails.
pub fn quan() -> Result<PathBuf> {
    static BUILT: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if built.is_none() {
        *built = Some(build()?);
    }
    built.clone().context("invariant: built above")
}

/// The folder for everything that is built, installed and drawn: `target/interop`, wherever `target` lies.
///
/// # Errors
/// When the binary, beside which it lies, cannot be built.
pub fn target() -> Result<PathBuf> {
    let binary = quan()?;
    let target = binary.ancestors().nth(2).context("the binary lies in a profile's folder below target")?;
    Ok(target.join("interop"))
}

/// Builds the binary and takes its place from what `cargo` says, so that any target folder will do.
fn build() -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.current_dir(repository()).args(["build", "--package", "quan", "--message-format", "json"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = script::run(&mut command, BUILD_LIMIT)?;
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_quan = message["reason"] == "compiler-artifact" && message["target"]["name"] == "quan";
        message["executable"].as_str().filter(|_| is_quan).map(PathBuf::from)
    };
    output.lines().find_map(executable).context("cargo built no binary named quan")
}
