//! Locks by name: what a decision rests on and no row of its own can guard.
//!
//! A backend whose transactions run side by side sees in each statement what is committed by then. Between
//! a use case's look and its write somebody else may commit, so it locks what it is going to rest on, before
//! it looks. What one update can guard by itself needs no lock: revisions, counters, keys that are taken.
//! Which use case locks what, and why that is enough, is ADR 10.

use quan_model::ids::{CouponCode, Principal, ProductCouponId, StockBundleId, StockId};

use crate::error::StoreError;
use crate::idempotency::IdempotencyKey;

/// What is locked. A use case takes its locks in the order of the variants, so that no two wait for each other.
///
/// Beside these, a backend whose transactions run side by side locks what a unit of work *reads*: pre-sends,
/// user coupons and chains for itself alone; product coupons and stocks together with whoever reads them too,
/// and against whoever has locked them here. Counters come last of all: everybody waits for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock<'a> {
    /// What the platform has of its own, such as the keys of its tokens.
    Platform,
    /// A number of the space that pre-sends and sends share, whoever's stock it is used for.
    SendNumber {
        /// Who calls.
        principal: &'a Principal,
        /// The caller's number.
        request_no: &'a str,
    },
    /// A number of any other operation.
    Number(&'a IdempotencyKey),
    /// A caller with what it has of its own, such as its certificates.
    Principal(&'a Principal),
    /// A product coupon and how many stocks it has: keeps out whoever reads it in a unit of work, so also
    /// who issues from one of its stocks.
    ProductCoupon(&'a ProductCouponId),
    /// A stock with its counters, its pool and its queue, and with it every stock of its bundle: keeps out
    /// whoever reads it in a unit of work, so also who issues from it.
    Stock(&'a StockId),
    /// As [`Lock::Stock`], for every stock of a bundle.
    StockBundle(&'a StockBundleId),
    /// The chain that a coupon lies in, with all its coupons. Nothing when it lies in none.
    ChainOf {
        /// The coupon's stock.
        stock_id: &'a StockId,
        /// Its code.
        coupon_code: &'a CouponCode,
    },
    /// A code of a stock and whom it is promised to, whether it was given or is free.
    Code {
        /// The stock.
        stock_id: &'a StockId,
        /// The code.
        coupon_code: &'a CouponCode,
    },
}

/// Locking.
pub trait LockWriter {
    /// Waits until no other transaction works under this name, and keeps it until this one ends. What is read
    /// afterwards is what the other one committed. Locking the same again changes nothing; to lock what does
    /// not exist is no error.
    ///
    /// A backend with one writer at a time has nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the store fails, or waited longer than it waits.
    fn lock(&mut self, what: Lock<'_>) -> Result<(), StoreError>;
}
