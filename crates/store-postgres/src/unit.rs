//! One job's part of a transaction, or one snapshot; the other modules teach it to read and write each noun.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use quan_model::ids::StockId;
use quan_store::backend::{Reader, UnitOfWork};
use quan_store::error::StoreError;
use quan_store::memo::Memo;
use tokio_postgres::{Error, Row};

use crate::batch::Savepoints;
use crate::connection::{Connection, Params};
use crate::failure::{Failure, Kind};
use crate::read_ahead::ReadAhead;
use crate::write_behind::{FlushError, WriteBehind};

/// The savepoint of a job that writes.
pub(crate) const SAVEPOINT: &str = "SAVEPOINT job";

/// Reads and writes inside the transaction that is open on the connection.
pub(crate) struct Unit<'c> {
    connection: &'c Connection,
    /// What is known of the transaction, in one that writes.
    writing: Option<&'c Writing>,
}

impl Reader for Unit<'_> {}
impl UnitOfWork for Unit<'_> {}

/// What is known of a transaction that writes.
pub(crate) struct Writing {
    /// When jobs get their savepoints.
    savepoints: Savepoints,
    /// Whether there are several jobs.
    is_shared: bool,
    /// Whether the job that runs has its savepoint.
    pub(crate) has_savepoint: Cell<bool>,
    /// Whether the job that runs has tried to write.
    pub(crate) has_written: Cell<bool>,
    /// The first failure of the job that runs, if it is one that its transaction suffers from.
    pub(crate) failure: Cell<Option<(Kind, &'static str)>>,
    /// Rows of which this transaction holds a shared lock already.
    shared: RefCell<HashSet<String>>,
    /// Into how many counters the stocks are split that were read. A hint: nothing depends on it but the speed.
    splits: RefCell<HashMap<String, i64>>,
    /// What was read of definitions and parties.
    pub(crate) memo: Memo,
    /// What was read for all jobs before the first of them ran.
    pub(crate) ahead: ReadAhead,
    /// What is written for several jobs at once.
    pub(crate) behind: WriteBehind,
}

impl Writing {
    pub(crate) fn new(savepoints: Savepoints, jobs: usize) -> Self {
        Self {
            savepoints,
            is_shared: jobs > 1,
            has_savepoint: Cell::default(),
            has_written: Cell::default(),
            failure: Cell::default(),
            shared: RefCell::default(),
            splits: RefCell::default(),
            memo: Memo::default(),
            ahead: ReadAhead::default(),
            behind: WriteBehind::default(),
        }
    }

    /// To be called when something is rolled back: locks may be gone with it.
    pub(crate) fn forget_locks(&self) {
        self.shared.borrow_mut().clear();
        self.memo.forget();
        self.ahead.forget();
    }

    /// Whether a job keeps back what it need not wait for. One that is alone or might be rolled back to a savepoint does not.
    pub(crate) fn keeps_back(&self) -> bool {
        self.is_shared && self.savepoints == Savepoints::Never
    }
}

impl<'c> Unit<'c> {
    /// A snapshot: locks nothing, writes nothing.
    pub(crate) fn reading(connection: &'c Connection) -> Self {
        Self { connection, writing: None }
    }

    /// A job's part of a batch.
    pub(crate) fn writing(connection: &'c Connection, writing: &'c Writing) -> Self {
        Self { connection, writing: Some(writing) }
    }

    /// What the memo of a transaction gives; a snapshot reads for itself.
    pub(crate) fn memo<T, R: FnOnce() -> Result<T, StoreError>>(
        &self,
        ask: impl FnOnce(&Memo, R) -> Result<T, StoreError>,
        read: R,
    ) -> Result<T, StoreError> {
        match self.writing {
            Some(writing) => ask(&writing.memo, read),
            None => read(),
        }
    }

    /// To be called before a definition or a party is changed.
    pub(crate) fn changes_memo(&self) {
        if let Some(writing) = self.writing {
            writing.memo.changes();
            writing.ahead.forget_facts();
        }
    }

    /// What is known of the transaction, in one that writes.
    pub(crate) fn transaction(&self) -> Option<&'c Writing> {
        self.writing
    }

    /// Whether what is read here may be decided on, so that it has to be locked.
    pub(crate) fn locks(&self) -> bool {
        self.writing.is_some()
    }

