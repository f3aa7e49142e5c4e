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
pub mod associate_stores;
pub mod associate_stores_for_stock_bundle;
pub mod authorisation;
pub mod busifavor;
pub mod caller_certificates;
pub mod claim;
pub mod confirm_user_coupon;
pub mod console;
pub mod counter_shards;
pub mod create_product_coupon;
pub mod create_stock;
pub mod create_stock_bundle;
pub mod deactivate_product_coupon;
pub mod deactivate_stock;
pub mod deactivate_user_coupon;
pub mod deactivate_user_coupon_bundle;
pub mod delete_user_coupon;
pub mod disassociate_stores;
pub mod disassociate_stores_for_stock_bundle;
pub mod download_certificates;
pub mod entity;
pub mod error;
pub mod get_product_coupon;
pub mod get_stock;
pub mod get_user_coupon;
pub mod image;
mod issuing;
mod lanes_of_pre_sends;
pub mod list_associated_stores;
pub mod list_stocks;
pub mod list_user_coupons;
mod minting;
pub mod notify_config;
mod once;
pub mod parties;
pub mod pause_stock;
pub mod platform;
pub mod pre_send;
pub mod return_user_coupon;
mod rules;
pub mod send_user_coupon;
pub mod send_user_coupon_bundle;
pub mod stock_bundle_access;
mod stock_members;
pub mod store_list;
pub mod update_product_coupon;
pub mod update_stock;
pub mod update_stock_budget;
pub mod update_stock_bundle;
pub mod update_stock_bundle_budget;
pub mod upload_coupon_codes;
mod usage_notification;
pub mod use_user_coupon;
pub mod user_coupon_access;
mod user_coupon_chain;
pub mod verification_mode;
pub mod work;

pub use error::Error;
pub use platform::{LaneKey, Platform, Settings};
