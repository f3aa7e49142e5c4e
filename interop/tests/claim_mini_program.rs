//! The claim component of mini programs in the simulator of WeChat: the tests of `interop/miniprogram`.

use anyhow::Result;
use interop::{mini_program_scripts, repository, run};
use std::process::Command;
use std::time::Duration;

/// The tests take seconds; a machine under load is given two minutes.
const LIMIT: Duration = Duration::from_secs(120);

#[test]
fn the_component_shows_every_answer_and_opens_as_the_official_one() -> Result<()> {
    let mut tests = Command::new("npm");
    tests.current_dir(mini_program_scripts()?).arg("test");
    tests.env("QUAN_MINIPROGRAM_DIR", repository().join("miniprogram"));
    let output = run(&mut tests, LIMIT)?;
    assert!(output.lines().any(|line| line.ends_with("fail 0")), "{output}");
    assert!(output.lines().any(|line| line.ends_with("skipped 0")), "{output}");
    Ok(())
}
