//! `cargo xtask ci`: every check of the house in one command, the same on every machine.
//!
//! May know how the checks are started. Knows nothing about what they check: the house rules are tests of this
//! package (`tests/tidy`), the rest are tests of the packages themselves.

mod claim_web;
mod features;
mod matrix;
mod reference;
mod setup;
mod step;

use anyhow::Result;
use std::process::ExitCode;
use step::Step;

/// What is printed when the command line is not understood.
const USAGE: &str = "usage: cargo xtask ci       install what is missing, then run every check
       cargo xtask setup    only install what is missing
       cargo xtask tidy     only the house rules
       cargo xtask reference  write the pages of docs/reference anew
       cargo xtask miniprogram  write anew what the mini program shares with web/claim
       cargo xtask claim-files DIR  write the assembled files of the claim page and element
       cargo xtask matrix   after a whole run: write the table of what it has shown";

fn main() -> Result<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ci"] => ci(),
        ["setup"] => setup::run().map(|()| ExitCode::SUCCESS),
        ["tidy"] => TIDY.run_last(),
        ["matrix"] => matrix::write(),
        ["miniprogram"] => claim_web::mini_program().map(|()| ExitCode::SUCCESS),
        ["claim-files", folder] => claim_web::files(folder.as_ref()).map(|()| ExitCode::SUCCESS),
        ["reference"] => reference::write().map(|()| ExitCode::SUCCESS),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}

/// The house rules, as tests.
const TIDY: Step = Step { name: "tidy", words: &["cargo", "test", "-p", "xtask"] };

/// The checks before the tests, the quick ones first, so that a slip shows within seconds.
const CHECKS: [Step; 4] = [
    Step { name: "format", words: &["cargo", "fmt", "--all", "--check"] },
    TIDY,
    Step {
        name: "clippy",
        words: &["cargo", "clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    },
    Step { name: "examples in docs", words: &["cargo", "test", "--workspace", "--doc", "--no-fail-fast"] },
];

/// All other tests. What they show of each operation is written down for the last step.
const TESTS: Step = Step {
    name: "test",
    words: &["cargo", "test", "--workspace", "--all-targets", "--exclude", "xtask", "--no-fail-fast"],
};

/// Installs what is missing, runs the checks and then the tests. The first check that fails ends the run. The output
/// ends with the summary of the test runner: after all other tests, that of the table of what they have shown.
fn ci() -> Result<ExitCode> {
    setup::run()?;
    CHECKS.iter().chain(&features::SETS).try_for_each(Step::run)?;
    matrix::gather(&TESTS)?;
    matrix::check()
}
