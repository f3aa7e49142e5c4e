//! Schemathesis, unchanged: calls made up from our OpenAPI document against a running platform. None may be answered
//! with 5xx, and no answer may be other than the document says.

use anyhow::{Context, Result, ensure};
use interop::{Platform, python_environment, repository};
use std::process::Command;

/// Generated calls of each operation; with the seed below the same ones in each run.
const EXAMPLES_MAX: &str = "12";
/// There are more operations than this, and each is called.
const OPERATIONS_MIN: usize = 95;
const SEED: &str = "20260824";

#[test]
fn calls_made_up_from_the_document_find_no_fault() -> Result<()> {
    let platform = Platform::start()?;
    let sandbox = platform.sandbox()?;
    let base_url = sandbox["base_url"].as_str().context("the connection file has a base_url")?;
    let folder = repository().join("interop/contract");
    let bin = python_environment("contract", &folder.join("requirements.txt"))?;
    let outcome = Command::new(bin.join("schemathesis"))
        .args(["run", &format!("{base_url}/openapi.json"), "--url", base_url])
        .args(["--checks", "not_a_server_error,response_schema_conformance,content_type_conformance"])
        .args(["--phases", "examples,fuzzing", "--max-examples", EXAMPLES_MAX, "--seed", SEED])
        .args(["--generation-database", "none", "--workers", "2", "--no-color"])
        .current_dir(bin.parent().context("the tools lie in a folder")?)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("QUAN_SANDBOX", platform.connection())
        .output()
        .context("cannot start schemathesis")?;
    let told = String::from_utf8_lossy(&outcome.stdout);
    ensure!(
        outcome.status.success(),
        "{told}\n{}\n{}",
        String::from_utf8_lossy(&outcome.stderr),
        platform.log()
    );
    // Without this, the test would also pass if nothing had been called.
    let counts =
        told.lines().find_map(|line| line.trim().strip_suffix(" passed")?.split_once(" generated, "));
    let (generated, passed) = counts.with_context(|| format!("no summary: {told}"))?;
    ensure!(generated == passed && generated.parse::<usize>()? > OPERATIONS_MIN, "{told}");
    Ok(())
}
