//! The claim component's made files: `cargo xtask miniprogram` writes what the mini program shares with the web, and
//! `cargo xtask claim-files DIR` the assembled files of the web, for running the browser tests by hand.
//!
//! May know where the files lie. What they say is made by `quan-claim-web`.

use anyhow::{Context, Result};
use std::fs;
use std::io::{Write, stderr};
use std::path::Path;

/// Where the component of the mini program lies.
const COMPONENT: &str = "miniprogram/components/quan-claim";

/// Writes the shared modules and style sheets into the mini program's component, and removes others there.
///
/// # Errors
/// When a file cannot be written or removed.
pub(crate) fn mini_program() -> Result<()> {
    let root = crate::step::root().join(COMPONENT);
    for folder in ["core", "style"] {
        let folder = root.join(folder);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
    }
    let files = quan_claim_web::mini_program();
    for (name, text) in &files {
        put(&root.join(name), text)?;
    }
    writeln!(stderr(), "{} files under {COMPONENT}", files.len())?;
    Ok(())
}

/// Coupon codes of every kind, for the tests that read them back.
const CODES: [&str; 9] = [
    "A",
    "AbC12345678901",
    "12345678901234",
    "12345678901234X",
    "AbC_-9876543210zz",
    "1-22-333-4444-55555",
    "XXXXXXXXXXXXXXXXXXXXXXXXXX",
    "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "0123456789012345678901234567890123456789",
];

/// Writes the files of page and element into a folder, and some coupon codes as the platform draws them.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn files(folder: &Path) -> Result<()> {
    for file in quan_claim_web::files() {
        put(&folder.join(file.name), &file.text)?;
    }
    quan_claim_web::DEMO.iter().try_for_each(|(name, text)| put(&folder.join(name), text))?;
    let drawn = |drawing: Option<quan_picture::CodeDrawing>| {
        drawing.map(|it| serde_json::json!({ "width": it.width, "height": it.height, "path": it.path }))
    };
    let codes = CODES.map(|code| {
        let (square, stripes) = (quan_picture::draw_qr_code(code), quan_picture::draw_barcode(code));
        serde_json::json!({ "code": code, "QRCODE": drawn(square), "BARCODE": drawn(stripes) })
    });
    put(&folder.join("codes.json"), &serde_json::Value::from(codes.to_vec()).to_string())
}

fn put(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
