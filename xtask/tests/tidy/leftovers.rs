//! No loose ends: what remains to be done is written down as a decision or an issue, not as a mark in the source.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Marks of unfinished work. They are put together here so that this file does not hold them.
const MARKS: [&str; 5] = [
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

/// Kinds of files that people write code in.
const ENDS: [&str; 12] =
    [".rs", ".js", ".mjs", ".py", ".php", ".html", ".css", ".wxml", ".wxss", ".toml", ".sql", "/run"];

/// Marks, by file and line.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| ENDS.iter().any(|end| file.path.ends_with(end))) {
        for (number, line) in file.text.lines().enumerate() {
            for mark in MARKS.iter().filter(|mark| stands_alone(line, mark)) {
                found.push(format!("{}:{}: {mark}", file.path, number + 1));
            }
        }
    }
    found
}

/// Whether the mark is in the line and no part of a longer word.
fn stands_alone(line: &str, mark: &str) -> bool {
    line.match_indices(mark).any(|(at, _)| {
        let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !in_word(line[..at].chars().next_back()) && !in_word(line[at + mark.len()..].chars().next())
    })
}

#[test]
fn nothing_is_left_over() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_leftover_is_found() {
    let found = findings(&[
        SourceFile::sample("crates/a/src/a.rs", &format!("fn a() {{\n    {}()\n}}\n", MARKS[0])),
        SourceFile::sample("web/a.js", &format!("// {}: later\n", MARKS[2])),
        SourceFile::sample("web/b.js", &format!("const w = \"{}X\";\n", MARKS[4])),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
}
