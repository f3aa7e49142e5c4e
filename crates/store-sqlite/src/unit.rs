//! One savepoint or snapshot of a connection; the other modules teach it to read and write each noun.

use std::cell::Cell;

use quan_store::backend::{Reader, UnitOfWork};
use quan_store::error::StoreError;
use quan_store::lock::{Lock, LockWriter};
use rusqlite::{Connection, OptionalExtension, Params, Row};

/// Reads and writes inside the transaction that is open on the connection.
pub(crate) struct Unit<'c> {
    connection: &'c Connection,
    /// Set when a party is written.
    parties_written: Option<&'c Cell<bool>>,
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
        Self { connection, parties_written: None }
    }

    /// A savepoint, which tells when it writes a party.
    pub(crate) fn writing(connection: &'c Connection, parties_written: &'c Cell<bool>) -> Self {
        Self { connection, parties_written: Some(parties_written) }
    }

    /// Runs a statement that writes a party.
    pub(crate) fn change_party(
        &self,
        doing: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<(), StoreError> {
        if let Some(written) = self.parties_written {
            written.set(true);
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
