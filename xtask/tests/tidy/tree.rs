//! The files of the repository as they lie in the working tree, without what is built or installed there.

use std::fs;
use std::path::{Path, PathBuf};

/// One file: where it lies and what it says.
pub(crate) struct SourceFile {
    /// Path from the root of the repository, with `/`.
    pub(crate) path: String,
    /// Whole text; empty for a file that is not text.
    pub(crate) text: String,
}

impl SourceFile {
    /// A file that exists only in a test of a rule.
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// Whether the file is Rust source.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether the whole file is a test: it lies in a `tests` folder, is a test module of its own, or has the name
    /// that Node's test runner looks for.
    pub(crate) fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs") || self.path.ends_with(".test.mjs")
    }

    /// Last part of the path, without its extension.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}

/// Folders that hold nothing written by a person.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", "__pycache__"];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("invariant: the package has a parent folder")
        .to_owned()
}

/// All files of the house, in the order of their paths.
pub(crate) fn files() -> Vec<SourceFile> {
    let mut found = Vec::new();
    collect(&root(), "", &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.iter().any(|file| file.path == "Cargo.toml"), "invariant: the root was read");
    found
}

/// Adds the files below one folder. `prefix` is empty or ends with `/`.
fn collect(folder: &Path, prefix: &str, found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository can be read") {
        let entry = entry.expect("a folder of the repository can be read");
        let name = entry.file_name().into_string().expect("file names of the repository are UTF-8");
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), found);
            }
        } else {
            let text = fs::read(entry.path()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            found.push(SourceFile { path, text: text.unwrap_or_default() });
        }
    }
}
