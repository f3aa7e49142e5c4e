//! A copy of a database while it is used: by SQLite's backup, from one consistent view, checked before it counts.
//!
//! It needs no ownership: the owner goes on writing. What was committed before the copy began is in it.

use std::ffi::OsString;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use quan_store::audit::{Finding, Invariant};
use quan_store::error::StoreError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::open::{self, OpenError};
use crate::owner;
use crate::store::damaged_pages;

/// Pages copied between two looks at the progress.
const PAGES_AT_ONCE: i32 = 1024;

/// Why there is no backup. The target was not made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The target exists; a backup never replaces anything.
    #[error("{} exists already: choose another name, or remove it first", file.display())]
    Exists {
        /// The target.
        file: PathBuf,
    },
    /// The target cannot be written.
    #[error("cannot write {}: is there room, and may this user write there?", file.display())]
    Unwritable {
        /// The target.
        file: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The pages could not be copied.
    #[error(
        "the database could not be copied: is the disk full, or the database damaged? `quan verify` tells"
    )]
    Copy(#[source] rusqlite::Error),
    /// The copy was read again and could not be understood.
    #[error("the copy could not be checked")]
    Check(#[source] StoreError),
    /// The copy is not sound, so the database is not either.
    #[error(
        "the copy is not sound, and was thrown away: the database is damaged, {first} ({count} findings); look at it with `quan verify`"
    )]
    Unsound {
        /// The first finding.
        first: String,
        /// How many.
        count: usize,
    },
}

/// Copies a database to a new file and checks the copy. `progress` is told how many of how many pages are copied.
///
/// # Errors
/// [`BackupError`]; nothing is left behind then.
pub fn backup(file: &Path, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), BackupError> {
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { file: to.into() });
    }
    let source = open_source(file)?;
    let partial = Partial::beside(to)?;
    copy(&source, &partial.file, progress).map_err(BackupError::Copy)?;
    drop(source);
    check(&partial.file)?;
    partial.become_whole(to)
}

/// A connection that cannot write, on whatever holds the file.
fn open_source(file: &Path) -> Result<Connection, OpenError> {
    if file.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Err(OpenError::Missing { file: file.into() });
    }
    let file = owner::resolve(file)?;
    let unreadable = |cause| OpenError::Unreadable { file: file.clone(), cause };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(&file, flags).map_err(unreadable)?;
    source.busy_timeout(Duration::from_secs(5)).map_err(unreadable)?;
    open::ensure_current(&source, &file)?;
    Ok(source)
}

fn copy(
    source: &Connection,
    partial: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), rusqlite::Error> {
    let mut copy = Connection::open(partial)?;
    // One view for the whole copy: the writer goes on, and the copy need not begin again after each commit.
    let view = source.unchecked_transaction()?;
    view.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let running = Backup::new(&view, &mut copy)?;
    loop {
        let step = running.step(PAGES_AT_ONCE)?;
        let pages = running.progress();
        let total = u64::try_from(pages.pagecount).unwrap_or(0);
        progress(total.saturating_sub(u64::try_from(pages.remaining).unwrap_or(0)), total);
        // Nothing else needs an answer: nobody has the copy, and readers of the source wait for no writer.
        if step == StepResult::Done {
            return Ok(());
        }
    }
}

/// Reads the whole copy: its pages and every invariant.
fn check(partial: &Path) -> Result<(), BackupError> {
    // Not as a writer, which sorts in memory: the copy may be large, and the platform works beside it.
    let unreadable = |cause| OpenError::Unreadable { file: partial.into(), cause };
    let mut copy = open::open_reader(partial).map_err(unreadable)?;
    let damaged = damaged_pages(&copy).map_err(BackupError::Check)?;
    let unsound = |first: String, count| BackupError::Unsound { first, count };
    if let Some(first) = damaged.first() {
        return Err(unsound(first.clone(), damaged.len()));
    }
    let found: Vec<Finding> =
        crate::audit::audit(&mut copy, Invariant::ALL, &mut |_| {}).map_err(BackupError::Check)?;
    match found.first() {
        Some(first) => Err(unsound(first.to_string(), found.len())),
        None => Ok(()),
    }
}

/// A copy that does not count yet. Dropped, it goes with what SQLite put beside it.
struct Partial {
    file: PathBuf,
}

impl Partial {
    fn beside(to: &Path) -> Result<Self, BackupError> {
        let unwritable = |cause| BackupError::Unwritable { file: to.into(), cause };
        let mut name = to.as_os_str().to_owned();
        // The process is part of the name, so that two backups to one target do not meet before its end.
        name.push(format!(".partial-{}", std::process::id()));
        let file = PathBuf::from(name);
        private().open(&file).map_err(unwritable)?;
        Ok(Self { file })
    }

    /// Gives the copy its name, which nothing had.
    fn become_whole(self, to: &Path) -> Result<(), BackupError> {
        let unwritable = |cause| BackupError::Unwritable { file: to.into(), cause };
        File::options().write(true).open(&self.file).and_then(|file| file.sync_all()).map_err(unwritable)?;
        // A second name for the same file is taken only if it is free; the first one then goes.
        match std::fs::hard_link(&self.file, to) {
            Ok(()) => {}
            Err(cause) if cause.kind() == ErrorKind::AlreadyExists => {
                return Err(BackupError::Exists { file: to.into() });
            }
            Err(cause) => return Err(unwritable(cause)),
        }
        drop(self);
        let directory = to.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."));
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(unwritable)
    }
}

/// A database holds keys: a copy is its owner's alone.
fn private() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Drop for Partial {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = OsString::from(&self.file);
            name.push(suffix);
            // What is not there need not go.
            drop(std::fs::remove_file(name));
        }
    }
}
