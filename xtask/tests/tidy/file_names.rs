//! Modules are named for what they hold. Five names say nothing and are not used.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Names of files and folders that say nothing.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "types"];

/// Files and folders with such names.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let is_source =
        |file: &&SourceFile| [".rs", ".js", ".mjs", ".py"].iter().any(|end| file.path.ends_with(end));
    files
        .iter()
        .filter(is_source)
        .filter(|file| {
            let folders = file.path.rsplit_once('/').map_or("", |(folders, _)| folders);
            EMPTY_NAMES.contains(&file.stem()) || folders.split('/').any(|part| EMPTY_NAMES.contains(&part))
        })
        .map(|file| format!("{}: name it for what it holds", file.path))
        .collect()
}

#[test]
fn names_say_what_is_inside() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn an_empty_name_is_found() {
    let found = findings(&[
        SourceFile::sample("crates/a/src/util.rs", ""),
        SourceFile::sample("crates/a/src/types/money.rs", ""),
        SourceFile::sample("crates/a/src/utility_bill.rs", ""),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
}
