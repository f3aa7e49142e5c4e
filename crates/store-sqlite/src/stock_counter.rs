//! stock.counter_shards, and counting that no limit refuses.
//!
//! Here a stock has one counter whatever the number: there is one writer, so nobody waits for a counter.

use jiff::civil::Date;
use quan_coupon::counter_shards::CounterShards;
use quan_coupon::definition::Limits;
use quan_model::ids::StockId;
use quan_store::catalogue::{CatalogueWriter, Counted};
use quan_store::error::StoreError;
use quan_store::parties::PersonId;
use quan_store::stock_counter::{StockCounterReader, StockCounterWriter};
use rusqlite::params;

use crate::unit::Unit;
use quan_store::column::Origin;

/// What bounds an issue that was granted: nothing.
const NO_LIMITS: Limits =
    Limits { max_count: u64::MAX, max_count_per_day: None, max_count_per_user: u64::MAX };

impl StockCounterReader for Unit<'_> {
    fn counter_shards(&self, stock: &StockId) -> Result<CounterShards, StoreError> {
        let sql = "SELECT counter_shards FROM stock WHERE stock_id = ?1";
        let shards: Option<i64> =
            self.one("read how a stock is split", sql, [stock.as_str()], |row| row.get(0))?;
        let origin = Origin { table: "stock", row: stock.as_str() };
        CounterShards::parse("", shards.unwrap_or(1)).map_err(|_| origin.impossible("counter_shards"))
    }
}

impl StockCounterWriter for Unit<'_> {
    fn count_granted(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        _: &Limits,
    ) -> Result<(), StoreError> {
        match self.count_issue(stock, day, person, &NO_LIMITS)? {
            Counted::Yes => Ok(()),
            Counted::StockOut | Counted::DayOut | Counted::UserLimit => {
                Err(StoreError::Conflict { table: "stock", row: stock.to_string() })
            }
        }
    }

    fn spread_counters(&mut self, stock: &StockId, shards: CounterShards, _: Date) -> Result<(), StoreError> {
        let sql = "UPDATE stock SET counter_shards = ?2 WHERE stock_id = ?1";
        let values = params![stock.as_str(), shards.get()];
        self.change_one("split a stock", "stock", || stock.to_string(), sql, values)
    }
}
