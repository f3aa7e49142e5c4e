//! `cargo run --release -p crash -- [scenario…|all] --minutes N [--seed S]`: the long form of the crash scenarios.
//!
//! Reads the command line and shows how far it is; what happens is the library's.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use crash::{Plan, Report, Scenario, as_text};
use indicatif::{ProgressBar, ProgressStyle};

/// Kills and starves the platform under load and audits it afterwards.
#[derive(Debug, Parser)]
struct Options {
    /// Scenarios to run, or `all`
    #[arg(default_value = "all")]
    scenarios: Vec<String>,
    /// Minutes of load for each scenario
    #[arg(long, default_value_t = 5.0)]
    minutes: f32,
    /// Seed of every choice; by default the id of this process
    #[arg(long)]
    seed: Option<u64>,
    /// Where the report is written as JSON
    #[arg(long, default_value = "target/crash/report.json")]
    json: PathBuf,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(|| u64::from(std::process::id()));
    match run(&options, seed) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash (seed {seed}): {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for; whether nothing was wrong.
fn run(options: &Options, seed: u64) -> Result<bool> {
    ensure!(options.minutes > 0.0, "--minutes must be more than 0");
    let scenarios = asked(&options.scenarios)?;
    println!("seed {seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut reports: Vec<Report> = Vec::new();
    for scenario in scenarios {
        let time = Duration::from_secs_f32(options.minutes * 60.0);
        let bar = bar(scenario, time)?;
        let report = runtime.block_on(crash::run(scenario, &Plan { seed, time, bar }));
        reports.push(report.with_context(|| format!("{} broke off", scenario.name()))?);
    }
    print!("{}", as_text(&reports));
    write(&options.json, &reports)?;
    println!("the report as JSON: {}", options.json.display());
    Ok(reports.iter().all(Report::is_clean))
}

fn asked(names: &[String]) -> Result<Vec<Scenario>> {
    if names.iter().any(|name| name == "all") {
        return Ok(Scenario::ALL.to_vec());
    }
    names.iter().map(|name| name.parse()).collect()
}

fn bar(scenario: Scenario, time: Duration) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{prefix:<16} [{bar:30}] {pos}/{len} s  {msg}")?;
    let bar = ProgressBar::new(time.as_secs()).with_style(style.progress_chars("=> "));
    Ok(bar.with_prefix(scenario.name()))
}

fn write(file: &std::path::Path, reports: &[Report]) -> Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, serde_json::to_string_pretty(reports)?)
        .with_context(|| format!("cannot write {}", file.display()))
}
