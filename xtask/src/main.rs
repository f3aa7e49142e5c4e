//! `cargo xtask ci`: every check of the house in one command, the same on every machine.
//!
//! May know how the checks are started. Knows nothing about what they check: the house rules are tests of this
//! package (`tests/tidy`), the rest are tests of the packages themselves.

mod setup;
mod step;

use anyhow::{Result, bail};
use step::Step;

/// What is printed when the command line is not understood.
const USAGE: &str = "usage: cargo xtask ci       install what is missing, then run every check
       cargo xtask setup    only install what is missing
       cargo xtask tidy     only the house rules";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ci"] => ci(),
        ["setup"] => setup::run(),
        ["tidy"] => TIDY.run(),
        _ => bail!("{USAGE}"),
    }
}

/// The house rules, as tests.
const TIDY: Step = Step { name: "tidy", words: &["cargo", "test", "-p", "xtask"] };

/// The checks in the order they run: the quick ones first, so that a slip shows within seconds. The tests of the
/// workspace come last, so that the output ends with the summary lines of the test runner.
const STEPS: [Step; 4] = [
    Step { name: "format", words: &["cargo", "fmt", "--all", "--check"] },
    TIDY,
    Step {
        name: "clippy",
        words: &["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    },
    Step { name: "test", words: &["cargo", "test", "--workspace", "--no-fail-fast"] },
];

/// Installs what is missing and runs every step. The first step that fails ends the run.
fn ci() -> Result<()> {
    setup::run()?;
    STEPS.iter().try_for_each(Step::run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_tests_come_last_and_run_to_the_end() {
        let last = STEPS.last().expect("four steps");
        assert_eq!(last.words, ["cargo", "test", "--workspace", "--no-fail-fast"]);
    }
}
