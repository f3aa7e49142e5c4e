//! `quan backup` and `quan restore`: a database copied while it is used, and put back into an empty directory.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, bail};

use crate::cli;
use crate::store_file::{FILE_NAME, store_file};

/// Copies the database to a new file.
pub(crate) fn run(options: &cli::Backup) -> anyhow::Result<()> {
    let file = store_file(&options.database)?;
    copy(&file, &options.to)?;
    println!("{} is a checked backup of {}", options.to.display(), file.display());
    println!(
        "the platform's keys are not in it: copy their directory too (platform_keys of `quan serve`, `keys` of `quan dev`), \
         and keep both safe"
    );
    Ok(())
}

/// Puts a backup into a data directory that has no database.
pub(crate) fn restore(options: &cli::Restore) -> anyhow::Result<()> {
    let to = options.data.join(FILE_NAME);
    for beside in ["", "-wal", "-shm"] {
        let there = options.data.join(format!("{FILE_NAME}{beside}"));
        if there.symlink_metadata().is_ok() {
            bail!(
                "{} exists already: restore into another directory, or move the old database away with its \
                 quan.db-wal, quan.db-shm and quan.lock first",
                there.display()
            );
        }
    }
    std::fs::create_dir_all(&options.data)
        .with_context(|| format!("cannot make {}: choose another directory", options.data.display()))?;
    copy(&options.from, &to)?;
    // A note of the database that was here before says nothing of this one.
    drop(std::fs::remove_file(to.with_extension("lock")));
    println!("{} is restored from {}", to.display(), options.from.display());
    println!("put the keys of that time back too before the platform is started");
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut shown = 0;
    let is_terminal = std::io::stderr().is_terminal();
    let mut progress = |done: u64, total: u64| {
        let percent = (done * 100).checked_div(total).unwrap_or(100);
        if percent >= shown + 10 || done == total {
            shown = percent;
            let end = if is_terminal && done < total { '\r' } else { '\n' };
            // Progress that cannot be shown is no reason to stop.
            drop(write!(std::io::stderr(), "copied {done} of {total} pages{end}"));
        }
    };
    Ok(quan_store_sqlite::backup(from, to, &mut progress)?)
}
