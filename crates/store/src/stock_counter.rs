//! How the counters of a stock are split, and counting that no limit refuses.
//!
//! What was issued is counted per stock, per day and per person ([`crate::catalogue`]). On a store where
//! many commit at once, all issues of a stock wait for its one row of the first two. So they may be split:
//! counter `i` of `n` grants its share of the limit
//! ([`CounterShards::shares`](quan_coupon::counter_shards::CounterShards::shares)) and no more, and an issue is
//! refused only when every counter is full. A store with one writer gains nothing by it and may keep one
//! counter whatever the number; it keeps the number all the same.

use jiff::civil::Date;
use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_model::ids::StockId;

use crate::error::StoreError;
use crate::parties::PersonId;

/// Reading how counters are split.
pub trait StockCounterReader {
    /// Into how many counters a stock is split; one when there is no such stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn counter_shards(&self, stock: &StockId) -> Result<CounterShards, StoreError>;
}

/// Writing counters beside [`CatalogueWriter::count_issue`](crate::catalogue::CatalogueWriter::count_issue).
pub trait StockCounterWriter {
    /// Adds one issue to the three counts, whatever the limits say. The limits tell which counter of a split
    /// stock has room: as long as one has, it is taken from, so that what is granted here is missing there.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such stock; otherwise when the store fails.
    fn count_granted(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<(), StoreError>;
    /// Splits a stock into so many counters and spreads what was issued over them evenly, in all and for each
    /// day from `from` on. To be called too, with the number as it is, when a limit of a split stock changes.
    /// The caller has locked the stock ([`crate::lock::Lock::Stock`]): nobody counts meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such stock; otherwise when the store fails.
    fn spread_counters(
        &mut self,
        stock: &StockId,
        shards: CounterShards,
        from: Date,
    ) -> Result<(), StoreError>;
}
