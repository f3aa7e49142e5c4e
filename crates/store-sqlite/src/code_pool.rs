//! pool_code.

use quan_model::coupon::CouponCodeCountInfo;
use quan_model::ids::{CouponCode, StockId};
use quan_model::time::Time;
use quan_store::code_pool::{CodePoolReader, CodePoolWriter};
use quan_store::error::StoreError;
use rusqlite::params;

use crate::column::Origin;
use crate::unit::Unit;

impl CodePoolReader for Unit<'_> {
    fn has_code(&self, stock: &StockId, code: &CouponCode) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM pool_code WHERE stock_id = ?1 AND coupon_code = ?2";
        let found = self.one("look for a code", sql, [stock.as_str(), code.as_str()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn has_free_code(&self, stock: &StockId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM pool_code WHERE stock_id = ?1 AND dispatched_at IS NULL LIMIT 1";
        Ok(self.one("look for a free code", sql, [stock.as_str()], |_| Ok(()))?.is_some())
    }

    fn code_counts(&self, stock: &StockId) -> Result<CouponCodeCountInfo, StoreError> {
        let sql = "SELECT count(*), count(*) FILTER (WHERE dispatched_at IS NULL) FROM pool_code WHERE stock_id = ?1";
        let counts = self.one("count the codes", sql, [stock.as_str()], |row| {
            Ok(CouponCodeCountInfo { total_count: row.get(0)?, available_count: row.get(1)? })
        })?;
        Ok(counts.unwrap_or(CouponCodeCountInfo { total_count: 0, available_count: 0 }))
    }
}

impl CodePoolWriter for Unit<'_> {
    fn add_code(
        &mut self,
        stock: &StockId,
        code: &CouponCode,
        shuffle: u32,
        now: Time,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO pool_code (stock_id, coupon_code, shuffle, uploaded_at)
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        let values = params![stock.as_str(), code.as_str(), shuffle, now.unix_seconds()];
        self.change_one("add a code", "pool_code", || code.to_string(), sql, values)
    }

    fn take_code(&mut self, stock: &StockId, now: Time) -> Result<Option<CouponCode>, StoreError> {
        let sql = "UPDATE pool_code SET dispatched_at = ?2
                   WHERE stock_id = ?1 AND dispatched_at IS NULL AND coupon_code =
                     (SELECT coupon_code FROM pool_code WHERE stock_id = ?1 AND dispatched_at IS NULL
                      ORDER BY shuffle LIMIT 1)
                   RETURNING coupon_code";
        let values = params![stock.as_str(), now.unix_seconds()];
        let code: Option<String> = self.one("take a code", sql, values, |row| row.get(0))?;
        Origin { table: "pool_code", row: stock.as_str() }.optional("coupon_code", code.as_deref())
    }
}
