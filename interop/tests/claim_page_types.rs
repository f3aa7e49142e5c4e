//! The JavaScript of the claim component keeps its types. The compiler only checks: nothing is built from it.

use anyhow::Result;
use interop::{browser_scripts, repository, run};
use std::process::Command;
use std::time::Duration;

/// A check takes seconds.
const LIMIT: Duration = Duration::from_secs(120);

/// Checks the files that a settings file names.
fn check(settings: &str) -> Result<()> {
    let packages = browser_scripts()?.join("node_modules");
    let mut compiler = Command::new(packages.join(".bin/tsc"));
    // The settings stay where they are: the files they name lie beside them.
    compiler.arg("--project").arg(repository().join("interop/browser").join(settings));
    compiler.arg("--typeRoots").arg(packages);
    run(&mut compiler, LIMIT)?;
    Ok(())
}

#[test]
fn page_and_element_keep_their_types() -> Result<()> {
    check("tsconfig.json")
}

/// Without the browser's types and with the built-ins of 2019: what the mini program can run too.
#[test]
fn the_core_needs_no_browser() -> Result<()> {
    check("tsconfig.core.json")
}

#[test]
fn the_mini_program_keeps_its_types() -> Result<()> {
    check("tsconfig.miniprogram.json")
}
