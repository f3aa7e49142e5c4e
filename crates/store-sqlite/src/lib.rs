//! The embedded store: one SQLite file in WAL mode with full sync.
//!
//! One process owns the file, by a lock beside it; one connection writes, others read snapshots and never
//! wait for it. SQL lives in this crate and the other stores only. Rows become domain values fallibly: an
//! impossible row is an error that names its table and column, never a guess.

mod audit;
mod audit_log;
mod backup;
mod batch;
mod busifavor;
mod busifavor_receipts;
mod catalogue;
mod catalogue_search;
mod code_pool;
mod console_access;
mod idempotency;
mod image;
mod open;
mod operations;
mod outbox;
mod outbox_list;
mod overview;
mod owner;
mod parties;
mod parties_list;
mod pre_send;
mod request_log;
mod stock_bundle;
mod stock_counter;
mod stock_list;
mod store;
mod store_association;
mod unit;
mod user_coupon;
mod user_coupon_bundle;
mod user_coupon_list;
mod user_coupon_search;

pub use backup::{BackupError, backup};
pub use open::{Migrations, OpenError, SCHEMA_VERSION};
pub use store::SqliteStore;
