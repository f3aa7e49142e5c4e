//! Every third-party dependency of the root manifest has a line above it that says what it is for.

use crate::assert_none;
use crate::tree;

/// Dependencies without a reason.
fn findings(manifest: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut inside, mut before) = (false, "");
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
        }
        let name = line.split_once('=').map(|(name, _)| name.trim()).unwrap_or_default();
        let is_entry = inside && !line.starts_with('#') && !name.is_empty();
        let is_ours = line.contains("path = \"crates/");
        if is_entry && !is_ours && !before.starts_with("# ") {
            found.push(format!("{name}: say above it what it is for"));
        }
        before = line;
    }
    found
}

#[test]
fn every_dependency_has_its_reason() {
    let files = tree::files();
    let manifest = files.iter().find(|file| file.path == "Cargo.toml").expect("the root manifest");
    assert!(manifest.text.contains("[workspace.dependencies]"), "the table this rule reads");
    assert_none(&findings(&manifest.text));
}

#[test]
fn a_dependency_without_reason_is_found() {
    let manifest = "[workspace.dependencies]\nquan-a = { path = \"crates/a\" }\n# Errors.\nthiserror = \"2\"\nanyhow = \"1\"\n[x]\ny = 1\n";
    assert_eq!(findings(manifest), ["anyhow: say above it what it is for"]);
}
