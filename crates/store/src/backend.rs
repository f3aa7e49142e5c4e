//! The seam between the rules' needs and a database.

use crate::audit_log::{AuditLogReader, AuditLogWriter};
use crate::busifavor::{BusifavorReader, BusifavorWriter};
use crate::busifavor_receipts::{ReceiptReader, ReceiptWriter};
use crate::catalogue::{CatalogueReader, CatalogueWriter};
use crate::catalogue_search::CatalogueSearchReader;
use crate::code_pool::{CodePoolReader, CodePoolWriter};
use crate::console_access::{ConsoleAccessReader, ConsoleAccessWriter};
use crate::error::StoreError;
use crate::foresight::Foreseen;
use crate::idempotency::{IdempotencyReader, IdempotencyWriter};
use crate::image::{ImageReader, ImageWriter};
use crate::lock::LockWriter;
use crate::operations::{OperationsReader, OperationsWriter};
use crate::outbox::{OutboxReader, OutboxWriter};
use crate::outbox_list::{OutboxListReader, OutboxListWriter};
use crate::overview::OverviewReader;
use crate::parties::{PartiesReader, PartiesWriter};
use crate::parties_list::{PartiesListReader, PartiesListWriter};
use crate::pre_send::{PreSendReader, PreSendWriter};
use crate::request_log::{RequestLogReader, RequestLogWriter};
use crate::stock_bundle::{StockBundleReader, StockBundleWriter};
use crate::stock_counter::{StockCounterReader, StockCounterWriter};
use crate::stock_list::StockListReader;
use crate::store_association::{StoreAssociationReader, StoreAssociationWriter};
use crate::user_coupon::{UserCouponReader, UserCouponWriter};
use crate::user_coupon_bundle::{UserCouponBundleReader, UserCouponBundleWriter};
use crate::user_coupon_search::UserCouponSearchReader;

/// Everything that can be read, in one consistent view.
pub trait Reader:
    PartiesReader
    + AuditLogReader
    + ConsoleAccessReader
    + RequestLogReader
    + CatalogueSearchReader
    + OutboxListReader
    + OverviewReader
    + PartiesListReader
    + UserCouponSearchReader
    + BusifavorReader
    + ReceiptReader
    + CatalogueReader
    + CodePoolReader
    + IdempotencyReader
    + ImageReader
    + OperationsReader
    + OutboxReader
    + PreSendReader
    + StockCounterReader
    + StockListReader
    + StoreAssociationReader
    + StockBundleReader
    + UserCouponReader
    + UserCouponBundleReader
{
}

/// Everything that can be written, inside one savepoint of one transaction.
pub trait UnitOfWork:
    Reader
    + PartiesWriter
    + AuditLogWriter
    + ConsoleAccessWriter
    + RequestLogWriter
    + OutboxListWriter
    + PartiesListWriter
    + BusifavorWriter
    + ReceiptWriter
    + CatalogueWriter
    + CodePoolWriter
    + IdempotencyWriter
    + ImageWriter
    + LockWriter
    + OperationsWriter
    + OutboxWriter
    + PreSendWriter
    + StoreAssociationWriter
    + StockBundleWriter
    + StockCounterWriter
    + UserCouponWriter
    + UserCouponBundleWriter
{
}

/// Whether what a job wrote is to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep the job's writes when the batch commits.
    Keep,
    /// Roll the job's writes back; the others of the batch are untouched.
    Discard,
}

/// How it ended for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The batch was committed: what the job kept is durable.
    Committed,
    /// The batch was not committed: none of its writes exist.
    NotCommitted,
    /// The job waited too long for another run, or for its first.
    Late,
}

/// One caller's work inside a batch.
pub trait Job: Send {
    /// Does the work. A backend may call it again from the start when it has to repeat the transaction; the
    /// last run is the one that counts.
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict;

    /// What the job is going to read, if it is known before.
    fn foreseen(&self) -> Option<&Foreseen> {
        None
    }

    /// Tells the caller, after the commit and only then. A job that lost to somebody else tells nobody and
    /// gives itself back, to be run once more in another batch.
    fn finish(self: Box<Self>, ended: Ended) -> Option<Box<dyn Job>>;
}

/// A database that keeps what the rules need.
pub trait Backend: Send + Sync + 'static {
    /// Shows one consistent view. Never waits for a writer.
    ///
    /// A backend may show another view from the start when it lost its connection in the middle of one; what was
    /// made of the last view is the one that counts.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when no view can be had.
    fn read(&self, view: &mut dyn FnMut(&dyn Reader)) -> Result<(), StoreError>;

    /// Runs the jobs in order, each as in a savepoint of its own, in one transaction, and returns once
    /// that transaction is durable. The caller then finishes the jobs.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the transaction could not be begun or committed; nothing of any
    /// job is then kept, unless the store was lost over the commit and did not come back in time to be asked.
    fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), StoreError>;

    /// Whether it is worth while to say what a job is going to read ([`Job::foreseen`]).
    fn reads_ahead(&self) -> bool;

    /// How often anything of [`PartiesWriter`] was written, where nobody but this value writes to the store: what a view
    /// showed of the parties holds for as long as the number is the one asked for before the view. A commit raises it before
    /// it returns. Nothing where others may write too, so that parties have to be read each time.
    fn parties_version(&self) -> Option<u64>;
}

impl dyn Backend {
    /// Reads a value from one consistent view. As `look` may have to begin anew, it takes nothing from where it stands.
    ///
    /// # Errors
    /// As [`Backend::read`].
    pub fn snapshot<T>(&self, mut look: impl FnMut(&dyn Reader) -> T) -> Result<T, StoreError> {
        let mut seen = None;
        self.read(&mut |reader| seen = Some(look(reader)))?;
        seen.ok_or(StoreError::Inconsistent { table: "(view)", column: "(all)", row: "not shown".into() })
    }
}
