//! The claim page and the element in a real browser against a server that plays every answer: the tests of
//! `interop/browser`. A picture of every state is kept in `target/interop/screenshots`.

use anyhow::Result;
use interop::{browser_scripts, claim_files, repository, run, target};
use std::process::Command;
use std::time::Duration;

/// The tests take about two minutes; a machine under load is given ten.
const LIMIT: Duration = Duration::from_secs(600);

#[test]
fn the_claim_component_shows_every_answer() -> Result<()> {
    let mut tests = Command::new("npm");
    tests.current_dir(browser_scripts()?).arg("test");
    tests.env("QUAN_WEB_DIR", repository().join("web"));
    tests.env("QUAN_CLAIM_FILES", claim_files()?);
    tests.env("QUAN_SCREENSHOTS", target()?.join("screenshots"));
    let output = run(&mut tests, LIMIT)?;
    assert!(output.lines().any(|line| line.ends_with("fail 0")), "{output}");
    assert!(output.lines().any(|line| line.ends_with("skipped 0")), "{output}");
    Ok(())
}
