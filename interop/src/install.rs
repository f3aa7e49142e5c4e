//! Installs the clients of others with their own package managers, below `target/interop`, so that nothing is
//! installed between the sources.
//!
//! Knows `npm` and `venv`. An installation is kept until the list of what to install changes.

use crate::script::run;
use crate::workshop::{BUILD_LIMIT, repository, target};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Downloads are slow at times; a hanging one is ended after this.
const INSTALL_LIMIT: Duration = Duration::from_secs(600);
/// What was installed, beside the installation.
const INSTALLED: &str = "installed.txt";

/// One installation at a time: tests of one program run side by side.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static INSTALLING: Mutex<()> = Mutex::new(());
    INSTALLING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A folder with the scripts of `interop/node` and what they need.
///
/// # Errors
/// When the scripts cannot be copied or `npm` fails.
pub fn node_scripts() -> Result<PathBuf> {
    node_folder("node", &[])
}

/// A folder with the scripts of `interop/browser` and what they need.
///
/// # Errors
/// When the scripts cannot be copied or `npm` fails.
pub fn browser_scripts() -> Result<PathBuf> {
    node_folder("browser", &[])
}

/// A folder with the scripts of `interop/miniprogram`, the coupons of the browser tests, and what they need.
///
/// # Errors
/// When the scripts cannot be copied or `npm` fails.
pub fn mini_program_scripts() -> Result<PathBuf> {
    node_folder("miniprogram", &["browser/coupons.mjs"])
}

/// A folder with the assembled files of the claim component, made anew.
///
/// # Errors
/// When they cannot be made.
pub fn claim_files() -> Result<PathBuf> {
    let folder = target()?.join("claim-files");
    let mut make = Command::new("cargo");
    make.current_dir(repository()).args(["run", "--package", "xtask", "--", "claim-files"]).arg(&folder);
    run(&mut make, BUILD_LIMIT)?;
    Ok(folder)
}

/// The Python interpreter of an environment that has the SDK of `interop/python/requirements.txt`.
///
/// # Errors
/// When the environment cannot be made or `pip` fails.
pub fn python_with_sdk() -> Result<PathBuf> {
    Ok(python_environment("python", &repository().join("interop/python/requirements.txt"))?.join("python"))
}

/// The folder of the programs of a Python environment of this name that has what a list names.
///
/// # Errors
/// When the environment cannot be made or `pip` fails.
pub fn python_environment(name: &str, requirements: &Path) -> Result<PathBuf> {
    let _guard = one_at_a_time();
    let environment = target()?.join(name);
    fs::create_dir_all(&environment)?;
    install_once(&environment, &fs::read_to_string(requirements)?, || {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment), INSTALL_LIMIT)?;
        let mut pip = Command::new(environment.join("bin/python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"]).arg(requirements);
        run(&mut pip, INSTALL_LIMIT)
    })?;
    Ok(environment.join("bin"))
}

/// Copies the scripts of a folder, with some of others, and installs what its `package.json` names.
fn node_folder(name: &str, others: &[&str]) -> Result<PathBuf> {
    let _guard = one_at_a_time();
    let (source, copy) = (repository().join("interop").join(name), target()?.join(name));
    fs::create_dir_all(&copy)?;
    for entry in scripts(&copy)? {
        fs::remove_file(entry)?;
    }
    let others = others.iter().map(|other| repository().join("interop").join(other));
    for entry in scripts(&source)?.into_iter().chain(others) {
        let name = entry.file_name().context("a script has a name")?;
        fs::copy(&entry, copy.join(name))?;
    }
    let manifest = fs::read_to_string(source.join("package.json"))?;
    fs::write(copy.join("package.json"), &manifest)?;
    install_once(&copy, &manifest, || {
        let mut npm = Command::new("npm");
        npm.current_dir(&copy).args(["install", "--no-package-lock", "--no-audit", "--no-fund"]);
        run(&mut npm, INSTALL_LIMIT)
    })?;
    Ok(copy)
}

/// The scripts that lie directly in a folder.
fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "mjs") {
            found.push(path);
        }
    }
    Ok(found)
}

/// Runs `install` unless the same list was installed in the folder before.
fn install_once(folder: &Path, list: &str, install: impl FnOnce() -> Result<String>) -> Result<()> {
    let note = folder.join(INSTALLED);
    if fs::read_to_string(&note).is_ok_and(|installed| installed == list) {
        return Ok(());
    }
    install()?;
    fs::write(note, list)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_installed_once_and_again_when_it_changes_or_failed() {
        let folder = tempfile::tempdir().unwrap();
        let mut installed = Vec::new();
        for (list, works) in [("a", false), ("a", true), ("a", true), ("b", true)] {
            let outcome = install_once(folder.path(), list, || {
                installed.push(list);
                if works { Ok(String::new()) } else { anyhow::bail!("no network") }
            });
            assert_eq!(outcome.is_ok(), works);
        }
        assert_eq!(installed, ["a", "a", "b"]);
    }
}
