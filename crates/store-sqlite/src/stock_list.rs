//! Lists over stock: the filter by state is over facts, so nothing has to be swept.

use quan_model::enums::StockState;
use quan_model::ids::{StockBundleId, StockId};
use quan_store::catalogue::StockRecord;
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::stock_list::{StockFilter, StockListReader};
use rusqlite::params;

use crate::catalogue::{READ_STOCK, stock_columns, stock_record};
use crate::unit::Unit;

/// ?1 to ?5 are the filter. The states are those of semantics 3.2, in the order in which they are decided.
const FILTER: &str = "WHERE stock.product_coupon_id = ?1
    AND (?2 IS NULL OR stock.creator = ?2)
    AND (?3 IS NULL OR stock.stock_bundle_id = ?3)
    AND (?4 IS NULL OR ?4 = CASE
      WHEN stock.deactivated_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM product_coupon
        WHERE product_coupon.product_coupon_id = ?1 AND product_coupon.deactivated_at IS NOT NULL)
        THEN 'DEACTIVATED'
      WHEN ?5 > stock.ends_at THEN 'STOPPED'
      WHEN ?5 < stock.created_at THEN 'AUDITING'
      WHEN stock.paused THEN 'PAUSED'
      ELSE 'SENDING' END)";

/// The place of a stock in the order of the list.
const PLACE: &str = "-created_at, coalesce(stock_bundle_id, ''), coalesce(stock_bundle_index, 0), stock_id";

impl StockListReader for Unit<'_> {
    fn stocks(
        &self,
        filter: &StockFilter,
        after: Option<&StockId>,
        count_max: u32,
    ) -> Result<Vec<StockRecord>, StoreError> {
        let sql = format!(
            "{READ_STOCK} {FILTER}
               AND (?6 IS NULL OR ({PLACE}) > (SELECT {PLACE} FROM stock AS last WHERE last.stock_id = ?6))
             ORDER BY {PLACE} LIMIT ?7"
        );
        let values = params![
            filter.product_coupon_id.as_str(),
            filter.creator.as_ref().map(ToString::to_string),
            filter.stock_bundle_id.as_ref().map(StockBundleId::as_str),
            filter.state.map(StockState::as_str),
            filter.now.unix_seconds(),
            after.map(StockId::as_str),
            count_max
        ];
        self.all("list stocks", &sql, values, stock_columns)?.into_iter().map(stock_record).collect()
    }

    fn stock_count(&self, filter: &StockFilter) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM stock {FILTER}");
        let id = filter.product_coupon_id.as_str();
        let values = params![
            id,
            filter.creator.as_ref().map(ToString::to_string),
            filter.stock_bundle_id.as_ref().map(StockBundleId::as_str),
            filter.state.map(StockState::as_str),
            filter.now.unix_seconds()
        ];
        let count: Option<i64> = self.one("count stocks", &sql, values, |row| row.get(0))?;
        Origin { table: "stock", row: id }.number("(count)", count.unwrap_or(0))
    }
}
