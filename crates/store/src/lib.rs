//! What the rules need kept, without saying how.
//!
//! A backend implements [`backend::Backend`]: snapshots for reading, and batches of [`backend::Job`]s
//! for writing, each job in its own savepoint and all of them in one durable commit. The
//! [`lane::WriteLane`] in front of it gathers callers into such batches. The traits are split by noun,
//! one file each; [`backend::Reader`] and [`backend::UnitOfWork`] are their sums.
//!
//! This crate knows domain values and no driver: no SQL, no connection, no HTTP. "Not found" is a value
//! here; the caller decides what it means.

pub mod audit;
pub mod audit_log;
pub mod backend;
pub mod busifavor;
pub mod busifavor_receipts;
pub mod catalogue;
pub mod catalogue_search;
pub mod code_pool;
pub mod column;
pub mod conformance;
pub mod console_access;
pub mod defined;
pub mod error;
pub mod foresight;
pub mod idempotency;
pub mod image;
pub mod lane;
pub mod lock;
pub mod memo;
pub mod operations;
pub mod outbox;
pub mod outbox_list;
pub mod overview;
pub mod parties;
pub mod parties_list;
pub mod pre_send;
pub mod request_log;
pub mod stock_bundle;
pub mod stock_counter;
pub mod stock_list;
pub mod store_association;
pub mod user_coupon;
pub mod user_coupon_bundle;
pub mod user_coupon_search;
