//! The store of many nodes: PostgreSQL 13 or newer.
//!
//! Batches are transactions in READ COMMITTED with row locks and guarded updates, snapshots are REPEATABLE READ READ ONLY,
//! and what a failing server leaves open is resolved. SQL lives in this crate and the other stores only. Rows become
//! domain values fallibly: an impossible row is an error that names its table and column, never a guess.

mod audit;
mod audit_log;
mod batch;
mod busifavor;
mod busifavor_receipts;
mod catalogue;
mod catalogue_search;
mod code_pool;
mod connection;
mod console_access;
mod failure;
mod idempotency;
mod image;
mod lock;
mod open;
mod operations;
mod options;
mod outbox;
mod outbox_list;
mod overview;
mod parties;
mod parties_list;
mod pool;
mod pre_send;
mod reactor;
mod read_ahead;
mod request_log;
mod schema;
mod stock_bundle;
mod stock_counter;
mod stock_list;
mod store;
mod store_association;
mod target;
mod tls;
mod unit;
mod user_coupon;
mod user_coupon_bundle;
mod user_coupon_list;
mod user_coupon_search;
mod user_coupon_write;
mod write_behind;

pub use open::OpenError;
pub use options::{Options, Schema};
pub use schema::SCHEMA_VERSION;
pub use store::PostgresStore;

/// Values of a statement that is sent with others, in the order of `$1`, `$2`, ….
pub(crate) type Values<'v> = Vec<Box<dyn tokio_postgres::types::ToSql + Sync + 'v>>;

/// As [`params`], each in a box of its own.
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        vec![$(Box::new($value) as Box<dyn tokio_postgres::types::ToSql + Sync + '_>),*]
    };
}
pub(crate) use values;

/// Values for the `$1`, `$2`, … of a statement. Integers are `i64`, as the columns are.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &(dyn tokio_postgres::types::ToSql + Sync)),*]
    };
}
pub(crate) use params;
