//! The checklist of the client names tests, and each of them is there.
//!
//! `docs/client-checklist.md` has one row per requirement, C-01 to C-103, and one per item of the acceptance list. A
//! row proves itself by tests (`path: name`) or says why there is none.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// The page.
const PAGE: &str = "docs/client-checklist.md";

/// What a row without a test begins with in its last column.
const WITHOUT: [&str; 2] = ["no test: ", "not done: "];

/// Rows that prove nothing, tests that are not there, requirements without a row.
fn findings(page: &str, files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| C-") || line.starts_with("| A-"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    for number in 1..=103 {
        let name = format!("C-{number:02}");
        let count = rows.iter().filter(|row| row[0] == name).count();
        if count != 1 {
            found.push(format!("{name} has {count} rows"));
        }
    }
    for row in &rows {
        let [name, _, proof] = row[..] else {
            found.push(format!("{}: a row has three columns", row[0]));
            continue;
        };
        // Words without a folder are names of code, not proofs.
        let words = proof.split('`').skip(1).step_by(2);
        let tests: Vec<&str> = words.filter(|word| word.contains('/')).collect();
        let is_explained = WITHOUT.iter().any(|start| proof.starts_with(start));
        if tests.is_empty() && !is_explained {
            found.push(format!("{name}: no test and no reason"));
        }
        let missing = tests.iter().filter(|test| !is_there(test, files));
        found.extend(missing.map(|test| format!("{name}: there is no `{test}`")));
    }
    found
}

/// Whether the cited test is in the cited file; a word without a colon is a file.
fn is_there(cited: &str, files: &[SourceFile]) -> bool {
    let (path, test) = cited.split_once(": ").unwrap_or((cited, ""));
    let file = files.iter().find(|file| file.path == path);
    file.is_some_and(|file| test.is_empty() || file.text.contains(&format!("fn {test}(")))
}

#[test]
fn every_requirement_of_the_client_has_its_proof() {
    let files = tree::files();
    let page = files.iter().find(|file| file.path == PAGE).expect("the checklist");
    assert!(page.text.lines().filter(|line| line.starts_with("| A-")).count() >= 19, "the acceptance list");
    assert_none(&findings(&page.text, &files));
}

#[test]
fn what_is_missing_is_found() {
    let files = [SourceFile::sample("crates/a/tests/a.rs", "#[test]\nfn it_works() {}\n")];
    let whole: String =
        (1..=103).map(|n| format!("| C-{n:02} | x | `crates/a/tests/a.rs: it_works` |\n")).collect();
    assert_none(&findings(&whole, &files));
    let gone = whole.replace("| C-07 | x | `crates/a/tests/a.rs: it_works` |\n", "");
    assert_eq!(findings(&gone, &files), ["C-07 has 0 rows"]);
    let renamed = whole.replacen("it_works", "it_worked", 1);
    assert_eq!(findings(&renamed, &files), ["C-01: there is no `crates/a/tests/a.rs: it_worked`"]);
    let bare = whole.replacen("`crates/a/tests/a.rs: it_works`", "surely", 1);
    assert_eq!(findings(&bare, &files), ["C-01: no test and no reason"]);
    assert_none(&findings(&whole.replacen("`crates/a/tests/a.rs: it_works`", "no test: advice", 1), &files));
}
