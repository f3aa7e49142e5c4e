//! `cargo xtask reference`: writes the pages under `docs/reference` from the descriptions of the API.
//!
//! May know where the pages lie. What they say is made by `quan-openapi`; pages that nothing describes any more are
//! removed, pages that people write stay.

use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::io::{Write, stderr};
use std::path::Path;

/// Folders below `docs/reference` that hold generated pages only.
const FOLDERS: [&str; 5] = ["busifavor", "claim", "entities", "platform", "product-coupon"];

/// Writes every page and removes those that are not made any more.
///
/// # Errors
/// When a page cannot be written or removed.
pub(crate) fn write() -> Result<()> {
    let root = crate::step::root().join("docs/reference");
    let pages = quan_openapi::reference();
    let made: BTreeSet<&str> = pages.iter().map(|(path, _)| path.as_str()).collect();
    for folder in FOLDERS {
        remove_others(&root, folder, &made)?;
    }
    for (path, text) in &pages {
        let file = root.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    writeln!(stderr(), "{} pages under docs/reference", pages.len())?;
    Ok(())
}

/// Removes the files of a folder that are not among the pages.
fn remove_others(root: &Path, folder: &str, made: &BTreeSet<&str>) -> Result<()> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !made.contains(format!("{folder}/{name}").as_str()) {
            fs::remove_file(entry.path()).with_context(|| format!("cannot remove {name}"))?;
        }
    }
    Ok(())
}
