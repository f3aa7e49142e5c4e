//! The JavaScript of the claim page keeps its types. The compiler only checks: nothing is built from it.

use anyhow::Result;
use interop::{browser_scripts, repository, run};
use std::process::Command;
use std::time::Duration;

/// The check takes seconds.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn the_claim_page_keeps_its_types() -> Result<()> {
    let mut compiler = Command::new(browser_scripts()?.join("node_modules/.bin/tsc"));
    // The settings stay where they are: the files they name lie beside them.
    compiler.arg("--project").arg(repository().join("interop/browser/tsconfig.json"));
    run(&mut compiler, LIMIT)?;
    Ok(())
}