    /// ` FOR UPDATE` after a query of one table, where what is read may be decided on: then nobody else changes it until
    /// the transaction ends, and the newest version is read even if it had to be waited for.
    pub(crate) fn for_update(&self) -> &'static str {
        if self.locks() { " FOR UPDATE" } else { "" }
    }

    /// Notes into how many counters a stock is split, for [`Self::is_split`].
    pub(crate) fn note_split(&self, stock: &StockId, counters: i64) {
        if let Some(writing) = self.writing {
            writing.splits.borrow_mut().insert(stock.to_string(), counters);
        }
    }

    /// Whether a stock is known to be split.
    pub(crate) fn is_split(&self, stock: &StockId) -> bool {
        let counters = |writing: &Writing| writing.splits.borrow().get(stock.as_str()).copied();
        self.writing.and_then(counters).is_some_and(|counters| counters > 1)
    }

    /// Where this session begins in the ring of counters of a split stock: sessions begin at different places.
    pub(crate) fn ring_start(&self) -> i64 {
        self.connection.ring_start
    }

    /// Locks a number until the transaction ends. It goes ahead of the next statement, so that it costs no round trip.
    pub(crate) fn lock_name(&self, number: i64) {
        if !self.writing.is_some_and(|writing| writing.ahead.has_locked(number)) {
            self.connection.lead(&format!("SELECT pg_advisory_xact_lock({number})"));
        }
    }

    /// Carries a query out for the locks that it takes.
    pub(crate) fn lock_rows(
        &self,
        doing: &'static str,
        sql: &str,
        params: Params<'_>,
    ) -> Result<(), StoreError> {
        self.rows(doing, None, sql, params).map(drop)
    }

    /// The first row of a query, turned into a value; nothing when there is no row.
    pub(crate) fn one<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: Params<'_>,
        turn: impl FnOnce(&Row) -> Result<T, Error>,
    ) -> Result<Option<T>, StoreError> {
        let rows = self.rows(doing, None, sql, params)?;
        rows.first().map(turn).transpose().map_err(|cause| StoreError::backend(doing, cause))
    }

    /// Every row of a query, turned into values.
    pub(crate) fn all<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: Params<'_>,
        turn: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(doing, None, sql, params)?;
        rows.iter().map(turn).collect::<Result<_, _>>().map_err(|cause| StoreError::backend(doing, cause))
    }

    /// As [`Self::all`]. Where what is read may be decided on, `lock` locks it first, with the same values: a query of
    /// several tables that waits for a lock itself would read the other tables as they were before the wait.
    pub(crate) fn all_locked<T>(
        &self,
        doing: &'static str,
        lock: &str,
        sql: &str,
        params: Params<'_>,
        turn: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(doing, self.locks().then_some(lock), sql, params)?;
        rows.iter().map(turn).collect::<Result<_, _>>().map_err(|cause| StoreError::backend(doing, cause))
    }

    /// As [`Self::all_locked`], with a shared lock that the transaction takes once for each `key`.
    pub(crate) fn all_shared<T>(
        &self,
        doing: &'static str,
        (key, lock): (String, &str),
        sql: &str,
        params: Params<'_>,
        turn: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, StoreError> {
        let shared = self.writing.map(|writing| &writing.shared);
        let is_new = shared.is_some_and(|shared| !shared.borrow().contains(&key));
        let rows = self.rows(doing, is_new.then_some(lock), sql, params)?;
        if let Some(shared) = shared
            && !rows.is_empty()
        {
            shared.borrow_mut().insert(key);
        }
        rows.iter().map(turn).collect::<Result<_, _>>().map_err(|cause| StoreError::backend(doing, cause))
    }

    /// As [`Self::all`], for a statement that writes and returns what it wrote.
    pub(crate) fn written<T>(
        &self,
        doing: &'static str,
        sql: &str,
        params: Params<'_>,
        turn: impl FnMut(&Row) -> Result<T, Error>,
    ) -> Result<Vec<T>, StoreError> {
        self.before_writing();
        self.all(doing, sql, params, turn)
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn change(
        &self,
        doing: &'static str,
        sql: &str,
        params: Params<'_>,
    ) -> Result<u64, StoreError> {
        self.before_writing();
        self.write_what_waits(doing, sql)?;
        self.watched(doing, self.connection.execute(sql, params))
    }

    /// Runs a statement that must change exactly one row: otherwise somebody else was faster.
    pub(crate) fn change_one(
        &self,
        doing: &'static str,
        table: &'static str,
        row: impl FnOnce() -> String,
        sql: &str,
        params: Params<'_>,
    ) -> Result<(), StoreError> {
        match self.change(doing, sql, params)? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict { table, row: row() }),
        }
    }

    fn rows(
        &self,
        doing: &'static str,
        first: Option<&str>,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        self.write_what_waits(doing, sql)?;
        self.watched(doing, self.connection.rows(first, sql, params))
    }

    /// What was kept back is written before a statement that names its table.
    fn write_what_waits(&self, doing: &'static str, sql: &str) -> Result<(), StoreError> {
        let Some(writing) = self.writing.filter(|writing| !writing.behind.is_empty()) else { return Ok(()) };
        if !WriteBehind::TABLES.iter().any(|table| sql.contains(table)) {
            return Ok(());
        }
        writing.has_written.set(true);
        match writing.behind.flush(self.connection) {
            Ok(()) => Ok(()),
            Err(FlushError::Taken) => {
                Err(StoreError::Conflict { table: "(several)", row: "(of this batch)".into() })
            }
            Err(FlushError::Failed(failure)) => self.watched(doing, Err(failure)),
        }
    }

    /// The savepoint goes ahead of the first write, so that a job that only reads costs none.
    fn before_writing(&self) {
        let Some(writing) = self.writing else { return };
        writing.has_written.set(true);
        if writing.savepoints == Savepoints::Lazy && !writing.has_savepoint.replace(true) {
            self.connection.lead(SAVEPOINT);
        }
    }

    /// Remembers that a statement failed: the job must not be believed, or not even its transaction.
    fn watched<T>(&self, doing: &'static str, outcome: Result<T, Failure>) -> Result<T, StoreError> {
        if let (Err(failure), Some(writing)) = (&outcome, self.writing)
            && writing.failure.get().is_none()
        {
            writing.failure.set(Some((failure.kind, doing)));
        }
        outcome.map_err(|failure| match failure.code() {
            // Two wrote the same new row at once; who asks again sees the other's.
            Some("23505") => {
                StoreError::Conflict { table: "(unique)", row: format!("(while trying to {doing})") }
            }
            _ => StoreError::backend(doing, failure),
        })
    }
}
