//! The claim page in a real browser against a server that plays every answer: the tests of `interop/browser`.

use anyhow::Result;
use interop::{browser_scripts, repository, run, target};
use std::process::Command;
use std::time::Duration;

/// The tests take about a minute; a machine under load is given ten.
const LIMIT: Duration = Duration::from_secs(600);

#[test]
fn the_claim_page_shows_every_answer() -> Result<()> {
    let mut tests = Command::new("npm");
    tests.current_dir(browser_scripts()?).arg("test");
    tests.env("QUAN_WEB_DIR", repository().join("web"));
    tests.env("QUAN_SCREENSHOTS", target()?.join("screenshots"));
    let output = run(&mut tests, LIMIT)?;
    assert!(output.lines().any(|line| line.ends_with("fail 0")), "{output}");
    assert!(output.lines().any(|line| line.ends_with("skipped 0")), "{output}");
    Ok(())
}
