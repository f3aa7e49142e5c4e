//! Idempotency records: which request number was used for what, and what was answered.

use quan_model::ids::Principal;
use quan_model::time::Time;

use crate::error::StoreError;

/// What makes a write repeatable (semantics 6.1): the same string may be used once per operation and target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Who calls.
    pub principal: Principal,
    /// Whose things the call is about.
    pub owner: Principal,
    /// The operation's name.
    pub operation: &'static str,
    /// What the number is scoped to besides, such as a stock; empty when nothing.
    pub target: String,
    /// The caller's number.
    pub request_no: String,
}

/// SHA-256 over the parsed request after defaulting: order of members, white space and unknown members do not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

/// A number that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    /// Of the request it was used for.
    pub fingerprint: Fingerprint,
    /// What the operation needs to answer again: the first answer, or the id of what was made.
    pub answer: String,
    /// When it was used.
    pub created_at: Time,
}

/// Reading used numbers.
pub trait IdempotencyReader {
    /// The record of a number, if it was used.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn idempotency_record(&self, key: &IdempotencyKey) -> Result<Option<IdempotencyRecord>, StoreError>;
}

/// Writing used numbers.
pub trait IdempotencyWriter {
    /// Records a number as used, in the transaction of what it was used for.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the number was used meanwhile; otherwise when the store fails.
    fn insert_idempotency_record(
        &mut self,
        key: &IdempotencyKey,
        record: &IdempotencyRecord,
    ) -> Result<(), StoreError>;
}
