//! One savepoint or snapshot of a connection; the other modules teach it to read and write each noun.

use std::cell::Cell;

use quan_store::backend::{Reader, UnitOfWork};
use quan_store::error::StoreError;
use quan_store::lock::{Lock, LockWriter};
use quan_store::memo::Memo;
use rusqlite::{Connection, OptionalExtension, Params, Row};

/// Reads and writes inside the transaction that is open on the connection.
pub(crate) struct Unit<'c> {
    connection: &'c Connection,
    /// What is known of the batch, in one that writes.
    batch: Option<&'c Batch>,
}

/// What is known of a batch of jobs.
#[derive(Default)]
pub(crate) struct Batch {
    /// Whether a party was written.
    pub(crate) has_written_party: Cell<bool>,
    /// What was read of definitions and parties.
    pub(crate) memo: Memo,
}

impl Reader for Unit<'_> {}
impl UnitOfWork for Unit<'_> {}

impl LockWriter for Unit<'_> {
    /// There is one writing connection, and it writes one transaction at a time: whoever writes is alone, so
    /// nothing has to be locked.
    fn lock(&mut self, _: Lock<'_>) -> Result<(), StoreError> {
        Ok(())
    }
}

impl<'c> Unit<'c> {
    /// A snapshot.
    pub(crate) fn reading(connection: &'c Connection) -> Self {
        Self { connection, batch: None }
    }

    /// A job's part of a batch.
    pub(crate) fn writing(connection: &'c Connection, batch: &'c Batch) -> Self {
        Self { connection, batch: Some(batch) }
    }

    /// What the memo of a batch gives; a snapshot reads for itself.
    pub(crate) fn memo<T, R: FnOnce() -> Result<T, StoreError>>(
        &self,
        ask: impl FnOnce(&Memo, R) -> Result<T, StoreError>,
        read: R,
    ) -> Result<T, StoreError> {
        match self.batch {
            Some(batch) => ask(&batch.memo, read),
            None => read(),
        }
    }

    /// To be called before a definition or a party is changed.
    pub(crate) fn changes_memo(&self) {
        if let Some(batch) = self.batch {
            batch.memo.changes();
        }
    }

    /// Runs a statement that writes a party.
    pub(crate) fn change_party(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        if let Some(batch) = self.batch {
            batch.has_written_party.set(true);
        }
        self.change(doing, sql, params).map(drop)
    }

    /// The first row of a query, turned into a value; nothing when there is no row.
    pub(crate) fn one<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        turn: impl FnOnce(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Option<T>, StoreError> {
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row(params, turn).optional());
        found.map_err(|cause| StoreError::backend(doing, cause))
    }

    /// Every row of a query, turned into values.
    pub(crate) fn all<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
        turn: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let found = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map(params, turn)?.collect());
        found.map_err(|cause| StoreError::backend(doing, cause))
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn change(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        let changed = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute(params));
        changed.map_err(|cause| StoreError::backend(doing, cause))
    }

    /// Runs a statement that must change exactly one row: otherwise somebody else was faster.
    pub(crate) fn change_one(
        &self,
        doing: &'static str,
        table: &'static str,
        row: impl FnOnce() -> String,
        sql: &str,
        params: impl Params,
    ) -> Result<(), StoreError> {
        match self.change(doing, sql, params)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict { table, row: row() }),
        }
    }
}
