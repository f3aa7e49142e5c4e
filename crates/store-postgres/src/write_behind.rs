//! New pre-sends of a batch, written in one statement before anything looks at their table, at the latest before the commit.
//!
//! Only where no job may have to be rolled back by itself (batches without savepoints). A number that turns out to be
//! taken ends the try, and in the next one each job writes for itself and is told.

use std::cell::{Cell, RefCell};

use quan_model::ids::{CouponCode, StockBundleId};
use quan_store::column::to_json;
use quan_store::error::StoreError;
use quan_store::pre_send::PreSendRecord;

use crate::connection::Connection;
use crate::failure::Failure;
use crate::params;
use crate::pre_send::COLUMNS;

/// What waits to be written.
#[derive(Default)]
pub(crate) struct WriteBehind {
    records: RefCell<Vec<PreSendRecord>>,
    /// Where those of the job that runs begin.
    of_this_job: Cell<usize>,
    /// Whether the statement did not write what it should have, so that the jobs must not be believed.
    pub(crate) has_failed: Cell<bool>,
}

impl WriteBehind {
    /// Keeps a record back.
    pub(crate) fn push(&self, record: PreSendRecord) {
        self.records.borrow_mut().push(record);
    }

    /// To be called before a job runs.
    pub(crate) fn job_begins(&self) {
        self.of_this_job.set(self.records.borrow().len());
    }

    /// Whether the job that runs has records that wait.
    pub(crate) fn has_of_this_job(&self) -> bool {
        self.records.borrow().len() > self.of_this_job.get()
    }

    /// Gives the records of the job that runs up.
    pub(crate) fn discard_job(&self) {
        self.records.borrow_mut().truncate(self.of_this_job.get());
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.borrow().is_empty()
    }

    /// Writes what waits.
    pub(crate) fn flush(&self, connection: &Connection) -> Result<(), FlushError> {
        let records = self.records.take();
        self.of_this_job.set(0);
        let written = insert(connection, &records);
        let is_whole = matches!(written, Ok(rows) if usize::try_from(rows) == Ok(records.len()));
        self.has_failed.set(!is_whole);
        if is_whole { Ok(()) } else { Err(written.err().unwrap_or(FlushError::Taken)) }
    }
}

/// Why what waited was not written as a whole.
pub(crate) enum FlushError {
    /// A number or a name is taken, or a record is none.
    Taken,
    /// The database could not carry it out.
    Failed(Failure),
}

fn insert(connection: &Connection, records: &[PreSendRecord]) -> Result<u64, FlushError> {
    let sql = format!(
        "INSERT INTO pre_send ({COLUMNS})
           SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[],
             $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::text[],
             $16::bigint[], $17::text[], $18::text[])
           ON CONFLICT DO NOTHING"
    );
    let tags: Result<Vec<Option<String>>, StoreError> =
        records.iter().map(|record| record.tags.as_ref().map(to_json).transpose()).collect();
    // One by one it is told to the job whose record it is.
    let Ok(tags) = tags else { return Err(FlushError::Taken) };
    let claimed =
        |record: &PreSendRecord| record.claimed.as_ref().map(|claimed| claimed.claimed_at.unix_seconds());
    let values = params![
        column(records, |record| record.id.0.as_slice()),
        column(records, |record| record.principal.to_string()),
        column(records, |record| record.owner.to_string()),
        column(records, |record| record.send_request_no.as_str()),
        column(records, |record| record.fingerprint.0.as_slice()),
        column(records, |record| record.product_coupon_id.as_str()),
        column(records, |record| record.stock_id.as_str()),
        column(records, |record| record.appid.as_str()),
        column(records, |record| record.openid.as_str()),
        column(records, |record| record.person_id.as_str()),
        column(records, |record| record.coupon_code.as_ref().map(CouponCode::as_str)),
        column(records, |record| record.attach.as_deref()),
        column(records, |record| record.created_at.unix_seconds()),
        column(records, |record| record.token_expires_at.unix_seconds()),
        column(records, |record| record.claimed.as_ref().map(|claimed| claimed.coupon_code.as_str())),
        column(records, claimed),
        column(records, |record| record.stock_bundle_id.as_ref().map(StockBundleId::as_str)),
        tags
    ];
    connection.execute(&sql, values).map_err(FlushError::Failed)
}

fn column<'r, T>(records: &'r [PreSendRecord], of: impl Fn(&'r PreSendRecord) -> T) -> Vec<T> {
    records.iter().map(of).collect()
}
