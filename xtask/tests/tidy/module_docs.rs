//! Every Rust file opens with what it does and what it may and may not know.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Whether a file begins with its documentation: its own, or the page of its crate.
fn says_what_it_does(text: &str) -> bool {
    text.starts_with("//! ") || text.starts_with("#![doc = include_str!(\"../README.md\")]")
}

/// Rust files that do not begin with module documentation.
fn findings(files: &[SourceFile]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.is_rust() && !says_what_it_does(&file.text))
        .map(|file| format!("{}: begin with `//! ` and what the file does", file.path))
        .collect()
}

#[test]
fn files_say_what_they_do() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_silent_file_is_found() {
    let found = findings(&[
        SourceFile::sample("crates/a/src/a.rs", "use std::fmt;\n"),
        SourceFile::sample("crates/a/src/b.rs", "//! Says what it does.\n"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
}
