//! `quan-coupon` stays pure: whatever its dependencies bring along, nothing async, no I/O, no clock of its own, no
//! randomness and no JSON is among it.

use crate::assert_none;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::process::Command;

/// Crates that would bring what the rules must not have, by what they would bring.
const BANNED: [(&str, &[&str]); 4] = [
    ("async", &["tokio", "async-std", "smol", "futures", "futures-util", "futures-core", "async-trait"]),
    (
        "I/O",
        &["mio", "socket2", "hyper", "ureq", "reqwest", "rusqlite", "sqlx", "postgres", "tempfile", "rustls"],
    ),
    ("a clock or randomness", &["chrono", "time", "rand", "rand_core", "getrandom", "fastrand", "uuid"]),
    ("JSON", &["serde_json", "simd-json", "sonic-rs"]),
];

/// The facts of the workspace and all it depends on for this machine.
fn metadata() -> Metadata {
    let version = Command::new("rustc").arg("-vV").output().expect("rustc tells its version");
    let version = String::from_utf8(version.stdout).expect("the version is text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc tells its host");
    MetadataCommand::new()
        .manifest_path(crate::tree::root().join("Cargo.toml"))
        .other_options(["--filter-platform".to_owned(), host.to_owned()])
        .exec()
        .expect("cargo metadata answers for the workspace")
}

/// The names of all crates that one package depends on outside its tests, however far.
fn closure(metadata: &Metadata, name: &str) -> Vec<String> {
    let nodes = &metadata.resolve.as_ref().expect("invariant: asked with dependencies").nodes;
    let name_of = |id: &cargo_metadata::PackageId| metadata[id].name.to_string();
    let mut reached: Vec<_> =
        nodes.iter().filter(|node| name_of(&node.id) == name).map(|node| &node.id).collect();
    assert_eq!(reached.len(), 1, "one package is named {name}");
    let mut at = 0;
    while let Some(from) = reached.get(at).copied() {
        let node = nodes.iter().find(|node| node.id == *from).expect("invariant: every package has a node");
        for dependency in &node.deps {
            let in_tests_only =
                dependency.dep_kinds.iter().all(|kind| kind.kind == DependencyKind::Development);
            if !in_tests_only && !reached.contains(&&dependency.pkg) {
                reached.push(&dependency.pkg);
            }
        }
        at += 1;
    }
    reached.into_iter().map(name_of).collect()
}

/// The banned crates among those reached.
fn findings(reached: &[String]) -> Vec<String> {
    let brings = |name: &String| BANNED.iter().find(|(_, names)| names.contains(&name.as_str()));
    reached
        .iter()
        .filter_map(|name| {
            brings(name).map(|(what, _)| format!("quan-coupon reaches {name}, which brings {what}"))
        })
        .collect()
}

#[test]
fn the_rules_are_pure() {
    assert_none(&findings(&closure(&metadata(), "quan-coupon")));
}

#[test]
fn an_impure_crate_is_found() {
    assert_eq!(
        findings(&["jiff".to_owned(), "tokio".to_owned()]),
        ["quan-coupon reaches tokio, which brings async"]
    );
    assert!(!findings(&closure(&metadata(), "quan-gateway")).is_empty(), "the gateway is async");
}
