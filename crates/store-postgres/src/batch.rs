//! One try of one batch: every job in order, savepoints where they are needed, one commit.
//!
//! A failure that the transaction suffers from is no job's answer: it ends the try, and the store decides on the next one.

use quan_store::backend::{Job, Verdict};

use crate::connection::Connection;
use crate::failure::{Failure, Kind};
use crate::unit::{SAVEPOINT, Unit, Writing};
use crate::write_behind::FlushError;

/// READ COMMITTED: every statement sees what is committed by then. What decisions rest on is locked or guarded.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";

/// When jobs get their savepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Savepoints {
    /// Never. A job that has to be rolled back is most often the first that wrote, or alone: then the transaction begins
    /// anew. Savepoints cost two statements for each job, and more than 64 in a transaction slow the whole server down.
    Never,
    /// Before their first write, because a job had to be rolled back behind another one that is kept.
    Lazy,
    /// Before anything, because a job failed that had none: then only that job is rolled back.
    Eager,
}

/// How a try ended that committed nothing for certain.
pub(crate) enum Ending {
    /// Nothing is kept; the same batch may go through on another try.
    Repeat(Failure),
    /// Nothing is kept; another try needs more savepoints.
    Needs(Savepoints),
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
    let writing = Writing::new(savepoints, jobs.len());
    let mut keeps_anything = false;
    match writing.ahead.read(connection, jobs) {
        Ok(Some(())) => {}
        // One of the jobs has brought what the server does not take; alone it will be told.
        Ok(None) => {
            connection.lead("ROLLBACK");
            connection.lead(BEGIN);
        }
        Err(failure) => return Err(Ending::Repeat(failure)),
    }
    for job in jobs {
        keeps_anything |= run_one(connection, job.as_mut(), &writing, savepoints, keeps_anything)?;
    }
    if keeps_anything {
        if !writing.behind.is_empty() {
            let written = writing.behind.flush(connection);
            written.map_err(|error| {
                could_not_write_behind(match error {
                    FlushError::Taken => None,
                    FlushError::Failed(failure) => Some(failure.kind),
                })
            })?;
        }
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
    keeps_anything: bool,
) -> Result<bool, Ending> {
    writing.has_written.set(false);
    writing.behind.job_begins();
    writing.has_savepoint.set(savepoints == Savepoints::Eager);
    if savepoints == Savepoints::Eager {
        connection.lead(SAVEPOINT);
    }
    let verdict = job.run(&mut Unit::writing(connection, writing));
    writing.memo.job_ended();
    let failure = writing.failure.take();
    if writing.behind.has_failed.get() {
        return Err(could_not_write_behind(failure.map(|(kind, _)| kind)));
    }
    if verdict == Verdict::Discard {
        writing.behind.discard_job();
    }
    match failure {
        Some((Kind::Lost | Kind::Again, doing)) => {
            return Err(Ending::Repeat(Failure::unavailable(Told(doing))));
        }
        Some((Kind::Statement, doing)) if verdict == Verdict::Keep => {
            return Err(Ending::Refused(Failure::unavailable(Swallowed(doing))));
        }
        Some((Kind::Statement, _)) | None => {}
    }
    let has_to_go = verdict == Verdict::Discard && (writing.has_written.get() || failure.is_some());
    match (has_to_go, writing.has_savepoint.get()) {
        (false, true) => connection.lead("RELEASE SAVEPOINT job"),
        (false, false) => {}
        (true, true) => {
            connection.lead("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job");
            writing.forget_locks();
        }
        (true, false) if !keeps_anything => {
            connection.lead("ROLLBACK");
            connection.lead(BEGIN);
            writing.forget_locks();
        }
        (true, false) if failure.is_some() => return Err(Ending::Needs(Savepoints::Eager)),
        (true, false) => return Err(Ending::Needs(Savepoints::Lazy)),
    }
    let has_written = writing.has_written.get() || writing.behind.has_of_this_job();
    Ok(verdict == Verdict::Keep && has_written)
}

/// What was kept back for several jobs was not written: in the next try each writes for itself, unless it was no fault of
/// the statement.
fn could_not_write_behind(kind: Option<Kind>) -> Ending {
    match kind {
        Some(Kind::Lost | Kind::Again) => Ending::Repeat(Failure::unavailable(Told("write what waited"))),
        Some(Kind::Statement) | None => Ending::Needs(Savepoints::Lazy),
    }
}

/// Ends a transaction that keeps nothing. Nothing depends on the answer.
fn end(connection: &Connection) {
    let unsent = connection.take_lead();
    if !unsent.starts_with(BEGIN) {
        connection.post("ROLLBACK");
    }
    // Otherwise no statement was sent at all, so there is no transaction.
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
/// that is on its way. The row is kept for a day from now on, whenever the session had committed last.
pub(crate) fn was_committed(connection: &Connection, session: &str, number: i64) -> Result<bool, Failure> {
    let sql = "INSERT INTO batch (session, number, fenced) VALUES ($1, 0, true)
               ON CONFLICT (session) DO UPDATE SET fenced = true, written_at = now() RETURNING number";
    let rows = connection.rows(None, sql, &[&session])?;
    let last: Option<i64> = rows.first().map(|row| row.try_get(0)).transpose()?;
    Ok(last.is_some_and(|last| last >= number))
}
