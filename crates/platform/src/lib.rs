//! One use case per operation: load, decide in `coupon`, save with outbox and idempotency record.
//!
//! This is the only place where rules meet storage. A use case is a synchronous function over
//! [`work::Work`] (one savepoint of the write lane) or a read view; it knows no HTTP, no JSON bodies and
//! no signatures, and it takes the time and randomness it is given. State change, outbox event and
//! idempotency record are one transaction, because they are one savepoint.
//!
//! The order of checks is that of semantics 0.1 from step 4 on: authorisation, appid, openid, product
//! coupon and stock with ownership, user coupon, idempotency record, state, time, limits.

pub mod access;
pub mod busifavor;
pub mod claim;
pub mod confirm_user_coupon;
pub mod create_product_coupon;
pub mod create_stock;
pub mod deactivate_user_coupon;
pub mod entity;
pub mod error;
pub mod get_product_coupon;
pub mod get_stock;
pub mod get_user_coupon;
mod issuing;
mod minting;
pub mod notify_config;
mod once;
pub mod platform;
pub mod pre_send;
pub mod return_user_coupon;
pub mod upload_coupon_codes;
pub mod use_user_coupon;
pub mod user_coupon_access;
pub mod work;

pub use error::Error;
pub use platform::{Platform, Settings};
