//! One try of one batch: every job in order, a savepoint for each that writes, one commit.
//!
//! A failure that the transaction suffers from is no job's answer: it ends the try, and the store decides on the next one.

use quan_store::backend::{Job, Verdict};

use crate::connection::Connection;
use crate::failure::{Failure, Kind};
use crate::unit::{Unit, Writing};

/// READ COMMITTED: every statement sees what is committed by then. What decisions rest on is locked or guarded.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// When jobs get their savepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Savepoints {
    /// Before their first write.
    Lazy,
    /// Before anything, because a job failed that had none: then only that job is rolled back.
    Eager,
}

/// How a try ended that committed nothing for certain.
pub(crate) enum Ending {
    /// Nothing is kept; the same batch may go through on another try.
    Repeat(Failure),
    /// Nothing is kept; another try needs savepoints for jobs that only read, too.
    NeedsSavepoints,
    /// The connection was lost during the commit: whether it happened must be found out.
    Unknown {
        /// The session that was lost.
        session: String,
        /// The number of its batch.
        number: i64,
    },
    /// Nothing is kept, and no other try is worth while.
    Refused(Failure),
}

/// A job kept what it wrote although the database had refused a part of it.
#[derive(Debug, thiserror::Error)]
#[error("a job went on after the store could not {0}")]
struct Swallowed(&'static str);

/// A failure that was told to the job already.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL could not {0}")]
struct Told(&'static str);

/// Runs the jobs and commits what they keep.
pub(crate) fn run(
    connection: &Connection,
    jobs: &mut [Box<dyn Job>],
    savepoints: Savepoints,
) -> Result<(), Ending> {
    connection.lead(BEGIN);
    let writing = Writing::default();
    let mut keeps_anything = false;
    for job in jobs {
        keeps_anything |= run_one(connection, job.as_mut(), &writing, savepoints)?;
    }
    if keeps_anything {
        return commit(connection);
    }
    end(connection);
    Ok(())
}

/// Runs one job. The answer says whether it has written something that is to stay.
fn run_one(
    connection: &Connection,
    job: &mut dyn Job,
    writing: &Writing,
    savepoints: Savepoints,
) -> Result<bool, Ending> {
    writing.has_written.set(false);
    writing.has_savepoint.set(savepoints == Savepoints::Eager);
    if savepoints == Savepoints::Eager {
        connection.lead("SAVEPOINT job");
    }
    let verdict = job.run(&mut Unit::writing(connection, writing));
    let has_savepoint = writing.has_savepoint.get();
    match writing.failure.take() {
        None => {}
        Some((Kind::Lost | Kind::Again, doing)) => {
            return Err(Ending::Repeat(Failure::unavailable(Told(doing))));
        }
        Some((Kind::Statement, _)) if !has_savepoint => return Err(Ending::NeedsSavepoints),
        Some((Kind::Statement, doing)) if verdict == Verdict::Keep => {
            return Err(Ending::Refused(Failure::unavailable(Swallowed(doing))));
        }
        Some((Kind::Statement, _)) => {}
    }
    match verdict {
        Verdict::Keep if has_savepoint => connection.lead("RELEASE SAVEPOINT job"),
        Verdict::Discard if has_savepoint => {
            connection.lead("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job");
            // Locks that were taken since the savepoint are gone with it.
            writing.shared.borrow_mut().clear();
        }
        Verdict::Keep | Verdict::Discard => {}
    }
    Ok(verdict == Verdict::Keep && writing.has_written.get())
}

/// Ends a transaction that keeps nothing. Nothing depends on the answer.
fn end(connection: &Connection) {
    let unsent = connection.take_lead();
    if unsent.starts_with(BEGIN) {
        // No statement was sent at all, so there is no transaction.
        return;
    }
    connection.post("ROLLBACK");
}

/// Notes the batch as committed and commits, in one round trip.
fn commit(connection: &Connection) -> Result<(), Ending> {
    let number = connection.batches.get() + 1;
    connection.batches.set(number);
    let session = &connection.session;
    // Of a fenced session the number becomes one that the table refuses, and the commit behind it is not reached.
    let sql = format!(
        "INSERT INTO batch AS last (session, number) VALUES ('{session}', {number})
         ON CONFLICT (session) DO UPDATE SET written_at = now(),
           number = CASE WHEN last.fenced THEN -1 ELSE excluded.number END;
         COMMIT"
    );
    match connection.control(&sql) {
        Ok(()) => Ok(()),
        Err(failure) => Err(match failure.kind {
            Kind::Lost => Ending::Unknown { session: session.clone(), number },
            Kind::Again => Ending::Repeat(failure),
            Kind::Statement => Ending::Refused(failure),
        }),
    }
}

/// Finds out whether a lost session committed a batch, and sees to it that it never will if it has not. Waits for a commit
/// that is on its way.
pub(crate) fn was_committed(connection: &Connection, session: &str, number: i64) -> Result<bool, Failure> {
    let sql = "INSERT INTO batch (session, number, fenced) VALUES ($1, 0, true)
               ON CONFLICT (session) DO UPDATE SET fenced = true RETURNING number";
    let rows = connection.rows(None, sql, &[&session])?;
    let last: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose()?;
    Ok(last.is_some_and(|last| last >= number))
}
