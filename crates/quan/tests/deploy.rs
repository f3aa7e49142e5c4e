//! The files of a deployment name what is there: paths of the build, commands, settings.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap()
}

#[test]
fn the_dockerfile_copies_what_is_there_and_all_that_the_workspace_needs() {
    let file = read("Dockerfile");
    let copied: Vec<&str> = file
        .lines()
        .filter_map(|line| line.strip_prefix("COPY ").filter(|rest| !rest.starts_with("--")))
        .flat_map(|rest| rest.split(' ').rev().skip(1))
        .collect();
    for path in &copied {
        assert!(root().join(path).exists(), "{path} is not there");
    }
    for needed in ["Cargo.toml", "Cargo.lock", "web"] {
        assert!(copied.contains(&needed), "{needed} is not copied");
    }
    // A member that is missing stops the build of all.
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    for member in manifest["workspace"]["members"].as_array().unwrap() {
        let folder = member.as_str().unwrap().trim_end_matches("/*");
        assert!(copied.contains(&folder), "{folder} is not copied");
    }
    assert!(file.contains("\nUSER 10001\n"), "it does not run as root");
    assert!(file.contains("HEALTHCHECK") && file.contains("/readyz"));
    assert!(file.contains("STOPSIGNAL SIGTERM"));
}

#[test]
fn the_settings_of_the_image_are_settings() {
    let file = read("Dockerfile");
    let settings = file
        .lines()
        .map(|line| line.trim_start_matches("ENV ").trim())
        .filter(|line| line.starts_with("QUAN_"));
    let settings: Vec<(&str, &str)> =
        settings.map(|line| line.trim_end_matches(" \\").split_once('=').unwrap()).collect();
    assert!(settings.len() >= 4, "{settings:?}");
    let shown = Command::new(env!("CARGO_BIN_EXE_quan"))
        .args(["serve", "--print-config"])
        .env_clear()
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    assert!(shown.status.success(), "{}", String::from_utf8_lossy(&shown.stderr));
    let shown = String::from_utf8(shown.stdout).unwrap();
    for (name, _) in settings {
        assert!(shown.contains(&format!("environment variable {name}")), "{name} in {shown}");
    }
}

#[test]
fn the_unit_starts_a_command_that_exists_and_waits_for_the_drain() {
    let unit = read("deploy/quan.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/quan ")).unwrap();
    let command = start.split(' ').next().unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_quan")).args([command, "--help"]).output().unwrap();
    assert!(help.status.success());
    for flag in start.split(' ').filter(|word| word.starts_with("--")) {
        assert!(String::from_utf8_lossy(&help.stdout).contains(flag), "{flag}");
    }
    for line in [
        "KillSignal=SIGTERM",
        "User=quan",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ReadWritePaths=/var/lib/quan",
    ] {
        assert!(unit.lines().any(|of| of == line), "{line}");
    }
    let patience = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap();
    // unready_seconds and drain_seconds by default, and the ten seconds of attempts to notify.
    assert!(patience.parse::<u32>().unwrap() >= 5 + 30 + 10);
}
