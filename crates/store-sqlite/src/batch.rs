//! One batch: every job in order, one commit. Jobs have savepoints only when one had to be rolled back behind another.
//!
//! A savepoint costs two statements, and a copy of each page that a job is the first to change behind it. A job that has to be
//! rolled back has most often written nothing, or is the first that wrote.

use quan_store::backend::{Job, Verdict};
use quan_store::error::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::unit::{Batch, Unit};

/// When jobs get their savepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Savepoints {
    /// Never.
    Never,
    /// Each before it begins.
    Each,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The batch was committed.
    Committed,
    /// Nothing is kept; the jobs need savepoints.
    NeedsSavepoints,
}

/// The database ended the transaction by itself, as it does when the disk is full.
#[derive(Debug, thiserror::Error)]
#[error("SQLite rolled the batch back")]
struct RolledBack;

/// Runs the jobs and commits what they keep.
pub(crate) fn run(
    connection: &mut Connection,
    jobs: &mut [Box<dyn Job>],
    batch: &Batch,
    savepoints: Savepoints,
) -> Result<Ending, StoreError> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|cause| StoreError::backend("begin a batch", cause))?;
    let mut keeps_anything = false;
    for job in jobs {
        let changed_before = transaction.total_changes();
        if savepoints == Savepoints::Each {
            control(&transaction, "SAVEPOINT job")?;
        }
        let verdict = job.run(&mut Unit::writing(&transaction, batch));
        batch.memo.job_ended();
        // What ran behind it would be committed statement by statement.
        if transaction.is_autocommit() {
            return Err(StoreError::backend("run a batch", RolledBack));
        }
        let has_written = transaction.total_changes() != changed_before;
        match (verdict, savepoints) {
            (Verdict::Keep, Savepoints::Never) => {}
            (Verdict::Keep, Savepoints::Each) => control(&transaction, "RELEASE job")?,
            (Verdict::Discard, Savepoints::Each) => {
                control(&transaction, "ROLLBACK TO job")?;
                control(&transaction, "RELEASE job")?;
            }
            (Verdict::Discard, Savepoints::Never) if !has_written => {}
            (Verdict::Discard, Savepoints::Never) if !keeps_anything => begin_anew(&transaction)?,
            (Verdict::Discard, Savepoints::Never) => return Ok(Ending::NeedsSavepoints),
        }
        keeps_anything |= verdict == Verdict::Keep && has_written;
    }
    transaction.commit().map_err(|cause| StoreError::backend("commit a batch", cause))?;
    Ok(Ending::Committed)
}

fn begin_anew(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    control(transaction, "ROLLBACK")?;
    control(transaction, "BEGIN IMMEDIATE")
}

/// Runs a statement about transactions, kept compiled.
fn control(connection: &Connection, sql: &'static str) -> Result<(), StoreError> {
    let run = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    run.map(drop).map_err(|cause| StoreError::backend(sql, cause))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use quan_store::backend::{Backend, Ended, UnitOfWork};
    use quan_store::parties::Grant;

    use super::*;
    use crate::store::SqliteStore;

    /// A job that grants something, counts its runs, and ends with this verdict.
    struct Granting {
        mchid: &'static str,
        verdict: Verdict,
        runs: Arc<AtomicU32>,
    }

    impl Job for Granting {
        fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
            self.runs.fetch_add(1, Ordering::Relaxed);
            let (brand_id, mchid) = ("120344".parse().unwrap(), self.mchid.parse().unwrap());
            unit.put_authorisation(&brand_id, &mchid, Grant::Given).unwrap();
            self.verdict
        }

        fn finish(self: Box<Self>, _: Ended) -> Option<Box<dyn Job>> {
            None
        }
    }

    /// Commits jobs with these verdicts; how often each ran, and whether what it wrote is there.
    fn commit(store: &SqliteStore, verdicts: &[Verdict]) -> Vec<(u32, bool)> {
        const MCHIDS: [&str; 4] = ["1", "2", "3", "4"];
        let runs: Vec<Arc<AtomicU32>> = verdicts.iter().map(|_| Arc::default()).collect();
        let jobs = verdicts.iter().zip(MCHIDS).zip(&runs).map(|((verdict, mchid), runs)| {
            Box::new(Granting { mchid, verdict: *verdict, runs: Arc::clone(runs) }) as Box<dyn Job>
        });
        store.commit(&mut jobs.collect::<Vec<_>>()).unwrap();
        let is_there = |mchid: &str| {
            let (brand_id, mchid) = ("120344".parse().unwrap(), mchid.parse().unwrap());
            let backend: &dyn Backend = store;
            backend.snapshot(|reader| reader.is_authorised(&brand_id, &mchid).unwrap()).unwrap()
        };
        let runs = runs.iter().map(|runs| runs.load(Ordering::Relaxed));
        runs.zip(MCHIDS).map(|(runs, mchid)| (runs, is_there(mchid))).collect()
    }

    fn store() -> (tempfile::TempDir, SqliteStore) {
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(directory.path().join("quan.db")).unwrap();
        (directory, store)
    }

    #[test]
    fn a_job_that_is_rolled_back_before_anybody_wrote_costs_no_second_run() {
        let (_directory, store) = store();
        let ran = commit(&store, &[Verdict::Discard, Verdict::Keep]);
        assert_eq!(ran, [(1, false), (1, true)]);
    }

    #[test]
    fn a_job_that_is_rolled_back_behind_another_makes_the_batch_run_again_with_savepoints() {
        let (_directory, store) = store();
        let ran = commit(&store, &[Verdict::Keep, Verdict::Discard, Verdict::Keep]);
        assert_eq!(ran, [(2, true), (2, false), (1, true)]);
        let ran = commit(&store, &[Verdict::Keep, Verdict::Keep, Verdict::Keep, Verdict::Discard]);
        assert_eq!(ran.last(), Some(&(1, false)), "the next batches begin with savepoints");
    }
}
