//! SQL lives in `crates/store-*` and nowhere else. Tests may ask a database what is in it, and the private server that
//! tests start is asked in its own language.

use crate::assert_none;
use crate::rust_text::{Kind, before_tests, pieces};
use crate::tree::{self, SourceFile};

/// Openings of statements, as they stand in a string.
const OPENINGS: [&str; 12] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "CREATE TABLE",
    "CREATE INDEX",
    "CREATE UNIQUE INDEX",
    "ALTER TABLE",
    "DROP TABLE",
    "PRAGMA ",
    "BEGIN IMMEDIATE",
    "SAVEPOINT ",
];

/// Whether SQL may stand in a file.
fn may_speak(path: &str) -> bool {
    path.starts_with("crates/store-")
        || path.starts_with("crates/postgres-server/")
        || path.starts_with("crash/")
        || path.contains("/tests/")
}

/// Statements outside the stores, by file and line.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| !may_speak(&file.path)) {
        if file.path.ends_with(".sql") {
            found.push(format!("{}: migrations lie with their store", file.path));
        }
        if !file.is_rust() || file.path.starts_with("xtask/") {
            continue;
        }
        for piece in pieces(before_tests(&file.text)).iter().filter(|piece| piece.kind == Kind::Text) {
            let text = piece.text.trim_start();
            let updates = text.starts_with("UPDATE ") && text.contains(" SET ");
            if updates || OPENINGS.iter().any(|opening| text.starts_with(opening)) {
                found.push(format!("{}:{}: SQL outside crates/store-*", file.path, piece.line));
            }
        }
    }
    found
}

#[test]
fn sql_is_kept_in_the_stores() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_statement_elsewhere_is_found() {
    let statement = "fn f() {\n    run(\"SELECT 1\");\n    run(r#\"\n  UPDATE stock SET sent = 1\"#);\n}\n";
    let found = findings(&[
        SourceFile::sample("crates/platform/src/a.rs", statement),
        SourceFile::sample("crates/store-sqlite/src/a.rs", statement),
        SourceFile::sample("crates/platform/schema.sql", ""),
        SourceFile::sample("crates/platform/src/b.rs", "// SELECT 1\nfn select() { say(\"SELECTED \") }\n"),
    ]);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(found[0], "crates/platform/src/a.rs:2: SQL outside crates/store-*");
}
