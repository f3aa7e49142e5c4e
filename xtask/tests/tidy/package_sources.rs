//! The house does not say where packages come from: no lock files of other languages, no names of registries. What
//! is installed comes from wherever the machine is set up to get it. `Cargo.lock` names its source and is the
//! exception.

use crate::assert_none;
use crate::tree::{self, SourceFile};

/// Lock files of package managers that write the place of each package into them.
const LOCK_FILES: [&str; 7] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "Pipfile.lock",
    "composer.lock",
];

/// Hosts of registries. They are put together here so that this file does not hold them.
const HOSTS: [&str; 12] = [
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("npmjs", ".com"),
    concat!("npm", "mirror.com"),
    concat!("yarn", "pkg.com"),
    concat!("pypi", ".org"),
    concat!("python", "hosted.org"),
    concat!("packagist", ".org"),
    concat!("proxy.", "golang.org"),
    concat!("rs", "proxy.cn"),
    concat!("debian", ".org"),
    concat!("mirrors", ".tuna"),
];

/// Lock files and hosts, by file.
fn findings(files: &[SourceFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path != "Cargo.lock") {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if LOCK_FILES.contains(&name) {
            found.push(format!("{}: no lock files of packages", file.path));
        }
        for host in HOSTS.iter().filter(|host| file.text.contains(**host)) {
            found.push(format!("{}: names {host}", file.path));
        }
    }
    found
}

#[test]
fn sources_of_packages_are_not_named() {
    assert_none(&findings(&tree::files()));
}

#[test]
fn a_named_source_is_found() {
    let found = findings(&[
        SourceFile::sample("web/package-lock.json", "{}"),
        SourceFile::sample("web/.npmrc", &format!("registry=https://registry.{}/\n", HOSTS[1])),
        SourceFile::sample("Cargo.lock", HOSTS[0]),
    ]);
    assert_eq!(found.len(), 2, "{found:?}");
}
