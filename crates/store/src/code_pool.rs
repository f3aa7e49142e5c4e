//! The pools of uploaded coupon codes.

use quan_model::coupon::CouponCodeCountInfo;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;

use crate::error::StoreError;

/// Reading a pool.
pub trait CodePoolReader {
    /// Whether the code was ever put into the pool of this stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_code(&self, stock: &StockId, code: &CouponCode) -> Result<bool, StoreError>;
    /// Whether a code is left to give out.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_free_code(&self, stock: &StockId) -> Result<bool, StoreError>;
    /// Codes in all and codes not yet given out.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn code_counts(&self, stock: &StockId) -> Result<CouponCodeCountInfo, StoreError>;
}

/// Writing a pool.
pub trait CodePoolWriter {
    /// Puts a code into the pool. `shuffle` is a random number that decides its place in the order of
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
}
