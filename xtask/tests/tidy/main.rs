//! The house rules, one in each file. A rule is a function from what it looks at to its findings; its tests show
//! that the house has none, and that a bad sample has some.
//!
//! May know the files of the repository and the facts of `cargo metadata`. Knows nothing about what the code does.

mod arrows;
mod banned_reads;
mod client_api;
mod client_checklist;
mod dependency_reasons;
mod doc_paths;
mod file_names;
mod file_sizes;
mod inherited_versions;
mod leftovers;
mod mini_program_copies;
mod module_docs;
mod package_sources;
mod pure_rules;
mod readme_pair;
mod reference_pages;
mod rust_text;
mod sql_rooms;
mod tree;

/// Fails with all findings, one a line.
#[track_caller]
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "{} finding(s):\n{}", findings.len(), findings.join("\n"));
}
