//! The store: one writing connection, some reading ones.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use quan_store::backend::{Backend, Job, Reader};
use quan_store::error::StoreError;
use quan_store::memo::Memo;
use rusqlite::Connection;

use crate::batch::{self, Ending, Savepoints};
use crate::open::{self, Migrations, OpenError};
use crate::owner::Owner;
use crate::unit::{Batch, Unit};

/// Reading connections kept for the next reader; more are opened when more read at once.
const IDLE_READERS_MAX: usize = 8;

/// Batches that begin with savepoints after one that needed them: what is refused late is often tried again at once.
const SAVEPOINTS_STAY: u32 = 16;

/// A SQLite database that this process owns.
pub struct SqliteStore {
    file: PathBuf,
    writer: Mutex<Writer>,
    idle_readers: Mutex<Vec<Connection>>,
    /// Raised by every commit that wrote a party.
    parties_version: AtomicU64,
    /// Held for as long as the store is open.
    owner: Owner,
}

/// The writing connection, and what its batches have read: nobody else writes, so it holds from one to the next.
struct Writer {
    connection: Connection,
    memo: Memo,
    /// Batches to come whose jobs have savepoints from the start.
    batches_with_savepoints: u32,
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Before the connections go: the last one folds the log into the database and removes it.
        self.owner.note_closed();
    }
}

impl SqliteStore {
    /// Opens the database file, making it and its directory if need be, and brings its schema up to date.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the place or the file, and what to do.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::open_with(file, Migrations::Apply)
    }

    /// As [`SqliteStore::open`], but an older schema may be refused instead of brought up to date.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and [`OpenError::Missing`], [`OpenError::Older`] with [`Migrations::Refuse`].
    pub fn open_with(file: impl AsRef<Path>, migrations: Migrations) -> Result<Self, OpenError> {
        let file = file.as_ref();
        if migrations == Migrations::Refuse {
            ensure_there(file)?;
        }
        let owner = Owner::of(file)?;
        let writer = open::open_writer(&owner.file, migrations)?;
        Self::of(owner, writer)
    }

    /// Opens a database file that is there and of this version, to look at it.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and [`OpenError::Missing`], [`OpenError::Older`].
    pub fn open_existing(file: impl AsRef<Path>) -> Result<Self, OpenError> {
        let file = file.as_ref();
        ensure_there(file)?;
        let owner = Owner::of(file)?;
        let writer = open::open_existing(&owner.file)?;
        Self::of(owner, writer)
    }

    fn of(mut owner: Owner, writer: Connection) -> Result<Self, OpenError> {
        owner.note_open()?;
        let file = owner.file.clone();
        let parties_version = AtomicU64::new(0);
        let writer =
            Mutex::new(Writer { connection: writer, memo: Memo::default(), batches_with_savepoints: 0 });
        Ok(Self { file, writer, idle_readers: Mutex::default(), parties_version, owner })
    }

    /// What is wrong with the pages of the file, in the words of SQLite; nothing when they are sound.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when they cannot be read at all.
    pub fn damaged_pages(&self) -> Result<Vec<String>, StoreError> {
        self.on_reader(|connection| damaged_pages(connection))?
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => {
                open::open_reader(&self.file).map_err(|cause| StoreError::backend("open a reader", cause))
            }
        }
    }

    /// Does something with a reading connection, and keeps it for the next reader.
    pub(crate) fn on_reader<T>(&self, look: impl FnOnce(&mut Connection) -> T) -> Result<T, StoreError> {
        let mut connection = self.reader()?;
        let seen = look(&mut connection);
        self.keep_idle(connection);
        Ok(seen)
    }

    fn keep_idle(&self, connection: Connection) {
        let mut idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
    }
}

/// As [`SqliteStore::damaged_pages`], of any connection.
pub(crate) fn damaged_pages(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let failed = |cause| StoreError::backend("check the pages", cause);
    let mut query = connection.prepare("PRAGMA integrity_check").map_err(failed)?;
    let rows = query.query_map([], |row| row.get::<_, String>(0)).map_err(failed)?;
    let rows: Vec<String> = rows.collect::<Result<_, _>>().map_err(failed)?;
    Ok(if rows == ["ok"] { Vec::new() } else { rows })
}

/// Asked before the lock is taken, which would make the directory.
fn ensure_there(file: &Path) -> Result<(), OpenError> {
    if file.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
        return Err(OpenError::Missing { file: file.into() });
    }
    Ok(())
}

impl Backend for SqliteStore {
    fn read(&self, view: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError> {
        let mut connection = self.reader()?;
        {
            let transaction =
                connection.transaction().map_err(|cause| StoreError::backend("begin reading", cause))?;
            view(&Unit::reading(&transaction));
        }
        self.keep_idle(connection);
        Ok(())
    }

    fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Writer { connection, memo, batches_with_savepoints } = &mut *writer;
        let were_needed = batches_with_savepoints.checked_sub(1);
        *batches_with_savepoints = were_needed.unwrap_or(0);
        let first = if were_needed.is_some() { Savepoints::Each } else { Savepoints::Never };
        let mut batch = Batch { memo: std::mem::take(memo), ..Batch::default() };
        let mut committed = batch::run(connection, jobs, &batch, first);
        if matches!(committed, Ok(Ending::NeedsSavepoints)) {
            *batches_with_savepoints = SAVEPOINTS_STAY;
            // It may hold what was rolled back.
            batch.memo = Memo::default();
            committed = batch::run(connection, jobs, &batch, Savepoints::Each);
        }
        // Also when it failed: whoever looks again finds what is there.
        if batch.has_written_party.get() {
            self.parties_version.fetch_add(1, Ordering::AcqRel);
        }
        // Otherwise it may hold what was rolled back.
        if committed.is_ok() {
            *memo = batch.memo;
        }
        committed.map(drop)
    }

    fn reads_ahead(&self) -> bool {
        // A statement here is a call of a function.
        false
    }

    fn parties_version(&self) -> Option<u64> {
        Some(self.parties_version.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conformance_suite_passes() {
        let directory = tempfile::tempdir().unwrap();
        let mut number = 0;
        quan_store::conformance::check(|| {
            number += 1;
            std::sync::Arc::new(SqliteStore::open(directory.path().join(format!("{number}.db"))).unwrap())
        });
    }

    #[test]
    fn what_was_committed_is_there_after_opening_again() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("quan.db");
        quan_store::conformance::check_durability(|| std::sync::Arc::new(SqliteStore::open(&file).unwrap()));
    }
}
