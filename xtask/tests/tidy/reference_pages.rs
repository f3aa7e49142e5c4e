//! The generated pages under `docs/reference` say what `crates/openapi/spec` says.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Where the pages lie.
const ROOT: &str = "docs/reference/";

/// Pages that differ, are missing, or lie in a folder of generated pages without being one.
fn findings(files: &[SourceFile], pages: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in pages {
        let path = format!("{ROOT}{path}");
        match files.iter().find(|file| file.path == path) {
            None => found.push(format!("{path} is missing; run `cargo xtask reference`")),
            Some(file) if file.text != *text => {
                found.push(format!("{path} is not fresh; run `cargo xtask reference`"));
            }
            Some(_) => {}
        }
    }
    let folder_of = |path: &str| path.split_once('/').map(|(folder, _)| folder.to_owned());
    for file in files {
        let Some(path) = file.path.strip_prefix(ROOT) else { continue };
        let Some(folder) = folder_of(path) else { continue };
        let is_generated = pages.iter().any(|(page, _)| folder_of(page).as_ref() == Some(&folder));
        if is_generated && !pages.iter().any(|(page, _)| page == path) {
            found.push(format!("{}: nothing describes this page; run `cargo xtask reference`", file.path));
        }
    }
    found
}

#[test]
fn the_reference_is_fresh() {
    assert_none(&findings(&tree::files(), &quan_openapi::reference()));
}

#[test]
fn a_stale_page_is_found() {
    let pages = [("a/b.md".to_owned(), "new".to_owned()), ("c.md".to_owned(), "c".to_owned())];
    let found = findings(
        &[
            SourceFile::sample("docs/reference/a/b.md", "old"),
            SourceFile::sample("docs/reference/a/gone.md", ""),
            SourceFile::sample("docs/reference/sandbox.md", "by hand"),
        ],
        &pages,
    );
    assert_eq!(found.len(), 3, "{found:?}");
}
