//! The pools of uploaded coupon codes.

use quan_coupon::pool::CodeState;
use quan_model::coupon::CouponCodeCountInfo;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;

use crate::error::StoreError;

/// A code of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolCode {
    /// The code.
    pub code: CouponCode,
    /// When it was put into the pool, the last time.
    pub uploaded_at: Time,
    /// When it was given out.
    pub dispatched_at: Option<Time>,
    /// When it was deleted.
    pub deleted_at: Option<Time>,
}

impl PoolCode {
    /// Where the code stands.
    pub fn state(&self) -> CodeState {
        match (self.dispatched_at, self.deleted_at) {
            (Some(_), _) => CodeState::Dispatched,
            (None, Some(_)) => CodeState::Deleted,
            (None, None) => CodeState::Available,
        }
    }
}

/// A part of a pool, deleted codes left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolPage {
    /// How many codes fit the filter.
    pub total_count: u64,
    /// This part of them, in the order of upload.
    pub codes: Vec<PoolCode>,
}

/// Reading a pool.
pub trait CodePoolReader {
    /// Whether the code is in the pool of this stock, given out or not; a deleted one is not.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_code(&self, stock: &StockId, code: &CouponCode) -> Result<bool, StoreError>;
    /// Whether a code is left to give out.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_free_code(&self, stock: &StockId) -> Result<bool, StoreError>;
    /// Codes in all and codes not yet given out; deleted ones do not count.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn code_counts(&self, stock: &StockId) -> Result<CouponCodeCountInfo, StoreError>;
    /// The code of this stock's pool, a deleted one too.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pool_code(&self, stock: &StockId, code: &CouponCode) -> Result<Option<PoolCode>, StoreError>;
    /// A part of the pool: codes given out only, free ones only, or both.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pool_codes(
        &self,
        stock: &StockId,
        dispatched: Option<bool>,
        offset: u64,
        limit: u64,
    ) -> Result<PoolPage, StoreError>;
}

/// Writing a pool.
pub trait CodePoolWriter {
    /// Puts a code into the pool, a deleted one again. `shuffle` is a random number that decides its place in the order of
    /// giving out, so that the order of upload cannot be guessed from the codes.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the code is in the pool; otherwise when the store fails.
    fn add_code(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        shuffle: u32,
        now: Time,
    ) -> Result<(), StoreError>;
    /// Takes the next free code out of the pool, for good.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn take_code(&mut self, stock: &StockId, now: Time) -> Result<Option<CouponCode>, StoreError>;
    /// Deletes a free code.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is not free; otherwise when the store fails.
    fn delete_code(&mut self, stock: &StockId, code: &CouponCode, now: Time) -> Result<(), StoreError>;
}
