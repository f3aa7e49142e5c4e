//! A file ends at 450 lines before its tests: by then it holds more than one thing.

use crate::assert_none;
use crate::rust_text::before_tests;
use crate::tree::{self, SourceFile};

/// Lines before the tests at which a file has to be split.
const LINES_MAX: usize = 450;

/// Files that are too long, with their length. A file that is a test as a whole has no lines before its tests.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let ends = [".rs", ".js", ".mjs", ".py", ".php"];
    files
        .iter()
        .filter(|file| ends.iter().any(|end| file.path.ends_with(end)))
        .filter(|file| !file.is_test())
        .map(|file| (file, before_tests(&file.text).lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(file, lines)| format!("{}: {lines} lines before tests, more than {LINES_MAX}", file.path))
        .collect()
}

#[test]
fn files_are_short() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_long_file_is_found() {
    let sample = |lines: usize| SourceFile::sample("crates/a/src/a.rs", &"x\n".repeat(lines));
    assert_eq!(findings(&[sample(450)]).len(), 0);
    assert_eq!(findings(&[sample(451)]), ["crates/a/src/a.rs: 451 lines before tests, more than 450"]);
    let tested = format!("a\n#[cfg(test)]\nmod tests {{\n{}}}\n", "x\n".repeat(500));
    assert_eq!(findings(&[SourceFile::sample("crates/a/src/a.rs", &tested)]).len(), 0);
}
