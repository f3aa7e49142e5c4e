//! Locks by name: what a decision rests on and no row of its own can guard.
//!
//! A backend whose transactions run side by side sees in each statement what is committed by then. Between
//! a use case's look and its write somebody else may commit, so it locks what it is going to rest on, before
//! it looks. What one update can guard by itself needs no lock: revisions, counters, keys that are taken.
//! Which use case locks what, and why that is enough, is ADR 10.

use quan_model::ids::{CouponCode, Principal, ProductCouponId, StockId};

use crate::error::StoreError;
use crate::idempotency::IdempotencyKey;

/// What is locked. A use case takes its locks in the order of the variants, so that no two wait for each
/// other; of two stocks the one with the smaller id is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock<'a> {
    /// A number of the space that pre-sends and sends share.
    SendNumber {
        /// Who calls.
        principal: &'a Principal,
        /// Whose stock it is.
        owner: &'a Principal,
        /// The caller's number.
        request_no: &'a str,
    },
    /// A number of any other operation.
    Number(&'a IdempotencyKey),
    /// A caller, that is what it may do at most once or a few times: its certificates, its notify URL.
    Principal(&'a Principal),
    /// A product coupon and how many stocks it has. Who works on one of its stocks is not kept out.
    ProductCoupon(&'a ProductCouponId),
    /// A stock with its counters: keeps out whoever issues from it or notes a pre-send.
    Stock(&'a StockId),
    /// A code of a stock, whether it was given or promised or is free.
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
    /// afterwards is what the other one committed. Locking the same again costs nothing and changes nothing;
    /// something that does not exist can be locked too.
    ///
    /// A backend with one writer at a time has nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the store fails, or waited longer than it waits.
    fn lock(&mut self, what: Lock<'_>) -> Result<(), StoreError>;
}
