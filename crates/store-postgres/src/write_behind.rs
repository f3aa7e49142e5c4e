//! What jobs of a batch write and nobody of them has to wait for: sent together before anything looks at its tables, at the
//! latest before the commit.
//!
//! Only where no job may have to be rolled back by itself (batches without savepoints). Writes that turn out to be
//! impossible, such as a number or a code that is taken, end the try; in the next one each job writes for itself and is told.

use std::cell::{Cell, RefCell};

use quan_store::error::StoreError;
use quan_store::outbox::Notification;
use quan_store::pre_send::{ClaimedCoupon, PreSendId, PreSendRecord};
use quan_store::request_log::LoggedRequest;
use quan_store::user_coupon::UserCouponRecord;
use tokio_postgres::types::ToSql;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::{Values, outbox, pre_send, request_log, user_coupon_write};

/// What is written later.
pub(crate) enum Later {
    /// A new pre-send.
    PreSend(Box<PreSendRecord>),
    /// A new coupon.
    Coupon(Box<UserCouponRecord>),
    /// An OPEN pre-send becomes a CLAIMED one.
    Claim(PreSendId, ClaimedCoupon),
    /// A new notification.
    Notification(Notification),
    /// An entry of the request log.
    LoggedRequest(Box<LoggedRequest>),
}

/// What waits to be written.
#[derive(Default)]
pub(crate) struct WriteBehind {
    waiting: RefCell<Vec<Later>>,
    /// Where that of the job that runs begins.
    of_this_job: Cell<usize>,
    /// Whether something was not written that should have been, so that the jobs must not be believed.
    pub(crate) has_failed: Cell<bool>,
}

impl WriteBehind {
    /// What the names of the tables begin with that are written later.
    pub(crate) const TABLES: [&str; 5] =
        ["pre_send", "user_coupon", "round", "notification", "logged_request"];

    /// Keeps something back.
    pub(crate) fn push(&self, later: Later) {
        self.waiting.borrow_mut().push(later);
    }

    /// To be called before a job runs.
    pub(crate) fn job_begins(&self) {
        self.of_this_job.set(self.waiting.borrow().len());
    }

    /// Whether something of the job that runs waits.
    pub(crate) fn has_of_this_job(&self) -> bool {
        self.waiting.borrow().len() > self.of_this_job.get()
    }

    /// Gives up what the job that runs has kept back.
    pub(crate) fn discard_job(&self) {
        self.waiting.borrow_mut().truncate(self.of_this_job.get());
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Writes what waits.
    pub(crate) fn flush(&self, connection: &Connection) -> Result<(), FlushError> {
        let waiting = self.waiting.take();
        self.of_this_job.set(0);
        let written = write(connection, &waiting);
        self.has_failed.set(written.is_err());
        written
    }
}

/// Why what waited was not written as a whole.
pub(crate) enum FlushError {
    /// A key is taken, a row is not as it was, or a value is none of the database's.
    Taken,
    /// The database could not carry it out.
    Failed(Failure),
}

/// Boxed values as a statement takes them.
pub(crate) fn borrowed<'v>(values: &'v Values<'_>) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
}

/// Pre-sends in one statement, since nothing else is written of most batches; then the rest in its order.
fn write(connection: &Connection, waiting: &[Later]) -> Result<(), FlushError> {
    let pre_sends: Vec<&PreSendRecord> = waiting
        .iter()
        .filter_map(|later| match later {
            Later::PreSend(record) => Some(&**record),
            Later::Coupon(_) | Later::Claim(..) | Later::Notification(_) | Later::LoggedRequest(_) => None,
        })
        .collect();
    if !pre_sends.is_empty() {
        // One by one it is told to the job whose record is none.
        let values = pre_send::insert_values(&pre_sends).map_err(|_| FlushError::Taken)?;
        let rows =
            connection.execute(&pre_send::insert_sql(), &borrowed(&values)).map_err(FlushError::Failed)?;
        ensure(usize::try_from(rows) == Ok(pre_sends.len()))?;
    }
    let insert_coupon = user_coupon_write::insert_sql();
    let statements = waiting.iter().filter_map(|later| match later {
        Later::PreSend(_) => None,
        Later::Coupon(record) => {
            Some(user_coupon_write::insert_values(record).map(|values| (insert_coupon.as_str(), values)))
        }
        Later::Claim(id, claimed) => Some(Ok((pre_send::CLAIM, pre_send::claim_values(id, claimed)))),
        Later::Notification(one) => Some(Ok((outbox::INSERT, outbox::insert_values(one)))),
        Later::LoggedRequest(entry) => {
            Some(request_log::insert_values(entry).map(|values| (request_log::INSERT, values)))
        }
    });
    // One by one it is told to the job whose value it is.
    let statements: Vec<(&str, Values<'_>)> =
        statements.collect::<Result<_, StoreError>>().map_err(|_| FlushError::Taken)?;
    if statements.is_empty() {
        return Ok(());
    }
    let changed = connection.execute_all(&statements).map_err(FlushError::Failed)?;
    ensure(changed.iter().all(|rows| *rows == 1))
}

fn ensure(is_whole: bool) -> Result<(), FlushError> {
    if is_whole { Ok(()) } else { Err(FlushError::Taken) }
}
