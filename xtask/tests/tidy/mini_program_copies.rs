//! What the mini program's component shares with the web is what `web/claim` says: one source, and a copy that is
//! held against it.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Where the component lies.
const ROOT: &str = "miniprogram/components/quan-claim/";

/// Copies that differ, are missing, or lie among the copies without being one.
fn findings(files: &[SourceFile], copies: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in copies {
        let path = format!("{ROOT}{name}");
        match files.iter().find(|file| file.path == path) {
            Some(file) if file.text == *text => {}
            Some(_) => found.push(format!("{path} is not fresh; run `cargo xtask miniprogram`")),
            None => found.push(format!("{path} is missing; run `cargo xtask miniprogram`")),
        }
    }
    for file in files {
        let Some(name) = file.path.strip_prefix(ROOT) else { continue };
        if name.contains('/') && !copies.iter().any(|(copy, _)| copy == name) {
            found.push(format!("{}: no copy of anything; run `cargo xtask miniprogram`", file.path));
        }
    }
    found
}

#[test]
fn the_copies_are_fresh() {
    assert_none(&findings(&tree::files(), &quan_claim_web::mini_program()));
}

#[test]
fn a_stale_copy_is_found() {
    let copies = [("core/a.js".to_owned(), "new".to_owned()), ("core/b.js".to_owned(), "b".to_owned())];
    let file = |name: &str, text| SourceFile::sample(&format!("{ROOT}{name}"), text);
    let found =
        findings(&[file("core/a.js", "old"), file("core/gone.js", ""), file("quan-claim.js", "")], &copies);
    assert_eq!(found.len(), 3, "{found:?}");
}
