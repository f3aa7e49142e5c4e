//! Versions stand in the root manifest once; members inherit them, and the lints too.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Keys of `[package]` that a member inherits.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];

/// What members say themselves although the root says it.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        for key in INHERITED {
            if !file.text.lines().any(|line| line.trim() == format!("{key}.workspace = true")) {
                found.push(format!("{}: {key} is inherited", file.path));
            }
        }
        if !file.text.contains("[lints]\nworkspace = true") {
            found.push(format!("{}: the lints are inherited", file.path));
        }
        let mut inside = false;
        for line in file.text.lines().map(str::trim) {
            if line.starts_with('[') {
                inside = line.ends_with("dependencies]");
            } else if inside
                && !line.is_empty()
                && !line.starts_with('#')
                && !line.contains("workspace = true")
            {
                found.push(format!("{}: `{line}` is inherited", file.path));
            }
        }
    }
    found
}

#[test]
fn members_inherit() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_member_with_its_own_version_is_found() {
    let good = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
                license.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n[dependencies]\n\
                # Errors.\nanyhow.workspace = true\nrustls = { workspace = true, optional = true }\n";
    assert_none(&findings(&[SourceFile::sample("crates/a/Cargo.toml", good)]));
    let own = good.replace("version.workspace = true\nedition", "version = \"2.0.0\"\nedition");
    assert_eq!(findings(&[SourceFile::sample("crates/a/Cargo.toml", &own)]).len(), 1);
    let own = good.replace("anyhow.workspace = true", "anyhow = \"1\"").replace("[lints]", "[other]");
    assert_eq!(findings(&[SourceFile::sample("crates/a/Cargo.toml", &own)]).len(), 2);
}
