//! Paths that the documentation names exist: those in backticks that look like paths of the repository, and the
//! targets of relative links.

use crate::assert_none;
use crate::tree::{self, SourceFile};
use std::collections::BTreeSet;

/// Whether this rule reads the file.
fn is_read(path: &str) -> bool {
    let is_root = !path.contains('/') && (path.starts_with("README") || path == "ARCHITECTURE.md");
    path.ends_with(".md")
        && (is_root
            || ["docs/", "crates/", "interop/", "web/", "miniprogram/"]
                .iter()
                .any(|folder| path.starts_with(folder)))
}

/// Paths that are named and do not exist, by file and line.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let exists = existing(files);
    let mut found = Vec::new();
    for file in files.iter().filter(|file| is_read(&file.path)) {
        let mut in_block = false;
        for (number, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                in_block = !in_block;
            }
            if in_block {
                continue;
            }
            let paths = line.split('`').skip(1).step_by(2).filter(|word| is_path(word, &exists));
            for path in paths.filter(|path| !is_there(path, &exists)) {
                found.push(format!("{}:{}: there is no {path}", file.path, number + 1));
            }
            for target in link_targets(line) {
                if !exists.contains(&joined(&file.path, target)) {
                    found.push(format!("{}:{}: the link to {target} leads nowhere", file.path, number + 1));
                }
            }
        }
    }
    found
}

/// All files and their folders.
fn existing(files: &[SourceFile]) -> BTreeSet<String> {
    let mut all = BTreeSet::from([String::new()]);
    for file in files {
        for (at, _) in file.path.match_indices('/') {
            all.insert(file.path[..at].to_owned());
        }
        all.insert(file.path.clone());
    }
    all
}

/// Whether the words in backticks are meant as a path of the repository: several parts, of which the first is
/// there, or a document or manifest in the root.
fn is_path(word: &str, exists: &BTreeSet<String>) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./*".contains(c);
    let first = word.split('/').next().unwrap_or_default();
    let in_folder = word.contains('/') && !first.is_empty() && exists.contains(first);
    let in_root =
        !word.contains('/') && word.ends_with(".md") && word.starts_with(|c: char| c.is_ascii_uppercase());
    word.chars().all(is_plain) && (in_folder || in_root)
}

/// Whether the path exists; of a path with a star, the part before it.
fn is_there(path: &str, exists: &BTreeSet<String>) -> bool {
    match path.split_once('*') {
        Some((start, _)) => exists.iter().any(|known| known.starts_with(start)),
        None => exists.contains(path.trim_end_matches('/')),
    }
}

/// Targets of links that stay inside the repository, without their anchors.
fn link_targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split([')', ' ']).next().unwrap_or_default();
        let path = target.split('#').next().unwrap_or_default();
        let is_outside = target.contains("://") || target.starts_with("mailto:");
        (!is_outside && !path.is_empty()).then_some(path)
    })
}

/// The target as a path from the root.
fn joined(file: &str, target: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[test]
fn documents_name_what_exists() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_wrong_path_is_found() {
    let text = "See `docs/gone.md`, `docs/a.md`, `docs/*.md`, `a/b`, `GONE.md` and `v3/pay`.\n\
                [a](a.md#top) [b](../README.md) [c](gone.md) [d](https://example.com/x) [e](#here) [f](..)\n\
                ```\n`docs/in-a-block.md`\n```\n";
    let found = findings(&[SourceFile::sample("docs/a.md", text), SourceFile::sample("README.md", "")]);
    assert_eq!(
        found,
        [
            "docs/a.md:1: there is no docs/gone.md",
            "docs/a.md:1: there is no GONE.md",
            "docs/a.md:2: the link to gone.md leads nowhere"
        ]
    );
}
