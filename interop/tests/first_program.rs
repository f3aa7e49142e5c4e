//! The README of quan-client, followed to the letter: a program in an empty directory that makes its first verified
//! call.

use anyhow::{Context, Result};
use interop::{Platform, repository, run, target};
use std::fs;
use std::process::Command;
use std::time::Duration;

/// Building the client from nothing on a small machine stays below this.
const BUILD_LIMIT: Duration = Duration::from_secs(1200);

/// The program that the README shows first, without the indentation of its list.
fn program(readme: &str) -> Option<String> {
    let (_, behind) = readme.split_once("   ```rust,no_run\n")?;
    let (block, _) = behind.split_once("   ```\n")?;
    let lines = block.lines().map(|line| line.strip_prefix("   ").unwrap_or(line));
    Some(lines.map(|line| format!("{line}\n")).collect())
}

/// The dependencies that the README adds with `cargo add`.
fn manifest() -> String {
    let client = repository().join("crates/client");
    format!(
        "[package]\nname = \"coupons\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         quan-client = {{ path = {client:?} }}\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n"
    )
}

#[test]
fn the_readme_leads_from_an_empty_directory_to_a_verified_answer() -> Result<()> {
    let platform = Platform::start()?;
    let readme = fs::read_to_string(repository().join("crates/client/README.md"))?;
    let folder = target()?.join("first-program");
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), manifest())?;
    fs::write(folder.join("src/main.rs"), program(&readme).context("the README shows a program")?)?;
    // The versions that everything else here was tested with, and nothing newer.
    fs::copy(repository().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut command = Command::new("cargo");
    command
        .current_dir(&folder)
        .args(["run", "--quiet", "--target-dir"])
        .arg(target()?.join("first-program/target"));
    let told = run(command.arg("--").arg(platform.connection()), BUILD_LIMIT)?;
    assert!(told.starts_with("Verified { key_id: KeyId(PUB_KEY_ID_"), "{told}\n{}", platform.log());
    assert!(told.contains("a token of "), "{told}");
    Ok(())
}
